"""Every action of the window in one table: text, shortcut, icon, tip, menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from gui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QObject

Keys = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action.

    Attributes
    ----------
    key : str
        How the program calls it.
    menu : str
        Menu that it stands in.
    text : str
        With an & before the letter that chooses it.
    shortcut : standard key or str
        ``""`` for none.
    icon : str
    tip : str
        A sentence for the command search and for the status tip.
    needs : str
        What must be there: "", "table", "fit" (a current one), "selection", "undo",
        "redo", "model", "mixed" (a model with random terms).
    is_after_gap : bool
        Whether a line is drawn above it in the menu.
    words : str
        What else people call it; the command search knows them too.
    also : str
        A second shortcut, where the system may have no standard one or another.
    why_not : str
        The tip while there is a model for which it cannot be done.
    """

    key: str
    menu: str
    text: str
    shortcut: Keys | str = ""
    icon: str = ""
    tip: str = ""
    needs: str = ""
    is_after_gap: bool = False
    words: str = ""
    also: str = ""
    why_not: str = ""


LEAST_SQUARES = (
    "This model has no random terms: least squares needs no choice of REML or ML."
)
_A = ActionFacts
ACTIONS = (
    _A("open", "File", "&Open data or project…", Keys.Open, "open",
       "Open a table or a saved project"),
    _A("paste", "File", "&Paste a table", "Ctrl+Shift+V", "paste",
       "Open the table that was copied in a spreadsheet"),
    _A("save", "File", "&Save project", Keys.Save, "save",
       "Save data, steps and model in one file", "table", is_after_gap=True),
    _A("save_as", "File", "Save project &as…", "Ctrl+Shift+S", "save",
       "Save the project in another file", "table"),
    _A("export_tables", "File", "Save &tables…", "Ctrl+E", "export",
       "Save all tables as a workbook or as CSV files", "fit", is_after_gap=True,
       words="word excel csv xlsx spreadsheet"),
    _A("export_picture", "File", "Save p&icture…", "Ctrl+Shift+E", "picture",
       "Save the picture in front as PNG, SVG or PDF", "fit",
       words="figure image png svg pdf"),
    _A("close", "File", "&Close the data", Keys.Close, "close",
       "Go back to the first page", "table", is_after_gap=True, also="Ctrl+W"),
    _A("quit", "File", "&Quit", Keys.Quit, "", "End Tarn", words="exit",
       also="Ctrl+Q"),
    _A("undo", "Edit", "&Undo", Keys.Undo, "undo", "Take the last change back", "undo"),
    _A("redo", "Edit", "&Redo", Keys.Redo, "redo", "Do it again", "redo"),
    _A("copy_tables", "Edit", "&Copy all tables", "Ctrl+Shift+C", "copy",
       "Copy the result tables, for a document or spreadsheet", "fit",
       is_after_gap=True),
    _A("copy_picture", "Edit", "Copy p&icture", "", "picture",
       "Copy the picture in front", "fit"),
    _A("command", "Edit", "&Find a command…", "Ctrl+K", "search",
       "Type a few letters of what you want to do", is_after_gap=True),
    _A("preferences", "Edit", "&Preferences…", Keys.Preferences, "gear",
       "Digits, decimal mark, light or dark",
       words="settings options digits decimals comma", also="Ctrl+,"),
    _A("exclude", "Data", "&Exclude the selected rows", "Ctrl+Backspace", "minus",
       "Take the selected rows out of the analysis", "selection",
       words="outlier outliers remove delete drop row"),
    _A("exclude_why", "Data", "Exclude with a &reason…", "Shift+Del", "",
       "Take the selected rows out, and say why", "selection",
       words="outlier outliers because note comment"),
    _A("include", "Data", "&Bring all excluded rows back", "", "plus",
       "Use every row again", "excluded"),
    _A("deselect", "Data", "&Clear the selection", "Esc", "x",
       "Select nothing", "selection"),
    _A("suggest", "Model", "&Start with a suggestion", "", "bulb",
       "A first model from the names and kinds of the columns: only a suggestion, "
       "to be changed", "table"),
    _A("partial_pooling", "Model", "&Partially pooled", "Ctrl+3", "",
       "Groups are like one another", "model", is_after_gap=True,
       words="random intercept random slope mixed"),
    _A("no_pooling", "Model", "&Not pooled", "Ctrl+2", "",
       "Each group is its own", "model"),
    _A("complete_pooling", "Model", "&Completely pooled", "Ctrl+1", "",
       "All groups are one", "model"),
    _A("reml", "Model", "Estimate by &REML", "", "", "Restricted likelihood", "mixed",
       is_after_gap=True, why_not=LEAST_SQUARES),
    _A("ml", "Model", "Estimate by &ML", "", "", "Full likelihood", "mixed",
       why_not=LEAST_SQUARES),
    _A("fit_again", "Model", "&Fit again", Keys.Refresh, "refresh",
       "Ask once more for this model", "model", is_after_gap=True),
    _A("cancel", "Model", "&Stop the fit", "Ctrl+.", "stop", "Stop what is running",
       "busy"),
    _A("page_picture", "View", "&Picture", "Alt+1", "picture",
       "Data and fitted model together", "table", words="plot graph lines"),
    _A("page_results", "View", "&Results", "Alt+2", "table", "The numbers", "table",
       words="anova coefficients estimates icc r2 table numbers p value"),
    _A("page_diagnostics", "View", "&Diagnostics", "Alt+3", "chart",
       "Can the model be trusted?", "table",
       words="residuals qq normal normality check assumptions"),
    _A("page_uncertainty", "View", "&Uncertainty", "Alt+4", "",
       "How sure are the numbers? Bootstrap, intervals, tests", "table",
       words="bootstrap confidence interval profile wald test p value refits seed"),
    _A("page_predict", "View", "Predic&t", "Alt+5", "sliders",
       "What is to be expected, and how surely", "table",
       words="prediction interval confidence band new group forecast marginal means "
       "emmeans contrasts pairwise Tukey Dunnett slopes compare levels"),
    _A("findings", "View", "Show or hide &findings", "Ctrl+J", "panel_bottom",
       "What is to be known about data and model", "table", is_after_gap=True,
       words="problems warnings"),
    _A("explain", "View", "Show or hide &explanations", "F1", "help",
       "The pane that explains what you click", "table"),
    _A("light", "View", "&Light", "", "sun", "Dark letters on light ground",
       is_after_gap=True),
    _A("dark", "View", "&Dark", "", "moon", "Light letters on dark ground"),
    _A("system", "View", "As the &system", "", "", "Follow the system's choice"),
    _A("report_fault", "Help", "Show the &log…", "", "info",
       "What Tarn noted about faults, to send to its makers"),
    _A("about", "Help", "&About Tarn", "", "info", "Version, licence, libraries"),
)  # fmt: skip


