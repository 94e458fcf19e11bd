"""Models that cannot be, typed or come about by steps: said, and never shown."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.data.row_steps import Exclude
from engine.data.steps import Rename, prepare
from engine.data.table import Kind
from engine.errors import EngineError
from engine.model.spec import Pooling
from gui.data import column_edits
from gui.work.problem import Place
from tests.gui.bad_files import is_plain
from tests.gui.window_fixtures import open_window, wait_for_fit, wait_for_quiet

MODEL = "y ~ x + (1 | cat)"
N_ROWS = 60


def table_text():
    """Give a table with a column for each sort of trouble."""
    draw = random.Random(1)
    lines = ["y\tx\tcat\ttxt\tone\tid\tday\tnone\thalf\tconst\tinf\thuge\ttwice"]
    for i in range(N_ROWS):
        x = draw.gauss(0, 1)
        cells = (
            *(f"{2 + x + draw.gauss(0, 1):.4f}", f"{x:.4f}", "ABC"[i % 3], f"w{i % 7}"),
            *("A", f"r{i}", f"2020-01-{1 + i % 28:02}", "", "" if i % 2 else i, 5),
            *("inf" if i == 3 else i, "1e200" if i % 2 else "-1e200", f"{2 * x:.4f}"),
        )
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n"


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with the table and a fitted model."""
    with open_window(qtbot, tmp_path) as made:
        made.session.open_text(table_text())
        made.session.set_formula(MODEL)
        wait_for_fit(qtbot, made)
        yield made


CANNOT_BE_FITTED = {
    "txt ~ x": "'txt' holds text",
    "day ~ x": "'day' holds dates",
    "none ~ x": "'none' is empty",
    "y ~ none": "'none' is empty",
    "const ~ x + (1 | cat)": "is 5 in every row",
    "y ~ inf": "'inf' is not a finite number in 1 row",
    "huge ~ x": "too large",
    "y ~ log(x)": "'log(x)' is not a finite number",
    "y ~ 0 + (1 | one)": "'one' has only one level",
    "y ~ id": "needs 60 coefficients",
    "y ~ id * txt * x": "coefficients",
    "y ~ x + (1 | none)": "'none' is empty",
    "twice ~ I(2 * twice)": "'twice' is also on the right",
}


def test_that_what_cannot_be_fitted_is_said_and_undo_brings_the_fit_back(window, qtbot):
    session = window.session
    for formula, words in CANNOT_BE_FITTED.items():
        session.set_formula(formula)
        wait_for_quiet(qtbot, window)
        problem = session.problem
        assert problem is not None, formula
        assert words in problem.error.message, formula
        assert is_plain(problem.error)
        assert problem.error.message == window.status.words
        if problem.place is Place.MODEL:
            assert not session.is_fit_current
            assert (
                problem.error.message
                in window.pages.notice.findChild(type(window.file_banner)).sentence
            )
            session.undo()
        else:
            session.set_formula(MODEL)
        wait_for_fit(qtbot, window)
        assert session.problem is None
        assert session.fit.formula == MODEL


PAGES = ("picture", "results", "diagnostics", "uncertainty")
LEFT_OUT = {
    "y ~ x + (1 | one)": ("one_level:one", "y ~ x"),
    "y ~ x + (1 | one) + (1 | cat)": ("one_level:one", MODEL),
    "y ~ x + (x | id)": ("single_rows:id", "y ~ x"),
    "y ~ x + (1 | cat/id)": ("left_out:cat:id", MODEL),
}


