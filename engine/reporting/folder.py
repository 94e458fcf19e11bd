"""Results appear in a folder all at once, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = ".tarn-"
LIST_OF_FILES = "files.txt"
"""Names the files of a run, so that the next run can take them away."""


@contextmanager
def output_folder(path: Path | str) -> Iterator[Path]:
    """Give a temporary folder whose files are moved to `path` at the end.

    Files of an earlier run are replaced or, where the new run has no such file, taken
    away: a table of another model must not stand beside the new ones. Other files in
    the folder stay as they are. When anything fails, it is left as it was found.

    Parameters
    ----------
    path : path or str
        Where the results are to appear. It is made when it is missing; the folder
        that holds it must exist.

    Yields
    ------
    Path
        Where to write meanwhile: beside the target or, where it exists, inside it,
        so that moving never crosses disks.

    Raises
    ------
    DataError
        If the folder cannot be made or written.
    """
    target = Path(path).resolve()
    _check(target)
    is_new = not target.exists()
    with writing_to(target):
        made = tempfile.mkdtemp(prefix=_PREFIX, dir=target.parent if is_new else target)
    temporary = Path(made)
    fresh = temporary / "new"  # mkdtemp's is private, one within has the usual rights
    try:
        with writing_to(target):
            fresh.mkdir()
            yield fresh
            _write_list(fresh)
            _refuse_others(fresh, target)
            if is_new:
                fresh.rename(target)
            else:
                _move_in(fresh, target, temporary / "old")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into a sentence.

    Parameters
    ----------
    path : Path
        What is being written.

    Raises
    ------
    DataError
        Instead of OSError.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the system gives no reason"
        raise DataError(
            f"'{path}' cannot be written: {reason[:1].lower()}{reason[1:]}.",
            "Close the files of an earlier run that are open in another program, or "
            "choose another folder.",
            details=str(error),
        ) from error


def _check(target: Path) -> None:
    """Refuse a place where no folder can be."""
    if target.exists() and not target.is_dir():
        raise DataError(
            f"'{target}' is a file, so no folder can be there.",
            "Choose another name for the folder, or move the file away.",
        )
    if not target.exists() and not target.parent.is_dir():
        raise DataError(
            f"The folder '{target.parent}', which should hold the results, does not "
            "exist.",
            "Make it first, or choose another place.",
        )


def _move_in(fresh: Path, target: Path, kept: Path) -> None:
    """Move every file to its place, or put everything back."""
    undo: list[tuple[Path, Path]] = []
    made: list[Path] = []
    stale = [name for name in _listed(target) if not (fresh / name).exists()]
    try:
        for source in sorted(fresh.rglob("*")):
            name = source.relative_to(fresh)
            place = target / name
            if source.is_dir():
                if not place.is_dir():
                    place.mkdir()
                    made.append(place)
                continue
            if place.is_dir():
                raise IsADirectoryError(21, f"'{name}' is a folder there", str(place))
            if place.exists():
                aside = kept / name
                aside.parent.mkdir(parents=True, exist_ok=True)
                place.rename(aside)
                undo.append((aside, place))
            source.rename(place)
            undo.append((place, source))
        for name in stale:
            aside = kept / name
            aside.parent.mkdir(parents=True, exist_ok=True)
            (target / name).rename(aside)
            undo.append((aside, target / name))
    except BaseException:
        for now, before in reversed(undo):
            now.rename(before)
        for folder in reversed(made):
            folder.rmdir()
        raise


def _refuse_others(fresh: Path, target: Path) -> None:
    """Refuse to replace files that no earlier run wrote."""
    known = {*_listed(target), Path(LIST_OF_FILES)}
    for source in sorted(fresh.rglob("*")):
        name = source.relative_to(fresh)
        if source.is_file() and (target / name).is_file() and name not in known:
            raise DataError(
                f"'{name}' in '{target}' was not written by Tarn and would be lost.",
                "Choose another folder, or move that file away.",
            )


def _write_list(folder: Path) -> None:
    """Name every file of a run, below a line that says what the list is for."""
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    lines = ["Files that Tarn wrote; its next run here replaces or removes them."]
    lines += [name.as_posix() for name in files]
    text = "\n".join(lines) + "\n"
    (folder / LIST_OF_FILES).write_text(text, encoding="utf-8")


def _listed(folder: Path) -> list[Path]:
    """Files of an earlier run that are still in the folder, never others."""
    try:
        text = (folder / LIST_OF_FILES).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    names = [Path(line) for line in text.splitlines()[1:] if line.strip()]
    return [
        name
        for name in names
        if not name.is_absolute()
        and ".." not in name.parts
        and (folder / name).is_file()
    ]