def make_actions(parent: QObject) -> dict[str, QAction]:
    """Make all actions, each with its shortcut, ready to be put into menus.

    Parameters
    ----------
    parent : QObject
        The window, which owns them.

    Returns
    -------
    dict of str to QAction
        By key; the object name is ``action_`` and the key.
    """
    made = {}
    for facts in ACTIONS:
        action = QAction(facts.text, parent)
        action.setObjectName(f"action_{facts.key}")
        action.setData(facts.key)
        action.setToolTip(facts.tip)
        action.setStatusTip(facts.tip)
        action.setShortcuts(_shortcuts(facts))
        if facts.icon:
            action.setIcon(icon(facts.icon))
        role = {
            "preferences": QAction.MenuRole.PreferencesRole,
            "quit": QAction.MenuRole.QuitRole,
            "about": QAction.MenuRole.AboutRole,
        }.get(facts.key, QAction.MenuRole.NoRole)
        action.setMenuRole(role)
        made[facts.key] = action
    return made


def _shortcuts(facts: ActionFacts) -> list[QKeySequence]:
    """Shortcuts of an action, each once; the first is the one that menus show."""
    own = [QKeySequence(keys) for keys in (facts.shortcut, facts.also) if keys]
    found: list[QKeySequence] = []
    for keys in own:
        if not keys.isEmpty() and keys not in found:
            found.append(keys)
    return found


def available(needs: str, have: frozenset[str]) -> bool:
    """Whether an action can be done with what there is.

    Parameters
    ----------
    needs : str
        See `ActionFacts`.
    have : frozenset of str
        What is there.
    """
    return not needs or needs in have


def set_available(actions: Mapping[str, QAction], have: frozenset[str]) -> None:
    """Enable what can be done; where a model stands against it, the tip says why.

    Parameters
    ----------
    actions : mapping of str to QAction
        As `make_actions` made them.
    have : frozenset of str
        What is there.
    """
    for facts in ACTIONS:
        action, is_possible = actions[facts.key], available(facts.needs, have)
        is_explained = facts.why_not and not is_possible and "model" in have
        tip = facts.why_not if is_explained else facts.tip
        action.setEnabled(is_possible)
        action.setToolTip(tip)
        action.setStatusTip(tip)
