"""Make the example data that Tarn ships, and the cards that open them.

All are simulations of our own, each with a fixed seed; README.md tells what is true in
them. Run from the project's root: python resources/examples/make_examples.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SEED = 28
# With this seed the data cannot tell baselines from slopes (their correlation is
# estimated as one), as happens so often with real lakes: a lesson of the example.
SEEDS = {"seabirds": 24, "split_plot": 9, "growth": 8}
# Chosen so that each fit comes near to what is true: an example should not mislead.
# What the simulations hold and a fit should find again: coefficients, and SDs.
TRUTH: dict[str, dict[str, dict[str, float]]] = {
    "fish": {
        "coefficients": {"Intercept": -4.0, "log_length": 1.5},
        "sds": {"lake, Intercept": 0.2, "lake, log_length": 0.3, "Residual": 0.3},
    },
    "seabirds": {
        "coefficients": {"Intercept": 6.2, "year_c": -0.015, "region[T.south]": 0.5},
        "sds": {"site, Intercept": 0.45, "year, Intercept": 0.25, "Residual": 0.2},
    },
    "split_plot": {
        "coefficients": {
            "Intercept": 3.6,
            "nitrogen": 0.018,
            "variety[T.Brant]": 0.4,
            "variety[T.Corrie]": 0.9,
            "nitrogen:variety[T.Brant]": 0.0,
            "nitrogen:variety[T.Corrie]": -0.006,
        },
        "sds": {
            "block, Intercept": 0.5,
            "block:variety, Intercept": 0.35,
            "Residual": 0.25,
        },
    },
    "growth": {
        "coefficients": {
            "Intercept": 230.0,
            "week": 47.0,
            "sex[T.male]": 8.0,
            "week:sex[T.male]": 6.0,
        },
        "sds": {
            "animal, Intercept": 20.0,
            "animal, week": 6.0,
            "litter, Intercept": 18.0,
            "Residual": 8.0,
        },
    },
}
COLONIES = {
    "Black Head": "north",
    "Gannet Stack": "north",
    "Grey Skerry": "north",
    "Long Ness": "north",
    "Otter Geo": "north",
    "Chapel Cliff": "south",
    "Far Holm": "south",
    "Lantern Rock": "south",
    "Puffin Isle": "south",
}
YEARS = np.arange(2001, 2020)
DOSES = np.array([0, 40, 80, 120])
WEEKS = np.arange(5)
MOTHERS = [
    *("Bramble", "Clover", "Fern", "Hazel", "Ivy"),
    *("Moss", "Nettle", "Sorrel", "Thistle"),
]
CARDS: dict[str, dict[str, Any]] = {
    "fish": {
        "file": "fish.csv",
        "title": "Fish in lakes",
        "question": "How does mass grow with length, when every lake is a little "
        "different?",
        "formula": "log_mass ~ log_length + (log_length | lake)",
        "steps": [],
    },
    "seabirds": {
        "file": "seabirds_wide.csv",
        "title": "Sites and years",
        "question": "Are seabird counts falling, in a wide sheet with one column per "
        "year?",
        "formula": "log(count) ~ year_c + region + (1 | site) + (1 | year)",
        "steps": [
            {
                "version": 1,
                "step": "lengthen",
                "columns": YEARS.astype(str).tolist(),
                "names_to": "year",
                "values_to": "count",
                "prefix": "",
            },
            {
                "version": 1,
                "step": "centre",
                "column": "year",
                "at": 2010.0,
                "to": "year_c",
            },
        ],
    },
    "split_plot": {
        "file": "split_plot.csv",
        "title": "Split plot",
        "question": "How do three barley varieties respond to four doses of nitrogen, "
        "in six blocks?",
        "formula": "grain_yield ~ nitrogen * variety + (1 | block/variety)",
        "steps": [],
    },
    "growth": {
        "file": "growth.csv",
        "title": "Repeated measures",
        "question": "Do male hedgehogs grow faster, when the same animals are weighed "
        "every week?",
        "formula": "mass ~ week * sex + (week | animal) + (1 | litter)",
        "steps": [],
    },
}


def fish_in_lakes(rng: np.random.Generator) -> pd.DataFrame:
    """Length and mass of fish in twelve lakes that grow at different rates.

    log(mass) = -4 + a_j + (1.5 + b_j) log(length) + e with SDs 0.2, 0.3 and 0.3: the
    lines fan out from small fish, where no fish was caught. Lakes have 3 to 21 fish.
    """
    counts = [9, 14, 11, 20, 6, 16, 3, 21, 12, 18, 4, 16]
    lake = np.repeat(np.arange(len(counts)), counts)
    baseline = rng.normal(0, 0.2, len(counts))
    effect = rng.normal(0, 0.3, len(counts))
    log_length = rng.normal(4.2, 0.7, len(lake)).clip(2.5, 6.2)
    mean = -4 + baseline[lake] + (1.5 + effect[lake]) * log_length
    log_mass = mean + rng.normal(0, 0.3, len(lake))
    return pd.DataFrame(
        {
            "lake": [f"L{j + 1:02d}" for j in lake],
            "log_length": log_length.round(3),
            "log_mass": log_mass.round(3),
        }
    )


def seabirds(rng: np.random.Generator) -> pd.DataFrame:
    """Breeding pairs in nine colonies over nineteen years, as a wide sheet.

    Good and bad years hit all colonies at once: whoever takes the counts of one year
    for independent sees a decline with certainty that the nineteen years do not give.
    Five counts are missing.
    """
    beta, sds = TRUTH["seabirds"]["coefficients"], TRUTH["seabirds"]["sds"]
    is_south = np.array([region == "south" for region in COLONIES.values()])
    site = rng.normal(0, sds["site, Intercept"], len(COLONIES))
    year = rng.normal(0, sds["year, Intercept"], len(YEARS))
    site += beta["Intercept"] + beta["region[T.south]"] * is_south
    year += beta["year_c"] * (YEARS - 2010)
    noise = rng.normal(0, sds["Residual"], (len(COLONIES), len(YEARS)))
    counts = np.exp(site[:, None] + year + noise).round()
    counts.flat[rng.choice(counts.size, 5, replace=False)] = np.nan
    wide = pd.DataFrame(counts, columns=YEARS.astype(str)).astype("Int64")
    wide.insert(0, "site", list(COLONIES))
    wide.insert(1, "region", list(COLONIES.values()))
    return wide


def one_row_per_count(wide: pd.DataFrame) -> pd.DataFrame:
    """Make the long form of the seabirds' sheet."""
    n_years = len(YEARS)
    counts = wide.iloc[:, 2:].to_numpy(dtype=float, na_value=np.nan)
    return pd.DataFrame(
        {
            "site": np.repeat(wide["site"].to_numpy(), n_years),
            "region": np.repeat(wide["region"].to_numpy(), n_years),
            "year": np.tile(YEARS, len(wide)),
            "count": pd.array(counts.ravel(), dtype="Int64"),
        }
    )


