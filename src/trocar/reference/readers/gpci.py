"""GPCI csv (Addendum E): the geographic practice cost indices of each payment locality, one or two work columns."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from trocar.core.money import GPCI_SCALE
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import (
    Row,
    find_heading,
    head_of,
    heading_positions,
    listed,
    numbers,
    refusal,
    rows_of,
    with_zeros,
)
from trocar.reference.readers.headed_csv import has_header
from trocar.reference.release import heading_year, localities_of_year
from trocar.reference.tables import TABLES

_HEADINGS = {
    "mac": r"MEDICARE ADMINISTRATIVE CONTRACTOR \(MAC\)",
    "state": "STATE",
    "locality": "LOCALITY NUMBER",
    "name": "LOCALITY NAME",
    "practice_expense": r"20\d\d PE GPCI\**",
    "malpractice": r"20\d\d MP GPCI\**",
}
_FLOORED = {"work": r"20\d\d PW GPCI \(WITH 1\.0 FLOOR\)\**"}
_UNFLOORED = {"work_without_floor": r"20\d\d PW GPCI \(WITHOUT 1\.0 FLOOR\)\**"}
_ALASKA_WORK = 1_500  # 42 U.S.C. 1395w-4(e)(1)(G), MIPPA; the file's own footnote
_FRONTIER_STATES = ("MT", "NV", "ND", "SD", "WY")  # practice expense floor 1.0, ACA; the file's own footnote


@dataclass(frozen=True, slots=True)
class Locality:
    """One row: the indices in thousandths. ``work_without_floor`` is None where the file has one work column."""

    line: int
    mac: str
    locality: str
    state: str
    name: str
    work: int
    work_without_floor: int | None
    practice_expense: int
    malpractice: int

    @property
    def key(self) -> tuple[str, str]:
        """The number alone repeats: a locality is its contractor and its number."""
        return self.mac, self.locality


def recognises(source: SourceFile) -> bool:
    """A heading row with contractor, locality and the PE and MP indices of a year."""
    return has_header(source, _HEADINGS)


def localities(source: SourceFile) -> list[Locality]:
    """Every locality as printed; raises ``ReferenceFileError`` where a line can't be read."""
    rows = rows_of(source)
    heading, at = _heading(source, rows)
    body = [row for row in rows if row.line > heading.line and row.cells[0].isdigit()]
    if not body:
        raise refusal(source, "no locality stands below the heading", heading.line)
    width = len(heading.cells)
    for row in body:
        if len(row.cells) != width:
            raise refusal(source, f"the row has {len(row.cells)} cells and the heading {width}: cut short", row.line)
    indices = {
        name: numbers(source, heading.cells[at[name]], body, [row.cells[at[name]] for row in body], GPCI_SCALE)
        for name in ("work", "work_without_floor", "practice_expense", "malpractice")
        if name in at
    }
    unfloored = indices.get("work_without_floor")
    return [
        Locality(
            row.line,
            with_zeros(row.cells[at["mac"]], 5),
            with_zeros(row.cells[at["locality"]], 2),
            row.cells[at["state"]],
            row.cells[at["name"]].rstrip("*"),
            indices["work"][number],
            unfloored[number] if unfloored else None,
            indices["practice_expense"][number],
            indices["malpractice"][number],
        )
        for number, row in enumerate(body)
    ]


def _heading(source: SourceFile, rows: list[Row]) -> tuple[Row, dict[str, int]]:
    found = find_heading(rows, _HEADINGS)
    if found is None:
        raise refusal(source, "no heading row names the contractor, the locality and the indices")
    row, at = found
    floored = heading_positions(row.cells, _FLOORED)
    if floored is None:
        raise refusal(source, "no work index is headed 'with 1.0 Floor'", row.line)
    return row, {**at, **floored, **(heading_positions(row.cells, _UNFLOORED) or {})}


def faults(rows: list[Locality], year: int | None) -> list[str]:
    """What shows the indices can't be the publisher's: count, repeated localities, floors not kept."""
    found = []
    expected = localities_of_year(year) if year else None
    if expected and len(rows) != expected:
        found.append(f"it has {len(rows)} localities and {year} has {expected}")
    counts = Counter(row.key for row in rows)
    repeated = {key: [row.state for row in rows if row.key == key] for key, count in counts.items() if count > 1}
    if repeated:
        words = [f"{mac}/{number} for {' and '.join(states)}" for (mac, number), states in repeated.items()]
        found.append(f"the same locality stands for several places ({listed(words)})")
    if below := [row.name for row in rows if row.work < GPCI_SCALE]:
        found.append(f"a floored work index is below 1.0 ({listed(below)})")
    if wrong := [row.name for row in rows if row.work_without_floor and row.work < row.work_without_floor]:
        found.append(f"the work index without the floor is the higher one ({listed(wrong)})")
    if [row for row in rows if row.state == "AK" and row.work < _ALASKA_WORK]:
        found.append("Alaska's work index is below its 1.5 floor")
    if poor := [row.state for row in rows if row.state in _FRONTIER_STATES and row.practice_expense < GPCI_SCALE]:
        found.append(f"a frontier state's practice expense index is below 1.0 ({listed(poor)})")
    return found


def read(source: SourceFile) -> Reading:
    """Rows of ``gpci``; the release is its bundle's. Refused when its content can't be the publisher's."""
    rows = localities(source)
    if found := faults(rows, heading_year(head_of(source))):
        raise refusal(source, "these are not the publisher's indices: " + "; ".join(found), rows[0].line)
    schema = TABLES["gpci"].remove(TABLES["gpci"].get_field_index("file_id"))
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in schema}
    raw_macs = [row.cells[0] for row in rows_of(source) if re.fullmatch(r"\d{4}", row.cells[0])]
    warnings = []
    if raw_macs:
        warnings.append(f"leading zeros of the contractor put back in {len(raw_macs)} rows ({listed(raw_macs)})")
    return Reading("gpci", pa.table(columns, schema=schema), warnings=tuple(warnings))


READER = Reader("gpci", recognises, read)
