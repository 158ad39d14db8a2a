"""Several services on one day: both sides, endoscopic families, the surgical ladder, imaging, therapy, the cap."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.money import ZERO, cents, share_of
from oracle.store_reader import Reference

if TYPE_CHECKING:
    from oracle.pricing import Priced

SEPARATE_SESSION = {"59", "XE"}
# Multiple procedure indicator: what the second and further technical and professional components are paid (A10, A11).
FAMILY_SHARES = {"4": ("50", "95"), "6": ("75", "100"), "7": ("80", "100")}
LADDER = ("100", "50", "50", "50", "50")


def reduce_day(answers: list[Priced], reference: Reference) -> None:
    """Give every priced line of one day its amount before roles and shares; some end by report or not payable."""
    sides = {id(answer): side_factor(answer, answers) for answer in answers}
    side_fee = {id(answer): answer.fee for answer in answers}
    families = endoscopic_families(answers, side_fee, reference)
    answers = [answer for answer in answers if answer.status == "priced"]
    for answer in answers:
        answer.amount = cents(side_fee[id(answer)] * sides[id(answer)])
    ladder(answers, families)
    therapy(answers)
    for indicator, (technical, professional) in FAMILY_SHARES.items():
        family = [a for a in answers if a.row["multiple_procedure"] == indicator and not own_session(a, indicator)]
        imaging_family(family, sides, technical, professional)
    for answer in answers:
        cap(answer, sides[id(answer)])


def side_factor(answer: Priced, answers: list[Priced]) -> Decimal:
    """How many fees the line is: its units, or what the bilateral indicator says of both sides (A13)."""
    indicator, units = answer.row["bilateral"], answer.units
    both = "50" in answer.modifiers or {"RT", "LT"} <= answer.modifiers
    if both:
        return {"0": Decimal(1), "1": Decimal("1.5"), "2": Decimal(1), "3": Decimal(2)}.get(indicator, Decimal(units))
    if units == 2 and indicator in "12":
        return {"1": Decimal("1.5"), "2": Decimal(1)}[indicator]
    if units == 1 and has_twin(answer, answers):
        return {"0": Decimal("0.5"), "1": Decimal("0.75"), "2": Decimal("0.5")}.get(indicator, Decimal(1))
    return Decimal(units)


def has_twin(answer: Priced, answers: list[Priced]) -> bool:
    """Whether the other side of the same service stands on another line of the day."""
    side = answer.modifiers & {"RT", "LT"}
    other = {"RT": "LT", "LT": "RT"}.get(next(iter(side), ""), "")
    return len(side) == 1 and any(
        twin is not answer
        and twin.line.hcpcs == answer.line.hcpcs
        and twin.row["modifier"] == answer.row["modifier"]
        and twin.units == 1
        and other in twin.modifiers
        for twin in answers
    )


def endoscopic_families(
    answers: list[Priced], side_fee: dict[int, Decimal], reference: Reference
) -> dict[int, tuple[str, ...]]:
    """Pay each family's highest in full and the others less the base; the base alone beside them pays nothing (A12)."""
    family_of: dict[int, tuple[str, ...]] = {}
    bases = sorted({a.row["endoscopic_base"] for a in answers if a.row["multiple_procedure"] == "3"})
    for base in bases:
        members = [
            a for a in answers if a.row["multiple_procedure"] == "3" and a.row["endoscopic_base"] == base
        ]
        for answer in answers:
            if answer.line.hcpcs == base:
                answer.end("not_payable", "the base of an endoscopic family")
        members.sort(key=lambda a: -a.fee)
        base_row = reference.schedule.get((members[0].row["file_id"], base, ""))
        for place, member in enumerate(members):
            family_of[id(member)] = ("family", base)
            if place > 0 and base_row is not None and member.place is not None:
                side_fee[id(member)] = max(ZERO, member.fee - member.place.fee(base_row))
    return family_of


