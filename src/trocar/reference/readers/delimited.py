"""What every reader of text tables shares: cells with their line numbers, headings, exact numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from trocar.core.errors import ReferenceFileError
from trocar.core.money import scaled
from trocar.reference.readers.base import SourceFile

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_REMEDY = "Download the file again from its publisher and leave it as it came; the store stays as it was."
# Also DOS's end-of-file mark, and the hard space as Latin-1 and as CMS's DOS tables (code page 437) write it.
_BLANKS = " \t\x1a\xa0\xff"
# As ``core.codes.Hcpcs``, for texts by the hundred thousand; and CMS's stand-in for a code without a number yet.
_HCPCS = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[A-Z0-9]")
_PLACEHOLDER = re.compile(r"[A-Z]XXX[0-9]")
Value = TypeVar("Value")


def refusal(source: SourceFile, what: str, line: int | None = None, remedy: str = _REMEDY) -> ReferenceFileError:
    """The error that refuses a file: its name, the line, the reason."""
    where = source.name if line is None else f"{source.name} line {line}"
    return ReferenceFileError(what, where=where, remedy=remedy)


def text_of(source: SourceFile, content: bytes | None = None) -> str:
    """The text of a file: UTF-8 when it is, else Latin-1 as CMS writes it."""
    raw = source.content if content is None else content
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def head_of(source: SourceFile) -> str:
    """The first 8 KiB as text: enough to recognise a family by (Latin-1 reads any byte)."""
    return source.head.decode("latin-1")


@dataclass(frozen=True)
class Row:
    """One line of a delimited file that isn't blank: its number, counted from 1, and its trimmed cells."""

    line: int
    cells: list[str]


def rows_of(source: SourceFile, head_only: bool = False) -> list[Row]:
    """Every line with something in it; raises ``ReferenceFileError`` where the quoting is broken."""
    text = head_of(source) if head_only else text_of(source)
    if not head_only and not text.rstrip(_BLANKS).endswith(("\n", "\r")):
        raise refusal(source, "the last line has no end: the file is cut short", len(text.splitlines()))
    reader = csv.reader(io.StringIO(text, newline=""))
    rows = []
    line = 1
    try:
        for cells in reader:
            trimmed = [cell.strip(_BLANKS + "\r\n") for cell in cells]
            if any(trimmed):
                rows.append(Row(line, trimmed))
            line = reader.line_num + 1
    except csv.Error as error:
        raise refusal(source, f"the line can't be split into cells ({error})", line) from error
    return rows


def heading_positions(cells: Sequence[str], wanted: dict[str, str]) -> dict[str, int] | None:
    """Where each wanted column stands: ``wanted`` maps a name to a pattern its whole heading matches.

    None when a column is missing; a heading is compared without case and with single blanks.
    """
    normal = [" ".join(cell.upper().split()) for cell in cells]
    positions = {}
    for name, pattern in wanted.items():
        found = [index for index, cell in enumerate(normal) if re.fullmatch(pattern, cell)]
        if len(found) != 1:
            return None
        positions[name] = found[0]
    return positions


def find_heading(rows: Iterable[Row], wanted: dict[str, str]) -> tuple[Row, dict[str, int]] | None:
    """The first row that carries every wanted heading, and where each column stands."""
    for row in rows:
        positions = heading_positions(row.cells, wanted)
        if positions:
            return row, positions
    return None


def numbers(source: SourceFile, heading: str, rows: Sequence[Row], texts: Sequence[str], scale: int) -> list[int]:
    """Decimal texts as whole numbers of ``1/scale``, exactly; refuses the file at the first that isn't one."""
    return convert(source, heading, rows, texts, lambda text: exact(text, scale))


def exact(text: str, scale: int) -> int:
    """One unsigned decimal text as a whole number of ``1/scale``; ``ValueError`` if it isn't or doesn't fit."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return scaled(text, scale)


def rounded(text: str, scale: int) -> int:
    """A decimal text rounded half-up to ``1/scale``, for amounts a spreadsheet stored with binary noise."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return int((Decimal(text) * scale).quantize(Decimal(1), ROUND_HALF_UP))


def convert(
    source: SourceFile,
    heading: str,
    rows: Sequence[Row],
    texts: Sequence[str],
    parse: Callable[[str], Value],
) -> list[Value]:
    """One column parsed, each distinct text once; a ``ValueError`` refuses the file with line and heading."""
    parsed: dict[str, Value] = {}
    for text in set(texts):
        try:
            parsed[text] = parse(text)
        except ValueError as error:
            line = rows[texts.index(text)].line
            raise refusal(source, f"column {heading}: {error}", line) from error
    return [parsed[text] for text in texts]


def same_width(source: SourceFile, rows: Sequence[Row], width: int) -> None:
    """Refuse a file with a row of another width than its heading: cut short, or glued together."""
    for row in rows:
        if len(row.cells) != width:
            raise refusal(
                source,
                f"the row has {len(row.cells)} cells and the heading {width}: the file is cut short or damaged",
                row.line,
            )


def listed(values: Iterable[object], most: int = 4) -> str:
    """The first few values in words, for a warning: ``a, b, c and 12 more``."""
    items = [str(value) for value in values]
    shown = ", ".join(items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


def printed(value: int, places: int) -> str:
    """A scaled whole number as the decimal text it stands for, exactly: 327442 with 4 places is 32.7442."""
    return f"{Decimal(value).scaleb(-places):f}"


def with_zeros(text: str, width: int) -> str:
    """A code of digits with the leading zeros a spreadsheet took away."""
    return text.zfill(width) if text.isdigit() else text


def repaired_codes(source: SourceFile, rows: Sequence[Row], texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """HCPCS codes with lost leading zeros put back, and the warnings: how many, and which are placeholders.

    Refuses the file at a text that is no HCPCS code, and where two spellings would become one code
    (``100`` beside ``00100``): which of them is meant can't be told.
    """
    codes = []
    repaired = []
    placeholders = []
    for row, text in zip(rows, texts, strict=True):
        code = with_zeros(text.upper(), 5)
        if _PLACEHOLDER.fullmatch(code):
            placeholders.append(code)
        elif not _HCPCS.fullmatch(code):
            raise refusal(source, f"{text!r} is not a HCPCS code", row.line)
        if code != text.upper():
            repaired.append((text, code))
        codes.append(code)
    whole = {text.upper() for text in texts}
    for text, code in repaired:
        if code in whole:
            raise refusal(
                source,
                f"{text!r} may be {code} without its leading zeros, but {code} stands in the file too",
                rows[list(texts).index(text)].line,
            )
    warnings = []
    if repaired:
        pairs = dict.fromkeys(f"{text} is {code}" for text, code in repaired)
        rows_word = "row" if len(repaired) == 1 else "rows"
        warnings.append(f"leading zeros of the code put back in {len(repaired)} {rows_word} ({listed(pairs)})")
    if placeholders:
        warnings.append(f"not a HCPCS code but a placeholder: {listed(placeholders)}")
    return codes, warnings
