"""Claim files as given on the command line, read into one table."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.csv import ClaimReading, RowProblem, read_claims_csv

STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Input:
    """The lines of all files in order, the rows that can't be read, and what the reader has to say."""

    table: pa.Table
    problems: tuple[RowProblem, ...]
    rows_read: int
    notes: tuple[str, ...]


def read_files(paths: Sequence[Path], *, strict: bool = False) -> Input:
    """Read every file (``-`` is standard input); a claim id that stands in two files names two claims.

    Raises ``ClaimInputError`` for a file that can't be read and, when strict, for its first bad row.
    """
    names = Counter(path.name for path in paths)
    readings = {
        (str(path) if names[path.name] > 1 else path.name): read_claims_csv(path, name=_name(path), strict=strict)
        if path != STANDARD_INPUT
        else read_claims_csv(sys.stdin.buffer, name="standard input", strict=strict)
        for path in paths
    }
    shared = _in_several(list(readings.values()))
    told_apart = [_tell_apart(name, reading, shared) for name, reading in readings.items()]
    notes = [note for reading in told_apart for note in reading.notes]
    if shared:
        notes.append(f"{len(shared)} claim ids stand in several files: taken as different claims, named by their file")
    return Input(
        pa.concat_tables([reading.table for reading in told_apart]).combine_chunks(),
        tuple(problem for reading in told_apart for problem in reading.problems),
        sum(reading.rows_read for reading in told_apart),
        tuple(notes),
    )


def _name(path: Path) -> str:
    return path.name


def _ids(reading: ClaimReading) -> set[str]:
    return {*pc.unique(reading.table["claim_id"]).to_pylist(), *(problem.claim_id for problem in reading.problems)}


def _in_several(readings: Sequence[ClaimReading]) -> list[str]:
    count = Counter(claim_id for reading in readings for claim_id in _ids(reading))
    return sorted(claim_id for claim_id, files in count.items() if files > 1 and claim_id)


def _tell_apart(name: str, reading: ClaimReading, shared: Sequence[str]) -> ClaimReading:
    """The reading with the shared claim ids put behind the file's name."""
    if not shared:
        return reading
    ids = reading.table["claim_id"]
    named = pc.if_else(pc.is_in(ids, pa.array(shared)), pc.binary_join_element_wise(name, ids, ": "), ids)
    column = reading.table.schema.get_field_index("claim_id")
    table = reading.table.set_column(column, reading.table.schema.field(column), named)
    problems = tuple(
        replace(problem, claim_id=f"{name}: {problem.claim_id}") if problem.claim_id in shared else problem
        for problem in reading.problems
    )
    return replace(reading, table=table, problems=problems)
