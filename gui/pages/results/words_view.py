"""The model in words, set to be read: headings, paragraphs, references."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.controls.painting import px
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.reporting.methods_text import ModelText

_WIDEST = 720
_LINE_HEIGHT = 140
_STATISTIC = re.compile(r"\b(p|t\([^)]*\)) ([<>=]) (?=[\d\u2212])")


class WordsView(QWidget):
    """Shows `ModelText`; any part of it can be chosen and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text: ModelText | None = None
        self._is_stale = False
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.RichText)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.said.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.said.setSizePolicy(policy)
        self.said.setMaximumWidth(px(_WIDEST))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.said, 1)
        row.addStretch(0)
        look().changed.connect(self._on_look_changed)

    def set_text(self, text: ModelText | None) -> None:
        """Show another text, or none."""
        self._text = text
        self._write()

    def set_stale(self, is_stale: bool) -> None:
        """Dim old words."""
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self._write()

    @property
    def plain(self) -> str:
        """All of it as plain text, for the clipboard."""
        return "" if self._text is None else self._text.text

    @Slot()
    def _on_look_changed(self) -> None:
        self.said.setMaximumWidth(px(_WIDEST))
        self._write()

    def _write(self) -> None:
        self.said.setText("" if self._text is None else "".join(self._html(self._text)))
        self.said.setAccessibleName(self.plain)

    def _html(self, text: ModelText) -> Iterator[str]:
        sizes, colors = look().theme.sizes, look().theme.colors
        ink = colors.ink3 if self._is_stale else colors.ink
        parts = (
            ("Methods", text.methods, sizes.body, ink),
            ("Results", text.results, sizes.body, ink),
            ("References", text.references, sizes.caption, colors.ink2),
        )
        top = 0
        for heading, paragraphs, size, color in parts:
            if not paragraphs:
                continue
            yield (
                f'<p style="margin:{top}px 0 {px(6)}px 0; font-weight:600; '
                f'font-size:{sizes.heading:.0f}px; color:{ink}">{heading}</p>'
            )
            top = px(18)
            for words in paragraphs:
                yield (
                    f'<p style="margin:0 0 {px(8)}px 0; line-height:{_LINE_HEIGHT}%; '
                    f'font-size:{size:.0f}px; color:{color}">'
                    f"{escape(_together(words), quote=False)}</p>"
                )


def _together(words: str) -> str:
    """Keep a statistic and its number on one line."""
    return _STATISTIC.sub("\\1\u00a0\\2\u00a0", words)
