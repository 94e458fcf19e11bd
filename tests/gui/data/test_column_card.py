"""The card of a column, and what it does to data and model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from engine.data.steps import Centre, MergeLevels, Rename, SetKind, SetLevels
from engine.data.table import Kind
from gui.controls import Button
from gui.data import column_edits, kind_change
from gui.data.column_card import ColumnCard, RenameDialog
from gui.data.column_words import alike_words, merging_words
from gui.data.level_list import LevelList
from gui.data.rows_not_used import NotUsedCard, not_used
from gui.data.steps_card import StepsCard
from gui.lanes import Lane
from tests.gui.data.conftest import WAIT


@pytest.fixture
def card(qtbot, session, fish):
    def opened(column):
        fish.show_card(column)
        made = fish.findChildren(ColumnCard)[-1]
        qtbot.addWidget(made)
        return made

    return opened


def button(owner, words):
    return next(b for b in owner.findChildren(Button) if b.text() == words)


def texts(owner):
    return [part.text() for part in owner.findChildren(QLabel)]


def fit_model(qtbot, session, formula="log_mass ~ log_length + (1 | lake)"):
    session.set_formula(formula)
    qtbot.waitUntil(lambda: session.is_fit_current, timeout=WAIT)


def test_that_a_heading_opens_the_card_by_mouse_and_by_keys(qtbot, fish):
    asked = []
    fish.view.header.card_asked.disconnect(fish.show_card)
    fish.view.header.card_asked.connect(asked.append)
    place = fish.view.header.anchor_at(0).geometry().center()
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(fish.view.header.viewport(), left, pos=place)
    fish.view.header.setFocus()
    qtbot.keyClick(fish.view.header, Qt.Key.Key_Right)
    qtbot.keyClick(fish.view.header, Qt.Key.Key_Return)
    assert asked == ["lake", "log_length"]


def test_that_the_card_says_what_a_column_holds_and_why(session, card):
    said = texts(card("log_length"))
    assert "Every cell is a number." in said
    assert {"Smallest", "Mean", "SD", "Missing"} <= set(said)
    assert f"{session.summaries['log_length'].n_different}" in said


def test_that_a_level_can_be_selected_and_made_the_reference(qtbot, session, card):
    lake = card("lake")
    levels = lake.findChild(LevelList)
    assert levels.count() == 12
    reference = button(lake, "Make it the reference")
    assert not reference.isEnabled()
    levels.setCurrentRow(0)
    assert not reference.isEnabled()
    levels.setCurrentRow(8)
    qtbot.mouseClick(reference, Qt.MouseButton.LeftButton)
    assert session.document.steps == (SetLevels("lake", ("L09",)),)
    again = card("lake").findChild(LevelList)
    again.setCurrentRow(3)
    level = again.current
    qtbot.keyClick(again, Qt.Key.Key_Return)
    assert session.selection.level == level


def test_that_a_kind_that_cells_are_not_is_refused_with_the_reason(
    qtbot, session, card
):
    lake = card("lake")
    lake.kinds.chosen.emit(list(Kind).index(Kind.NUMBER))
    assert session.document.steps == ()
    assert lake.isVisible()
    assert "lake" in lake.reason.text()
    lake.kinds.chosen.emit(list(Kind).index(Kind.LABEL))
    assert session.document.steps == (SetKind("lake", Kind.LABEL),)


def test_that_centring_moves_the_model_to_the_new_column(qtbot, session, fish):
    fit_model(qtbot, session)
    column_edits.centre(session, "log_length")
    assert isinstance(session.document.steps[0], Centre)
    assert column_edits.acts_as_covariate(session.spec, "log_length_c")
    assert not column_edits.acts_as_covariate(session.spec, "log_length")
    column_edits.remove_step(session, session.document.steps[0])
    assert session.document.steps == ()
    assert column_edits.acts_as_covariate(session.spec, "log_length")
    session.undo()
    session.undo()
    assert session.document.steps == ()


def test_that_centring_a_year_leaves_the_groups_by_year_alone(qtbot, session, fish):
    session.set_formula("log_mass ~ log_length + (1 | log_length)")
    qtbot.waitUntil(lambda: not session.is_busy, timeout=20_000)
    column_edits.centre(session, "log_length")
    assert str(session.spec) == "log_mass ~ log_length_c + (1 | log_length)"


def test_that_levels_written_in_two_ways_are_said():
    words = alike_words(((("Lake 1", 12), ("lake 1 ", 1)), (("A", 2), ("a", 1))))
    assert words == (
        "Perhaps one level, written differently: “Lake 1” (12 rows) and "
        "“lake 1 ” (1 row); and 1 more such group."
    )
    words = alike_words(((("A", 3), ("a", 2), ("A.", 2)),))
    assert words.endswith("“A” (3 rows), “a” (2 rows) and “A.” (2 rows).")


MESSY = "Lake 1", "Lake 2", "Lake 1", "lake2", "lake1", "Lake 2"


@pytest.fixture
def messy(qtbot, session, pane):
    """A pasted sheet in which two lakes are written in two ways."""
    rows = [f"{lake},{i},{i * 2 + i % 3}" for i, lake in enumerate(MESSY * 5)]
    session.open_text("lake,x,y\n" + "\n".join(rows))
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    return pane


def test_that_a_click_writes_levels_as_one_and_undo_takes_it_back(
    qtbot, session, messy
):
    messy.show_card("lake")
    card = messy.findChildren(ColumnCard)[-1]
    qtbot.addWidget(card)
    merge = button(card, "Mend all 2")
    assert "“lake1” → “Lake 1”; “lake2” → “Lake 2”" in merge.accessibleDescription()
    prepared = session.prepared
    qtbot.mouseClick(merge, Qt.MouseButton.LeftButton)
    (step,) = session.document.steps
    assert dict(step.names) == {"Lake 1": ("lake1",), "Lake 2": ("lake2",)}
    qtbot.waitUntil(lambda: session.prepared is not prepared, timeout=WAIT)
    counts = session.prepared.frame["lake"].value_counts(sort=False)
    assert counts.to_dict() == {"Lake 1": 15, "Lake 2": 15}
    session.undo()
    assert session.document.steps == ()


def test_that_levels_that_are_no_longer_there_are_left_alone(session, messy):
    column_edits.merge_levels(session, MergeLevels("lake", (("A", ("nowhere",)),)))
    assert session.document.steps == ()


def test_that_many_merged_levels_are_not_all_listed():
    step = MergeLevels("lake", tuple((f"L{k}", (f"l{k}",)) for k in range(9)))
    words = merging_words(step)
    assert "“l5” → “L5”; and 3 more." in words
    assert "“l6”" not in words


def test_that_renaming_changes_the_formula_too(qtbot, session, fish):
    fit_model(qtbot, session)
    dialog = RenameDialog(session, "lake", fish)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.field.setText("log_mass")
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert "log_mass" in dialog.problem.text()
    dialog.field.setText("water")
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert session.document.steps == (Rename("lake", "water"),)
    assert session.spec.random[0].group == ("water",)
    qtbot.waitUntil(lambda: session.is_fit_current, timeout=WAIT)
    assert fish.rows.names[0] == "water"


def test_that_a_step_can_be_removed_from_the_list(qtbot, session, fish):
    session.exclude_rows([1], "escaped")
    session.exclude_rows([2])
    steps = StepsCard(session, fish)
    qtbot.addWidget(steps)
    assert "Row 1 excluded: escaped" in texts(steps)
    remove = [
        part
        for part in steps.findChildren(object)
        if getattr(part, "accessibleName", str)() == "Remove: Row 2 excluded"
    ]
    remove[0].click()
    assert [step.rows for step in session.document.steps] == [(1,)]


def test_that_rows_not_used_are_listed_with_reasons_and_brought_back(
    qtbot, session, fish
):
    session.exclude_rows([1, 2], "escaped")
    qtbot.waitUntil(lambda: bool(not_used(session)), timeout=WAIT)
    card = NotUsedCard(session, fish)
    qtbot.addWidget(card)
    assert "2 rows excluded: escaped" in texts(card)
    button(card, "Bring back").click()
    assert session.document.steps == ()


def test_that_rows_with_missing_cells_count_as_not_used(qtbot, session, pane):
    lines = [f"{'AB'[i % 2]},{i},{i * 2 + (i % 3)}" for i in range(30)]
    lines[4], lines[7] = "A,,3", "B,5,"
    session.open_text("site,x,y\n" + "\n".join(lines))
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    fit_model(qtbot, session, "y ~ x")
    assert pane.footer.counts.text() == "28 rows used · 2 not used"
    reasons = {group.words: group.rows for group in not_used(session)}
    assert reasons == {"x missing": (5,), "y missing": (8,)}


def test_that_explanations_can_be_asked_for(qtbot, fish, card):
    asked = []
    fish.explain_asked.connect(lambda topic, *_: asked.append(topic))
    made = card("log_length")
    made._explain("centring")
    assert asked == ["centring"]


def test_that_a_word_among_numbers_can_be_read_as_missing(
    qtbot, session, pane, tmp_path
):
    rows = "\n".join(f"{k}.5;L{k % 4};{'abcde'[k % 5]}" for k in range(40))
    path = tmp_path / "units.csv"
    path.write_text(f"mass;lake;diet\ng;;\n{rows}\n", encoding="utf-8")
    session.open_table(path)
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    pane.show_card("mass")
    card = pane.findChild(ColumnCard)
    assert not card.read_as_missing.isVisible()
    card.kinds.chosen.emit(list(Kind).index(Kind.DATE))
    assert not card.read_as_missing.isVisible()
    card.kinds.chosen.emit(list(Kind).index(Kind.NUMBER))
    assert "'g'" in card.reason.text()
    assert card.read_as_missing.isVisible()
    qtbot.mouseClick(card.read_as_missing, Qt.MouseButton.LeftButton)
    assert session.document.steps == (SetKind("mass", Kind.NUMBER, ("g",)),)
    qtbot.waitUntil(lambda: session.prepared.kinds["mass"] is Kind.NUMBER, timeout=WAIT)


# -- long columns ---------------------------------------------------------------------


@pytest.fixture
def slow_look(gated, monkeypatch):
    """Let every column be looked at by a worker, which waits."""
    monkeypatch.setattr(kind_change, "AT_ONCE", 0)
    return gated(column_edits, "looked_at")


def test_that_a_long_column_is_looked_at_by_a_worker(qtbot, session, fish, slow_look):
    fish.show_card("log_mass")
    card = QApplication.activePopupWidget()
    card.kinds.chosen.emit(1)
    assert "Reading the cells" in card.reason.text()
    assert session.document.steps == ()
    slow_look.open()
    qtbot.waitUntil(lambda: bool(session.document.steps), timeout=WAIT)
    qtbot.waitUntil(
        lambda: session.prepared.kinds["log_mass"] is Kind.CATEGORY, timeout=WAIT
    )


def test_that_why_not_is_said_when_it_is_known(qtbot, session, fish, slow_look):
    fish.show_card("lake")
    card = QApplication.activePopupWidget()
    card.kinds.chosen.emit(0)
    slow_look.open()
    qtbot.waitUntil(lambda: "no numbers" in card.reason.text(), timeout=WAIT)
    assert card.kinds.isEnabled()
    assert session.document.steps == ()
    card.close()


def test_that_an_answer_on_other_rows_is_dropped(qtbot, session, fish, slow_look):
    fish.show_card("log_mass")
    QApplication.activePopupWidget().kinds.chosen.emit(1)
    QApplication.activePopupWidget().close()
    before = session.prepared
    session.exclude_rows([1])
    qtbot.waitUntil(lambda: session.prepared is not before, timeout=WAIT)
    slow_look.open()
    qtbot.waitUntil(lambda: not session.jobs.is_busy(Lane.LOOK), timeout=WAIT)
    assert len(session.document.steps) == 1
