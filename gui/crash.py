"""The last net: what nobody caught is written down, and told to the window once.

Python's hooks (for exceptions in the main thread, in workers, and in finalisers) and
faulthandler (for what ends the process) write into one file. A hook may run in any
thread and at any moment, so it only writes text and leaves the rest to the GUI thread.
"""

from __future__ import annotations

import faulthandler
import os
import platform
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot

from engine.reporting.version import SOFTWARE, VERSION

if TYPE_CHECKING:
    from types import TracebackType

NAME, OLD_NAME = "crash.log", "crash.old.log"
LARGEST = 1_000_000
"""Bytes; a larger log is put aside at the next start, and no run writes more."""
SHOWN_BYTES = 60_000
MOST_FAULTS = 50
"""Different ones that one run writes down and shows."""
_START, _END = "==== start", "==== end"
_FATAL = ("Fatal Python error: ", "Windows fatal exception: ")


class CrashLog(QObject):
    """Writes faults down while it is installed; see `install`.

    Signals
    -------
    fault : str
        Technical details of a fault that was not met before in this run; emitted in
        the GUI thread, once its event loop has time.

    Attributes
    ----------
    path : Path or None
        The log; None if it could not be opened, and then faults are only told.
    last_crash : str
        What the run before left when it was ended by force, else ``""``.
    """

    fault = Signal(str)
    _arrived = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path: Path | None = None
        self.last_crash = ""
        self._file: TextIO | None = None
        self._room = LARGEST
        self._met: set[tuple[object, ...]] = set()
        self._is_open = True
        self._lock = threading.RLock()
        self._here = threading.local()
        self._had_faulthandler = faulthandler.is_enabled()
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        # queued: whatever thread emits, the slot runs in the one that made this
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        with suppress(OSError):
            self._open(folder)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable

    def shutdown(self) -> None:
        """Give the hooks back and close the log; harmless when repeated."""
        with self._lock:
            if not self._is_open:
                return
            self._is_open = False
        before_exception, before_thread, before_unraisable = self._before
        # another one may have put its own hook over this one: it stays
        if sys.excepthook == self._on_exception:
            sys.excepthook = before_exception
        if threading.excepthook == self._on_thread_exception:
            threading.excepthook = before_thread
        if sys.unraisablehook == self._on_unraisable:
            sys.unraisablehook = before_unraisable
        if self._file is None:
            return
        faulthandler.disable()
        if self._had_faulthandler:
            with suppress(OSError, ValueError, RuntimeError, AttributeError):
                faulthandler.enable()
        self._write(_line(_END))
        with suppress(OSError):
            self._file.close()
        self._file = None

    def text(self) -> str:
        """Return the end of the log, for the user to read or send."""
        if self.path is None:
            return ""
        return _end_of(self.path)

    # -- the file ------------------------------------------------------------------

    def _open(self, folder: Path) -> None:
        """Open the log in `folder`, after a look at how the last run ended."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / NAME
        if path.is_file():
            self.last_crash = crash_in(_end_of(path))
            if path.stat().st_size > LARGEST:
                path.replace(folder / OLD_NAME)
        # kept open as long as the program runs: faulthandler writes to its number
        self._file = path.open("a", encoding="utf-8", errors="backslashreplace")
        self.path = path
        python = platform.python_version()
        self._write(_line(_START, f"{SOFTWARE} {VERSION}, Python {python}"))
        faulthandler.enable(self._file)

    def _write(self, text: str) -> None:
        """Append to the log, if there is one and it has room."""
        if self._file is None or len(text) > self._room:
            return
        self._room -= len(text)
        with suppress(OSError, ValueError):  # a full disk, a drive that is gone
            self._file.write(text)
            self._file.flush()

    # -- the hooks: any thread, any moment -----------------------------------------

    def _on_exception(
        self,
        kind: type[BaseException],
        value: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, Exception):  # not Ctrl+C, which ends the program
            self._note("", kind, value, trace, is_told=True)
        self._before[0](kind, value, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs, /) -> None:
        if issubclass(args.exc_type, Exception) and args.exc_value is not None:
            where = "" if args.thread is None else f"In thread {args.thread.name}. "
            self._note(
                where, args.exc_type, args.exc_value, args.exc_traceback, is_told=True
            )
        self._before[1](args)

    def _on_unraisable(self, args: sys.UnraisableHookArgs, /) -> None:
        """Write only: nothing that the user asked for has failed."""
        if args.exc_value is not None:
            where = f"{args.err_msg or 'Ignored'}. "
            self._note(
                where, args.exc_type, args.exc_value, args.exc_traceback, is_told=False
            )
        self._before[2](args)

    def _note(
        self,
        where: str,
        kind: type[BaseException],
        value: BaseException,
        trace: TracebackType | None,
        *,
        is_told: bool,
    ) -> None:
        """Write a fault down once, and hand it over to the GUI thread."""
        if getattr(self._here, "is_busy", False):  # a fault while noting a fault
            return
        self._here.is_busy = True
        try:
            with self._lock:
                key = _fingerprint(kind, trace)
                is_new = key not in self._met and len(self._met) < MOST_FAULTS
                if not is_new or not self._is_open:
                    return
                self._met.add(key)
                lines = "".join(traceback.format_exception(kind, value, trace))
                self._write(f"{_line('Fault', where)}{lines}\n")
                if is_told:
                    self._arrived.emit(f"{where}{lines}".strip())
        except Exception:  # noqa: BLE001 - the last net must not tear
            return
        finally:
            self._here.is_busy = False

    @Slot(str)
    def _on_arrived(self, details: str) -> None:
        if self._is_open:
            self.fault.emit(details)


def install(folder: Path | None = None) -> CrashLog:
    """Catch from now on what nobody else does. Call it in the GUI thread.

    Parameters
    ----------
    folder : Path, optional
        Where the log is kept; the program's own folder for data by default.

    Returns
    -------
    CrashLog
        Keep it, and call its `shutdown` when the event loop has ended.
    """
    if folder is None:
        place = QStandardPaths.StandardLocation.AppDataLocation
        # "" where the system has no such place: a log that cannot be opened
        folder = Path(QStandardPaths.writableLocation(place) or os.devnull)
    return CrashLog(folder)


def crash_in(text: str) -> str:
    """What faulthandler wrote in the last run of a log, if that run has no end.

    Parameters
    ----------
    text : str
        A log, or the end of one.

    Returns
    -------
    str
        ``""`` where the run came to its end: on Windows faulthandler also writes of
        things that were mended.
    """
    last = text[max(0, text.rfind(_START)) :]
    if _END in last:
        return ""
    found = [last.find(word) for word in _FATAL if word in last]
    return last[min(found) :].strip() if found else ""


def _fingerprint(
    kind: type[BaseException], trace: TracebackType | None
) -> tuple[object, ...]:
    """Where a fault happened; the words may differ each time."""
    frames = traceback.walk_tb(trace)
    places = [(frame.f_code.co_filename, line) for frame, line in frames]
    return (kind.__name__, *places[-12:])


def _line(word: str, more: str = "") -> str:
    moment = time.strftime("%Y-%m-%d %H:%M:%S")
    return f"{word} {moment} {more}".rstrip() + "\n"


def _end_of(path: Path) -> str:
    """Return the last part of a file, whatever bytes are in it."""
    with suppress(OSError), path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - SHOWN_BYTES))
        return file.read().decode("utf-8", errors="replace")
    return ""
