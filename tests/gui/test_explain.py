"""The store of explanations, the equations and the pane that shows them."""

from __future__ import annotations

import logging
import re

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel

from engine.inference.choice import InferenceChoice
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.tables import result_tables
from engine.workflow import fit
from gui.controls import equation_view
from gui.controls.buttons import IconButton
from gui.controls.equation_svg import (
    EquationUnreadable,
    equation_svg,
    is_drawn,
)
from gui.controls.equation_view import EM, EquationView
from gui.explain import texts
from gui.explain.explain_pane import ExplainPane
from gui.explain.texts import (
    FOLDER,
    HelpText,
    HelpTextMisshapen,
    filled,
    help_text,
    topics,
)
from gui.look import look
from tests.engine.reporting.models import (
    HOSTILE,
    chosen_predictions,
    comparisons,
    every_kind,
    fish,
    predictions,
)

TOPICS = topics()
SERIES = [(topic, latex) for topic in TOPICS for latex in help_text(topic).latex]
MINIMAL = "# Title\n\n## In plain words\nWords.\n\n## Source\nA source.\n"


@pytest.fixture
def scheme():
    before = look().scheme
    yield look().set_scheme
    look().set_scheme(before)


@pytest.fixture
def pane(qtbot):
    made = ExplainPane()
    qtbot.addWidget(made)
    made.resize(made.width(), 700)
    made.show()
    return made


@pytest.fixture
def view(qtbot):
    made = EquationView()
    qtbot.addWidget(made)
    made.resize(240, 80)
    made.show()
    return made


@pytest.fixture(scope="module")
def every_value():
    """All names that any cell of any kind of model gives a value."""
    models = every_kind()
    models["weighted"] = fit(
        "mass ~ length + (1 | lake)", fish(), weights=fish()["length"]
    )
    models["by ML"] = fit("mass ~ length + (1 | lake)", fish(), estimation="ML")
    roger = InferenceChoice(df="kenward-roger")
    ratio = InferenceChoice(terms_by="likelihood-ratio")
    for name in ("slopes", "by ML"):
        for choice in (roger, ratio):
            key = f"{name}, {choice.term_method}"
            models[key] = models[name].with_inference(choice)
    names: dict[str, set[str]] = {}
    for model in models.values():
        for topic in TOPICS:
            names.setdefault(topic, set()).update(explained_numbers(model, topic, {}))
        for table in (*result_tables(model), predictions(model), *comparisons(model)):
            for column in map(str, table.frame.columns):
                last = len(table.frame) - 1
                for row in sorted({min(i, last) for i in (0, 1, 2, 3, last)} - {-1}):
                    topic, key = topic_of_cell(table, row, column)
                    values = explained_numbers(model, topic, key)
                    names[topic].update(values)
    for model, table in chosen_predictions():
        for row in range(len(table.frame)):
            topic, key = topic_of_cell(table, row, "Estimate")
            names[topic].update(explained_numbers(model, topic, key))
    return names


def words(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


# ---- the store ----------------------------------------------------------------


def test_that_the_store_holds_a_text_for_every_kind_of_thing():
    assert len(TOPICS) >= 60
    for topic in ("estimate", "degrees_of_freedom", "icc", "qq_residuals", "singular"):
        assert topic in TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_that_a_text_is_whole(topic):
    text = help_text(topic)
    assert text.title
    assert text.words
    assert text.matters
    assert text.source
    assert bool(text.latex) == bool(text.spoken)
    assert set(text.see_also) <= set(TOPICS) - {topic}
    content = (FOLDER / f"{topic}.md").read_text("utf-8")
    assert not re.search(r"\bplease\b|\berror!|[!]$", content, flags=re.IGNORECASE)


@pytest.mark.parametrize("topic", TOPICS)
def test_that_every_placeholder_has_a_value_in_some_model(topic, every_value):
    assert help_text(topic).placeholders <= every_value[topic]


@pytest.mark.parametrize("topic", TOPICS)
def test_that_a_text_says_something_without_any_value(topic):
    assert filled(help_text(topic).words, {})


def test_that_an_unknown_topic_gets_a_neutral_text_and_a_line_in_the_log(caplog):
    with caplog.at_level(logging.WARNING, logger=texts.__name__):
        for topic in ("no_such_thing", "../README", ""):
            assert help_text(topic).words
    assert len(caplog.records) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        MINIMAL.replace("# Title", "Title"),
        MINIMAL.replace("## Source\nA source.", ""),
        MINIMAL.replace("## In plain words", "## In other words"),
        MINIMAL + "\n## Source\nAgain.\n",
    ],
)
def test_that_a_misshapen_file_is_refused(wrong):
    texts.parse("t", MINIMAL)
    with pytest.raises(HelpTextMisshapen):
        texts.parse("t", wrong)


