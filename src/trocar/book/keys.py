"""Which lines must meet: those of one claim, and those of one patient across claims.

Every line has a key, the hash of its patient or, without one, of its claim. Where the lines of a claim carry
different keys, the claim ties the keys together, and all lines of the keys tied go under the smallest of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Small answers never need a database: it is loaded where one is opened.
if TYPE_CHECKING:
    import duckdb

Hashes = NDArray[np.uint64]
# A second argument of their own keeps a patient "7" and a claim "7" apart.
_HASHES = """
SELECT hash(claim_id) AS claim,
    CASE WHEN coalesce(patient_id, '') = '' THEN hash(claim_id, 1) ELSE hash(patient_id, 2) END AS key
FROM lines
"""
_TIED = """
WITH torn AS (SELECT claim FROM read_parquet($files) GROUP BY claim HAVING min(key) <> max(key))
SELECT DISTINCT claim, key FROM read_parquet($files) SEMI JOIN torn USING (claim)
"""


def hashing() -> duckdb.DuckDBPyConnection:
    """A database to hash in. To open one takes as long as to hash a hundred thousand lines."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def keys_of(lines: pa.Table, database: duckdb.DuckDBPyConnection) -> pa.Table:
    """The columns ``claim`` and ``key`` (hashes) of each line of a claim table, in its order."""
    text = pa.schema([("claim_id", pa.string()), ("patient_id", pa.string())])
    database.register("lines", lines.select(text.names).cast(text))
    return database.sql(_HASHES).to_arrow_table()


def ties(files: list[Path], memory: int, scratch: Path) -> tuple[Hashes, Hashes]:
    """Keys that a claim ties to a smaller one, sorted, and beside each the smallest key of its tie.

    ``files`` hold the (claim, key) of every line of the book; ``memory`` in bytes bounds the search, which spills over
    into ``scratch``.
    """
    import duckdb

    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{memory}B'")
        database.execute(f"SET temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
        pairs = database.execute(_TIED, {"files": [str(file) for file in files]}).fetchnumpy()
    return smallest_of_ties(np.asarray(pairs["claim"], np.uint64), np.asarray(pairs["key"], np.uint64))


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
