"""LOCCO csv: the counties of each payment locality."""

from __future__ import annotations

import pyarrow as pa

from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import find_heading, listed, refusal, rows_of, same_width, with_zeros
from trocar.reference.readers.headed_csv import has_header
from trocar.reference.tables import TABLES

_HEADINGS = {
    "mac": "MEDICARE ADMINI?STRATIVE CONTRACTOR",  # CMS prints it without the second I
    "locality": "LOCALITY NUMBER",
    "state": "STATE",
    "area": "FEE SCHEDULE AREA",
    "counties": "COUNTIES",
}


def recognises(source: SourceFile) -> bool:
    """A heading row with contractor, locality, state, area and counties."""
    return has_header(source, _HEADINGS)


def read(source: SourceFile) -> Reading:
    """Rows of ``locality_county``; the state, printed once above its localities, is carried down to each."""
    rows = rows_of(source)
    found = find_heading(rows, _HEADINGS)
    if found is None:
        raise refusal(source, "no heading row names the contractor, the locality and the counties")
    heading, at = found
    body = [row for row in rows if row.line > heading.line and row.cells[at["mac"]].isdigit()]
    if not body:
        raise refusal(source, "no locality stands below the heading", heading.line)
    same_width(source, body, len(heading.cells))
    columns: dict[str, list[object]] = {name: [] for name in (*_HEADINGS, "line")}
    state = ""
    lost = []
    for row in body:
        texts = {name: row.cells[position] for name, position in at.items()}
        state = texts["state"] or state
        mac, locality = with_zeros(texts["mac"], 5), with_zeros(texts["locality"], 2)
        if (mac, locality) != (texts["mac"], texts["locality"]):
            lost.append(f"{texts['mac']}/{texts['locality']} is {mac}/{locality}")
        for name, value in {**texts, "mac": mac, "locality": locality, "state": state, "line": row.line}.items():
            columns[name].append(value)
    warnings = [f"leading zeros put back in {len(lost)} rows ({listed(lost)})"] if lost else []
    schema = TABLES["locality_county"].remove(TABLES["locality_county"].get_field_index("file_id"))
    return Reading("locality_county", pa.table(columns, schema=schema), warnings=tuple(warnings))


READER = Reader("locco", recognises, read)
