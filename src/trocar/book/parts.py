"""The finished parts of a book: files of answers with their tally, there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from trocar.book.dictionaries import encoded, encoded_schema
from trocar.book.job import Kind
from trocar.book.prices import PRICES_SCHEMA, problem_prices
from trocar.book.problems import problem_row
from trocar.book.tally import merged
from trocar.claims.rows import RowProblem
from trocar.engine.pack import Pack
from trocar.files.whole import written_whole
from trocar.scrub.findings_table import FINDINGS_SCHEMA, rows_table

SCHEMAS = {"check": FINDINGS_SCHEMA, "price": PRICES_SCHEMA}
# Parts are read once and then removed. Equal texts are told apart here, where several processes work, and not by the
# one that puts the parts together; what is left to compress is quickly read.
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def write_part(
    path: Path,
    kind: Kind,
    answers: Iterable[tuple[pa.Table, dict[str, Any]]],
    problems: list[RowProblem],
    pack: Pack,
) -> None:
    """Rows as they come, then the rows that can't be read; beside them the tally, which is there before the part is.

    It holds the size of the part too, by which ``is_finished`` knows it.
    """
    tallies: list[dict[str, Any]] = []

    def tables() -> Iterator[pa.Table]:
        for table, tally in answers:
            tallies.append(tally)
            yield table
        if problems:
            yield unread_table(kind, problems)

    with written_whole(path, lasting=False) as building:
        _write(building, kind, tables())
        total = (merged(tallies, pack) if kind == "check" else price_tally(tallies)) | {"unread": len(problems)}
        with written_whole(_tally_file(path), lasting=False) as file:
            file.write_text(json.dumps({"bytes": building.stat().st_size, "tally": total}), "utf-8")


def is_finished(part: Path) -> bool:
    """Whether the part is there as it was written, also if the machine stopped in the meantime."""
    try:
        return bool(_told(part)["bytes"] == part.stat().st_size)
    except (FileNotFoundError, ValueError):
        return False


def write_rows(path: Path, kind: Kind, tables: Iterable[pa.Table]) -> None:
    """Tables of answers in a file, which is there when all of them are."""
    with written_whole(path) as building:
        _write(building, kind, tables)


def _write(path: Path, kind: Kind, tables: Iterable[pa.Table]) -> None:
    with pa.ipc.new_stream(str(path), encoded_schema(SCHEMAS[kind]), options=_OPTIONS) as writer:
        for table in tables:
            writer.write_batch(encoded(table))


def rows_of(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a file of answers, batch by batch, their texts with dictionaries."""
    with pa.memory_map(str(path)) as mapped:
        yield from pa.ipc.open_stream(mapped)


def tally_of(part: Path) -> dict[str, Any]:
    """The tally of a finished part."""
    answer: dict[str, Any] = _told(part)["tally"]
    return answer


def _told(part: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_tally_file(part).read_text("utf-8"))
    return answer


def _tally_file(part: Path) -> Path:
    return part.with_suffix(".json")


def unread_table(kind: Kind, problems: list[RowProblem]) -> pa.Table:
    """Rows that can't be read, in the table of the answers."""
    return rows_table(map(problem_row, problems)) if kind == "check" else problem_prices(problems)


def problems_file(folder: Path, name: str) -> Path:
    """The rows of a chunk that can't be read."""
    return folder / f"problems-{name}.arrow"


def price_tally(tallies: list[dict[str, Any]]) -> dict[str, Any]:
    """Lines by answer of pricing, added up."""
    names = dict.fromkeys(name for tally in tallies for name in tally["price_status"])
    statuses = {name: sum(tally["price_status"].get(name, 0) for tally in tallies) for name in names}
    return {"lines": sum(tally["lines"] for tally in tallies), "price_status": statuses}
