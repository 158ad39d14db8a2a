"""ANES csv: the anesthesia conversion factor of each payment locality."""

from __future__ import annotations

import re

import pyarrow as pa

from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import (
    convert,
    find_heading,
    listed,
    refusal,
    rounded,
    rows_of,
    same_width,
    with_zeros,
)
from trocar.reference.readers.headed_csv import has_header
from trocar.reference.tables import TABLES

_HEADINGS = {
    "mac": "CONTRACTOR",
    "locality": "LOCALITY",
    "name": "LOCALITY NAME",
    "conversion_factor": r"(20\d\d ANESTHESIA CONVERSION FACTOR|NATIONAL ANES CF OF .*)",
}
_MORE_THAN_CENTS = re.compile(r"\d*\.\d{3,}")


def recognises(source: SourceFile) -> bool:
    """A heading row with contractor, locality and an anesthesia factor."""
    return has_header(source, _HEADINGS)


def read(source: SourceFile) -> Reading:
    """Rows of ``anesthesia``, factors to the cent; the release is its bundle's."""
    rows = rows_of(source)
    found = find_heading(rows[:3], _HEADINGS)
    if found is None:
        raise refusal(source, "no heading row names contractor, locality and anesthesia factor")
    heading, at = found
    body = [row for row in rows if row.line > heading.line]
    same_width(source, body, len(heading.cells))
    if not body or not all(row.cells[at["mac"]].isdigit() for row in body):
        raise refusal(source, "a row has no contractor number", heading.line)
    texts = [row.cells[at["conversion_factor"]] for row in body]
    factors = convert(source, heading.cells[at["conversion_factor"]], body, texts, lambda text: rounded(text, 100))
    warnings = []
    if noisy := [text for text in texts if _MORE_THAN_CENTS.fullmatch(text)]:
        warnings.append(
            f"{len(noisy)} factors have more than two decimals and are rounded to the cent ({listed(noisy)})"
        )
    if lost := [row.cells[at["mac"]] for row in body if len(row.cells[at["mac"]]) < 5]:
        warnings.append(f"leading zeros of the contractor put back in {len(lost)} rows ({listed(lost)})")
    schema = TABLES["anesthesia"].remove(TABLES["anesthesia"].get_field_index("file_id"))
    columns = {
        "mac": [with_zeros(row.cells[at["mac"]], 5) for row in body],
        "locality": [with_zeros(row.cells[at["locality"]], 2) for row in body],
        "conversion_factor": factors,
        "line": [row.line for row in body],
    }
    return Reading("anesthesia", pa.table(columns, schema=schema), warnings=tuple(warnings))


READER = Reader("anes", recognises, read)
