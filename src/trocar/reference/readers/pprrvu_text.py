"""PPRRVU fixed width: the same rows as the csv, by the record layout printed in RVU25D.pdf."""

from __future__ import annotations

import re

from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import Row, head_of, refusal, text_of
from trocar.reference.readers.pprrvu import schedule_table

# First and last position, counted from 1, as the layout prints them; 59 and the last are not legible there: the
# csv of the same release agrees with both in every row.
LAYOUT = {
    "hcpcs": (1, 5),
    "modifier": (6, 7),
    "status": (58, 58),
    "not_used": (59, 59),
    "work": (60, 65),
    "nonfacility_pe": (67, 72),
    "nonfacility_na": (73, 74),
    "facility_pe": (76, 81),
    "facility_na": (82, 83),
    "malpractice": (85, 89),
    "nonfacility_total": (91, 96),
    "facility_total": (97, 102),
    "pctc": (103, 103),
    "global_days": (104, 106),
    "preoperative": (107, 109),
    "intraoperative": (110, 112),
    "postoperative": (113, 115),
    "multiple_procedure": (116, 116),
    "bilateral": (117, 117),
    "assistant": (118, 118),
    "co_surgeon": (119, 119),
    "team": (120, 120),
    "endoscopic_base": (128, 132),
    "conversion_factor": (133, 140),
    "supervision": (142, 143),
    "calculation_flag": (144, 144),
    "imaging_family": (146, 147),
    "opps_nonfacility_pe": (152, 157),
    "opps_facility_pe": (159, 164),
    "opps_malpractice": (166, 171),
}
_HEADER = "HDR"
_RECORD = re.compile(r"[0-9A-Z]{5}.{52}[A-Z]", re.DOTALL)


def recognises(source: SourceFile) -> bool:
    """A copyright header in HDR records, then records with a code at 1 and a conversion factor at 133."""
    lines = head_of(source).splitlines()
    if not lines or not lines[0].startswith(_HEADER) or "CPT CODES" not in lines[0]:
        return False
    record = next((line for line in lines if not line.startswith(_HEADER)), "")
    return bool(_RECORD.match(record)) and re.fullmatch(r"\s*\d+\.\d{4}", record[132:140]) is not None


def read(source: SourceFile) -> Reading:
    """Rows of ``schedule``; the file holds no release, so it takes the bundle's (or its name's)."""
    rows = []
    for number, line in enumerate(text_of(source).splitlines(), start=1):
        if line.startswith(_HEADER) or not line.strip(" \x1a"):
            continue
        if len(line) < LAYOUT["opps_malpractice"][1]:
            raise refusal(source, f"the record has {len(line)} of at least 171 characters: cut short", number)
        rows.append(Row(number, [line[first - 1 : last].strip() for first, last in LAYOUT.values()]))
    texts = {name: [row.cells[at] for row in rows] for at, name in enumerate(LAYOUT)}
    table, warnings = schedule_table(source, rows, texts)
    return Reading("schedule", table, warnings=tuple(warnings))


READER = Reader("pprrvu_text", recognises, read)
