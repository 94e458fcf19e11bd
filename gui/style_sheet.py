"""The text of the style sheet: rules with holes for colours and lengths.

A colour is written ``{accent}`` (a role of the theme), a length ``{8}`` (pixels at a
body text of 13, scaled), a picture ``{@down}``; rules use ``<< >>`` for braces.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gui.theme import Theme

_LABELS = """
QLabel << background: transparent; >>
QLabel[role="title"] << font-size: {22}; font-weight: 600; color: {ink}; >>
QLabel[role="heading"] << font-size: {15}; font-weight: 600; color: {ink}; >>
QLabel[role="panel"] << font-size: {13}; font-weight: 600; color: {ink}; >>
QLabel[role="body"] << font-size: {13}; color: {ink}; >>
QLabel[role="caption"] << font-size: {12}; color: {ink2}; >>
QLabel[role="muted"] << font-size: {12}; color: {ink3}; >>
QLabel[role="mono"] << font-size: {12}; color: {ink}; font-family: {mono}; >>
QLabel[role="chosen"] << font-size: {12}; font-weight: 600; color: {hiText}; >>
QLabel[role="name"] << font-size: {34}; font-weight: 600; color: {ink}; >>
QLabel:disabled << color: {ink3}; >>
"""

_BUTTONS = """
QPushButton <<
  padding: {5} {12}; border: 1px solid {line2}; border-radius: {6};
  background: {surface}; color: {ink}; font-size: {13}; font-weight: 500;
>>
QPushButton:hover << background: {sunken}; border-color: {ctrl}; >>
QPushButton:pressed << background: {mute}; >>
QPushButton:default << border-color: {accent}; >>
QPushButton:disabled <<
  background: {mute}; border-color: {mute}; color: {ink3};
>>
QPushButton[v] << min-height: {16}; >>
QPushButton[v="primary"] <<
  background: {accent}; border-color: {accent}; color: {onaccent}; font-weight: 600;
>>
QPushButton[v="primary"]:hover << background: {accentH}; border-color: {accentH}; >>
QPushButton[v="primary"]:pressed << background: {accentH}; border-color: {ink}; >>
QPushButton[v="tint"] <<
  background: {accentT}; border-color: {accentT}; color: {accentH}; font-weight: 600;
>>
QPushButton[v="tint"]:hover << border-color: {accentL}; >>
QPushButton[v="tint"]:pressed << background: {accentL}; >>
QPushButton[v="quiet"] <<
  background: transparent; border-color: transparent; color: {ink2};
>>
QPushButton[v="quiet"]:hover << background: {mute}; color: {ink}; >>
QPushButton[v="quiet"]:pressed << background: {line}; >>
QPushButton[v="link"] <<
  background: transparent; border-color: transparent; color: {accentH};
  padding-left: {6}; padding-right: {6};
>>
QPushButton[v="link"]:hover << background: {accentT}; >>
QPushButton[v="link"]:pressed << background: {accentL}; >>
QPushButton[v][small="true"] <<
  padding-top: {3}; padding-bottom: {3}; padding-left: {10}; padding-right: {10};
  font-size: {12};
>>
QPushButton[v="link"][small="true"] << padding-left: {6}; padding-right: {6}; >>
QPushButton[v][large="true"] << padding: {9} {18}; font-size: {14}; >>
QPushButton[chevron="true"] << padding-right: {28}; >>
QPushButton[chevron="true"][small="true"] << padding-right: {24}; >>
QPushButton[v]:disabled <<
  background: {mute}; border-color: {mute}; color: {ink3};
>>
QPushButton[v="quiet"]:disabled, QPushButton[v="link"]:disabled <<
  background: transparent; border-color: transparent; color: {ink3};
>>
QPushButton::menu-indicator << width: 0; image: none; >>
QToolButton <<
  padding: {3}; border: 1px solid transparent; border-radius: {6};
  background: transparent; color: {ink2};
>>
QToolButton:hover << background: {mute}; color: {ink}; >>
QToolButton:pressed << background: {line}; >>
QToolButton:checked << background: {accentT}; border-color: {accentL}; >>
QToolButton:disabled << background: transparent; color: {ink3}; >>
QTabBar QToolButton << background: {surface}; border-radius: 0; >>
QToolButton::menu-indicator << width: 0; image: none; >>
"""

_FIELDS = """
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit <<
  border: 1px solid {ctrl}; border-radius: {6}; background: {surface}; color: {ink};
  selection-background-color: {accent}; selection-color: {onaccent};