def test_that_a_paragraph_without_its_value_is_left_out():
    lines = ("{a} and {b}", "{a?something}", "plain")
    assert filled(lines, {"a": "1"}) == lines[1:]
    assert filled(lines, {"a": "1", "b": "2"}) == lines


# ---- equations ----------------------------------------------------------------


@pytest.mark.parametrize(("topic", "latex"), SERIES)
def test_that_a_formula_is_drawn_and_fits_the_pane(topic, latex):
    svg = equation_svg(latex, EM, "#123456")
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    assert b"#123456" in svg
    assert b"<symbol" not in svg
    assert renderer.viewBoxF().width() <= 242
    assert renderer.viewBoxF().height() <= 5 * EM


def test_that_what_cannot_be_drawn_is_refused():
    with pytest.raises(EquationUnreadable):
        equation_svg(r"\frac{a", EM, "#000000")


def test_that_the_log_says_why_an_equation_cannot_be_drawn(caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(EquationUnreadable):
        equation_svg(r"\frac{b", EM, "#000000")
    (record,) = caplog.records
    assert r"\frac{b" in record.getMessage()
    assert record.exc_info


def test_that_the_window_does_not_wait_for_another_drawing(view, qtbot, monkeypatch):
    latex = r"\frac{u}{v} + 17"
    is_busy, asked = [True], []

    def is_drawing():
        asked.append(True)
        return is_busy[0]

    monkeypatch.setattr(equation_view, "is_drawing", is_drawing)
    view.set_latex([latex], "u / v + 17")
    qtbot.waitUntil(lambda: len(asked) > 1)
    assert not view.is_drawn
    assert not is_drawn(latex, EM)
    is_busy[0] = False
    qtbot.waitUntil(lambda: view.is_drawn)


def ink(widget, color):
    image = widget.grab().toImage()
    wanted = QColor(color).rgb()
    return [
        x
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) == wanted
    ]


def test_that_equations_wear_the_ink_of_the_theme(view, qtbot, scheme):
    for name in ("light", "dark"):
        scheme(name)
        view.set_latex([r"\frac{a}{b} = c"], "a / b = c")
        qtbot.waitUntil(lambda: view.is_drawn)
        assert ink(view, look().theme.colors.ink)
    assert view.accessibleName() == "a / b = c"


def test_that_a_wide_equation_is_made_smaller(view, qtbot):
    view.set_latex(["a + b + c + d + e + f + g + h + i + j + k"], "a sum")
    qtbot.waitUntil(lambda: view.is_drawn)
    assert view.sizeHint().width() > 200
    assert view.minimumSizeHint().width() < 60
    view.resize(120, 40)
    assert view.heightForWidth(120) < view.heightForWidth(300)
    image = view.grab().toImage()
    ground = image.pixel(0, image.height() - 1)
    drawn = [
        x
        for x in range(image.width())
        if any(image.pixel(x, y) != ground for y in range(image.height()))
    ]
    assert 100 < drawn[-1] - drawn[0] < 120
    letters = [x for x in drawn if x - 1 not in drawn]
    assert len(letters) >= 11  # none was cut off


def test_that_plain_text_stands_where_latex_cannot_be_drawn(view, qtbot):
    view.set_latex([r"\frac{a"], "a over nothing")
    qtbot.waitUntil(lambda: bool(ink(view, look().theme.colors.ink)))
    assert not view.is_drawn
    assert view.heightForWidth(60) > view.heightForWidth(300) > 0


# ---- the pane -----------------------------------------------------------------


def test_that_the_pane_shows_number_words_formula_and_source(pane, qtbot):
    model = every_kind()["slopes"]
    values = explained_numbers(model, "degrees_of_freedom", {"term": "length"})
    pane.show_text(help_text("degrees_of_freedom"), values["df"], values)
    view = pane.findChild(EquationView)
    qtbot.waitUntil(lambda: view.is_drawn)
    shown = words(pane)
    assert f"Degrees of freedom, {values['df']}" in shown
    assert values["variance_of_estimate"] in shown
    assert "Satterthwaite" in shown
    assert "{" not in shown.replace("{ ", "")
    assert pane.width() == 296


