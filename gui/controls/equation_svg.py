"""LaTeX to SVG. No Qt here, so that a worker may do it; every result is kept.

The first equation costs a third of a second, for the font's tables; later ones about
ten milliseconds each. The window has a worker draw one early: `equation_svg`. The GUI
thread asks `is_drawing` first, so that it never waits for that worker.
"""

from __future__ import annotations

import logging
import warnings
from functools import lru_cache
from threading import Lock
from typing import Any

log = logging.getLogger(__name__)

EM = 15.0
"""Height of an em at which the window has equations drawn, and keeps them."""
HIGHEST = 12
"""Ems that a line of mathematics can be high."""
_MARK = "#010203"  # stands for the ink, so that another theme costs no drawing
_lock = Lock()
_known: dict[tuple[str, float], str] = {}


class EquationUnreadable(ValueError):  # noqa: N818 - says what is the case
    """The LaTeX of an equation cannot be drawn."""


def equation_svg(latex: str, size: float, color: str) -> bytes:
    """Draw one line of mathematics.

    Parameters
    ----------
    latex : str
        What stands between the dollars.
    size : float
        Height of an em, in the units of the picture.
    color : str
        The ink, ``#RRGGBB``.

    Returns
    -------
    bytes
        An SVG that holds outlines only.

    Raises
    ------
    EquationUnreadable
        If the drawing fails; the log says why.
    """
    key = latex, size
    if key not in _known:
        with _lock:  # its fonts and settings are for the whole process
            _known[key] = _known.get(key) or _drawn(latex, size)
    return _known[key].replace(_MARK, color).encode()


def is_drawn(latex: str, size: float) -> bool:
    """Whether `equation_svg` would answer at once."""
    return (latex, size) in _known


def is_drawing() -> bool:
    """Whether `equation_svg` would wait for another thread before it draws."""
    return _lock.locked()


def _drawn(latex: str, size: float) -> str:
    try:
        drawing = _ziamath().Latex(latex, size=size, color=_MARK)
        text: str = drawing.svg()
        height = float(drawing.getsize()[1])
    except Exception as problem:  # whatever it stumbles over, a text is shown
        log.warning("An equation cannot be drawn: %s", latex, exc_info=True)
        raise EquationUnreadable(latex) from problem
    if height > HIGHEST * size:  # some brackets around sums run away
        log.warning("An equation would be %.0f units high: %s", height, latex)
        raise EquationUnreadable(latex)
    return text


@lru_cache(maxsize=1)
def _ziamath() -> Any:
    """Imported late: the window must not wait for it when it opens."""
    with warnings.catch_warnings():  # it finds its font in a way that is going out
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath  # noqa: PLC0415
        from ziamath.config import config  # noqa: PLC0415

    # paths in their places instead of symbols, which Qt's renderer draws wrongly
    config.svg2 = False
    return ziamath
