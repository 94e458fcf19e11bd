"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.data.wording import quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _ENDING = ".tarn-", ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def replaced_file(path: Path | str) -> Iterator[BinaryIO]:
    """Give a new file that takes the place of `path` when all is written.

    It is written beside the target, brought to the disk and then renamed. Whatever
    fails before that, a cancellation too, leaves the old file as it was and no other
    behind.

    Parameters
    ----------
    path : path or str
        The file to make or to replace. Its folder must exist.

    Yields
    ------
    BinaryIO
        Where to write.

    Raises
    ------
    DataError
        If the file cannot be written there.
    """
    with _in_words(Path(path)):
        target = _checked(Path(path))
        temporary = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_ENDING}")
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            os.replace(temporary, target)  # noqa: PTH105 - one call, one name
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        _settle(target.parent)


def _checked(path: Path) -> Path:
    """Return the file itself, behind any link; refuse a place where none can be."""
    if "\0" in str(path):
        raise _no_name(path, "null character")
    target = path.resolve()
    name = quoted(target.name)
    if target.is_dir():
        raise DataError(
            f"{name} is a folder, so no file can have this name.",
            "Choose another name.",
        )
    if not target.parent.is_dir():
        raise DataError(
            f"There is no folder {quoted(str(target.parent))}.",
            "Choose another place; a memory stick or network folder may be gone.",
        )
    if target.exists() and not target.stat().st_mode & 0o222:
        raise DataError(
            f"The file {name} is protected against changes.",
            "Save under another name, or remove the protection.",
        )
    return target


def _settle(folder: Path) -> None:
    """Bring the new name to the disk too, where folders can be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise _no_name(path, str(error)) from error
    except OSError as error:
        raise _failed(path, error) from error


def _no_name(path: Path, details: str) -> DataError:
    return DataError(
        f"{quoted(path.name)} was not saved: no file can have this name.",
        "Choose another name.",
        details=details,
    )


def _failed(path: Path, error: OSError) -> DataError:
    """Say why a file was not written."""
    if error.errno == errno.ENAMETOOLONG:
        return _no_name(path, str(error))
    if error.errno in _FULL:
        why = "the disk is full"
        remedy = "Make room on it, or save in another place."
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        why = "it may not be written there"
        remedy = "Save in another folder, or close the file in other programs."
    else:
        why = "the system refused to write it"
        remedy = "Check that the disk or network folder is still there, and try again."
    message = f"{quoted(path.name)} was not saved: {why}."
    return DataError(message, remedy, details=str(error))
