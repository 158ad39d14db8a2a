"""NUCC health care provider taxonomy: the codes of one half-yearly version, without their definitions."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa

from trocar.core.codes import Taxonomy
from trocar.core.period import Period
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.code_cells import parse_code
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.headed_csv import has_header, read_csv

_HEADINGS = {
    "code": "CODE",
    "grouping": "GROUPING",
    "classification": "CLASSIFICATION",
    "specialization": "SPECIALIZATION",
}
_SCHEMA = pa.schema(
    {
        "code": pa.string(),
        "grouping": pa.string(),
        "classification": pa.string(),
        "specialization": pa.string(),
        "line": pa.int32(),
    }
)


def _recognises(source: SourceFile) -> bool:
    return has_header(source, _HEADINGS)


def _read(source: SourceFile) -> Reading:
    """Rows of the ``taxonomy`` table; raises ``ReferenceFileError`` on a damaged row or an unnamed version."""
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    for line, cells in read_csv(source, _HEADINGS):
        columns["code"].append(parse_code(Taxonomy, cells["code"], source, line))
        for name in ("grouping", "classification", "specialization"):
            columns[name].append(cells[name])
        columns["line"].append(line)
    release, period = _version(source)
    return Reading(table="taxonomy", rows=pa.table(columns, schema=_SCHEMA), release=release, period=period)


def _version(source: SourceFile) -> tuple[str, Period]:
    """``nucc_taxonomy_251.csv`` is version 25.1: .0 is in force from 1 January 2025, .1 from 1 July."""
    found = re.search(r"taxonomy_(\d{2})([01])(?!\d)", source.name)
    if not found:
        remedy = "Keep NUCC's own file name, such as nucc_taxonomy_251.csv."
        raise refusal(source, "the version is not in the file name", remedy=remedy)
    year = 2000 + int(found[1])
    second_half = found[2] == "1"
    period = (
        Period(date(year, 7, 1), date(year, 12, 31)) if second_half else Period(date(year, 1, 1), date(year, 6, 30))
    )
    return f"NUCC{found[1]}.{found[2]}", period


READER = Reader("nucc", _recognises, _read)
