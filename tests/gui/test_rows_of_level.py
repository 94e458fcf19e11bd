"""Which rows belong to a group, found without naming every row."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.model.levels import make_grouping
from gui.work.refreshing import rows_of_level


@pytest.fixture
def prepared():
    rng = np.random.default_rng(3)
    n = 300
    frame = pd.DataFrame(
        {
            "lake": rng.choice(["L1", "L2", "L1:2"], n),
            "year": rng.choice([2019.0, 2020.0, np.nan], n),
            "site": pd.Categorical(rng.choice(["b:c", "b", "a"], n)),
            "day": pd.Timestamp("2024-05-01")
            + pd.to_timedelta(rng.integers(0, 3, n), unit="D"),
            "deep": rng.random(n) < 0.5,
            "p:q": rng.choice(["u", "v"], n),
        },
        index=np.arange(1, n + 1),
    )
    frame.loc[::7, "lake"] = None
    return SimpleNamespace(frame=frame)


@pytest.mark.parametrize(
    "group",
    ["lake", "year", "site", "day", "deep", "p:q", "lake:year", "site:lake:deep"],
)
def test_that_each_group_has_the_rows_that_the_model_gives_it(prepared, group):
    frame = prepared.frame
    columns = (group,) if group in frame else tuple(group.split(":"))
    rows = frame.dropna(subset=list(columns))
    grouping = make_grouping(rows, columns)
    assert len(grouping.levels) > 1
    for code, level in enumerate(grouping.levels):
        own = tuple(rows.index[grouping.codes == code].tolist())
        assert rows_of_level(prepared, group, level) == own


@pytest.mark.parametrize(
    ("group", "level"), [("lake", "L9"), ("pond", "L1"), ("lake:pond", "L1:L1")]
)
def test_that_an_unknown_group_has_no_rows(prepared, group, level):
    assert rows_of_level(prepared, group, level) == ()
