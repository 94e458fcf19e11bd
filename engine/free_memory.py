"""How much memory this computer can give, and what is said where that is too little."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from engine.sentences import Number, Sentence

LITTLE = 50e6
"""Bytes that every computer has."""
GIGABYTE = 1e9
MEMINFO = Path("/proc/meminfo")


def free_bytes() -> int | None:
    """Tell how many bytes can be had without pushing other programs out of memory.

    Returns
    -------
    int or None
        On macOS all that is built in: nothing simple says more. None if unknown.
    """
    if sys.platform == "win32":
        return _of_windows()
    return _of_linux() or _built_in()


def shortage(what: str, needed: float, after: str = "") -> Sentence | None:
    """Say that something does not fit in memory; what is little is not asked about.

    Parameters
    ----------
    what : str
        A sentence on what takes it.
    needed : float
        Bytes.
    after : str
        What else there is to say.

    Returns
    -------
    Sentence or None
        None where it fits, and where nobody knows.
    """
    free = None if needed < LITTLE else free_bytes()
    if free is None or needed <= free:
        return None
    return Sentence(
        f"{what} That takes about ",
        Number(needed / GIGABYTE, 2),
        " GB of memory, and this computer can give ",
        Number(free / GIGABYTE, 2),
        f" GB.{after}",
    )


def _of_linux() -> int | None:
    """What the kernel estimates to be available, in kibibytes in its table."""
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            amount = rest.split()[0] if rest.split() else ""
            return 1024 * int(amount) if amount.isdigit() else None
    return None


def _built_in() -> int | None:
    """All memory there is."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return total if total > 0 else None


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("available", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended", ctypes.c_uint64),
    )


def _of_windows() -> int | None:
    """What GlobalMemoryStatusEx calls available."""
    library = getattr(ctypes, "windll", None)
    if library is None:
        return None
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)
