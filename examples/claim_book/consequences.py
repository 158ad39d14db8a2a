"""What must be found in an episode, line by line and rule by rule, derived from the facts alone.

Written naively, from the words of the rules and not from their code: a book that asked the engine what to expect would
find every rule right. It covers the severities deny and review of the rules that a book of practitioners' claims can
touch. What it cannot decide (an edit that begins within the days) it says with ``UNDECIDED``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from claim_book.episode import FACILITIES, Episode, Line, Mark
from claim_book.facts import CONTRACTOR_DEFINED, Facts
from trocar.core.period import OPEN_END
from trocar.reference.law import Law, law

UNDECIDED = "undecided"
DISTINCT = {"59", "XE", "XS", "XP", "XU"}
EVALUATION = {"24", "25", "57"}
NOT_A_DUPLICATE = DISTINCT | {"76", "77", "91"}
ANESTHESIA = law().modifiers_with("anesthesia_only")
ASSISTANT = {"80", "81", "82", "AS"}
# Which of two modalities stays, by the direction of the edits between them.
PRECEDENCE = ("76942", "77021", "77012", "77002", "77003")
DENY = {
    "NC001", "NC002", "NC005", "NC006", "GD001", "GD002", "GD003", "CD001", "CD002", "CD003", "UN001", "UN002",
    "UN003", "PS001", "PS002", "MD001", "MD004", "MD009", "DX001", "DX002", "ID002",
}  # fmt: skip

# What the policy manual says beyond the edits (docs/manual.md): what is planted may bring it about too, as may two
# claims of one patient. The truth leaves these rules out.
NOT_IN_THE_TRUTH = frozenset(
    f"{family}{number:03}"
    for family, first, last in (
        ("DT", 1, 2), ("DX", 4, 5), ("GD", 9, 18), ("ID", 4, 4), ("MD", 17, 30), ("NC", 8, 27), ("PS", 9, 11),
        ("UN", 5, 11),
    )
    for number in range(first, last + 1)
)  # fmt: skip


def marks_of(episode: Episode, facts: Facts, *, strict: bool = False) -> frozenset[Mark]:
    """Every finding due; ``strict`` takes edits of the nearest release where none covers the days."""
    found = set(_encounter(episode))
    for number, lines in enumerate(episode.claims):
        claim = _Claim(episode, lines, facts, law(), strict)
        found |= {Mark(number, at + 1, rule) for at, rule in claim.all_marks()}
    return frozenset(found)


def _encounter(episode: Episode) -> Iterator[Mark]:
    """One unit of needle guidance in all; the modality of highest precedence keeps it, then the earlier line."""
    counted = [
        (PRECEDENCE.index(line.code), number, at + 1, line.units)
        for number, lines in enumerate(episode.claims)
        for at, line in enumerate(lines)
        if line.code in PRECEDENCE and "XE" not in line.modifiers
    ]
    before = 0
    for _, number, at, units in sorted(counted):
        if before + units > 1:
            yield Mark(number, at, "GD002")
        before += units


class _Claim:
    """One claim of an episode against the facts."""

    def __init__(self, episode: Episode, lines: tuple[Line, ...], facts: Facts, own: Law, strict: bool) -> None:
        self.episode, self.lines, self.facts, self.law = episode, lines, facts, own
        self.edits_count = strict or "ncci_ptp_practitioner" in facts.held
        self.addons_count = "addon" in facts.held

    def all_marks(self) -> set[tuple[int, str]]:
        found = {(at, rule) for at, line in enumerate(self.lines) for rule in self._of_line(line)}
        found |= set(self._units()) | set(self._pairs()) | set(self._addons()) | set(self._repeats())
        denied = {at for at, rule in found if rule in DENY}
        found |= {(at, "NC006") for at in range(len(self.lines)) if self._only_denied_primaries(at, denied)}
        return found

    # --- one line by itself

    def _of_line(self, line: Line) -> Iterator[str]:
        components = {component: self.facts.row(line.code, component) for component in ("", "26", "TC")}
        billed = next((one for one in ("26", "TC") if one in line.modifiers), "")
        row = components[billed] or components[""]
        modifiers = set(line.modifiers)
        if components[""] is None and components["26"] is None:
            yield "CD001"
        elif row is not None:
            yield from self._of_row(line, row, billed)
            if any(one in modifiers and components[one] is None for one in ("26", "TC")):
                yield "MD001"
            if modifiers & ANESTHESIA:
                yield "MD009"
        if "59" in modifiers and modifiers & {"XE", "XS", "XP", "XU"}:
            yield "NC004"
        yield from self._of_identity(line)

    def _of_row(self, line: Line, facts: Mapping[str, Any], billed: str) -> Iterator[str]:
        modifiers = set(line.modifiers)
        if facts["status"] == "B":
            yield "CD002"
        if facts["status"] in "DFGHINP":
            yield "CD003"
        if "50" in modifiers and facts["bilateral"] in "029":
            yield "MD003"
        if modifiers & ASSISTANT and facts["assistant"] in "19":
            yield "MD004"
        if modifiers & ASSISTANT and facts["assistant"] == "0":
            yield "MD005"
        not_here = self.episode.place in FACILITIES and facts["facility_na"] and facts["status"] in "ARTC"
        if not_here and facts["pctc"] == "1" and billed != "26":
            yield "PS001"
        if not_here and facts["pctc"] not in "15":
            yield "PS002"

    def _of_identity(self, line: Line) -> Iterator[str]:
        if "icd10" in self.facts.held:
            if any(code not in self.facts.billable and code not in self.facts.headers for code in line.diagnoses):
                yield "DX001"
            if any(code in self.facts.headers for code in line.diagnoses):
                yield "DX002"
        if self.episode.npi_wrong:
            yield "ID001"
        if self.episode.taxonomy and self.facts.taxonomies and self.episode.taxonomy not in self.facts.taxonomies:
            yield "ID002"

    # --- units and repeats

    def _units(self) -> Iterator[tuple[int, str]]:
        for at, line in enumerate(self.lines):
            limit, adjudication = self.facts.mue.get(line.code, (None, 0))
            if limit is None:
                continue
            of_day = sum(other.units for other in self.lines if other.code == line.code)
            if adjudication == 1 and line.units > limit:
                yield at, "UN001"
            if adjudication in (2, 3) and of_day > limit:
                yield at, f"UN00{adjudication}"

    def _repeats(self) -> Iterator[tuple[int, str]]:
        for at, line in enumerate(self.lines):
            same = [one for one in self.lines[:at] if one.code == line.code]
            again = any(sorted(one.modifiers) == sorted(line.modifiers) for one in same)
            if again and not NOT_A_DUPLICATE & set(line.modifiers):
                yield at, "UN004"

    # --- pairs

    def _pairs(self) -> Iterator[tuple[int, str]]:
        for one in range(len(self.lines)):
            for two in range(len(self.lines)):
                if one != two:
                    yield from ((two, rule) for rule in self._of_pair(one, two))

    def _of_pair(self, one: int, two: int) -> Iterator[str]:
        column_1, column_2 = self.lines[one], self.lines[two]
        pair = (column_1.code, column_2.code)
        if pair in self.facts.doubtful:
            yield UNDECIDED
        indicator = self.facts.edits.get(pair) if self.edits_count else None
        distinct = bool(DISTINCT & {*column_1.modifiers, *column_2.modifiers})
        others = self.law.bypass_modifiers - DISTINCT
        bypass = distinct or bool(others & set(column_2.modifiers)) or bool(EVALUATION & set(column_1.modifiers))
        if indicator == 0:
            yield "NC001"
        if indicator == 1 and not bypass:
            yield "NC002"
        if indicator == 1 and bypass and not self._proven(column_1, column_2):
            yield "NC003"
        strength = self._included(*pair)
        if strength == UNDECIDED:
            yield UNDECIDED
        elif strength and not distinct and not (indicator == 1 and bypass) and not self._carried(two):
            yield "GD003" if strength == "deny" else "GD004"
        if column_2.code == "77014" and column_1.code in self.law.needle_procedures:
            yield "GD007"

    def _proven(self, one: Line, two: Line) -> bool:
        sides = [{side for side in ("RT", "LT") if side in line.modifiers} for line in (one, two)]
        opposite = len(sides[0]) == len(sides[1]) == 1 and sides[0] != sides[1]
        return opposite or bool(EVALUATION & {*one.modifiers, *two.modifiers})

    def _included(self, procedure: str, guidance: str) -> str:
        for position in self.law.included_by_pair.get((procedure, guidance), ()):
            fact = self.law.included[position]
            if fact.first <= self.facts.first and self.facts.last <= (fact.last or OPEN_END):
                return fact.strength
            if fact.first <= self.facts.last and self.facts.first <= (fact.last or OPEN_END):
                return UNDECIDED
        return ""

    def _carried(self, guidance: int) -> bool:
        """Another needle procedure of the claim, which does not include the guidance, can carry it."""
        code = self.lines[guidance].code
        closed = self._is_closed(code)
        return any(
            other.code in self.law.needle_procedures
            and not self._included(other.code, code)
            and (not closed or other.code in self.facts.primaries[code])
            for at, other in enumerate(self.lines)
            if at != guidance
        )

    # --- add-on codes

    def _is_closed(self, code: str) -> bool:
        listed = self.facts.primaries.get(code, frozenset())
        return bool(listed) and CONTRACTOR_DEFINED not in listed

    def _accepted(self, code: str) -> frozenset[str]:
        listed = self.facts.primaries.get(code, frozenset())
        if CONTRACTOR_DEFINED in listed:
            return listed | self.law.contractor_primaries.get(code, frozenset())
        return listed

    def _primaries_of(self, at: int) -> set[int]:
        accepted = self._accepted(self.lines[at].code)
        return {other for other, line in enumerate(self.lines) if other != at and line.code in accepted}

    def _addons(self) -> Iterator[tuple[int, str]]:
        for at, line in enumerate(self.lines):
            if not self.addons_count:
                return
            guidance = self.law.guidance.get(line.code)
            if line.code in self.facts.primaries:
                if not self._primaries_of(at):
                    yield from ((at, rule) for rule in self._without_primary(at, guidance is not None))
                continue
            guides = guidance is not None and guidance.kind in ("needle", "ablation", "drainage")
            if guides and not any(map(self._is_procedure, self.lines)):
                yield at, "GD005"

    def _without_primary(self, at: int, guidance: bool) -> Iterator[str]:
        code = self.lines[at].code
        if self._is_closed(code):
            yield "GD001" if guidance else "NC005"
            return
        has_list = len(self._accepted(code)) > 1
        beside = [line.code for other, line in enumerate(self.lines) if other != at]
        if has_list or not any(one not in self.facts.primaries and one not in self.law.guidance for one in beside):
            yield "GD006"

    def _is_procedure(self, line: Line) -> bool:
        is_visit = "99202" <= line.code <= "99499"
        return line.code not in self.law.guidance and line.code not in self.facts.primaries and not is_visit

    def _only_denied_primaries(self, at: int, denied: set[int]) -> bool:
        primaries = self._primaries_of(at) if self.addons_count else set()
        return bool(primaries) and primaries <= denied
