"""Find level names that are probably one level, written in two ways."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_NAMES = 5000
"""Names beyond which a column is no list of groups that somebody typed."""
MOST_ALIKE = 20_000
"""Names beyond which not even the cheap comparison is made."""
RARE = 0.2
"""A typing error is at most so many times as frequent as the right spelling."""
_SHORTEST_WORD = 4  # letters: LA and LB are codes, not slips
_CROWD = 20  # names with one variant, from which they are a system and not slips

_JOINT = re.compile(r"(?<=[^\W\d])[-_ ./]+(?=\w)|(?<=\d)[-_ ./]+(?=[^\W\d])")
_PADDING = re.compile(r"(?<!\d)0+(?=\d)")


def written_alike(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Find names that differ only in case, spaces, hyphens, accents or leading zeros.

    Parameters
    ----------
    names : sequence of str
        Different level names.

    Returns
    -------
    tuple of tuple of str
        Each at least two names, in the order given; nothing if there are more than
        `MOST_ALIKE`.
    """
    if len(names) > MOST_ALIKE:
        return ()
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_essence(name), []).append(name)
    return tuple(tuple(same) for key, same in found.items() if key and len(same) > 1)


def mistyped(
    names: Sequence[str], counts: Sequence[int]
) -> tuple[tuple[str, str], ...]:
    """Find rare names that are one letter off a frequent one.

    Parameters
    ----------
    names : sequence of str
        Different level names.
    counts : sequence of int
        Rows of each.

    Returns
    -------
    tuple of pairs of str
        The rare name and the frequent one; nothing if there are more than
        `MOST_NAMES`.
    """
    if len(names) > MOST_NAMES:
        return ()
    keys = [_essence(name) for name in names]
    nearby: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        for variant in {key, *_one_shorter(key)}:
            nearby.setdefault(variant, []).append(i)
    pairs: set[tuple[int, int]] = set()
    for together in nearby.values():
        if len(together) > _CROWD:
            continue
        for i in together:
            for j in together:
                is_rare = counts[i] <= RARE * counts[j]
                if is_rare and keys[i] != keys[j] and _is_slip(names[i], names[j]):
                    pairs.add((i, j))
    return tuple((names[i], names[j]) for i, j in sorted(pairs))


def _essence(name: str) -> str:
    """What of a name counts: "Plot 01", "plot-1" and "PLOT_1" are one."""
    if name.isascii():
        plain = name.lower()
    else:
        parts = unicodedata.normalize("NFKD", name)
        plain = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
    joined = _JOINT.sub("", plain.strip().rstrip(".,;:"))
    return _PADDING.sub("", joined) if "0" in joined else joined


def _one_shorter(key: str) -> Iterator[str]:
    """Leave out each letter in turn: two slips of one word share such a variant."""
    if sum(map(str.isalpha, key)) > _SHORTEST_WORD:
        for i, letter in enumerate(key):
            if letter.isalpha():
                yield key[:i] + key[i + 1 :]


def _is_slip(one: str, other: str) -> bool:
    """Whether one letter inside a word is wrong, missing, doubled or exchanged."""
    words, others = (re.findall(r"[^\W_]+", name.casefold()) for name in (one, other))
    if len(words) != len(others):
        return False
    odd = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(odd) != 1:
        return False
    a, b = sorted(odd[0], key=len)
    if len(a) < _SHORTEST_WORD or not (a + b).isalpha():
        return False
    # first and last letters tell codes apart, such as NorthA from NorthB
    if a[0] != b[0] or a[-1] != b[-1]:
        return False
    if len(a) < len(b):
        return any(a == shorter for shorter in _one_shorter(b))
    wrong = [i for i in range(len(a)) if a[i] != b[i]]
    is_exchange = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return len(wrong) == 1 or (
        is_exchange and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    )
