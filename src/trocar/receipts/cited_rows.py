"""The cited rows as the store holds them: each value under its column's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store

# Words of the code sets' owners, which the starter pack leaves out too.
_NOT_TOLD = {"taxonomy": ("grouping", "classification", "specialization")}


class Place(NamedTuple):
    """A line of a publisher's file, as citations name it."""

    release: str
    file: str
    sha256: str
    line: int


def places_of(answers: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Every place that findings and prices cite, once, in order."""
    cited = (citation for answer in answers for citation in answer.get("citations", ()))
    return sorted({Place(one["release"], one["file"], one["sha256"], one["line"]) for one in cited})


def cited_rows(store: Store, places: Iterable[Place]) -> list[dict[str, Any]]:
    """The rows of each place (several, where a line of the file made several), null for a file kept as evidence.

    A place of a file that the store does not hold has no entry. The store keeps a publisher's line parsed, not as
    text: ``values`` are what it keeps, in the units of ``reference.tables``.
    """
    files = {(file.release, file.file, file.sha256): file for file in store.catalog.files}
    by_table: dict[str, list[tuple[Place, CatalogFile]]] = defaultdict(list)
    for place in places:
        if file := files.get((place.release, place.file, place.sha256)):
            by_table[file.table].append((place, file))
    with duckdb.connect(config={"threads": 1}) as connection:
        answer = [shape for table, asked in by_table.items() for shape in _of_table(connection, store, table, asked)]
    return sorted(answer, key=lambda shape: (shape["release"], shape["file"], shape["line"]))


def _of_table(
    connection: duckdb.DuckDBPyConnection, store: Store, table: str, asked: list[tuple[Place, CatalogFile]]
) -> Iterable[dict[str, Any]]:
    wanted = [(file.file_id, place.line) for place, file in asked]
    held = _read(connection, store.path / f"{table}.parquet", table, wanted) if table else {}
    for place, file in asked:
        rows = held.get((file.file_id, place.line), []) if table else None
        yield {**place._asdict(), "table": table, "values": rows}


def _read(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, wanted: list[tuple[int, int]]
) -> dict[tuple[int, int], list[dict[str, Any]]]:
    file_ids, lines = zip(*wanted, strict=True)
    asked = pa.table({"file_id": pa.array(file_ids, pa.int16()), "line": pa.array(lines, pa.int32())})
    connection.register("asked", asked)
    query = "SELECT * FROM read_parquet(?) SEMI JOIN asked USING (file_id, line) ORDER BY ALL"
    found = connection.execute(query, [str(path)])
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    answer: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        key = row.pop("file_id"), row.pop("line")
        for name in _NOT_TOLD.get(table, ()):
            row.pop(name, None)
        answer[key].append({name: _plain(value) for name, value in row.items()})
    return answer


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