>>
QLineEdit << padding: {5} {8}; min-height: {16}; >>
QAbstractSpinBox << padding: {2}; >>
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover << border-color: {ink3}; >>
QLineEdit:focus << border: 2px solid {accent}; padding: {4} {7}; >>
QAbstractSpinBox:focus << border: 2px solid {accent}; padding: {1}; >>
QPlainTextEdit:focus, QTextEdit:focus << border: 2px solid {accent}; >>
QLineEdit[wrong="true"] << border: 2px solid {bad}; padding: {4} {7}; >>
QLineEdit[mono="true"] << font-family: {mono}; font-size: {12}; >>
QLineEdit:read-only << background: {sunken}; border-color: {line2}; >>
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled <<
  background: {mute}; border-color: {line2}; color: {ink3};
>>
QPlainTextEdit[formula="true"] << border-color: {line}; background: {sunken}; >>
QPlainTextEdit[formula="true"]:focus << border: 1px solid {accent}; >>
QPlainTextEdit[formula="true"][wrong="true"],
QPlainTextEdit[formula="true"][wrong="true"]:focus << border: 1px solid {bad}; >>
QComboBox QLineEdit, QComboBox QLineEdit:focus <<
  border: 0; border-radius: 0; padding: 0; min-height: 0; background: transparent;
>>
QComboBox <<
  padding: {5} {28} {5} {11}; min-height: {16}; border-color: {line2};
  font-weight: 500;
>>
QComboBox:focus << border: 2px solid {accent}; padding: {4} {27} {4} {10}; >>
QComboBox::drop-down << border: 0; width: {26}; >>
QComboBox::down-arrow << image: {@down}; width: {14}; height: {14}; >>
QComboBox::down-arrow:disabled << image: {@down_off}; >>
QComboBox QAbstractItemView <<
  border: 1px solid {line2}; background: {surface}; padding: {4}; outline: 0;
>>
QListView#completions << border: 1px solid {line2}; background: {surface}; >>
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button <<
  border: 0; background: transparent; width: {20};
>>
QAbstractSpinBox::up-arrow << image: {@up}; width: {10}; height: {10}; >>
QAbstractSpinBox::down-arrow << image: {@down}; width: {10}; height: {10}; >>
"""

_MENUS = """
QMenuBar << background: {surface}; color: {ink}; border: 0; >>
QMenuBar::item <<
  padding: {5} {10}; border-radius: {6}; background: transparent;
>>
QMenuBar::item:selected << background: {mute}; >>
QMenuBar::item:pressed << background: {accentT}; color: {accentH}; >>
QMenu <<
  background: {surface}; border: 1px solid {line2}; padding: {4};
  menu-scrollable: 1;
>>
QMenu::item <<
  padding: {5} {24} {5} {12}; border-radius: {4}; background: transparent;
  color: {ink}; border: 1px solid transparent;
>>
QMenu::item:selected << background: {accentT}; color: {accentH}; >>
QMenu::item:disabled << color: {ink3}; background: transparent; >>
QMenu::icon << padding-left: {8}; >>
QMenu::indicator << width: {16}; height: {16}; left: {8}; >>
QMenu::indicator:checked << image: {@check}; >>
QMenu::right-arrow << image: {@right}; width: {12}; height: {12}; >>
QMenu::separator << height: 1px; background: {line}; margin: {4} {8}; >>
QToolTip <<
  background: {tip}; color: {tipText}; border: 1px solid {tip};
  padding: {5} {9}; font-size: {12}; font-weight: 500;
>>
"""

_VIEWS = """
QAbstractScrollArea << background: {surface}; border: 0; >>
QScrollArea, QScrollArea > QWidget > QWidget << background: transparent; >>
QAbstractItemView <<
  outline: 0; color: {ink}; gridline-color: {mute};
  selection-background-color: {accentT}; selection-color: {ink};
>>
QListView::item, QTreeView::item << padding: {4} {8}; border-radius: {4}; >>
QListView::item:hover, QTreeView::item:hover << background: {mute}; color: {ink}; >>
QListView::item:selected, QTreeView::item:selected <<
  background: {accentT}; color: {accentH};
