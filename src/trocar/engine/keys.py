"""How codes, places and releases are packed into the int64 keys of the pack."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CODE_BITS = 18
# The number of no code: an empty code column, or the CCCCC primary of a contractor-defined add-on.
NO_CODE = (1 << CODE_BITS) - 1
_RELEASE_SHIFT = 40
# Rows of the schedule: the global row, and the rows of modifiers 26, TC and 53.
COMPONENTS = ("", "26", "TC", "53")
# "The file does not say since when": earlier than any day of service.
UNDATED = -(1 << 31)

Column = NDArray[Any]


def release_key(ordinals: Column, rest: Column) -> NDArray[np.int64]:
    """The key of a row: its release ordinal above 40 bits of whatever identifies it within the release."""
    return (ordinals.astype(np.int64) << _RELEASE_SHIFT) | rest.astype(np.int64)


def place_key(mac: Column, locality: Column) -> NDArray[np.int64]:
    """A locality as one number: contractor x 100 + locality number (a locality number alone repeats)."""
    if len(mac) == 0:
        return np.empty(0, np.int64)
    return mac.astype(np.int64) * 100 + locality.astype(np.int64)
