"""What the edits say of a practitioner's claim, one line and one pair at a time: the oracle of the rules.

Written from DOMAIN.md B1 to B3 and the NCCI manual as docs/authorities.md reports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oracle.store_reader import Reference, Row

from trocar.claims.model import ClaimLine

FOUND, CLEAR, UNKNOWN = "found", "clear", "not_checked"
DISTINCT = {"59", "XE", "XS", "XP", "XU"}
EITHER_LINE = {"24", "25", "57"}
COLUMN_TWO = set(
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI 58 78 79 27 91".split()
)
DISTINCT_ON_EITHER_LINE_FROM = date(2019, 7, 1)


@dataclass(frozen=True)
class Pair:
    """What is known of one ordered pair of codes on one day: an indicator, no edit, or nothing."""

    known: bool
    indicator: int | None = None


def pair_on(column_1: str, column_2: str, day: date, reference: Reference, setting: str = "practitioner") -> Pair:
    """The edit of an ordered pair; a file without dates is known for its quarter, and what it says of before."""
    for file in reference.files_of("ncci_ptp", setting):
        rows = [row for row in reference.pairs.get((file.file_id, column_1, column_2), [])]
        if file.first <= day <= file.last:
            return Pair(True, next((row["modifier_indicator"] for row in rows if in_force(row, day)), None))
    for file in reference.files_of("ncci_ptp", setting):
        rows = [row for row in reference.pairs.get((file.file_id, column_1, column_2), [])]
        if file.history and day < file.first and all(over_before(row, day) for row in rows):
            return Pair(True)
    return Pair(False)


def in_force(row: Row, day: date) -> bool:
    """Indicator 9 was never active; the deletion date is the last active day."""
    return (
        row["modifier_indicator"] != 9
        and (row["effective"] is None or row["effective"] <= day)
        and (row["deletion"] is None or day <= row["deletion"])
    )


def over_before(row: Row, day: date) -> bool:
    """A row that can't have been in force on the day: deleted earlier, or never active."""
    return row["modifier_indicator"] == 9 or (row["deletion"] is not None and row["deletion"] < day)


def bypassed(first: ClaimLine, second: ClaimLine, indicator: int) -> bool:
    """Whether a modifier on the claim may lift the edit (column one line, column two line)."""
    if indicator != 1:
        return False
    one, two = set(first.modifiers), set(second.modifiers)
    if two & (DISTINCT | COLUMN_TWO | EITHER_LINE) or one & EITHER_LINE:
        return True
    return bool(one & DISTINCT) and first.service_date >= DISTINCT_ON_EITHER_LINE_FROM


def pair_denials(lines: list[ClaimLine], reference: Reference) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Denied pairs and pairs not known, by (column one line, column two line): NC001 indicator 0, NC002 indicator 1."""
    denied: dict[tuple[int, int], str] = {}
    unknown: set[tuple[int, int]] = set()
    for first in lines:
        for second in lines:
            if first.line == second.line or first.hcpcs == second.hcpcs or first.service_date != second.service_date:
                continue
            pair = pair_on(first.hcpcs, second.hcpcs, first.service_date, reference)
            if not pair.known:
                unknown.add((first.line, second.line))
            elif pair.indicator is not None and not bypassed(first, second, pair.indicator):
                denied[(first.line, second.line)] = "NC001" if pair.indicator == 0 else "NC002"
    return denied, unknown


def unit_findings(lines: list[ClaimLine], reference: Reference) -> dict[int, str]:
    """Per line: UN001 (MAI 1, the line), UN002 (2) or UN003 (3, the day) when the limit is passed, clear, unknown."""
    answers: dict[int, str] = {}
    for line in lines:
        file = reference.in_force("mue", line.service_date, "practitioner")
        if file is None:
            answers[line.line] = UNKNOWN
            continue
        row = reference.mue.get((file.file_id, line.hcpcs))
        if row is None:
            answers[line.line] = CLEAR
            continue
        same = [line] if row["adjudication"] == 1 else [
            other for other in lines if other.hcpcs == line.hcpcs and other.service_date == line.service_date
        ]
        total = sum(other.units or 1 for other in same)
        answers[line.line] = f"UN00{row['adjudication']}" if total > row["value"] else CLEAR
    return answers


def addon_findings(lines: list[ClaimLine], reference: Reference) -> dict[int, str]:
    """Per line of an add-on code with listed primaries: found when none stands beside it that day."""
    answers: dict[int, str] = {}
    for line in lines:
        file = next(
            (f for f in reference.files_of("addon") if f.first <= line.service_date <= f.last), None
        )
        if file is None:
            answers[line.line] = UNKNOWN
            continue
        rows = [row for row in reference.addons.get(line.hcpcs, []) if active(row, line.service_date)]
        listed = {row["primary"] for row in rows if row["edit_type"] in (1, 3) and row["primary"] != "CCCCC"}
        if not listed:
            answers[line.line] = CLEAR
            continue
        beside = [other for other in lines if other.hcpcs in listed and same_practitioner(line, other)]
        types = {row["edit_type"] for row in rows}
        answers[line.line] = CLEAR if beside else ("found" if 1 in types else "review")
    return answers


def active(row: Row, day: date) -> bool:
    """First and last day of the edit, both inclusive, and of its two codes."""
    return (row["effective"] is None or row["effective"] <= day) and all(
        row[name] is None or day <= row[name] for name in ("deletion", "addon_deletion", "primary_deletion")
    )


def same_practitioner(line: ClaimLine, other: ClaimLine) -> bool:
    """Same day, and the same rendering practitioner where both lines name one."""
    return line.service_date == other.service_date and (
        line.rendering_npi is None or other.rendering_npi is None or line.rendering_npi == other.rendering_npi
    )