def ladder(answers: list[Priced], families: dict[int, tuple[str, ...]]) -> None:
    """Rank indicators 1, 2, 3 by amount, a family as one: 100, 50, 50, 50, 50, then by report (A10)."""
    groups: dict[tuple[str, ...], list[Priced]] = {}
    for answer in answers:
        if answer.row["multiple_procedure"] in "123":
            groups.setdefault(families.get(id(answer), ("line", str(answer.line.line))), []).append(answer)
    ranked = sorted(groups.values(), key=lambda group: -sum(answer.amount for answer in group))
    for place, group in enumerate(ranked):
        for answer in group:
            if place < len(LADDER):
                answer.amount = share_of(answer.amount, LADDER[place])
            else:
                answer.end("by_report", "sixth or later procedure of the day")


def therapy(answers: list[Priced]) -> None:
    """Half the practice expense of every therapy unit but the one with the highest (indicator 5)."""
    lines = [a for a in answers if a.row["multiple_procedure"] == "5" and a.place is not None]
    if not lines:
        return
    highest = max(lines, key=lambda a: a.place.practice_expense_of(a.row))  # type: ignore[union-attr]
    for answer in lines:
        assert answer.place is not None
        reduced = answer.place.fee(answer.row, Decimal("0.5"))
        full_units = 1 if answer is highest else 0
        answer.amount = full_units * answer.fee + (answer.units - full_units) * reduced


def own_session(answer: Priced, indicator: str) -> bool:
    """An imaging session of its own on that day is outside the family (A10)."""
    return indicator == "4" and bool(answer.line.same_session is False or answer.modifiers & SEPARATE_SESSION)


def imaging_family(family: list[Priced], sides: dict[int, Decimal], technical: str, professional: str) -> None:
    """Rank the technical and the professional components apart; cut all but the highest of each; then the cap."""
    reduced_technical = beyond_first(family, "TC", sides)
    reduced_professional = beyond_first(family, "26", sides)
    for answer in family:
        key = id(answer)
        if key not in reduced_technical and key not in reduced_professional:
            continue
        total = ZERO
        for component, share in (("TC", technical), ("26", professional)):
            amount = component_amount(answer, component, sides)
            if amount is None:
                continue
            if key in (reduced_technical if component == "TC" else reduced_professional):
                amount = share_of(amount, share)
            if component == "TC":
                limit = answer.place.cap(component_row(answer, "TC"))  # type: ignore[union-attr, arg-type]
                amount = amount if limit is None else min(amount, cents(limit * sides[key]))
            total += amount
        answer.amount = total
        answer.parts = {}


def beyond_first(family: list[Priced], component: str, sides: dict[int, Decimal]) -> set[int]:
    """The lines whose component is not the highest of the day; of equals the later line is the first."""
    having = [(component_amount(a, component, sides), position, id(a)) for position, a in enumerate(family)]
    ranked = sorted((amount, position, key) for amount, position, key in having if amount is not None)
    return {key for _, _, key in ranked[:-1]}


def component_row(answer: Priced, component: str) -> dict[str, object] | None:
    """The row of the component that the line contains; None when it does not contain it."""
    row = answer.row
    if row["pctc"] == "3":
        return row if component == "TC" else None
    if row["modifier"] in ("26", "TC"):
        return row if row["modifier"] == component else None
    return answer.parts.get(component)


def component_amount(answer: Priced, component: str, sides: dict[int, Decimal]) -> Decimal | None:
    """The fee of the component for all its units or sides."""
    row = component_row(answer, component)
    assert answer.place is not None
    return None if row is None else cents(answer.place.fee(row) * sides[id(answer)])


def cap(answer: Priced, side: Decimal) -> None:
    """The lower of the amount and the hospital outpatient cap, unless the family has already been capped (A16)."""
    if answer.place is None or not answer.parts:
        return
    limit = answer.place.cap(answer.row)
    if limit is not None:
        answer.amount = min(answer.amount, cents(limit * side))
