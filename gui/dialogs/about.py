"""What Tarn is, whose licence it is under, and what it stands on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.reporting.version import SOFTWARE, VERSION
from gui.controls import hairline, label
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph
from gui.icons import logo
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "formulaic",
    "python-calamine",
    "XlsxWriter",
    "charset-normalizer",
    "threadpoolctl",
    "ziamath",
)
_LICENCE = (
    f"{SOFTWARE} is free software under the BSD 3-Clause licence: use it, change it, "
    "pass it on. It comes without warranty."
)
_QT = (
    "The window is made with Qt and Qt for Python (PySide6), unchanged and under the "
    "GNU LGPL, version 3; you may put another version of them in their place. The "
    "licences of all libraries and fonts are in the folder resources/licences."
)
"""THIRD_PARTY.md promises that the program says this of Qt."""


def library_versions() -> tuple[tuple[str, str], ...]:
    """Name and version of each library; those that do not tell theirs are left out."""
    return tuple(_versions())


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # a bundle may lack what it does not run
            continue


class AboutDialog(SnugDialog):
    """Name, version, licences, libraries."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, f"About {SOFTWARE}")
        self.heading.hide()  # the name says it larger
        self._mark = QLabel()
        self._mark.setAccessibleName(f"{SOFTWARE}’s mark")
        row = QHBoxLayout()
        row.setSpacing(px(16))
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(px(2))
        column.addWidget(label(SOFTWARE, "title"))
        column.addWidget(label(f"Version {VERSION}", "caption"))
        row.addLayout(column, 1)
        self.body.addLayout(row)
        for said in (
            "Fit, understand, check and report linear mixed models.",
            _LICENCE,
            _QT,
        ):
            self.body.addWidget(paragraph(said))
        self.body.addWidget(hairline())
        self.body.addLayout(_library_grid())
        self.copy = self.add_button("Copy versions")
        self.copy.clicked.connect(self._on_copy_clicked)
        self.add_button("Close", "primary", "accept")
        self.setMinimumWidth(px(480))
        look().changed.connect(self._on_look_changed)
        self._on_look_changed()

    @Slot()
    def _on_look_changed(self) -> None:
        self._mark.setPixmap(logo(px(48)))

    @Slot()
    def _on_copy_clicked(self) -> None:
        lines = [f"{name} {number}" for name, number in library_versions()]
        system = f"{platform.system()} {platform.release()}"
        text = "\n".join([f"{SOFTWARE} {VERSION}", system, *lines])
        QGuiApplication.clipboard().setText(f"{text}\n")
        self.copy.setText("Copied")


def _library_grid() -> QGridLayout:
    """Names and versions, two libraries a line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(12))
    grid.setVerticalSpacing(px(2))
    for place, (name, number) in enumerate(library_versions()):
        row, column = place // 2, place % 2 * 2
        grid.addWidget(label(name, "caption"), row, column)
        grid.addWidget(label(number, "muted"), row, column + 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    return grid
