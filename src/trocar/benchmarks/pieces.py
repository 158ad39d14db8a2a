"""Pieces of one file put together: each proved by the one before it, and their tables joined to those of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from trocar.benchmarks.groups import GroupColumns
from trocar.benchmarks.header import Header
from trocar.benchmarks.in_network import write_file_row
from trocar.benchmarks.inline_groups import count_of, inline_groups_of
from trocar.benchmarks.prices import MOST_SEEN
from trocar.benchmarks.provider_references import Fetch, ProviderReferences
from trocar.benchmarks.ranges import BEGIN, Piece, Place, Range
from trocar.benchmarks.reference_records import ReferenceRecords
from trocar.benchmarks.tally import Tally
from trocar.benchmarks.writer import ROWS_AT_ONCE, TableWriter, restated


class NotWholeError(Exception):
    """The pieces don't make the file; why, in words."""


def proved(pieces: Sequence[Piece], again: Callable[[Range, Place], Piece]) -> list[Piece]:
    """The pieces that count, in order; ``again`` reads a range from a place known now.

    The place where a piece ends is where the next one begins. One that began elsewhere, by its proposal, is read again
    from there; one in whose range nothing begins is left out. Raises ``NotWholeError`` for a piece with a problem, and
    for a key that stands twice at the root of the file.
    """
    at: Place | None = BEGIN
    counted: list[Piece] = []
    for piece in pieces:
        if at is None or at.offset >= piece.range.until:
            continue
        found = piece if piece.start == at else again(piece.range, at)
        if found.problem:
            raise NotWholeError(found.problem)
        counted.append(found)
        at = found.end
    # A piece that begins within a section begins with that section's key, which an earlier one has named.
    keys = [key.lower() for piece in counted for key in piece.keys[piece.start != BEGIN :]]
    if len(set(keys)) < len(keys):
        raise NotWholeError("a key stands twice at the root of the file")
    if count_of([Path(piece.folder) for piece in counted]) >= MOST_SEEN:
        raise NotWholeError("too many provider groups within rates to know each that comes again")
    return counted


def join(
    path: Path, counted: Sequence[Piece], known: Mapping[str, Any], writer: TableWriter, fetch: Fetch | None
) -> dict[str, Any]:
    """Write the tables of a file from its pieces; returns its row of ``files``, which is written too."""
    tally = Tally({**known, "ranges": len(counted)}, writer)
    texts: dict[str, str | None] = {}
    for piece in counted:
        assert piece.told
        tally.add(piece.told)
        texts |= piece.header
    header = Header(tally, texts)
    named = {"file_id": tally.file_id}
    folders = [Path(piece.folder) for piece in counted]
    for folder in folders:
        for name, values in (("rates", named | header.rate_columns()), ("rejects", named)):
            with pq.ParquetFile(folder / f"{name}.parquet") as file:
                for batch in file.iter_batches(ROWS_AT_ONCE):
                    writer.add_table(name, restated(name, batch, values))
    groups = GroupColumns(tally)
    for group_id, raw, offset in inline_groups_of(folders):
        groups.add(group_id, 0, [], raw, offset)
    with path.open("rb", buffering=0) as published, ReferenceRecords(tally, published) as records:
        for folder in folders:
            records.load(folder)
        ProviderReferences(tally, groups, fetch).write_named(records)
    return write_file_row(tally, header)