def split_plot(rng: np.random.Generator) -> pd.DataFrame:
    """Barley: varieties on the whole plots of six blocks, doses on their quarters.

    Varieties are compared between whole plots, which differ by themselves; doses within
    them. Yield in t/ha, nitrogen in kg/ha; each whole plot's doses are in field order.
    """
    beta, sds = TRUTH["split_plot"]["coefficients"], TRUTH["split_plot"]["sds"]
    rows = []
    for block in range(6):
        of_block = rng.normal(0, sds["block, Intercept"])
        for variety in rng.permutation(["Alder", "Brant", "Corrie"]):
            of_plot = rng.normal(0, sds["block:variety, Intercept"])
            baseline = beta["Intercept"] + beta.get(f"variety[T.{variety}]", 0)
            slope = beta["nitrogen"] + beta.get(f"nitrogen:variety[T.{variety}]", 0)
            for dose in rng.permutation(DOSES):
                mean = baseline + slope * dose + of_block + of_plot
                grain = mean + rng.normal(0, sds["Residual"])
                rows.append((f"B{block + 1}", variety, dose, round(grain, 2)))
    names = ["block", "variety", "nitrogen", "grain_yield"]
    return pd.DataFrame(rows, columns=names)


def growth(rng: np.random.Generator) -> pd.DataFrame:
    """Mass (g) of 27 young hedgehogs of nine litters in the weeks after weaning.

    Each starts and grows in its own way, the heavier ones faster (correlation 0.5), and
    litters differ. Seven weighings are missing.
    """
    beta, sds = TRUTH["growth"]["coefficients"], TRUTH["growth"]["sds"]
    litter = np.repeat(np.arange(9), 3)
    is_male = rng.permutation(np.arange(27) % 2)
    first, second = rng.normal(size=(2, 27))
    baseline = sds["animal, Intercept"] * first
    effect = sds["animal, week"] * (0.5 * first + np.sqrt(0.75) * second)
    of_litter = rng.normal(0, sds["litter, Intercept"], 9)[litter]
    start = beta["Intercept"] + beta["sex[T.male]"] * is_male + baseline + of_litter
    slope = beta["week"] + beta["week:sex[T.male]"] * is_male + effect
    noise = rng.normal(0, sds["Residual"], (27, len(WEEKS)))
    mass = (start[:, None] + slope[:, None] * WEEKS + noise).round()
    mass.flat[rng.choice(mass.size, 7, replace=False)] = np.nan
    n = len(WEEKS)
    return pd.DataFrame(
        {
            "animal": [f"H{j + 1:02d}" for j in range(27) for _ in WEEKS],
            "litter": [MOTHERS[j] for j in litter.repeat(n)],
            "sex": np.where(is_male.repeat(n), "male", "female"),
            "week": np.tile(WEEKS, 27),
            "mass": pd.array(mass.ravel(), dtype="Int64"),
        }
    )


def in_unit_square(*sets: np.ndarray) -> list[list[list[float]]]:
    """Scale sets of points (x, y) together to 0 ... 1, for a picture of any size."""
    every = np.vstack(sets)
    low, high = every.min(axis=0), every.max(axis=0)
    return [((points - low) / (high - low)).round(3).tolist() for points in sets]


