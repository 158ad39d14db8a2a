"""The ids of segments with their qualifiers as numbers, many looked up at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from trocar.claims.x12.guide import guides

Integers = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int16]
# An id or a qualifier of the guides has at most three characters, letters or digits; each is a digit of its code.
# No character is 0, and one that no id has makes the code negative.
_MOST, _DIGITS = 3, 37
_CODES = _DIGITS**_MOST
_CHARACTERS = np.full(256, -_CODES, np.int32)
_CHARACTERS[[ord(character) for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]] = np.arange(1, _DIGITS)


@dataclass(frozen=True, slots=True)
class Ids:
    """The guides' ids as arrays.

    By code: ``names`` and ``qualifiers`` are the number of the id or qualifier, 0 for one that no guide has. By number
    of the id: ``position`` is the element that holds its qualifier (0: none does). ``kinds`` has the kind of a segment
    by the numbers of id and qualifier.
    """

    names: Numbers
    qualifiers: Numbers
    position: Integers
    kinds: npt.NDArray[np.int16]


@cache
def ids() -> Ids:
    """The ids of the guides."""
    law = guides()
    known = sorted({qualifier for name, qualifier in law.kinds if qualifier and name in law.qualifier_at})
    listed = ["", *known]
    position = np.array([law.qualifier_at.get(name, 0) for name in law.names], np.int32)
    kinds = np.array([[law.kind(name, other or None) for other in listed] for name in law.names], np.int16)
    return Ids(_table(law.names), _table(listed), position, kinds)


def codes(characters: npt.NDArray[np.uint8], begin: npt.NDArray[np.integer[Any]], length: Integers) -> Integers:
    """The codes of some texts within some characters; 0 for one that can't be an id."""
    code = np.zeros(len(begin), np.int32)
    for place in range(_MOST) if len(characters) else ():
        own = _CHARACTERS.take(characters.take(begin + np.int32(place), mode="clip"))
        code = code * np.int32(_DIGITS) + np.where(length > place, own, 0)
    return np.where(length <= _MOST, np.maximum(code, 0), 0)


def _table(texts: Sequence[str]) -> Numbers:
    """The number of each text, its place among the texts, by its code."""
    numbers = np.zeros(_CODES, np.int16)
    encoded = "".join(texts).encode()
    length = np.array([len(text) for text in texts], np.int32)
    begin = np.cumsum(length, dtype=np.int32) - length
    numbers[codes(np.frombuffer(encoded, np.uint8), begin, length)] = np.arange(len(texts))
    return numbers
