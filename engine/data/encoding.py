"""Turn a text file's bytes into UTF-8 with plain line ends, and say how."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

import charset_normalizer

from engine.data.opening import empty
from engine.data.wording import counted, quoted
from engine.errors import DataError

_SAMPLE = 65536  # bytes

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In the order of preference when they are equally plausible.
_ONE_BYTE = ("cp1252", "mac_roman", "cp850", "cp1250", "cp1251")
_TITLES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "iso8859-1": "Latin-1",
    "mac_roman": "Mac Roman",
    "mac-roman": "Mac Roman",
    "cp850": "DOS (code page 850)",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
}
_COMMON_SYMBOLS = "°µ±²³×·–—’‘“”…‰€£½¼¾§®©™«»º\N{NO-BREAK SPACE}"
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH_WORD = re.compile(rb"[A-Za-z0-9]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text file after decoding.

    Attributes
    ----------
    data : bytes
        The text as UTF-8, lines ending in a line feed, no byte-order mark.
    notes : tuple of str
        What was recognised, for the user.
    """

    data: bytes
    notes: tuple[str, ...]


def decode(data: bytes, name: str, encoding: str | None = None) -> Text:
    """Decode a text file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for the messages.
    encoding : str, optional
        The encoding if the user knows it; otherwise it is recognised.

    Returns
    -------
    Text

    Raises
    ------
    DataError
        If the bytes are not text, not text of the given encoding, or only blanks.
    """
    notes: list[str] = []
    padding = len(data) - len(data.rstrip(b"\x00\x1a"))
    codec = encoding or _codec_of(data)
    if padding and codec.startswith(
        "utf-8"
    ):  # in UTF-16 the last zero is half a letter
        data = data[:-padding]
        notes.append(f"{counted(padding, 'null byte')} at the end were left out.")
    text, note = _decoded(data, name, codec, is_given=encoding is not None)
    if not text.strip():
        raise empty(name)
    utf8 = _checked(text, name)
    notes = [note, *notes] if note else notes
    return Text(utf8.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), tuple(notes))


