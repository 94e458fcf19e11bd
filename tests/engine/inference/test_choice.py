"""A choice of inference can be written down, and says only what can be chosen."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import pytest

from engine.inference.anova import LIKELIHOOD_RATIO
from engine.inference.anova import TYPES as ANOVA_TYPES
from engine.inference.choice import (
    DFS,
    LEVELS,
    TERM_TESTS,
    TYPES,
    USUAL,
    InferenceChoice,
)
from engine.inference.f_tests import METHODS


def test_that_what_can_be_chosen_is_what_the_engine_can_do():
    assert set(DFS) == set(METHODS)
    assert set(TYPES) == set(ANOVA_TYPES)
    assert LIKELIHOOD_RATIO in TERM_TESTS


def test_that_every_choice_is_read_as_it_was_written():
    for choice in product(DFS, TERM_TESTS, TYPES, LEVELS):
        own = InferenceChoice(*choice)
        assert InferenceChoice.from_dict(own.to_dict()) == own
    assert InferenceChoice.from_dict({}) == USUAL


@pytest.mark.parametrize(
    "written",
    [
        {"df": "none"},
        {"df": None},
        {"kind": 4},
        {"kind": True},
        {"kind": 1.0},
        {"level": 0.5},
        {"level": "0.95"},
        {"terms_by": ["F"]},
        {"colour": "red"},
    ],
)
def test_that_what_cannot_be_chosen_is_refused(written):
    with pytest.raises(ValueError, match=next(iter(written))):
        InferenceChoice.from_dict(written)


def test_that_a_choice_can_be_kept_before_numpy_is_there():
    code = "import engine.inference.choice, sys; print('numpy' in sys.modules)"
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == "False"