@pytest.mark.parametrize("topic", TOPICS)
def test_that_nothing_in_the_pane_is_wider_than_the_pane(topic, pane):
    pane.show_text(help_text(topic), "12.5", {})
    for label in pane.findChildren(QLabel):
        assert label.mapTo(pane, label.rect().topRight()).x() <= pane.width()
        assert label.heightForWidth(label.width()) <= label.height() + 1


def test_that_names_of_the_users_are_shown_as_they_are(pane):
    text = HelpText("t", "Title", words=("{name} here",), source="S")
    pane.show_text(text, HOSTILE, {"name": f"{HOSTILE} *a* ~b~ {{c}}"})
    shown = words(pane)
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<i>a</i>" not in shown
    assert f"{HOSTILE} *a* ~b~ {{c}} here" in pane.plain_text()


def test_that_sections_without_values_are_left_out(pane):
    text = HelpText("t", "T", words=("W",), numbers=("n = {n}",), source="S")
    pane.show_text(text)
    assert "With your numbers" not in words(pane)
    pane.show_text(text, "", {"n": "5"})
    assert "With your numbers" in words(pane)
    assert "n = 5" in words(pane)
    pane.clear()
    assert "n = 5" not in words(pane)


def test_that_there_is_no_rule_above_a_source_that_is_missing(pane):
    pane.show_text(help_text("aic"))
    assert pane._rule.isVisible()
    pane.show_text(HelpText("t", "T", words=("W",)))
    assert not pane._rule.isVisible()


def test_that_a_finding_s_topic_shows_the_numbers_of_a_perfect_correlation(pane):
    model = every_kind()["slopes"]
    values = explained_numbers(model, "perfect_correlation", {})
    pane.show_text(help_text("perfect_correlation"), "", values)
    assert "With your numbers" in words(pane)
    assert values["correlations"] in words(pane)


@pytest.mark.parametrize(
    ("topic", "is_said", "never"),
    [
        ("estimate", "own value", ""),
        ("reml", "linearly independent", ""),
        ("picture", "usually lie between", ""),
        ("centring", "unless they take part in an interaction", ""),
        ("perfect_correlation", "Centring does not undo it", "turn out ordinary"),
        ("singular", "Centring does not undo", "Centre the measurement or"),
        ("rows_not_used", "lacks a value in one of", "in any column"),
    ],
)
def test_that_a_text_says_what_a_statistician_would(topic, is_said, never):
    text = (FOLDER / f"{topic}.md").read_text("utf-8")
    assert is_said in text
    assert not never or never not in text


def test_that_links_ask_for_another_topic(pane, qtbot):
    text = help_text("aic")
    pane.show_text(text)
    links = next(own for own in pane.findChildren(QLabel) if "href" in own.text())
    with qtbot.waitSignal(pane.topic_requested) as caught:
        links.linkActivated.emit(text.see_also[0])
    assert caught.args == [text.see_also[0]]
    for topic in text.see_also:
        assert f'href="{topic}"' in links.text()


def test_that_the_text_can_be_chosen_copied_and_closed(pane, qtbot):
    copy, close = pane.findChildren(IconButton)
    assert not copy.isEnabled()
    pane.show_text(help_text("p_value"), "< 0.001")
    mouse = Qt.TextInteractionFlag.TextSelectableByMouse
    selectable = mouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    flags = [
        (own.textInteractionFlags() & selectable) == selectable
        for own in pane.findChildren(QLabel)
        if own.textFormat() == Qt.TextFormat.RichText
    ]
    assert flags
    assert all(flags)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("p < 0.001")
    assert "<" not in copied.replace("p < 0.001", "")
    with qtbot.waitSignal(pane.closed):
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)


def test_that_the_pane_follows_the_theme(pane, scheme):
    pane.show_text(help_text("p_value"))
    for name in ("dark", "light"):
        scheme(name)
        assert look().theme.colors.ink in words(pane)
        corner = pane.grab().toImage().pixelColor(5, pane.height() - 3)
        assert corner == QColor(look().theme.colors.sunken)
