"""The outside of a project file: a ZIP archive of two members, written and guarded.

Members are read by their names and never unpacked to the disk. What a member declares
of its size is checked before a byte of it is read, and zipfile reads no more than that.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from engine.data.opening import UNZIP_ERRORS, read_bytes
from engine.data.wording import quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

HEAD, DATA = "project.json", "data.parquet"
MOST_BYTES_OF_HEAD = 2**26
"""Bytes of JSON: some millions of excluded rows."""
MOST_BYTES = 2**32
_MOST_FOLD = 100  # Parquet is compressed already
_SLICE = 2**24
_SIGNATURE = b"PK\x03\x04"


def write_archive(file: BinaryIO, head: bytes, data: memoryview) -> None:
    """Write both members.

    Parameters
    ----------
    file : BinaryIO
        Where to write.
    head, data : bytes-like
        The JSON and the Parquet file.

    Raises
    ------
    DataError
        If the head is too large to be opened again.
    OSError
        If the file cannot be written.
    """
    if len(head) > MOST_BYTES_OF_HEAD:
        raise DataError(
            "The project cannot be saved: its steps and notes are too long.",
            "Leave rows out before opening the table instead of excluding millions.",
            details=f"{len(head)} bytes of JSON",
        )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_member(HEAD, zipfile.ZIP_DEFLATED), head)
        with archive.open(_member(DATA), "w", force_zip64=True) as member:
            for start in range(0, len(data), _SLICE):
                member.write(data[start : start + _SLICE])


def read_archive(path: Path) -> tuple[bytes, bytes]:
    """Read both members.

    Parameters
    ----------
    path : Path

    Returns
    -------
    head, data : bytes
        The JSON and the Parquet file.

    Raises
    ------
    DataError
        If there is no such file, or it is no project, or a damaged one.
    """
    _check_size(path)
    whole = read_bytes(path)
    if not whole.startswith(_SIGNATURE):
        raise no_project(path.name, "it does not begin as a ZIP archive")
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            names = set(archive.namelist())
            if HEAD not in names:
                raise no_project(path.name, f"a ZIP archive without {HEAD}")
            if DATA not in names:
                raise damaged(path.name, f"it has no {DATA}")
            head = _read(archive, HEAD, MOST_BYTES_OF_HEAD, path.name)
            return head, _read(archive, DATA, MOST_BYTES, path.name)
    except UNZIP_ERRORS as error:
        raise damaged(path.name, f"{type(error).__name__}: {error}") from error


def no_project(name: str, details: str) -> DataError:
    """Make the error for a file that is something else.

    Parameters
    ----------
    name : str
        The file's name.
    details : str
        How that was seen.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The file {quoted(name)} is not a Tarn project.",
        "Choose a file that Tarn saved; tables are opened as data.",
        details=details,
    )


def damaged(name: str, details: str) -> DataError:
    """Make the error for a project that is broken.

    Parameters
    ----------
    name : str
        The file's name.
    details : str
        What is wrong with it.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The project {quoted(name)} is damaged or incomplete.",
        "Open an earlier copy of it, or the table that it was made from.",
        details=details,
    )


def too_large(name: str, details: str) -> DataError:
    """Make the error for a project that would fill the memory.

    Parameters
    ----------
    name : str
        The file's name.
    details : str
        How large it is.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The project {quoted(name)} is larger than this computer or Tarn can hold.",
        "Close other programs, or check that the file comes from Tarn.",
        details=details,
    )


def _member(name: str, how: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)  # its date is 1980: a wrong clock cannot fail it
    member.compress_type = how
    member.external_attr = 0o644 << 16  # whoever unpacks it may read it
    return member


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        return  # reading says why
    if size > MOST_BYTES + MOST_BYTES_OF_HEAD:
        raise too_large(path.name, f"{size} bytes")


def _read(archive: zipfile.ZipFile, member: str, most: int, name: str) -> bytes:
    info = archive.getinfo(member)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(name, f"{member} has compression {info.compress_type}")
    is_bomb = member == DATA and (
        info.file_size > _MOST_FOLD * info.compress_size + _SLICE
    )
    if info.file_size > most or is_bomb:
        raise too_large(name, f"{member} declares {info.file_size} bytes")
    return archive.read(info)
