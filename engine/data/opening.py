"""Get the bytes of a file, and tell a workbook from text and from other things."""

from __future__ import annotations

import codecs
import difflib
import io
import stat
import zipfile
import zlib
from enum import Enum
from typing import TYPE_CHECKING
from xml.parsers import expat

from engine.data.wording import listed, quoted
from engine.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of XLS
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a protected XLSX is inside OLE2
_EXPORT = "Open it in the program it comes from and save the table as CSV or XLSX."
_UNPACK = "Unpack it first, then open the file inside."

_OTHER_FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"GIF89a", "a picture", _EXPORT),
    (b"\x1f\x8b", "a compressed file (gzip, or saved by R)", _UNPACK),
    (b"BZh91AY", "a compressed file (bzip2)", _UNPACK),
    (b"7z\xbc\xaf", "a compressed file (7-Zip)", _UNPACK),
    (b"\xfd7zXZ", "a compressed file (xz, or saved by R)", _UNPACK),
    (b"Rar!", "a compressed file (RAR)", _UNPACK),
    (b"$FL2@", "an SPSS file", _EXPORT),
    (b"<stata_dta>", "a Stata file", _EXPORT),
    (b"SQLite format 3", "a database", _EXPORT),
    (b"{\\rtf", "a text document (RTF)", _EXPORT),
)
_WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
# What zipfile raises for broken, odd and encrypted archives.
UNZIP_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    zlib.error,
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<workbook")


class Container(Enum):
    """What a file is on the outside."""

    TEXT = "text"
    WORKBOOK = "workbook"


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bytes
        Never empty.

    Raises
    ------
    DataError
        If there is no such file, it is a folder or device, may not be read, or is
        empty.
    """
    try:
        _refuse_device(path)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _not_there(path) from None
    except (IsADirectoryError, PermissionError) as error:
        # Windows says "permission denied" of a folder
        raise _may_not_be_read(path, error) from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise DataError(
            f"The file {quoted(path.name)} could not be read.",
            "Check that the disk or network folder is still there, and try again.",
            details=str(error),
        ) from error
    if not data.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        raise empty(path.name)
    return data


def recognise(data: bytes, name: str) -> Container:
    """Tell by its first bytes what a file is, whatever its name says.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for the messages.

    Returns
    -------
    Container

    Raises
    ------
    DataError
        If the file is neither text nor a workbook, or is encrypted.
    """
    for signature, what, remedy in _OTHER_FORMATS:
        if data.startswith(signature):
            raise _not_a_table(name, what, remedy)
    if data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise _not_a_table(
            name,
            "a web page or XML",
            "Open it in Excel or LibreOffice and save it as an XLSX workbook.",
        )
    if data.startswith(b"PK\x03\x04"):
        return _inside_zip(data, name)
    if data.startswith(_OLE2):
        if _ENCRYPTED in data:
            raise locked(name)
        return Container.WORKBOOK
    is_wide_text = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if has_workbook_name(name) and b"\x00" in data and not is_wide_text:
        raise damaged(name)
    return Container.TEXT


def has_workbook_name(name: str) -> bool:
    """Tell whether a file is called like a workbook.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    bool
    """
    return name.lower().endswith(_WORKBOOK_ENDINGS)


def empty(name: str) -> DataError:
    """Make the error for a file without content.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The file {quoted(name)} is empty.",
        "Open it in the program it comes from and save it again.",
    )


def locked(name: str) -> DataError:
    """Make the error for a workbook behind a password.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The workbook {quoted(name)} is protected by a password.",
        "Open it in Excel or LibreOffice, save it without the password, and open that.",
    )


def damaged(name: str, details: str = "") -> DataError:
    """Make the error for a workbook that is broken.

    Parameters
    ----------
    name : str
        The file's name.
    details : str
        What the library said.

    Returns
    -------
    DataError
    """
    return DataError(
        f"The workbook {quoted(name)} is damaged or incomplete.",
        "Open it in Excel or LibreOffice and save it again, or get a fresh copy.",
        details=details,
    )


def _inside_zip(data: bytes, name: str) -> Container:
    """Tell a workbook from the other things that are ZIP archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.namelist()
    except UNZIP_ERRORS as error:
        raise damaged(name, str(error)) from error
    folders = {member.split("/")[0] for member in members}
    if "xl" in folders:
        return Container.WORKBOOK
    if {"mimetype", "content.xml"} <= folders:
        _check_ods(data, name)
        return Container.WORKBOOK
    if "word" in folders:
        raise _not_a_table(name, "a Word document", _EXPORT)
    if "Index" in folders or "Index.zip" in folders:
        raise _not_a_table(
            name,
            "an Apple Numbers document",
            "Open it in Numbers and export it to Excel or CSV.",
        )
    raise _not_a_table(name, "a ZIP archive", _UNPACK)


def _check_ods(data: bytes, name: str) -> None:
    """Make sure that an ODS is whole: calamine never ends on XML that breaks off."""
    parser = expat.ParserCreate()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise locked(name)
            with archive.open("content.xml") as content:
                parser.ParseFile(content)
    except (expat.ExpatError, *UNZIP_ERRORS) as error:
        raise damaged(name, str(error)) from error


def _refuse_device(path: Path) -> None:
    """Refuse what is no file on a disk: reading a pipe or a device may never end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise DataError(
            f"{quoted(path.name)} is a device or a pipe, not a file.",
            "Choose a file on a disk.",
        )


def _not_a_table(name: str, what: str, remedy: str) -> DataError:
    return DataError(f"The file {quoted(name)} is {what}, not a table.", remedy)


def _not_there(path: Path) -> DataError:
    """Say that a file is missing, and offer the names that look like it."""
    folder = path.parent
    try:
        present = [entry.name for entry in folder.iterdir() if entry.is_file()]
    except OSError:
        return DataError(
            f"There is no folder {quoted(folder.name or str(folder))}.",
            "Check where the file is; a memory stick or network folder may be gone.",
        )
    by_lower = {name.lower(): name for name in present}
    close = difflib.get_close_matches(path.name.lower(), by_lower, n=3, cutoff=0.6)
    remedy = "Check the file's name and its folder."
    if close:
        names = [by_lower[name] for name in close]
        remedy = f"Did you mean {listed(names, 'file', 'or')}?"
    where = f" in the folder {quoted(folder.name)}" if folder.name else ""
    return DataError(f"There is no file {quoted(path.name)}{where}.", remedy)


def _may_not_be_read(path: Path, error: OSError) -> DataError:
    if path.is_dir():
        return DataError(
            f"{quoted(path.name)} is a folder, not a file.",
            "Choose a file inside it.",
        )
    return DataError(
        f"The file {quoted(path.name)} may not be read.",
        "Close it in other programs, or ask its owner for permission to read it.",
        details=str(error),
    )
