"""What the manual's statements, global periods, other claims and filing days say of lines: an oracle, line by line.

Written from the manual's pages as docs/authorities.md reports them. It knows days on which an edit table either is in
force or is not held at all, and practitioner lines alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from oracle.edits import component, pair_on, same_practitioner
from oracle.store_reader import Reference
from trocar.claims.model import ClaimLine
from trocar.reference.law import law

DISTINCT = {"59", "XE", "XP", "XS", "XU"}
OF_ITS_OWN = DISTINCT | {"76", "77", "91"}
EDITION_BEGINS = date(2026, 1, 1)
Lines = list[ClaimLine]


def outcomes(lines: Lines, reference: Reference) -> dict[str, list[bool]]:
    """By rule, whether each line is found, in the order given."""
    rules: dict[str, Callable[[ClaimLine], bool]] = {
        "MD017": lambda line: visit(line, lines, reference) == "MD017",
        "MD018": lambda line: visit(line, lines, reference) == "MD018",
        "MD019": lambda line: visit(line, lines, reference) == "MD019",
        "MD020": lambda line: visit(line, lines, reference) == "MD020",
        "MD021": lambda line: visit(line, lines, reference) == "MD021",
        "MD028": lambda line: is_visit(line) and after(line, lines, reference, {"24", "57", "FT"}),
        "MD029": lambda line: (
            period(line, reference) in ("000", "010", "090") and after(line, lines, reference, {"58", "78", "79"})
        ),
        "UN010": lambda line: over_together(line, lines, reference),
        "UN011": lambda line: repeated(line, lines),
        "PS010": lambda line: read_twice(line, lines, reference),
        "DT001": lambda line: (
            line.received_date is not None
            and line.service_date >= date(2010, 1, 1)
            and line.received_date > last_day(line.service_date)
        ),
        "DT002": lambda line: line.received_date is not None and line.received_date < line.service_date,
    }
    answers = {rule: [found(line) for line in lines] for rule, found in rules.items()}
    for rule in {pair.rule for pair in law().stated_pairs}:
        answers[rule] = [stated(rule, line, lines, reference) for line in lines]
    return answers


def day_of(line: ClaimLine, lines: Lines) -> Lines:
    """The other lines of the claim on the day."""
    return [
        other
        for other in lines
        if other is not line and (other.claim_id, other.service_date) == (line.claim_id, line.service_date)
    ]


def tied(one: ClaimLine, other: ClaimLine, reference: Reference) -> bool:
    """An edit in force pairs the two codes, either way round."""
    return any(
        pair_on(first.hcpcs, second.hcpcs, one.service_date, reference).indicator is not None
        for first, second in ((one, other), (other, one))
    )


def stated(rule: str, line: ClaimLine, lines: Lines, reference: Reference) -> bool:
    """A statement of the rule ties the line to another one of the practitioner's."""
    if line.service_date < EDITION_BEGINS:
        return False
    beside = [other for other in day_of(line, lines) if same_practitioner(line, other)]
    codes = {other.hcpcs for other in [line, *day_of(line, lines)]}
    for pair in law().stated_pairs:
        if (
            pair.rule != rule
            or line.hcpcs not in pair.told
            or codes & pair.unless
            or (pair.also and not codes & pair.also)
        ):
            continue
        for other in beside:
            mine, theirs = set(line.modifiers), set(other.modifiers)
            apart = mine & (law().bypass_modifiers - {"RT", "LT"}) or theirs & (DISTINCT | {"58"})
            sides = [one & {"RT", "LT"} for one in (mine, theirs)]
            opposite = [{"RT"}, {"LT"}] in (sides, sides[::-1])
            if other.hcpcs in pair.beside and not apart and not opposite and not tied(line, other, reference):
                return True
    return False


def is_visit(line: ClaimLine) -> bool:
    """Evaluation and management."""
    return "99202" <= line.hcpcs <= "99499"


def period(line: ClaimLine, reference: Reference) -> str:
    """The global period of the code on the day, empty where none is known."""
    file = reference.in_force("schedule", line.service_date)
    row = reference.schedule.get((file.file_id, line.hcpcs, "")) if file else None
    return str(row["global_days"]) if row else ""