def fish_picture(fish: pd.DataFrame) -> dict[str, Any]:
    """The fish, and each lake's line: partially pooled, at the variances simulated."""
    sds = TRUTH["fish"]["sds"]
    among = np.diag([sds["lake, Intercept"] ** 2, sds["lake, log_length"] ** 2])
    beta = np.array([-4.0, 1.5])
    lines = []
    for _, lake in fish.groupby("lake"):
        x, y = lake["log_length"].to_numpy(), lake["log_mass"].to_numpy()
        design = np.column_stack([np.ones(len(x)), x])
        v = design @ among @ design.T + sds["Residual"] ** 2 * np.eye(len(x))
        own = beta + among @ design.T @ np.linalg.solve(v, y - design @ beta)
        ends = np.array([x.min(), x.max()])
        lines.append(np.column_stack([ends, own[0] + own[1] * ends]))
    caught = fish[["log_length", "log_mass"]].to_numpy()
    points, *scaled = in_unit_square(caught, *lines)
    chosen = 8
    is_chosen = fish["lake"] == sorted(fish["lake"].unique())[chosen]
    return {
        "points": [p for p, is_in in zip(points, is_chosen, strict=True) if not is_in],
        "marked": [p for p, is_in in zip(points, is_chosen, strict=True) if is_in],
        "lines": scaled,
        "highlighted": chosen,
    }


def lines_picture(
    data: pd.DataFrame, group: str, x: str, y: np.ndarray, highlighted: int
) -> dict[str, Any]:
    """One line for each group, gaps bridged."""
    points = pd.DataFrame({"group": data[group], "x": data[x], "y": y}).dropna()
    lines = [
        part[["x", "y"]].to_numpy(dtype=float)
        for _, part in points.groupby("group", sort=False)
    ]
    return {"lines": in_unit_square(*lines), "highlighted": highlighted, "thin": True}


def split_plot_picture(plots: pd.DataFrame) -> dict[str, Any]:
    """All plots, and the mean of each variety at each dose."""
    columns = ["nitrogen", "grain_yield"]
    means = plots.groupby(["variety", "nitrogen"], as_index=False)["grain_yield"].mean()
    lines = [part[columns].to_numpy() for _, part in means.groupby("variety")]
    points, *scaled = in_unit_square(plots[columns].to_numpy(), *lines)
    return {"points": points, "lines": scaled, "nodes": [0, 1, 2], "highlighted": 2}


def facts(data: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Count what each example holds."""
    fish, plots, animals = data["fish"], data["split_plot"], data["growth"]
    birds = data["seabirds"]
    return {
        "fish": f"{len(fish)} fish · {fish['lake'].nunique()} lakes · random slopes",
        "seabirds": f"{birds['count'].count()} counts · {birds['site'].nunique()} "
        f"sites × {birds['year'].nunique()} years · crossed",
        "split_plot": f"{len(plots)} plots · {plots['block'].nunique()} blocks · "
        "nested",
        "growth": f"{animals['mass'].count()} weighings · "
        f"{animals['animal'].nunique()} animals · "
        f"{animals['litter'].nunique()} litters",
    }


def pictures(data: dict[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """Draw each example small: points, lines and the one that is highlighted."""
    birds, animals = data["seabirds"], data["growth"]
    logs = np.log(birds["count"].to_numpy(dtype=float, na_value=np.nan))
    mass = animals["mass"].to_numpy(dtype=float, na_value=np.nan)
    growing = lines_picture(animals, "animal", "week", mass, 3)
    return {
        "fish": fish_picture(data["fish"]),
        "seabirds": lines_picture(birds, "site", "year", logs, 5),
        "split_plot": split_plot_picture(data["split_plot"]),
        "growth": growing | {"nodes": [growing["highlighted"]]},
    }


def cards(data: dict[str, pd.DataFrame]) -> str:
    """Write the welcome page's cards as JSON, with one setting a line."""
    counted, drawn = facts(data), pictures(data)
    entries = [
        {"key": key, **card, "facts": counted[key], "picture": drawn[key]}
        for key, card in CARDS.items()
    ]
    texts = []
    for entry in entries:
        settings = [
            f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
            for key, value in entry.items()
        ]
        texts.append("  {\n" + ",\n".join(settings) + "\n  }")
    return "[\n" + ",\n".join(texts) + "\n]\n"


def main() -> None:
    """Write every example, and the cards, beside this file."""
    wide = seabirds(np.random.default_rng(SEEDS["seabirds"]))
    data = {
        "fish": fish_in_lakes(np.random.default_rng(SEED)),
        "seabirds_wide": wide,
        "seabirds": one_row_per_count(wide),
        "split_plot": split_plot(np.random.default_rng(SEEDS["split_plot"])),
        "growth": growth(np.random.default_rng(SEEDS["growth"])),
    }
    for name, frame in data.items():
        frame.to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")
    text = cards(data)
    (HERE / "examples.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
