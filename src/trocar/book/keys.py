"""Which lines must meet: those of one claim, and those of one patient across claims.

Every line has a key, the hash of its patient or, without one, of its claim. Where the lines of a claim carry
different keys, the claim ties the keys together, and all lines of the keys tied go under the smallest of them.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trocar.files.whole import written_whole

# Small answers never need a database: it is loaded where one is opened.
if TYPE_CHECKING:
    import duckdb

Hashes = NDArray[np.uint64]
# How often the search for ties holds each claim and key at once, at most: gathered, their order, and in order.
_COPIES = 3
_NONE = np.empty(0, np.uint64)
# A second argument of their own keeps a patient "7" and a claim "7" apart.
_HASHES = """
SELECT hash(claim_id) AS claim,
    CASE WHEN coalesce(patient_id, '') = '' THEN hash(claim_id, 1) ELSE hash(patient_id, 2) END AS key
FROM lines
"""


@cache
def _hashing() -> duckdb.DuckDBPyConnection:
    """This process's database to hash in. To open one takes as long as to hash a hundred thousand lines."""
    import duckdb

    # DuckDB complains, in many lines, of what is still there when the process ends.
    atexit.register(_hashing.cache_clear)
    return duckdb.connect(config={"threads": 1})


def keys_of(lines: pa.Table) -> pa.Table:
    """The columns ``claim`` and ``key`` (hashes) of each line of a claim table, in its order."""
    text = pa.schema([("claim_id", pa.string()), ("patient_id", pa.string())])
    database = _hashing()
    database.register("lines", lines.select(text.names).cast(text))
    try:
        return database.sql(_HASHES).to_arrow_table()
    finally:
        database.unregister("lines")


def ties(files: Sequence[Path], memory: int, processors: int) -> tuple[Hashes, Hashes]:
    """Keys that a claim ties to a smaller one, sorted, and beside each the smallest key of its tie.

    ``files`` hold the claims of the whole book with their keys (``write_pairs``). The search takes about ``memory``
    bytes: it goes through the files as often as that needs, for some of the claims each time.
    """
    pairs = [np.load(file, mmap_mode="r") for file in files]
    at_once = memory // processors
    turns = max(processors, ceil(sum(pair.nbytes for pair in pairs) * _COPIES / at_once))
    with ThreadPoolExecutor(processors) as threads:
        torn = list(threads.map(partial(_torn, pairs, turns), range(turns)))
    claims, keys = np.concatenate(torn, axis=1)
    return smallest_of_ties(claims, keys)


def _torn(pairs: Sequence[Hashes], turns: int, turn: int) -> Hashes:
    """The claims of several keys, with these, of those claims whose turn it is."""
    claim = np.concatenate([claim[_in_turn(claim, turns, turn)] for claim, _ in pairs] or [_NONE])
    claim.sort()
    # Most claims are met in one place: only the others are looked at together with their keys.
    several = np.unique(claim[1:][claim[1:] == claim[:-1]])
    if not len(several):
        return np.stack([_NONE, _NONE])
    claim, key = np.concatenate([pair[:, _among(several, pair[0])] for pair in pairs], axis=1)
    order = claim.argsort()
    claim, key = claim[order], key[order]
    starts = np.concatenate([[0], np.flatnonzero(claim[1:] != claim[:-1]) + 1])
    differs = np.minimum.reduceat(key, starts) != np.maximum.reduceat(key, starts)
    told = differs.repeat(np.diff(starts, append=len(claim)))
    return np.stack([claim[told], key[told]])


def _in_turn(claims: Hashes, turns: int, turn: int) -> NDArray[np.bool_]:
    return claims % np.uint64(turns) == turn


def _among(several: Hashes, claims: Hashes) -> NDArray[np.bool_]:
    """Whether each claim is one of several, which are sorted."""
    at = np.minimum(np.searchsorted(several, claims), len(several) - 1)
    return np.asarray(several[at] == claims)


def write_pairs(path: Path, keys: pa.Table) -> None:
    """Claims and keys of lines, without those that stand just before: lines of a claim are mostly neighbours."""
    claim, key = keys["claim"].to_numpy(), keys["key"].to_numpy()
    new = np.ones(len(claim), np.bool_)
    new[1:] = (claim[1:] != claim[:-1]) | (key[1:] != key[:-1])
    with written_whole(path, lasting=False) as building, building.open("wb") as file:
        np.save(file, np.stack([claim[new], key[new]]))


def smallest_of_ties(claims: Hashes, keys: Hashes) -> tuple[Hashes, Hashes]:
    """The connected parts of the graph of claims and keys: each key that is not the smallest of its part, and that."""
    distinct, key = np.unique(keys, return_inverse=True)
    _, claim = np.unique(claims, return_inverse=True)
    smallest = np.arange(len(distinct))
    while len(distinct):
        of_claim = np.full(int(claim.max()) + 1, len(distinct))
        np.minimum.at(of_claim, claim, smallest[key])
        lower = smallest.copy()
        np.minimum.at(lower, key, of_claim[claim])
        lower = lower[lower]  # halves long chains of claims
        if (lower == smallest).all():
            break
        smallest = lower
    moved = smallest != np.arange(len(distinct))
    return distinct[moved], distinct[smallest[moved]]


def under_smallest(keys: Hashes, tied: tuple[Hashes, Hashes]) -> Hashes:
    """The keys with those tied replaced by the smallest of their tie."""
    moved, smallest = tied
    if not len(moved):
        return keys
    at = np.minimum(np.searchsorted(moved, keys), len(moved) - 1)
    return np.where(moved[at] == keys, smallest[at], keys)
