"""The same line of the same claim twice in a book: the later one is a row that can't be read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trocar.claims.rows import RowProblem
from trocar.core.errors import ClaimInputError

_REMEDY = "Give each line of a claim once; rows of files given together are one book."


def split_repeated(lines: pa.Table) -> tuple[pa.Table, list[RowProblem]]:
    """The lines (in input order) without those whose claim and line number stand before them, and these."""
    claim = lines["claim_id"].combine_chunks().dictionary_encode().indices.to_numpy()
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


def _problem(lines: pa.Table, at: int, before: int) -> RowProblem:
    claim_id, line = lines["claim_id"][at].as_py(), lines["line"][at].as_py()
    where, first = lines["where"][at].as_py(), lines["where"][before].as_py()
    what = f"line {line} of claim {claim_id} stands at {first} already"
    return RowProblem(claim_id, line, where, ClaimInputError(what, where=where, remedy=_REMEDY).to_dict())
