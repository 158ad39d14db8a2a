"""PPRRVU csv: the physician fee schedule's relative values, read by its stacked headings.

The heading of a column stands in up to five rows above each other, so each column is known by those rows
joined from the top: 31 columns until 2025, 32 from RVU26C on, with PRIC IND before ENDO BASE.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from trocar.core.money import CF_SCALE, RVU_SCALE
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import (
    Row,
    head_of,
    listed,
    numbers,
    refusal,
    repaired_codes,
    rows_of,
    same_width,
    with_zeros,
)
from trocar.reference.release import schedule_release
from trocar.reference.tables import TABLES

HEADINGS = {
    "hcpcs": "HCPCS",
    "modifier": "MOD",
    "status": "STATUS CODE",
    "not_used": "NOT USED FOR MEDICARE PAYMENT",
    "work": "WORK RVU",
    "nonfacility_pe": "NON-FAC PE RVU",
    "nonfacility_na": "NON-FAC NA INDICATOR",
    "facility_pe": "FACILITY PE RVU",
    "facility_na": "FACILITY NA INDICATOR",
    "malpractice": "MP RVU",
    "nonfacility_total": "NON-FACILITY TOTAL",
    "facility_total": "FACILITY TOTAL",
    "pctc": "PCTC IND",
    "global_days": "GLOB DAYS",
    "preoperative": "PRE OP",
    "intraoperative": "INTRA OP",
    "postoperative": "POST OP",
    "multiple_procedure": "MULT PROC",
    "bilateral": "BILAT SURG",
    "assistant": "ASST SURG",
    "co_surgeon": "CO- SURG",
    "team": "TEAM SURG",
    "endoscopic_base": "ENDO BASE",
    "conversion_factor": "CONV FACTOR",
    "supervision": "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",
    "calculation_flag": "CALCULATION FLAG",
    "imaging_family": "DIAGNOSTIC IMAGING FAMILY INDICATOR",
    "opps_nonfacility_pe": "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "opps_facility_pe": "FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "opps_malpractice": "MP USED FOR OPPS PAYMENT AMOUNT",
}
FLAGS = {"not_used": "+", "nonfacility_na": "NA", "facility_na": "NA"}
# The file runs over every range of codes: one that stops before a range was cut short.
_RANGES = (*"012345678", "99", *"AGV")
_DESCRIPTION = "DESCRIPTION"
DESCRIPTIONS = pa.schema([("hcpcs", pa.string()), ("modifier", pa.string()), ("text", pa.string())])


def recognises(source: SourceFile) -> bool:
    """A title naming a National Physician Fee Schedule Relative Value release above comma-separated cells."""
    head = head_of(source)
    return schedule_release(head) is not None and "HCPCS,MOD,DESCRIPTION" in head.upper()


def read(source: SourceFile) -> Reading:
    """Rows of ``schedule``; raises ``ReferenceFileError`` naming the line of the first thing that can't be."""
    release = schedule_release(head_of(source))
    if release is None:
        raise refusal(source, "no title names its release")
    rows, positions, unread = _body(source)
    texts = {name: [row.cells[at] for row in rows] for name, at in positions.items() if name != _DESCRIPTION}
    table, warnings = schedule_table(source, rows, texts)
    if unread:
        warnings.append(f"columns not read: {listed(unread)}")
    return Reading(
        "schedule",
        table,
        release.name,
        release.period,
        release.published,
        warnings=tuple(warnings),
    )


def descriptions(source: SourceFile) -> pa.Table:
    """Code, modifier and short description: AMA text, read only when the user asks for it, kept local."""
    rows, positions, _ = _body(source)
    codes, _ = repaired_codes(source, rows, [row.cells[positions["hcpcs"]] for row in rows])
    return pa.table(
        {
            "hcpcs": codes,
            "modifier": [row.cells[positions["modifier"]] for row in rows],
            "text": [row.cells[positions[_DESCRIPTION]] for row in rows],
        },
        schema=DESCRIPTIONS,
    )


