"""Place of service codes with the rate Medicare pays there: facility or non-facility."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa

from trocar.core.codes import PlaceOfService
from trocar.core.period import Period
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.code_cells import parse_code
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.headed_csv import has_header, read_csv

_HEADINGS = {
    "code": r"PLACE[_ ]OF[_ ]SERVICE([_ ]CODES?)?|POS([_ ]CODE)?|CODE",
    "rate": r"FACILITY ?/ ?NON-?FACILITY|F ?/ ?NF|(PAYMENT )?RATE",
}
_SCHEMA = pa.schema({"code": pa.string(), "rate": pa.string(), "line": pa.int32()})
_RATES = {"f": "F", "facility": "F", "nf": "N", "n": "N", "nonfacility": "N", "non facility": "N"}


def _recognises(source: SourceFile) -> bool:
    return has_header(source, _HEADINGS)


def _read(source: SourceFile) -> Reading:
    """Rows of the ``place_of_service`` table; raises ``ReferenceFileError`` on a damaged row or an undated file."""
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    seen: dict[str, int] = {}
    for line, cells in read_csv(source, _HEADINGS):
        code = parse_code(PlaceOfService, cells["code"], source, line)
        if code in seen:
            raise refusal(source, f"place of service {code} stands on line {seen[code]} already", line)
        seen[code] = line
        rate = _RATES.get(" ".join(re.findall(r"[a-z]+", cells["rate"].lower())))
        if rate is None:
            raise refusal(source, f"rate {cells['rate']!r} is neither facility (F) nor non-facility (NF)", line)
        for name, value in zip(_SCHEMA.names, (code, rate, line), strict=True):
            columns[name].append(value)
    found = re.search(r"(?<!\d)(20\d{2})(?!\d)", source.name)
    if not found:
        remedy = "Put the year the list is in force in the file name, such as place_of_service_2025.csv."
        raise refusal(source, "the file name does not say which year the list is of", remedy=remedy)
    year = int(found[1])
    period = Period(date(year, 1, 1), date(year, 12, 31))
    return Reading("place_of_service", pa.table(columns, schema=_SCHEMA), f"POS{year}", period)


READER = Reader("place_of_service", _recognises, _read)
