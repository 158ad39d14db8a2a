"""OPPSCAP csv: the amounts CMS publishes per locality after the cap at the outpatient hospital payment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import (
    find_heading,
    listed,
    numbers,
    refusal,
    repaired_codes,
    rows_of,
    same_width,
    with_zeros,
)
from trocar.reference.readers.headed_csv import has_header
from trocar.reference.tables import TABLES

_HEADINGS = {
    "hcpcs": "HCPCS",
    "modifier": "MOD",
    "status": "PROCSTAT",
    "mac": "CARRIER",
    "locality": "LOCALITY",
    "facility_cents": "FACILITY PRICE",
    "nonfacility_cents": "NON-FACILI?TY PRICE",  # CMS prints FACILTY
}
# The file lists these California localities under the contractor of northern California; GPCI has the southern one
# (26, Orange County, until 2023).
_NORTHERN, _SOUTHERN = "01112", "01182"
_SOUTHERN_LOCALITIES = frozenset({"17", "18", "26", "71", "72", "73", "74"})


def recognises(source: SourceFile) -> bool:
    """A heading row with code, status, carrier, locality and both prices."""
    return has_header(source, _HEADINGS)


def read(source: SourceFile) -> Reading:
    """Rows of ``opps_cap``; the release is its bundle's.

    Southern California is mapped to its contractor, and the second copy of a row dropped; two copies that
    differ are kept out with a warning, since which is right can't be told.
    """
    rows = rows_of(source)
    found = find_heading(rows[:3], _HEADINGS)
    if found is None:
        raise refusal(source, "no heading row names carrier, locality and both prices")
    heading, at = found
    body = [row for row in rows if row.line > heading.line]
    if not body:
        raise refusal(source, "no row stands below the heading", heading.line)
    same_width(source, body, len(heading.cells))
    texts = {name: [row.cells[position] for row in body] for name, position in at.items()}
    codes, warnings = repaired_codes(source, body, texts["hcpcs"])
    amounts = {
        name: numbers(source, heading.cells[at[name]], body, texts[name], 100)
        for name in ("facility_cents", "nonfacility_cents")
    }
    kept: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    index_of: dict[tuple[str, str, str, str], int] = {}
    mapped, same, contradicting = 0, 0, []
    for index, code in enumerate(codes):
        mac, locality = with_zeros(texts["mac"][index], 5), with_zeros(texts["locality"][index], 2)
        if mac == _NORTHERN and locality in _SOUTHERN_LOCALITIES:
            mac = _SOUTHERN
            mapped += 1
        key = (code, texts["modifier"][index], mac, locality)
        pair = (amounts["facility_cents"][index], amounts["nonfacility_cents"][index])
        if key not in kept:
            kept[key], index_of[key] = pair, index
        elif kept[key] == pair:
            same += 1
        else:
            contradicting.append(f"{code} in {mac}/{locality} on line {body[index].line}")
    if mapped:
        warnings.append(f"{mapped} rows of southern California moved from contractor {_NORTHERN} to {_SOUTHERN}")
    if same:
        warnings.append(f"{same} rows that repeat another exactly dropped")
    if contradicting:
        warnings.append(
            f"{len(contradicting)} rows contradict an earlier one and are left out ({listed(contradicting)})"
        )
    _complete(source, kept, body[-1].line)
    schema = TABLES["opps_cap"].remove(TABLES["opps_cap"].get_field_index("file_id"))
    columns = {
        "hcpcs": [key[0] for key in kept],
        "modifier": [key[1] for key in kept],
        "status": [texts["status"][index] for index in index_of.values()],
        "mac": [key[2] for key in kept],
        "locality": [key[3] for key in kept],
        "facility_cents": [pair[0] for pair in kept.values()],
        "nonfacility_cents": [pair[1] for pair in kept.values()],
        "line": [body[index].line for index in index_of.values()],
    }
    return Reading("opps_cap", pa.table(columns, schema=schema), warnings=tuple(warnings))


def _complete(source: SourceFile, kept: Iterable[tuple[str, str, str, str]], last_line: int) -> None:
    """Refuse a file whose last code has fewer localities than the others: it was cut short."""
    localities = Counter((code, modifier) for code, modifier, _, _ in kept)
    (code, modifier), count = list(localities.items())[-1]
    most = max(localities.values())
    if count < most:
        name = f"{code} {modifier}".strip()
        raise refusal(source, f"{name} has {count} localities and other codes {most}: the file is cut short", last_line)


READER = Reader("oppscap", recognises, read)
