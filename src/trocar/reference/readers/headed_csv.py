"""A csv file with an optional preamble, read by the headings of its header row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trocar.core.errors import ReferenceFileError
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.delimited import (
    Row,
    find_heading,
    heading_positions,
    refusal,
    rows_of,
    same_width,
)


@dataclass(frozen=True)
class HeadedCsv:
    """The rows below the header as cells by column name; ``headings`` as printed, ``preamble`` above the header."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    headings: dict[str, str]
    preamble: str

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line (counted from 1) and cells of each row."""
        return iter(self.rows)


def has_header(source: SourceFile, wanted: dict[str, str]) -> bool:
    """Whether a header with every wanted heading (name to pattern) stands in the first 8 KiB."""
    try:
        return find_heading(rows_of(source, head_only=True), wanted) is not None
    except ReferenceFileError:
        return False  # what can't be split into cells is no csv file; another reader may know it


def read_csv(source: SourceFile, wanted: dict[str, str], optional: Mapping[str, str] | None = None) -> HeadedCsv:
    """Read the file by its header; ``optional`` columns may be absent.

    Raises ``ReferenceFileError`` when the header is not there, no row follows it, or a row has another width.
    """
    rows = rows_of(source)
    found = find_heading(rows, wanted)
    if found is None:
        raise refusal(source, f"no header row with the columns {', '.join(wanted)}")
    header, positions = found
    for name, pattern in (optional or {}).items():
        positions |= heading_positions(header.cells, {name: pattern}) or {}
    body = [row for row in rows if row.line > header.line]
    if not body:
        raise refusal(source, "no rows below the header: cut off", header.line)
    same_width(source, body, len(header.cells))
    return HeadedCsv(
        rows=tuple((row.line, _cells(row, positions)) for row in body),
        headings=_cells(header, positions),
        preamble="\n".join(" ".join(row.cells) for row in rows if row.line < header.line),
    )


def _cells(row: Row, positions: dict[str, int]) -> dict[str, str]:
    return {name: row.cells[at] for name, at in positions.items()}