@pytest.mark.parametrize("formula", LEFT_OUT)
def test_that_what_the_rows_cannot_support_is_left_out_and_said(window, qtbot, formula):
    session, (key, fitted) = window.session, LEFT_OUT[formula]
    session.set_formula(formula)
    wait_for_fit(qtbot, window)
    assert session.problem is None
    assert str(session.spec) == formula.replace("cat/id", "cat) + (1 | cat:id")
    assert session.fit.formula == fitted
    for page in PAGES:
        window.pages.show_page(page)
        wait_for_quiet(qtbot, window)
    assert session.problem is None
    (finding,) = (one for one in session.findings if one.key == key)
    (change, *_) = finding.actions
    session.set_spec(change.spec)
    wait_for_fit(qtbot, window)
    assert session.fit.formula == str(session.spec) == fitted


TOKENS = (
    *("y", "x", "cat", "txt", "zz", "`", "`x`", "'", '"', "(", ")", "((", "|", "||"),
    *("+", "-", "*", ":", "/", "^", "**", "~", "~~", "%in%", "0", "1", "1e9", "-1"),
    *(
        "I(",
        "log(",
        "poly(x,",
        "offset(",
        "C(",
        "exp",
        ",",
        ".",
        "=",
        "é",
        "😀",
        "\u202e",
    ),
    *("__import__('os')", "lambda: 0", "x.__class__", "\n", "\t", "\\", "{", "}", "@"),
)
formulas = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join),
    st.lists(st.sampled_from(TOKENS), max_size=25).map(
        lambda parts: "y ~ " + "".join(parts)
    ),
)


def assert_read_or_refused(session, text):
    """Assert that a formula is a model now, or that a sentence says why not."""
    before, spec = session.document, session.spec
    session.set_formula(text)
    problem = session.problem
    if problem is not None and problem.place is Place.FORMULA:
        assert session.document is before
        assert session.spec is spec
        assert problem.error.message.endswith(".")
        assert problem.text == text
    else:
        assert str(session.spec)


@settings(
    max_examples=300,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=formulas)
def test_that_any_text_is_a_formula_or_is_refused(window, text):
    assert_read_or_refused(window.session, text)


MONSTERS = (
    "y ~ " + "(" * 3000 + "x" + ")" * 3000,
    "y ~ " + " + ".join(["x"] * 5000),
    "y ~ " + "x" * 10_000,
    "y ~ x ^ 99999",
    "y ~ (x + half + twice + inf + huge) ^ 5 * txt * cat * id * day",
    "y ~ poly(x, 1000000)",
    "y ~ x" + " + (x | cat)" * 800,
    "y ~ " + "I(" * 500 + "x" + ")" * 500,
    "~" * 10_000,
)


def test_that_a_monstrous_formula_is_answered(window, qtbot):
    for text in MONSTERS:
        assert_read_or_refused(window.session, text)
        wait_for_quiet(qtbot, window)
    window.session.set_formula(MODEL)
    wait_for_fit(qtbot, window)


def test_that_rows_and_columns_may_vanish_under_the_model(window, qtbot):
    session = window.session
    session.exclude_rows(range(1, N_ROWS + 1), "all")
    wait_for_quiet(qtbot, window)
    assert is_plain(session.problem.error)
    session.undo()
    wait_for_fit(qtbot, window)
    session.add_steps([Rename("x", "depth")])
    wait_for_quiet(qtbot, window)
    assert "There is no column 'x'" in session.problem.error.message
    assert not session.is_fit_current
    session.undo()
    wait_for_fit(qtbot, window)
    assert column_edits.rename(session, "x", "depth") == ""
    wait_for_fit(qtbot, window)
    assert session.fit.formula == "y ~ depth + (1 | cat)"
    column_edits.centre(session, "depth")
    wait_for_fit(qtbot, window)
    column_edits.remove_step(session, session.document.steps[0])
    wait_for_quiet(qtbot, window)
    assert "depth" in session.problem.error.message
    session.undo()
    wait_for_fit(qtbot, window)
    assert session.problem is None


FORMULAS = (
    *("y ~ x", MODEL, "y ~ x + (x | txt)", "y ~ half", "y ~ nope", "y ~ ((", "txt ~ x"),
    *("y ~ x + (1 | one)", "half ~ x", "y ~ depth + (1 | cat)", "y ~ x_c", "none ~ x"),
)
NAMES = ("depth", "x", "cat", "y2")


