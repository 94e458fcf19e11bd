"""Whether there is a display to open a window on. No Qt here, so it answers at once."""

from __future__ import annotations

import os
import sys

IN_MEMORY = ("offscreen", "minimal")
"""Qt's platforms that draw where nobody at this machine looks."""


def has_display() -> bool:
    """Whether a window would be seen; Windows and macOS always have a display."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.split(":")[0] in IN_MEMORY:
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    names = ("WAYLAND_DISPLAY", "DISPLAY")
    return bool(platform) or any(os.environ.get(name) for name in names)
