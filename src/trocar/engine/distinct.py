"""The distinct values of a column: asked for once each, however often a book repeats them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Column = NDArray[Any]
HASHED_FROM = 2_000
# So few are numbered sooner than Arrow is called.
FEW = 64
_NUMBERS = 1 << 63


def distinct(values: Column) -> tuple[Column, NDArray[np.int64]]:
    """The distinct values and the position of each value among them; a small batch is taken as it stands.

    A book asks for few keys many times: hashing them once is cheaper than searching millions of rows for each.
    """
    if len(values) < HASHED_FROM:
        return values, np.arange(len(values))
    encoded = pa.array(values).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy().astype(np.int64)


def spread(first: Column, count: Column) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of each range from ``first`` on, ``count`` of them, as (position of the range, row)."""
    owner = np.arange(len(count)).repeat(count)
    before = count.cumsum() - count
    return owner, np.arange(len(owner)) + (first - before)[owner]


def numbered(keys: Column) -> NDArray[np.int64]:
    """A number per distinct key, from 0, in the order in which the keys come."""
    if len(keys) < FEW:
        numbers: dict[Any, int] = {}
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys.tolist()], np.int64)
    return pa.array(keys).dictionary_encode().indices.to_numpy().astype(np.int64)


def spans(group: NDArray[np.int64], values: Column) -> NDArray[np.bool_]:
    """For each entry, whether its group holds more than one value."""
    if not np.count_nonzero(values != values[:1]):
        return np.zeros(len(values), np.bool_)
    first = np.zeros(int(group.max(initial=-1)) + 1, values.dtype)
    first[group] = values
    differs = np.zeros(len(first), np.bool_)
    differs[group[first[group] != values]] = True
    return differs[group]


def groups(*keys: Column) -> NDArray[np.int64]:
    """A number per distinct combination of keys, from 0, in the order of the keys."""
    if len(keys[0]) < FEW:
        combinations = list(zip(*(key.tolist() for key in keys), strict=True))
        number = {one: at for at, one in enumerate(sorted(set(combinations)))}
        return np.array([number[one] for one in combinations], np.int64)
    joined = _joined(keys)
    order = np.lexsort(keys[::-1]) if joined is None else joined.argsort()
    changes = np.zeros(len(order) - 1, np.bool_)
    for key in keys if joined is None else (joined,):
        ordered = key[order]
        changes |= ordered[1:] != ordered[:-1]
    group = np.zeros(len(order), np.int64)
    group[order[1:]] = changes.cumsum()
    return group


def _joined(keys: tuple[Column, ...]) -> NDArray[np.int64] | None:
    """One number per combination, in the order of the keys, which sorts far sooner; None where it has no room."""
    if any(key.dtype.kind not in "bi" for key in keys):
        return None
    joined = np.zeros(len(keys[0]), np.int64)
    numbers = 1
    for key in keys:
        low, high = int(key.min()), int(key.max())
        numbers *= high - low + 1
        if numbers > _NUMBERS:
            return None
        joined *= high - low + 1
        joined += key.astype(np.int64) - low
    return joined
