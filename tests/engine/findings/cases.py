"""Data with something to be found, and buttons that are really pressed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import findings, fit, parse_formula, scan_design
from engine.data.reading import read_table
from engine.data.scan import guessed_kinds
from engine.data.steps import prepare
from engine.data.table import Table
from engine.findings import Change, Severity, Show
from engine.findings.finding import MOST_ACTIONS, PLACES
from tests.shared_data import ROOT

TOPICS = {path.stem for path in (ROOT / "resources" / "help").glob("*.md")}


@dataclass(frozen=True)
class Looked:
    """What was found in a table with some steps and a model; what buttons lead to."""

    table: Table
    steps: tuple
    spec: object
    model: object
    found: tuple

    @property
    def keys(self):
        return [finding.key for finding in self.found]

    def one(self, key):
        """The finding with a key; its first words must not stand there twice."""
        (finding,) = [finding for finding in self.found if finding.key == key]
        return finding

    def labels(self, key):
        return [action.label for action in self.one(key).actions]

    def pressed(self, key, label):
        """Replay the steps and fit the model that a button asks for."""
        action = self._change(key, label)
        spec = self.spec if action.spec is None else action.spec
        return look(self.table, spec, (*self.steps, *action.steps))

    def pressed_before(self, key, label):
        """Replay the steps that a button asks for; nothing is fitted."""
        action = self._change(key, label)
        assert action.spec is None
        return look_before(self.table, self.spec, (*self.steps, *action.steps))

    def _change(self, key, label):
        (action,) = [a for a in self.one(key).actions if a.label == label]
        assert isinstance(action, Change)
        return action

    def worst(self, *keys):
        """Rank of the most severe finding, apart from some."""
        ranks = [f.severity.rank for f in self.found if f.key not in keys]
        return min(ranks, default=Severity.GREEN.rank)


def table_of(frame):
    frame = frame.set_axis(range(1, len(frame) + 1))
    kinds = guessed_kinds(frame)
    return Table(frame, kinds, dict.fromkeys(kinds, ""), (), "test.csv")


def data(reference, name):
    return read_table(reference / "data" / f"{name}.csv")


def look(table, model, steps=(), *, weights=None):
    """Fit a model and look for findings, as the window does."""
    if isinstance(table, pd.DataFrame):
        table = table_of(table)
    prepared = prepare(table, steps)
    scan = scan_design(prepared.used_frame, prepared.kinds)
    spec = model
    if isinstance(model, str):
        spec = parse_formula(model, tuple(prepared.frame.columns))
    before = findings.find_before_fit(prepared, scan, spec)
    fitted = fit(spec, prepared.used_frame, weights=weights)
    found = findings.find(fitted, prepared, scan, spec)
    check(before)
    check(found)
    return Looked(table, tuple(steps), spec, fitted, found)


def look_before(table, model, steps=()):
    """Look for findings without a fit."""
    if isinstance(table, pd.DataFrame):
        table = table_of(table)
    prepared = prepare(table, steps)
    scan = scan_design(prepared.used_frame, prepared.kinds)
    spec = model
    if isinstance(model, str):
        spec = parse_formula(model, tuple(prepared.frame.columns))
    found = findings.find_before_fit(prepared, scan, spec)
    check(found)
    return Looked(table, tuple(steps), spec, None, found)


def check(found):
    """What holds of all findings, whatever they are about."""
    keys = [finding.key for finding in found]
    assert len(set(keys)) == len(keys)
    ranks = [finding.severity.rank for finding in found]
    assert ranks == sorted(ranks)
    for finding in found:
        assert finding.topic in TOPICS
        for action in finding.actions:
            if isinstance(action, Show):
                assert action.item in {"", *PLACES[action.page]}
        assert len(finding.actions) <= MOST_ACTIONS
        labels = [action.label for action in finding.actions]
        assert len(set(labels)) == len(labels)
        for text in (finding.sentence, finding.meaning):
            assert text.endswith((".", "?"))
            assert "nan" not in text.split()
            assert "  " not in text
            assert ",," not in text
            assert "!" not in text


def sites(seed=1, n_sites=10, n_rows=12):
    """Sites with plots whose labels begin anew, and all sorts of covariates."""
    rng = np.random.default_rng(seed)
    n = n_sites * n_rows
    site = np.repeat(np.arange(n_sites), n_rows)
    depth = rng.normal(10, 1, n)
    return pd.DataFrame(
        {
            "site": [f"S{k:02d}" for k in site],
            "plot": np.tile(np.repeat(["P1", "P2", "P3"], n_rows // 3), n_sites),
            "depth": depth,
            "double": 2 * depth + 3,
            "slope": rng.normal(0, 1, n),
            "shade": np.tile(["low", "high"], n // 2),
            "warmth": site * 1.5,
            "same": 7,
            "y": rng.normal(0, 1, n_sites)[site] + 0.3 * depth + rng.normal(0, 1, n),
        }
    )
