from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engine.distributions import chi_square_tail, f_tail
from engine.inference.kenward_roger import matched_moments


@pytest.mark.parametrize(("df", "df2"), [(1, 7.5), (3, 21.57), (4, 1e6)])
def test_that_tails_equal_scipys(df, df2):
    for statistic in (0.0, 0.3, 2.5, 40.0):
        expected = stats.f.sf(statistic, df, df2)
        assert f_tail(statistic, df, df2) == pytest.approx(expected, rel=1e-10)
        expected = stats.chi2.sf(statistic, df)
        assert chi_square_tail(statistic, df) == pytest.approx(expected, rel=1e-10)
        assert f_tail(statistic, df, np.inf) == chi_square_tail(df * statistic, df)


def test_that_tails_are_never_zero_and_that_what_is_unknown_stays_so():
    assert f_tail(1e12, 2, 1e5) > 0
    assert chi_square_tail(1e6, 1) > 0
    assert np.isnan(f_tail(np.nan, 2, 10.0))
    assert np.isnan(f_tail(1.0, 2, np.nan))


def test_that_moments_of_an_exact_f_give_its_df_and_no_scale():
    for q, df in [(2, 12.0), (3, 7.0), (5, 300.0)]:
        # one variance, known by df degrees of freedom
        found, scale = matched_moments(2 * q**2 / df, 2 * q / df, q)
        assert found == pytest.approx(df, rel=1e-10)
        assert scale == pytest.approx(1, rel=1e-10)
    assert matched_moments(0.0, 0.0, 3) == (np.inf, 1.0)


def test_that_moments_which_no_f_has_give_no_number():
    assert np.isnan(matched_moments(40.0, 8.0, 2)).all()
