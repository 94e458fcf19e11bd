"""Size and form of a picture that is saved, and where it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget
from shiboken6 import isValid

from engine.errors import EngineError
from engine.written_numbers import count
from gui import exporting
from gui.controls import Banner, CheckBox, Segmented, SpinBox, label
from gui.controls.painting import px
from gui.dialogs.snug import SnugDialog, paragraph
from gui.plots.export import MM_PER_INCH

if TYPE_CHECKING:
    from gui.plots.pointing import PointedPlot

WIDTHS = (85, 170)
"""Millimetres of one column and of the page in most journals."""
SMALLEST, LARGEST = 40, 500
SHARPNESS = (72, 1200, 300)
"""Dots per inch: least, most, usual."""
_FORMS = ("PNG", "SVG", "PDF")
_MEANINGS = (
    "For every program.",
    "Shapes and text that can still be edited; sharp at any size.",
    "Shapes on a page of exactly this size; sharp at any size.",
)


class PictureExportDialog(SnugDialog):
    """Asks how large a picture is to be and in which form, then for the file.

    Parameters
    ----------
    parent : QWidget
        The window.
    plot : PointedPlot
        What is saved, in the colours of print.
    folder : str
        Where the choice of the file begins; the system decides if empty.

    Signals
    -------
    saved : Path
        The picture is in this file; the dialog has closed.
    """

    saved = Signal(object)

    def __init__(
        self, parent: QWidget | None, plot: PointedPlot, folder: str = ""
    ) -> None:
        super().__init__(parent, "Save the picture")
        self._plot = plot
        self._folder = folder
        self._ratio = min(1.5, max(0.4, plot.height() / max(plot.width(), 1)))
        self.banner = Banner()
        self.body.addWidget(self.banner)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(12))
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._add_size()
        self._add_form()
        self.words = CheckBox("Title and caption in the picture")
        self.words.setChecked(True)
        self._grid.addWidget(self.words, self._grid.rowCount(), 1)
        self._facts = paragraph("", "caption")
        self._grid.addWidget(self._facts, self._grid.rowCount(), 1)
        self.add_button("Cancel", role="reject")
        self.save = self.add_button("Save…", "primary")
        self.save.clicked.connect(self._on_save_clicked)
        self._on_preset_chosen(len(WIDTHS) - 1)
        self._update()
        self.setMinimumWidth(px(460))

    def _add_size(self) -> None:
        """Presets, and the two fields that they fill."""
        names = [f"Column, {WIDTHS[0]} mm", f"Page, {WIDTHS[1]} mm", "Own size"]
        self.preset = Segmented(names, "Size")
        self.preset.set_current(len(WIDTHS) - 1)
        self.preset.chosen.connect(self._on_preset_chosen)
        self.width_mm = _field("Width in millimetres", (SMALLEST, LARGEST), " mm")
        self.height_mm = _field("Height in millimetres", (SMALLEST, LARGEST), " mm")
        self.width_mm.valueChanged.connect(self._on_size_changed)
        self.height_mm.valueChanged.connect(self._on_size_changed)
        self._add_row("Size", self.preset)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for part in (self.width_mm, label("wide", "caption")):
            row.addWidget(part)
        row.addSpacing(px(8))
        for part in (self.height_mm, label("high", "caption")):
            row.addWidget(part)
        row.addStretch(1)
        self._grid.addLayout(row, self._grid.rowCount(), 1)

    def _add_form(self) -> None:
        self.form = Segmented(_FORMS, "Form of the file")
        self.form.chosen.connect(self._on_form_chosen)
        least, most, usual = SHARPNESS
        self.dpi = _field("Dots per inch", (least, most), " dpi")
        self.dpi.setSingleStep(50)
        self.dpi.setValue(usual)
        self.dpi.valueChanged.connect(self._on_form_chosen)
        row = QWidget()
        parts = QHBoxLayout(row)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(px(12))
        parts.addWidget(self.form)
        parts.addWidget(self.dpi)
        parts.addStretch(1)
        self._add_row("Form", row)

    def _add_row(self, name: str, part: QWidget) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(label(name, "panel"), row, 0)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(part, row, 1, side)

    @property
    def ending(self) -> str:
        """Ending of the file's name, with its dot."""
        return f".{_FORMS[self.form.current].lower()}"

    @Slot(int)
    def _on_preset_chosen(self, number: int) -> None:
        if number >= len(WIDTHS):
            self.width_mm.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        wide = WIDTHS[number]
        for field, value in (
            (self.width_mm, wide),
            (self.height_mm, round(wide * self._ratio)),
        ):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self._update()

    @Slot()
    def _on_size_changed(self) -> None:
        """A size typed by hand is the user's own."""
        self.preset.set_current(len(WIDTHS))
        self._update()

    @Slot()
    def _on_form_chosen(self) -> None:
        self._update()

    def _update(self) -> None:
        """Say what the choice means."""
        is_dots = self.form.current == 0
        self.dpi.setVisible(is_dots)
        said = _MEANINGS[self.form.current]
        if is_dots:
            sides = (self.width_mm.value(), self.height_mm.value())
            wide, tall = (round(mm / MM_PER_INCH * self.dpi.value()) for mm in sides)
            said = f"{count(wide)} × {count(tall)} dots. {said}"
        self._facts.setText(f"{said} Always in light colours, for paper.")

    @Slot()
    def _on_save_clicked(self) -> None:
        form = _FORMS[self.form.current]
        dialog = QFileDialog(
            self, "Save the picture", self._folder, f"{form} picture (*{self.ending})"
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.ending[1:])
        dialog.selectFile(f"{self._name()}{self.ending}")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def _name(self) -> str:
        """A file's name from the title of the plot."""
        said = self._plot.accessibleName() if isValid(self._plot) else ""
        kept = "".join(c if c.isalnum() or c in " -_" else " " for c in said)
        return "_".join(kept.split())[:60] or "picture"

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Save the picture in a file and close; or say why not, and stay open."""
        try:
            made = exporting.save_picture(
                self._plot,
                Path(path),
                self.width_mm.value(),
                self.height_mm.value(),
                self.dpi.value(),
                has_words=self.words.isChecked(),
            )
        except EngineError as error:
            self.banner.say("bad", error.message, error.remedy)
            self.fit_height()
            return
        self.accept()
        self.saved.emit(made)


def _field(name: str, limits: tuple[int, int], unit: str) -> SpinBox:
    made = SpinBox(name)
    made.setRange(*limits)
    made.setSuffix(unit)
    made.setSingleStep(5)
    made.setMinimumWidth(px(96))
    return made