>>
QListView::indicator, QTreeView::indicator, QTableView::indicator <<
  width: {14}; height: {14}; border: 1px solid {ctrl}; border-radius: {4};
  background: {surface};
>>
QListView::indicator:checked, QTreeView::indicator:checked,
QTableView::indicator:checked <<
  image: {@tick}; background: {accent}; border-color: {accent};
>>
QTableView[numbers="true"] << border-top: 1px solid {ink2}; >>
QTableView::item << padding-left: {8}; padding-right: {8}; >>
QHeaderView << background: {surface}; border: 0; >>
QHeaderView::section <<
  background: {surface}; color: {ink2}; font-weight: 600;
  padding: {4} {8}; border: 0; border-bottom: 1px solid {line2};
>>
QTableCornerButton::section << background: {surface}; border: 0; >>
QScrollBar:vertical << background: transparent; width: {10}; margin: 0; >>
QScrollBar:horizontal << background: transparent; height: {10}; margin: 0; >>
QScrollBar::handle <<
  background: {line2}; border: 2px solid transparent; border-radius: {5};
>>
QScrollBar::handle:vertical << min-height: {32}; margin: 2px; border-radius: {3}; >>
QScrollBar::handle:horizontal << min-width: {32}; margin: 2px; border-radius: {3}; >>
QScrollBar::handle << border: 0; >>
QScrollBar::handle:hover, QScrollBar::handle:pressed << background: {ctrl}; >>
QScrollBar::add-line, QScrollBar::sub-line << width: 0; height: 0; >>
QScrollBar::add-page, QScrollBar::sub-page << background: transparent; >>
"""

_FRAMES = """
QMainWindow, QDialog << background: {bg}; color: {ink}; >>
QWidget[surface="true"] << background: {surface}; >>
QFrame#header, QFrame#status, QFrame#recent << background: {surface}; border: 0; >>
QFrame#header << border-bottom: 1px solid {line}; >>
QFrame#status << border-top: 1px solid {line}; >>
QFrame#recent << border: 1px solid {line}; border-radius: {8}; >>
QSplitter::handle << background: transparent; >>
QSplitter::handle:horizontal << width: {12}; >>
QSplitter::handle:vertical << height: {12}; >>
QSplitter::handle:hover, QSplitter::handle:pressed << background: {accentT}; >>
QSplitter::handle:horizontal:hover, QSplitter::handle:horizontal:pressed <<
  background: {accent}; margin: {24} {5}; border-radius: 1px;
>>
QSplitter::handle:vertical:hover, QSplitter::handle:vertical:pressed <<
  background: {accent}; margin: {5} {24}; border-radius: 1px;
>>
QGroupBox <<
  border: 1px solid {line}; border-radius: {8}; margin-top: {18}; padding: {8};
>>
QGroupBox::title << subcontrol-origin: margin; color: {ink2}; >>
QFrame[rule="true"] << background: {line}; border: 0; max-height: 1px; >>
"""

# fields come after views: a text field is a scroll area too
RULES = "".join((_LABELS, _BUTTONS, _VIEWS, _FIELDS, _MENUS, _FRAMES))
_HOLE = re.compile(r"\{(@?\w+)\}")


def style_sheet(theme: Theme, pictures: Mapping[str, str], mono: Sequence[str]) -> str:
    """Fill the holes of the rules.

    Parameters
    ----------
    theme : Theme
        Colours and the scale of lengths.
    pictures : mapping
        Paths of chevrons and check marks; where one is missing none is shown.
    mono : sequence of str
        Families for formulas, the best first.

    Returns
    -------
    str
        For ``QApplication.setStyleSheet``.

    Raises
    ------
    KeyError
        If a rule asks for a role that the theme does not have.
    """
    known = asdict(theme.colors)
    known["tip"] = known["line" if theme.is_dark else "ink"]
    known["tipText"] = known["ink" if theme.is_dark else "surface"]
    known["mono"] = ", ".join(f'"{family}"' for family in mono)

    def filled(hole: re.Match[str]) -> str:
        name = hole[1]
        if name.startswith("@"):
            path = pictures.get(name[1:])
            return f'url("{path}")' if path else "none"
        if name.isdigit():
            return f"{round(int(name) * theme.sizes.scale)}px"
        return str(known[name])

    return _HOLE.sub(filled, RULES).replace("<<", "{").replace(">>", "}")