def _body(source: SourceFile) -> tuple[list[Row], dict[str, int], list[str]]:
    """The data rows, where each column stands, and the headings nobody reads."""
    rows = rows_of(source)
    at = next((index for index, row in enumerate(rows) if row.cells[0].upper() == "HCPCS"), None)
    if at is None:
        raise refusal(source, "no heading row begins with HCPCS")
    headings = _stacked([row.cells for row in rows[: at + 1]])
    positions = {name: headings.index(text) for name, text in HEADINGS.items() if text in headings}
    missing = [HEADINGS[name] for name in HEADINGS if name not in positions]
    if missing:
        raise refusal(source, f"no column is headed {listed(missing)}", rows[at].line)
    described = next(index for index, text in enumerate(headings) if text.endswith(_DESCRIPTION))
    unread = [text for index, text in enumerate(headings) if index not in {*positions.values(), described}]
    body = rows[at + 1 :]
    same_width(source, body, len(headings))
    return body, {**positions, _DESCRIPTION: described}, [text for text in unread if text != "PRIC IND"]


def _stacked(heading_rows: Sequence[list[str]]) -> list[str]:
    """Each column's heading: the cells above each other joined from the top, upper case."""
    width = len(heading_rows[-1])
    return [
        " ".join(" ".join(row[column] for row in heading_rows if column < len(row) and row[column]).upper().split())
        for column in range(width)
    ]


def schedule_table(source: SourceFile, rows: Sequence[Row], texts: dict[str, list[str]]) -> tuple[pa.Table, list[str]]:
    """The ``schedule`` rows of column texts, repaired and checked: shared with the fixed-width reader."""
    _covers_every_range(source, rows, texts["hcpcs"])
    columns: dict[str, list[object]] = {}
    codes, warnings = repaired_codes(source, rows, texts["hcpcs"])
    days = [text if not text.isdigit() else text.zfill(3) for text in texts["global_days"]]
    changed = sum(before != after for before, after in zip(texts["global_days"], days, strict=True))
    if changed:
        warnings.append(f"leading zeros of the global days put back in {changed} rows (0 is 000, 10 is 010)")
    for field in TABLES["schedule"]:
        name = field.name
        if name in ("file_id", "line"):
            continue
        if name in FLAGS:
            columns[name] = [text == FLAGS[name] for text in texts[name]]
        elif field.type == pa.string():
            columns[name] = list(texts[name])
        else:
            scale = CF_SCALE if name == "conversion_factor" else RVU_SCALE
            columns[name] = list(numbers(source, HEADINGS[name], rows, texts[name], scale))
    columns["hcpcs"] = list(codes)
    columns["global_days"] = list(days)
    columns["endoscopic_base"] = [with_zeros(text, 5) if text else "" for text in texts["endoscopic_base"]]
    columns["supervision"] = [with_zeros(text, 2) for text in texts["supervision"]]
    columns["imaging_family"] = [with_zeros(text, 2) for text in texts["imaging_family"]]
    _each_code_once(source, rows, codes, texts["modifier"])
    columns["line"] = [row.line for row in rows]
    schema = TABLES["schedule"].remove(TABLES["schedule"].get_field_index("file_id"))
    return pa.table(columns, schema=schema), warnings


def _covers_every_range(source: SourceFile, rows: Sequence[Row], codes: Sequence[str]) -> None:
    whole = [with_zeros(code, 5).upper() for code in codes]
    missing = [first for first in _RANGES if not any(code.startswith(first) for code in whole)]
    if missing:
        last = rows[-1].line if rows else None
        raise refusal(source, f"no code begins with {listed(missing, 13)}: the file is cut short", last)


def _each_code_once(source: SourceFile, rows: Sequence[Row], codes: Sequence[str], modifiers: Sequence[str]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row, code, modifier in zip(rows, codes, modifiers, strict=True):
        if (code, modifier) in seen:
            first = seen[code, modifier]
            raise refusal(
                source, f"{code} {modifier} stands twice (first on line {first})".replace("  ", " "), row.line
            )
        seen[code, modifier] = row.line


READER = Reader("pprrvu", recognises, read)
