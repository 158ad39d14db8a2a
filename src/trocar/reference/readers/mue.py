"""Medically unlikely edits: how many units of a code are credible, by setting and calendar quarter."""

from __future__ import annotations

import re

import pyarrow as pa

from trocar.core.codes import Hcpcs
from trocar.core.period import Period, quarter
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.code_cells import parse_code
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.headed_csv import HeadedCsv, has_header, read_csv
from trocar.reference.readers.release_names import quarter_named, setting_named

# First CMS's own headings, then those of complete re-encodings in public use.
_HEADINGS = {
    "hcpcs": r"HCPCS ?/ ?CPT CODE|HCPCS[_ ]CODE|HCPCS",
    "value": r"(PRACTITIONER|OUTPATIENT HOSPITAL|DME SUPPLIER) SERVICES MUE VALUES|MUE_UNITS|MUE",
    "adjudication": r"MUE ADJUDICATION INDICATOR|MUE_MAI|MAI",
    "rationale": r"MUE[_ ]RATIONALE|RATIONALE",
}
_OPTIONAL = {"setting": r"MUE_SERVICE"}
_SCHEMA = pa.schema(
    {"hcpcs": pa.string(), "value": pa.int32(), "adjudication": pa.int8(), "rationale": pa.string(), "line": pa.int32()}
)


def _recognises(source: SourceFile) -> bool:
    return has_header(source, _HEADINGS)


def _read(source: SourceFile) -> Reading:
    """Rows of the ``mue`` table; raises ``ReferenceFileError`` on a damaged row or an unknown setting."""
    file = read_csv(source, _HEADINGS, _OPTIONAL)
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    services: dict[str, int] = {}
    seen: dict[str, int] = {}
    for line, cells in file:
        code = parse_code(Hcpcs, cells["hcpcs"], source, line)
        if code in seen:
            raise refusal(source, f"{code} stands on line {seen[code]} already", line)
        seen[code] = line
        services.setdefault(cells.get("setting", ""), line)
        columns["hcpcs"].append(code)
        columns["value"].append(_value(cells["value"], source, line))
        columns["adjudication"].append(_adjudication(cells["adjudication"], source, line))
        columns["rationale"].append(cells["rationale"])
        columns["line"].append(line)
    release, period, warnings = _release(source, file)
    return Reading(
        table="mue",
        rows=pa.table(columns, schema=_SCHEMA),
        release=release,
        period=period,
        setting=_setting(source, file, services),
        warnings=warnings,
    )


def _value(text: str, source: SourceFile, line: int) -> int:
    if not text.isascii() or not text.isdigit():
        raise refusal(source, f"MUE value {text!r} is not a whole number of units", line)
    return int(text)


def _adjudication(text: str, source: SourceFile, line: int) -> int:
    """The indicator of ``3`` or of CMS's ``3 Date of Service Edit: Clinical``."""
    found = re.match(r"([123])\b", text)
    if not found:
        raise refusal(source, f"MUE adjudication indicator {text!r} is not 1, 2 or 3", line)
    return int(found[1])


def _setting(source: SourceFile, file: HeadedCsv, services: dict[str, int]) -> str:
    settings = {setting_named(service) for service in services} - {None}
    if len(settings) > 1:
        raise refusal(source, "rows of more than one setting in one file", max(services.values()))
    setting = next(iter(settings), None) or setting_named(
        file.headings["value"], source.member, source.path.name, file.preamble
    )
    if setting is None:
        remedy = "Keep CMS's own file name: it says practitioner, outpatient hospital or DME supplier."
        raise refusal(source, "the setting is neither in the file nor in its name", remedy=remedy)
    return setting


def _release(source: SourceFile, file: HeadedCsv) -> tuple[str, Period, tuple[str, ...]]:
    texts = (source.member, source.path.name, file.preamble)
    if stated := quarter_named(*texts):
        return f"MUE{stated[0]}Q{stated[1]}", quarter(*stated), ()
    for text in texts:
        if found := re.search(r"(?<!\d)20\d{2}(?!\d)", text):
            year = int(found[0])
            # A file that says its year alone is taken for the first half: later quarters would be a guess on a guess.
            first_half = Period(quarter(year, 1).first, quarter(year, 2).last)
            return f"MUE{year}", first_half, (f"quarter not stated: Q1 or Q2 of {year}",)
    remedy = "Keep CMS's own file name: it says the quarter, as in Eff_07-01-2024."
    raise refusal(source, "neither file nor name says the quarter", remedy=remedy)


READER = Reader("mue", _recognises, _read)
