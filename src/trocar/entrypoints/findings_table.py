"""Findings and what was not checked as one table in a file: Parquet, JSON lines or CSV (docs/formats/findings.md)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trocar.core.errors import UsageError
from trocar.entrypoints.render import csv_text, json_line

if TYPE_CHECKING:
    from trocar.entrypoints.check_answer import CheckAnswer


def check_target(path: Path) -> None:
    """Raise ``UsageError`` for a file name or folder that can't be written, before any work is done."""
    if path.suffix not in _WRITERS:
        raise UsageError(
            f"{path.suffix or 'a name without suffix'!r} is not a kind of findings file",
            where=f"-o {path}",
            remedy=f"End the name in {', '.join(_WRITERS)}.",
        )
    if not path.parent.is_dir():
        raise UsageError("the folder does not exist", where=f"-o {path}", remedy="Make it, or name another.")


def write(answer: CheckAnswer, path: Path) -> None:
    """Write the table whole or not at all: to a file beside the target, then renamed."""
    handle, building = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        _WRITERS[path.suffix](answer, Path(building))
        # A temporary file is its owner's alone; the result has the rights of any new file.
        Path(building).chmod(0o666 & ~_umask())
        Path(building).replace(path)
    except BaseException:
        Path(building).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _write_parquet(answer: CheckAnswer, path: Path) -> None:
    import pyarrow.parquet as pq

    from trocar.scrub.findings_table import rows_table

    pq.write_table(rows_table(answer.rows()), path)


def _write_json(answer: CheckAnswer, path: Path) -> None:
    lines = [*answer.rows(), {"summary": answer.summary}]
    path.write_text("".join(f"{json_line(line)}\n" for line in lines), "utf-8")


def _write_csv(answer: CheckAnswer, path: Path) -> None:
    from trocar.scrub.findings_table import COLUMNS, flat

    path.write_text(csv_text(COLUMNS, map(flat, answer.rows())), "utf-8")


_WRITERS: dict[str, Callable[[CheckAnswer, Path], None]] = {
    ".parquet": _write_parquet,
    ".json": _write_json,
    ".csv": _write_csv,
}
