"""NCCI procedure-to-procedure edits: which pairs of codes are not paid together, direction as printed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from trocar.core.codes import Hcpcs
from trocar.core.period import quarter
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.release_names import quarter_named, setting_named

# Words that tell a column by its heading, which CMS prints over one to five lines.
_HEADINGS = {
    "column_1": re.compile(r"column ?1$"),
    "column_2": re.compile(r"column ?2$"),
    "effective": re.compile(r"effective"),
    "deletion": re.compile(r"deletion"),
    "modifier_indicator": re.compile(r"modifier"),
    "rationale": re.compile(r"rationale"),
}
# No heading is a single digit; every row has one, its modifier indicator (even a row with a damaged code).
_FIRST_ROW = re.compile(rb'^[^\t\n"]*\t[^\n"]*\t[0-9][\t\r\n]', re.MULTILINE)
_KINDS = {
    "column_1": pa.string(),
    "column_2": pa.string(),
    "effective": pa.date32(),
    "deletion": pa.date32(),
    "modifier_indicator": pa.int8(),
    "rationale": pa.string(),
}
_NO_LINE_END = "no line end after the last row: the file may be cut off"
_UNDATED = "no effective dates in the file: its pairs are known for its quarter only"
_ACTIVE_ONLY = "active pairs only: no dates, no deleted rows; known for its quarter only"


@dataclass(frozen=True)
class _Layout:
    """Where the rows start (byte and line) and which column is which (None for one not kept)."""

    start: int
    first_line: int
    columns: tuple[str | None, ...]
    preamble: str


def _layout(text: bytes) -> _Layout | None:
    """The layout told by everything above the first row; None when that is no PTP header."""
    first_row = _FIRST_ROW.search(text)
    if first_row is None:
        return None
    above = text[: first_row.start()].decode("latin-1")
    try:
        records = list(csv.reader(io.StringIO(above, newline=""), delimiter="\t"))
    except csv.Error:
        return None
    top = next((at for at, cells in enumerate(records) if cells[0].strip().lower() in ("column 1", "column1")), None)
    if top is None:
        return None
    width = max(len(cells) for cells in records[top:])
    stacked = (
        " ".join(" ".join(cells[at] for cells in records[top:] if at < len(cells)).lower().split())
        for at in range(width)
    )
    columns = tuple(
        next((name for name, words in _HEADINGS.items() if words.search(heading)), None) for heading in stacked
    )
    named = [name for name in columns if name]
    if sorted(named) != sorted(_HEADINGS):
        return None
    return _Layout(first_row.start(), above.count("\n") + 1, columns, above)


def _recognises(source: SourceFile) -> bool:
    return _layout(source.head) is not None


def _read(source: SourceFile) -> Reading:
    """Rows of the ``ncci_ptp`` table in file order.

    Raises ``ReferenceFileError`` on a cut-off or damaged row, a text that is no code, date or indicator, and a
    file that says neither its quarter nor its setting.
    """
    content = source.content
    layout = _layout(content[:8192])
    if layout is None:
        raise refusal(source, "no header with the columns of the PTP edits above the first row")
    stated = quarter_named(source.member, source.path.name, layout.preamble)
    setting = setting_named(source.member, source.path.name, layout.preamble)
    if stated is None or setting not in ("practitioner", "hospital"):
        remedy = "Keep CMS's own file name, such as ccipra-v322r0-f1.txt (practitioner) or ccioph-... (hospital)."
        raise refusal(source, "the quarter or the setting is neither in the file nor in its name", remedy=remedy)
    period = quarter(*stated)
    texts = _parse(source, content, layout)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name, kind in _KINDS.items():
        columns[name] = _converted(source, texts[name], _VALUES[name], kind, layout.first_line)
    columns["line"] = pa.array(range(layout.first_line, layout.first_line + len(texts)), pa.int32())
    rows = pa.table(columns)
    dated = rows["effective"].null_count < len(rows)
    earliest_deletion = pc.min(rows["deletion"]).as_py()
    history = earliest_deletion is not None and earliest_deletion < period.first
    warnings: tuple[str, ...] = () if dated else (_UNDATED,) if history else (_ACTIVE_ONLY,)
    if not content.endswith((b"\n", b"\x1a")):
        warnings += (_NO_LINE_END,)
    return Reading(
        table="ncci_ptp",
        rows=rows,
        release=f"PTP{stated[0]}Q{stated[1]}",
        period=period,
        setting=setting,
        dated=dated,
        history=history,
        warnings=warnings,
    )


def _parse(source: SourceFile, content: bytes, layout: _Layout) -> pa.Table:
    """Every kept column as dictionary-encoded text: a few thousand distinct texts stand for millions of cells."""
    end = len(content)
    while content[end - 1 : end] in (b"\n", b"\r", b" ", b"\x1a"):
        end -= 1
    names = [name or f"not_kept_{at}" for at, name in enumerate(layout.columns)]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(content).slice(layout.start, end - layout.start)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=16 << 20),
            parse_options=arrow_csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(_HEADINGS), column_types=dict.fromkeys(_HEADINGS, text), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _damaged(source, content, layout, str(error)) from error
    return table.unify_dictionaries().combine_chunks()


def _damaged(source: SourceFile, content: bytes, layout: _Layout, reason: str) -> Exception:
    """The refusal that names the first row with another number of cells than the header."""
    width = len(layout.columns)
    for number, row in enumerate(io.BytesIO(content[layout.start :]), layout.first_line):
        cells = row.count(b"\t") + 1
        if cells != width:
            return refusal(source, f"{cells} cells where the header has {width}: cut off or damaged", number)
    return refusal(source, reason)


def _converted(
    source: SourceFile, texts: pa.ChunkedArray, value: Callable[[str], Any], kind: pa.DataType, first_line: int
) -> pa.Array:
    """Each distinct text converted once, then spread over the rows; a text that won't convert refuses the file."""
    encoded = texts.combine_chunks()
    values = []
    for index, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(value(text.strip()))
        except ValueError as error:
            line = first_line + pc.index(encoded.indices, index).as_py()
            raise refusal(source, str(error), line) from error
    return pa.array(values, kind).take(encoded.indices)


def _code(text: str) -> str:
    return str(Hcpcs.parse(text))


def _day(text: str) -> date | None:
    """A ``YYYYMMDD`` day; None for blank and for CMS's ``*`` (no data)."""
    if text in ("", "*"):
        return None
    if not re.fullmatch(r"\d{8}", text):
        raise ValueError(f"{text!r} is not a date (YYYYMMDD)")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date (YYYYMMDD)") from error


def _indicator(text: str) -> int:
    if text not in ("0", "1", "9"):
        raise ValueError(f"modifier indicator {text!r} is not 0, 1 or 9")
    return int(text)


_VALUES: dict[str, Callable[[str], Any]] = {
    "column_1": _code,
    "column_2": _code,
    "effective": _day,
    "deletion": _day,
    "modifier_indicator": _indicator,
    "rationale": str,
}

READER = Reader("ncci_ptp", _recognises, _read)
