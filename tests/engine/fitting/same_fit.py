"""Two ways to the same fit: everything that they say is compared."""

from __future__ import annotations

import pandas as pd
import pytest


def assert_same_fit(one, other, frame, *, criterion=1e-12):
    """Compare criterion (relative), tables, effects and predictions of two fits."""
    assert one.criterion == pytest.approx(other.criterion, rel=criterion)
    for ours, theirs in (
        (one.coefficient_table(), other.coefficient_table()),
        (one.variance_components, other.variance_components),
    ):
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-6)
    for ours, theirs in (
        (one.group_effects, other.group_effects),
        (one.group_effects_sd, other.group_effects_sd),
    ):
        assert ours.keys() == theirs.keys()
        for name, effects in ours.items():
            pd.testing.assert_frame_equal(effects, theirs[name], rtol=1e-6, atol=1e-9)
    for kind in ("group", "observation", "new_group"):
        pd.testing.assert_frame_equal(
            one.predict(frame.head(20), kind=kind),
            other.predict(frame.head(20), kind=kind),
            rtol=1e-6,
        )
