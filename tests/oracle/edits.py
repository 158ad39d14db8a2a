"""What the edits say of a practitioner's claim, one line and one pair at a time: the oracle of the rules.

Written from DOMAIN.md B1 to B3 and the NCCI manual as docs/authorities.md reports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oracle.store_reader import Reference, Row
from trocar.claims.model import ClaimLine
from trocar.reference.law import law

FOUND, CLEAR, NOT_CHECKED = "found", "clear", "not_checked"
DISTINCT = {"59", "XE", "XS", "XP", "XU"}
EITHER_LINE = {"24", "25", "57", "58"}
COLUMN_TWO = {
    "E1",
    "E2",
    "E3",
    "E4",
    "FA",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "TA",
    "T1",
    "T2",
    "T3",
    "T4",
    "T5",
    "T6",
    "T7",
    "T8",
    "T9",
    "LT",
    "RT",
    "LC",
    "LD",
    "RC",
    "LM",
    "RI",
    "58",
    "78",
    "79",
    "27",
    "91",
}
DISTINCT_ON_EITHER_LINE_FROM = date(2019, 7, 1)


@dataclass(frozen=True)
class Pair:
    """What is known of one ordered pair of codes on one day: an indicator, no edit, or nothing."""

    known: bool
    indicator: int | None = None


def pair_on(column_1: str, column_2: str, day: date, reference: Reference, setting: str = "practitioner") -> Pair:
    """The edit of an ordered pair; a file without dates is known for its quarter, and what it says of before."""
    for file in reference.files_of("ncci_ptp", setting):
        rows = list(reference.pairs.get((file.file_id, column_1, column_2), []))
        if file.first <= day <= file.last:
            return Pair(True, next((row["modifier_indicator"] for row in rows if in_force(row, day)), None))
    for file in reference.files_of("ncci_ptp", setting):
        rows = list(reference.pairs.get((file.file_id, column_1, column_2), []))
        if file.history and day < file.first:
            # A row that ended on the day, and was ever active, was active on it.
            last_day = [row for row in rows if row["deletion"] == day and row["modifier_indicator"] != 9]
            if last_day:
                return Pair(True, last_day[0]["modifier_indicator"])
            if all(over_before(row, day) for row in rows):
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


def edit_outcomes(lines: list[ClaimLine], reference: Reference) -> dict[str, list[str]]:
    """By rule, what is said of each line of one claim, in the order given."""
    answers: dict[str, list[str]] = {}
    for rule, indicator in (("NC001", 0), ("NC002", 1)):
        answers[rule] = [pair_outcome(line, lines, indicator, reference) for line in lines]
    for rule, adjudication in (("UN001", 1), ("UN002", 2), ("UN003", 3)):
        answers[rule] = [unit_outcome(line, lines, adjudication, reference) for line in lines]
    addons = [addon_outcome(line, lines, reference) for line in lines]
    for rule in ("GD001", "NC005", "NC007"):
        answers[rule] = [
            outcome if outcome == NOT_CHECKED else FOUND if outcome == rule else CLEAR for outcome in addons
        ]
    return answers


def neighbours(line: ClaimLine, lines: list[ClaimLine]) -> list[ClaimLine]:
    """The other lines of the same day."""
    return [other for other in lines if other is not line and other.service_date == line.service_date]


def pair_outcome(line: ClaimLine, lines: list[ClaimLine], indicator: int, reference: Reference) -> str:
    """Found when the line is column two of an edit of that indicator that stands; else one unknown pair is a gap."""
    unknown = False
    for other in neighbours(line, lines):
        pair = pair_on(other.hcpcs, line.hcpcs, line.service_date, reference)
        if not reference.lists(line.hcpcs) or not reference.lists(other.hcpcs):
            unknown = True
        if not pair.known:
            unknown = True
        elif pair.indicator == indicator and not bypassed(other, line, indicator):
            return FOUND
    return NOT_CHECKED if unknown else CLEAR


def unit_outcome(line: ClaimLine, lines: list[ClaimLine], adjudication: int, reference: Reference) -> str:
    """Found when the units of the line (1) or of the practitioner's day (2, 3) pass the limit.

    Components of a code are counted apart, and a line without a practitioner counts with any (no source settles it).
    """
    file = reference.in_force("mue", line.service_date, "practitioner")
    if file is None or not reference.lists(line.hcpcs):
        return NOT_CHECKED
    row = reference.mue.get((file.file_id, line.hcpcs))
    if row is None or row["adjudication"] != adjudication:
        return CLEAR
    counted = [line]
    if adjudication != 1:
        counted += [
            other
            for other in neighbours(line, lines)
            if other.hcpcs == line.hcpcs and component(other) == component(line) and same_practitioner(line, other)
        ]
    return FOUND if sum(other.units or 1 for other in counted) > row["value"] else CLEAR


def component(line: ClaimLine) -> str:
    """26, TC or neither."""
    return next((m for m in ("26", "TC") if m in line.modifiers), "")


def addon_outcome(line: ClaimLine, lines: list[ClaimLine], reference: Reference) -> str:
    """For an add-on code with a closed list: the rule that fires, or clear."""
    files = reference.files_of("addon")
    # The file keeps the rows that ended, so that it answers for the days before it too.
    if not any(line.service_date <= file.last for file in files) or not reference.lists(line.hcpcs):
        return NOT_CHECKED
    rows = [row for row in reference.addons.get(line.hcpcs, []) if active(row, line.service_date)]
    primaries = {row["primary"] for row in rows}
    if not primaries:
        return CLEAR
    beside = [other for other in neighbours(line, lines) if other.hcpcs in primaries]
    if any(same_practitioner(line, other) for other in beside):
        return CLEAR
    if beside:
        return "NC007"
    if "CCCCC" in primaries:
        return CLEAR
    return "GD001" if line.hcpcs in law().guidance else "NC005"


def active(row: Row, day: date) -> bool:
    """First and last day of the edit, both inclusive, and of its two codes."""
    return (row["effective"] is None or row["effective"] <= day) and all(
        row[name] is None or day <= row[name] for name in ("deletion", "addon_deletion", "primary_deletion")
    )


def same_practitioner(line: ClaimLine, other: ClaimLine) -> bool:
    """The same rendering practitioner, where both lines name one."""
    return line.rendering_npi is None or other.rendering_npi is None or line.rendering_npi == other.rendering_npi
