"""Every case of the reference file of inference, with a line for each how close we are.

Single cases are looked at more closely where their method is tested.
"""

from __future__ import annotations

import json
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest

import engine
from tests.shared_data import SHARED, shared_folder


@cache
def cases() -> dict:
    path = shared_folder() / "reference" / "lme4_inference.json"
    return json.loads(path.read_text(encoding="utf-8"))


def case_names() -> list[str]:
    """Names of the cases, or a placeholder whose test then skips or fails."""
    return list(cases()) if SHARED.is_dir() else ["absent"]


def data(name: str) -> pd.DataFrame:
    return pd.read_csv(shared_folder() / "reference" / "data" / f"{name}.csv")


def gap(found, expected) -> float:
    """Largest difference relative to the size of the numbers."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def profile(case):
    model = engine.fit(case["formula"], data(case["data"]))
    found = engine.profile(model)[["lower", "upper"]].to_numpy()
    expected = np.array([[row["low"], row["high"]] for row in case["ci"]])
    off = np.abs(found - expected) / np.ptp(expected, axis=1)[:, None]
    return float(off.max())


def restricted(case):
    model = engine.fit(case["full"], data(case["data"]))
    found = engine.restricted_lrt(model, case["tested"])
    assert found.p_value < 1e-3 + case["p"]
    return gap([found.statistic], [case["statistic"]])


def null_quantiles(case):
    model = engine.fit(case["formula"], data(case["data"]))
    rng = np.random.default_rng(3)
    above = []
    for _ in range(150):  # refits of simulated rows: within their own error
        y = model.coefficients["estimate"].iloc[0] + rng.normal(size=model.n_rows)
        frame = model.design.frame.assign(index=y)
        full, null = (engine.fit(f, frame) for f in (case["formula"], "index ~ 1"))
        above.append(null.criterion - full.criterion)
    shares = [(np.array(above) <= q + 1e-6).mean() for q in case["quantile"]]
    error = np.sqrt(np.array(case["prob"]) * (1 - np.array(case["prob"])) / 150)
    expected = np.array(case["prob"])
    expected[0] = shares[0]  # zero has more than half of all
    assert shares[0] > 0.5
    assert (np.abs(shares - expected) < 4 * error).all()
    return 0.0


def likelihood_ratio(case):
    frame = data(case["data"])
    models = [engine.fit(case[which], frame) for which in ("null", "full")]
    found = engine.likelihood_ratio_test(*models)
    assert found.df == case["df"]
    return max(
        gap([found.statistic], [case["chisq"]]), gap([found.p_value], [case["p"]])
    )


def bootstrap_test(case):
    frame = data(case["data"])
    models = [engine.fit(case[which], frame) for which in ("null", "full")]
    found = engine.bootstrap_test(*models, replicates=case["nsim"])
    assert found.p_value <= 3 * case["p_bootstrap"]
    return gap([found.statistic], [case["statistic"]])


def means(case):
    model = engine.fit(case["formula"], data(case["data"]))
    found = engine.marginal_means(model, "Variety").sort_values("Variety")
    expected = pd.DataFrame(case["emmeans"]).sort_values("Variety")
    pairs = engine.contrasts(model, "Variety")
    known = pd.DataFrame(case["pairs"])
    return max(
        gap(found["estimate"], expected["emmean"]),
        gap(found["std_error"], expected["SE"]),
        gap(found["lower"], expected["lower.CL"]),
        gap(pairs["estimate"].abs(), known["estimate"].abs()),
        gap(pairs["p_value"], known["p.value"]),
    )


def bootstrap(case):
    model = engine.fit(case["formula"], data(case["data"]))
    table = engine.bootstrap(model, 20_000).intervals()
    names = [
        "Intercept",
        "Days",
        "sd(Subject, Intercept)",
        "sd(Subject, Days)",
        "cor(Subject, Intercept, Days)",
        "sigma",
    ]
    own = table.loc[names]
    known = np.array(case["boot_se"], dtype=float)
    # 4 000 replicates there: a quantile's error is about 2.7 SD / sqrt(4 000)
    spread = np.where(np.isnan(known), own["std_error"], known)
    for ours, theirs in (("lower", "q025"), ("upper", "q975")):
        off = np.abs(own[ours] - case[theirs]) / spread
        assert (off < 4 * 2.7 / np.sqrt(4000)).all()
    assert np.nanmax(np.abs(own["std_error"] / known - 1)) < 4 / np.sqrt(2 * 4000)
    return gap(own["estimate"], case["estimate"])


def predicted(case):
    model = engine.fit(case["formula"], data(case["data"]))
    rows = pd.DataFrame(case["newdata"])
    group = model.predict(rows, "group")["estimate"]
    population = model.predict(rows)["estimate"]
    return max(gap(group, case["conditional"]), gap(population, case["population"]))


def least_squares(case):
    formula = case.get("formula", "log_mass ~ lake / log_length")
    if isinstance(case["coef"], dict):
        model = engine.fit(formula, data(case["data"]))
        found = model.coefficients["estimate"]
        expected = list(case["coef"].values())
        assert model.loglik == pytest.approx(case["loglik"], abs=50)  # REML here
        return max(gap(found, expected), gap([model.sigma], [case["sigma"]]))
    if "formula" in case:
        model = engine.fit(formula, data(case["data"]), estimation="ML")
        found = model.coefficients[["estimate", "std_error", "statistic"]]
        expected = pd.DataFrame(case["coef"])[["Estimate", "Std. Error", "t value"]]
        assert model.loglik == pytest.approx(case["loglik"], abs=1e-6)
        return max(
            gap(found[a], expected[b]) for a, b in zip(found, expected, strict=True)
        )
    model = engine.fit("log_mass ~ 0 + lake + lake:log_length", data(case["data"]))
    own, worst = model.coefficients["estimate"], 0.0
    for row in case["coef"]:
        level = f"lake[{row['lake']}]"
        found = [own[level], own[f"{level}:log_length"]]
        worst = max(worst, gap(found, [row["(Intercept)"], row["log_length"]]))
    return worst


def anova(case):
    frame = data(case["data"])
    model = engine.fit(case["formula"], frame)
    found = engine.anova(model, case["type"], case["df"])
    expected = pd.DataFrame(case["table"]).set_index("term").loc[list(found.index)]
    return max(
        gap(found["statistic"], expected["F value"]),
        gap(found["df2"], expected["DenDF"]),
    )


def fitted(case):
    frame, options = data(case["data"]), {}
    if "weights" in case:
        options["weights"] = 1 + frame["Days"] % 3
    if "offset" in case:
        options["offset"] = 2 * frame["Days"]
    if "missing" in case:
        frame.loc[np.array([3, 50, 51, 120]) - 1, "Reaction"] = np.nan
        frame["Days"] = frame["Days"].astype(float)
        frame.loc[76, "Days"] = np.nan
    frame["twice"] = 2 * frame["Days"]
    model = engine.fit(case["formula"], frame, **options)
    beta = model.coefficients["estimate"].dropna()
    gaps = [gap([model.criterion], [case["criterion"]]), gap(beta, case["beta"])]
    if "sigma" in case:
        gaps.append(gap([model.sigma], [case["sigma"]]))
    if "n" in case:
        assert model.n_rows == case["n"]
    return max(gaps)


# what is compared, and how close it has to be: lme4's own fits stop at about 1e-5
KINDS = {
    "profile": (profile, 1e-3),
    "rlrt_null": (null_quantiles, 0.0),
    "rlrt": (restricted, 1e-6),
    "lrt": (likelihood_ratio, 1e-5),
    "pb_lrt": (bootstrap_test, 1e-6),
    "emmeans": (means, 2e-4),
    "bootstrap": (bootstrap, 1e-4),
    "predict": (predicted, 1e-5),
    "complete": (least_squares, 1e-8),
    "no_pooling": (least_squares, 1e-8),
    "anova_orthodont": (anova, 1e-3),  # the reference fit stopped early: 25.01 df
    "anova": (anova, 1e-5),
    "weights": (fitted, 1e-4),
    "offset": (fitted, 1e-4),
    "missing": (fitted, 1e-4),
    "rank": (fitted, 1e-6),
}


@pytest.mark.parametrize("name", case_names())
def test_that_we_agree_with_every_case_of_the_reference(name, capsys):
    case = cases()[name]
    kind = max((one for one in KINDS if name.startswith(one)), key=len)
    compare, most = KINDS[kind]
    found = compare(case)
    with capsys.disabled():
        sys.stdout.write(f"\n{name:32}{found:9.1e}   at most {most:.0e}")
    assert found <= most
