"""The shapes of elements, type and length, as arrays that look many up at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from trocar.claims.x12.guide import guides

MOST_ELEMENTS = 32
MOST_LENGTH = 63
SUSPICIOUS, TYPED = 1, 2
_UNLIMITED = 1 << 30
_TYPES = {"AN": 1, "ID": 1, "N0": 2, "R": 3, "DT": 4, "TM": 5, "C": 6}
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The element shapes as arrays by the number of the segment id and position (``number * 32 + position``).

    ``look`` says of a shape and a length (``shape * 64 + length``, 63 for more) whether the element needs a closer
    look (``SUSPICIOUS``), its characters do (``TYPED``), or neither.
    """

    kind: npt.NDArray[np.int8]
    least: Integers
    most: Integers
    look: npt.NDArray[np.uint8]
    required: tuple[tuple[int, ...], ...]
    last_required: Integers
    widths: Integers


@cache
def shapes() -> Shapes:
    """The shapes of ``segments.toml``; row 0 is any segment that is not in it."""
    stated = guides().elements
    size = (len(stated) + 1) * MOST_ELEMENTS
    kind, least, most = np.zeros(size, np.int8), np.zeros(size, np.int32), np.full(size, _UNLIMITED, np.int32)
    required: list[tuple[int, ...]] = [()]
    widths = [_UNLIMITED]
    for row, elements in enumerate(stated.values(), 1):
        for position, text in enumerate(elements, 1):
            if match := re.fullmatch(r"(\w+)(?: (\d+) (\d+))?( R)?", text):
                at = row * MOST_ELEMENTS + position
                kind[at] = _TYPES[match[1]]
                if match[2]:
                    least[at], most[at] = int(match[2]), int(match[3])
        required.append(tuple(at for at, text in enumerate(elements, 1) if text.endswith(" R")))
        widths.append(len(elements))
    lengths = np.arange(MOST_LENGTH + 1)
    suspicious = (lengths > 0) & ((lengths < least[:, None]) | (lengths > most[:, None]))
    suspicious[:, MOST_LENGTH] = most < _UNLIMITED
    for row, places in enumerate(required):
        suspicious[[row * MOST_ELEMENTS + at for at in places], 0] = True
    last = np.array([places[-1] if places else 0 for places in required], np.int32)
    typed = (lengths > 0) & ((kind >= _TYPES["N0"]) & (kind <= _TYPES["TM"]))[:, None]
    look = (suspicious * SUSPICIOUS + typed * TYPED).astype(np.uint8).reshape(-1)
    return Shapes(kind, least, most, look, tuple(required), last, np.array(widths, np.int32))