class Storm:
    """One random edit after the other, as a user in a hurry would make them."""

    def __init__(self, window, qtbot, seed):
        self.window, self.session, self.qtbot = window, window.session, qtbot
        self.draw = random.Random(seed)
        self.edits = [
            *[self.formula] * 3,
            *[self.session.undo] * 3,
            *[self.session.redo] * 2,
            *(self.estimation, self.exclude, self.include, self.rename, self.centre),
            *(self.kind, self.reference, self.remove, self.pool, self.page, self.level),
            *(self.session.cancel, self.session.fit_again, self.dismiss),
            *(self.window.model_pane.suggest, self.everything_out),
        ]

    def step(self):
        """Make an edit; sometimes let the workers come forward."""
        self.draw.choice(self.edits)()
        if self.draw.random() < 0.3:
            self.qtbot.wait(self.draw.choice((0, 1, 20)))

    def column(self):
        prepared = self.session.prepared
        return self.draw.choice([str(name) for name in prepared.frame])

    def formula(self):
        self.session.set_formula(self.draw.choice(FORMULAS))

    def estimation(self):
        self.session.set_estimation(self.draw.choice(("ML", "REML")))

    def exclude(self):
        self.session.exclude_rows(self.draw.sample(range(1, N_ROWS + 1), 9), "wet")

    def everything_out(self):
        self.session.exclude_rows(range(1, N_ROWS + 1))

    def include(self):
        self.window.actions_by_key["include"].trigger()

    def rename(self):
        column_edits.rename(self.session, self.column(), self.draw.choice(NAMES))

    def centre(self):
        column = self.column()
        if self.session.prepared.kinds[column] is Kind.NUMBER and column != "none":
            column_edits.centre(self.session, column)

    def kind(self):
        column, kind = self.column(), self.draw.choice(list(Kind))
        if not column_edits.looked_at(self.session.prepared, column, kind)[0]:
            column_edits.take_kind(self.session, column, kind)

    def reference(self):
        column_edits.set_reference(self.session, self.column(), "B")

    def remove(self):
        if steps := self.session.document.steps:
            column_edits.remove_step(self.session, self.draw.choice(steps))

    def pool(self):
        self.window.model_pane.set_pooling(self.draw.choice(list(Pooling)))

    def page(self):
        self.window.pages.show_page(self.draw.choice(PAGES))

    def level(self):
        self.session.select_level("cat", self.draw.choice("ABZ"))

    def dismiss(self):
        if self.session.findings:
            self.session.dismiss(self.draw.choice(self.session.findings).key)


def assert_consistent(window):
    """Assert that what is shown is what is asked, or that it is said why not."""
    session = window.session
    if session.spec is not None and session.is_fit_current:
        assert window.pages.shown_model is session.fit
        assert str(session.fit.design.spec) == str(session.spec)
    try:
        prepared = prepare(session.table, session.document.steps)
    except EngineError:
        assert session.problem is not None
        return
    was_cancelled = session.problem is not None and "cancelled" in str(
        session.problem.error
    )
    if not was_cancelled:
        assert list(prepared.frame) == list(session.prepared.frame)
        assert (prepared.is_used == session.prepared.is_used).all()


@pytest.mark.parametrize("seed", range(2))
def test_that_a_storm_of_edits_ends_with_what_was_asked(window, qtbot, seed):
    storm = Storm(window, qtbot, seed)
    for _ in range(3):
        for _ in range(30):
            storm.step()
        wait_for_quiet(qtbot, window)
        assert_consistent(window)
    while window.session.undo_words:
        window.session.undo()
    window.session.set_formula(MODEL)
    window.session.fit_again()
    wait_for_fit(qtbot, window)
    assert window.session.problem is None
    assert not any(isinstance(s, Exclude) for s in window.session.document.steps)
