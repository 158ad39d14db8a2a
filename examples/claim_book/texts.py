"""Text columns made from numbers, without a Python object per row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
DIGITS = 9


def numbered(prefix: str, numbers: Numbers, rows: Numbers) -> pa.Array:
    """``prefix`` and nine digits of ``numbers[rows]``: C000000017."""
    length = len(prefix) + DIGITS
    letters = np.empty((len(numbers), length), np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    rest = numbers.copy()
    for at in range(length - 1, len(prefix) - 1, -1):
        letters[:, at] = ord("0") + rest % 10
        rest //= 10
    text = letters.view(f"S{length}").ravel()[rows]
    offsets = np.arange(0, (len(rows) + 1) * length, length, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def coded(words: pa.Array, numbers: Numbers, none: int = -1) -> pa.DictionaryArray:
    """``words[numbers]`` as a dictionary column; the word numbered ``none`` is null.

    The words must be distinct: a Parquet file of a dictionary that repeats itself is not the same twice.
    """
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32), mask=numbers == none), words)