def visit(line: ClaimLine, lines: Lines, reference: Reference) -> str:
    """The rule that speaks of a visit beside procedures of its day, empty where none does."""
    if not is_visit(line) or not period(line, reference):
        return ""
    others = [
        other
        for other in day_of(line, lines)
        if same_practitioner(line, other) and not is_visit(other) and other.prior_outcome != "DENY"
    ]
    of = {
        "minor": [other for other in others if period(other, reference) in ("000", "010")],
        "major": [other for other in others if period(other, reference) == "090"],
        "needle": [
            other for other in others if period(other, reference) == "XXX" and other.hcpcs in law().needle_procedures
        ],
    }
    free = {name: bool(some) and not any(tied(line, one, reference) for one in some) for name, some in of.items()}
    said = set(line.modifiers) & {"24", "25", "57"}
    if "57" in said and of["minor"] and not of["major"]:
        return "MD019"
    if said == {"25"} and of["major"] and not of["minor"] and not of["needle"]:
        return "MD020"
    if said:
        return ""
    if free["major"]:
        return "MD018"
    if free["minor"] and not of["major"]:
        return "MD017"
    return "MD021" if free["needle"] and not of["minor"] and not of["major"] else ""


def after(line: ClaimLine, lines: Lines, reference: Reference, explained: set[str]) -> bool:
    """An earlier operation of the practitioner on the patient covers the day, and no modifier explains the line."""
    if line.patient_id is None or line.rendering_npi is None or explained & set(line.modifiers):
        return False
    if not period(line, reference):
        return False
    for other in lines:
        mine = (other.patient_id, other.rendering_npi) == (line.patient_id, line.rendering_npi)
        whole = not set(other.modifiers) & {"54", "55", "56", "80", "81", "82", "AS"} and other.prior_outcome != "DENY"
        days = {"010": 10, "090": 90}.get(period(other, reference), 0)
        if mine and whole and other.service_date < line.service_date <= other.service_date + timedelta(days):
            return True
    return False


def _of_patient(line: ClaimLine, lines: Lines) -> Lines:
    """The patient's lines of the day with the code, this one among them."""
    key = (line.patient_id, line.service_date, line.hcpcs)
    return [other for other in lines if (other.patient_id, other.service_date, other.hcpcs) == key]


def over_together(line: ClaimLine, lines: Lines, reference: Reference) -> bool:
    """Several claims pass the limit of the day that each of them keeps."""
    file = reference.in_force("mue", line.service_date, "practitioner")
    row = reference.mue.get((file.file_id, line.hcpcs)) if file else None
    if row is None or row["adjudication"] not in (2, 3) or line.patient_id is None or line.rendering_npi is None:
        return False
    alike = [one for one in _of_patient(line, lines) if component(one) == component(line)]
    own = [one for one in alike if one.claim_id == line.claim_id and same_practitioner(line, one)]
    together = [one for one in alike if one.rendering_npi == line.rendering_npi]
    own_units, all_units = (sum(one.units or 1 for one in some) for some in (own, together))
    return all_units > row["value"] >= own_units and all_units > own_units


def repeated(line: ClaimLine, lines: Lines) -> bool:
    """An earlier claim, by its id, has the line."""
    if line.patient_id is None or line.rendering_npi is None or OF_ITS_OWN & set(line.modifiers):
        return False

    def key(one: ClaimLine) -> tuple[object, ...]:
        return sorted(one.modifiers), one.rendering_npi, one.place_of_service, component(one)

    return any(one.claim_id < line.claim_id and key(one) == key(line) for one in _of_patient(line, lines))


def read_twice(line: ClaimLine, lines: Lines, reference: Reference) -> bool:
    """Both parts are billed, and another practitioner bills the professional one."""
    file = reference.in_force("schedule", line.service_date)

    def counts(one: ClaimLine, part: str) -> bool:
        row = reference.schedule.get((file.file_id, one.hcpcs, part)) if file else None
        return (
            row is not None
            and row["pctc"] == "1"
            and component(one) == part
            and one.rendering_npi is not None
            and not OF_ITS_OWN & set(one.modifiers)
        )

    if line.patient_id is None or not counts(line, ""):
        return False
    others = [one for one in _of_patient(line, lines) if one.rendering_npi != line.rendering_npi]
    return any(counts(one, "26") for one in others)


def last_day(day: date) -> date:
    """The same day of the next year; 28 February for 29 February."""
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
