"""LaTeX to SVG. No Qt here, so that a worker may do it; every result is kept.

The first equation costs a third of a second, for the font's tables; later ones about
ten milliseconds each. The window has a worker draw one early: `equation_svg`.
"""

from __future__ import annotations

import warnings
from functools import cache, lru_cache
from threading import Lock
from typing import Any

HIGHEST = 12
"""Ems that a line of mathematics can be high."""
_MARK = "#010203"  # stands for the ink, so that another theme costs no drawing
_lock = Lock()
_known: set[tuple[str, float]] = set()


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
        If the drawing fails.
    """
    return _drawn(latex, size).replace(_MARK, color).encode()


def is_drawn(latex: str, size: float) -> bool:
    """Whether `equation_svg` would answer at once."""
    return (latex, size) in _known


@cache
def _drawn(latex: str, size: float) -> str:
    with _lock:  # its fonts and settings are for the whole process
        try:
            drawing = _ziamath().Latex(latex, size=size, color=_MARK)
            text: str = drawing.svg()
            height = float(drawing.getsize()[1])
        except Exception as problem:  # whatever it stumbles over, a text is shown
            raise EquationUnreadable(latex) from problem
    if height > HIGHEST * size:  # some brackets around sums run away
        raise EquationUnreadable(latex)
    _known.add((latex, size))
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
