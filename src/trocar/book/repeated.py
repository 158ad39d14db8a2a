"""The same line of the same claim twice in a book: the later one is a row that can't be read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trocar.claims.rows import RowProblem
from trocar.core.errors import ClaimInputError

_REMEDY = "Give each line of a claim once; rows of files given together are one book."


# Spreads line numbers over 64 bits (the golden ratio's fraction, odd).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def split_repeated(lines: pa.Table) -> tuple[pa.Table, list[RowProblem]]:
    """The lines (in input order) without those whose claim and line number stand before them, and these."""
    claim = lines["claim_id"].cast(pa.string()).combine_chunks().dictionary_encode().indices.to_numpy()
    number = lines["line"].to_numpy()
    order = np.lexsort((number, claim))
    same = (np.diff(claim[order]) == 0) & (np.diff(number[order]) == 0)
    if not same.any():
        return lines, []
    starts = np.concatenate([[True], ~same])
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    later = order[~starts]
    keep = np.ones(lines.num_rows, np.bool_)
    keep[later] = False
    pairs = sorted(zip(later.tolist(), first[~starts].tolist(), strict=True))
    return lines.filter(pa.array(keep)), [_problem(lines, at, before) for at, before in pairs]


def split_repeated_hashed(lines: pa.Table) -> tuple[pa.Table, list[RowProblem]]:
    """As ``split_repeated``, for lines in any order that have a ``row`` and the hash of their ``claim``.

    Lines alike have hashes alike: where all hashes differ nothing is repeated, and only a repeat is looked at closely.
    """
    with np.errstate(over="ignore"):
        hashes = lines["claim"].to_numpy() + lines["line"].to_numpy().astype(np.uint64) * _SPREAD
    hashes.sort()
    if (hashes[1:] != hashes[:-1]).all():
        return lines, []
    return split_repeated(lines.sort_by("row").combine_chunks())


def _problem(lines: pa.Table, at: int, before: int) -> RowProblem:
    claim_id, line = lines["claim_id"][at].as_py(), lines["line"][at].as_py()
    where, first = lines["where"][at].as_py(), lines["where"][before].as_py()
    what = f"line {line} of claim {claim_id} stands at {first} already"
    return RowProblem(claim_id, line, where, ClaimInputError(what, where=where, remedy=_REMEDY).to_dict())