def _codec_of(data: bytes) -> str:
    """Name the codec by its mark, by null bytes in every second place, or as UTF-8."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    head = data[: _SAMPLE - _SAMPLE % 2]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) > 0.4 * len(head) / 2 and min(odd, even) < 0.1 * max(odd, even):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _decoded(data: bytes, name: str, codec: str, *, is_given: bool) -> tuple[str, str]:
    """Decode the whole, falling back on the one-byte encodings; the text and a note."""
    try:
        text = data.decode(codec)
    except (LookupError, ValueError) as error:
        if codec == "utf-8" and not is_given:
            return _not_quite_utf8(data)
        raise _wrong_encoding(name, codec, error, is_given=is_given) from error
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if codec == "utf-8" and not is_given and text.isascii():
        return text, ""
    return text, f"The file is encoded as {_title(codec)}."


def _wrong_encoding(
    name: str, codec: str, error: Exception, *, is_given: bool
) -> DataError:
    if isinstance(error, UnicodeError) or not is_given:
        return DataError(
            f"The file {quoted(name)} is not text encoded as {_title(codec)}.",
            "Leave the encoding to be recognised, or choose another one.",
            details=str(error),
        )
    return DataError(
        f"There is no encoding called {quoted(codec)}.",
        "Common ones are utf-8, cp1252 (Windows), latin-1 and mac_roman.",
        details=str(error),
    )


def _not_quite_utf8(data: bytes) -> tuple[str, str]:
    """Decode what is not UTF-8: damaged UTF-8, or an older encoding."""
    text = data.decode("utf-8", errors="replace")
    n_bad = text.count("\N{REPLACEMENT CHARACTER}")
    n_good = sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - n_bad
    if n_good >= 10 * n_bad:
        line = text.count("\n", 0, text.index("\N{REPLACEMENT CHARACTER}")) + 1
        return text, (
            f"The file is encoded as UTF-8, but {counted(n_bad, 'character')} could "
            f"not be read, first in line {line}, and became "
            "'\N{REPLACEMENT CHARACTER}'."
        )
    words = _unusual_words(data)
    codec = _one_byte_codec(words)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:  # the sample did not show all of the file
        codec = "latin-1"  # never fails
        text = data.decode(codec)
    example = max((word.decode(codec, "replace") for word in words), key=len)
    return text, (
        f"The file is encoded as {_title(codec)}; if words such as {quoted(example)} "
        "look wrong, choose another encoding."
    )


def _unusual_words(data: bytes) -> list[bytes]:
    """List the distinct words with a byte beyond ASCII; there is at least one."""
    first = re.search(rb"[\x80-\xff]", data)
    start = max(first.start() - 100, 0) if first else 0
    sample = data[start : start + _SAMPLE] + b"\n" + data[-_SAMPLE:]
    return list(dict.fromkeys(_HIGH_WORD.findall(sample)))[:2000]


def _one_byte_codec(words: list[bytes]) -> str:
    """Choose the codec that makes these words look most like words.

    charset-normalizer alone takes short Western tables for Central European or
    Mac Latin 2 (its issues 477, 571 and 672), so it is asked only when none of
    the usual codecs gives readable words.
    """
    scores: dict[str, float] = {}
    for codec in _ONE_BYTE:
        try:
            texts = [word.decode(codec) for word in words]
        except UnicodeDecodeError:
            continue
        scores[codec] = sum(map(_strangeness, texts)) / len(texts)
    best = min(scores, key=scores.__getitem__)  # the first of equals
    if scores[best] > 0.4 and len(words) >= 5:
        match = charset_normalizer.from_bytes(b"\n".join(words)).best()
        if match is not None and match.encoding not in _ONE_BYTE:
            return match.encoding
    return best


def _strangeness(word: str) -> float:
    """Measure how little a word looks like one: 0 is a good word."""
    padded = f" {word} "
    return sum(
        _strange_letter(padded[i - 1], padded[i], padded[i + 1])
        for i in range(1, len(padded) - 1)
        if padded[i] > "\x7f"
    )


def _strange_letter(before: str, letter: str, after: str) -> float:
    """Measure how odd a letter beyond ASCII is between its neighbours."""
    category = unicodedata.category(letter)
    if category in {"Cc", "Cn", "Co"}:
        return 3
    is_inside = before.isalpha() and after.isalpha()
    if not category.startswith("L"):
        if is_inside and letter not in "’·-":
            return 1
        return 0 if letter in _COMMON_SYMBOLS else 0.5
    if letter.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return 1
    if letter == "ƒ":  # É of Mac Roman read as Windows-1252
        return 1
    is_latin = "LATIN" in unicodedata.name(letter, "")
    if not is_latin and (before.isascii() and before.isalpha()):
        return 1
    if is_latin and all(c.isalpha() and not c.isascii() for c in (before, after)):
        return 1  # three accented letters in a row: Cyrillic read as Latin
    return 0


def _checked(text: str, name: str) -> bytes:
    """Encode as UTF-8 after making sure that this is text at all."""
    try:
        utf8 = text.encode("utf-8")
    except UnicodeEncodeError as error:  # lone surrogates
        raise _binary(name, str(error)) from error
    if b"\x00" in utf8:
        line = utf8.count(b"\n", 0, utf8.index(b"\x00")) + 1
        raise _binary(name, f"null byte in line {line}")
    sample = utf8[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > max(2, len(sample) / 1000):
        raise _binary(name, "control characters")
    return utf8


def _binary(name: str, details: str) -> DataError:
    return DataError(
        f"The file {quoted(name)} is damaged or is not a text file.",
        "Open it in the program it comes from and save it as CSV or XLSX.",
        details=details,
    )


def _title(codec: str) -> str:
    """Write an encoding's name as people know it."""
    try:
        known = codecs.lookup(codec).name
    except LookupError:
        return quoted(codec)
    return _TITLES.get(codec, _TITLES.get(known, known))
