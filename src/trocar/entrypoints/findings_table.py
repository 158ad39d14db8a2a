"""Findings and what was not checked as one table in a file: Parquet, JSON lines or CSV (docs/formats/findings.md)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trocar.entrypoints.render import csv_text, json_line
from trocar.files.whole import written_whole

if TYPE_CHECKING:
    from trocar.entrypoints.check_answer import CheckAnswer


def write(answer: CheckAnswer, path: Path) -> None:
    """Write the table whole or not at all; the kind of file follows from its name."""
    with written_whole(path) as building:
        _WRITERS[path.suffix](answer, building)


def _write_parquet(answer: CheckAnswer, path: Path) -> None:
    import pyarrow.parquet as pq

    from trocar.scrub.findings_table import rows_table

    pq.write_table(rows_table(answer.table_rows()), path, compression="zstd")


def _write_json(answer: CheckAnswer, path: Path) -> None:
    lines = [*answer.rows(), {"summary": answer.summary}]
    path.write_text("".join(f"{json_line(line)}\n" for line in lines), "utf-8")


def _write_csv(answer: CheckAnswer, path: Path) -> None:
    from trocar.scrub.findings_table import COLUMNS, flat

    path.write_text(csv_text(COLUMNS, map(flat, answer.table_rows())), "utf-8")


_WRITERS: dict[str, Callable[[CheckAnswer, Path], None]] = {
    ".parquet": _write_parquet,
    ".json": _write_json,
    ".ndjson": _write_json,
    ".csv": _write_csv,
}
