"""Hand-made controls: what every panel and page is built of."""

from __future__ import annotations

from gui.controls.banner import Banner
from gui.controls.breaking import shortened
from gui.controls.buttons import Button, IconButton, MenuButton
from gui.controls.check_box import CheckBox, LineToggle
from gui.controls.chip import Chip, CountChip
from gui.controls.dialog import Dialog
from gui.controls.elided_label import ElidedLabel
from gui.controls.empty_state import EmptyState
from gui.controls.flow_layout import FlowLayout
from gui.controls.icon_label import IconLabel
from gui.controls.labels import hairline, label
from gui.controls.panel import Panel
from gui.controls.pill import Pill
from gui.controls.popover import Popover
from gui.controls.progress_bar import ProgressBar
from gui.controls.radio_button import RadioButton
from gui.controls.segmented import Segmented
from gui.controls.slider import Slider
from gui.controls.spin_box import SpinBox
from gui.controls.spinner import Spinner
from gui.controls.tab_bar import TabBar
from gui.controls.word_button import WordButton

__all__ = [
    "Banner",
    "Button",
    "CheckBox",
    "Chip",
    "CountChip",
    "Dialog",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "IconButton",
    "IconLabel",
    "LineToggle",
    "MenuButton",
    "Panel",
    "Pill",
    "Popover",
    "ProgressBar",
    "RadioButton",
    "Segmented",
    "Slider",
    "SpinBox",
    "Spinner",
    "TabBar",
    "WordButton",
    "hairline",
    "label",
    "shortened",
]
