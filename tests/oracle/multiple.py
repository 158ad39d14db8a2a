"""Several services on one day: both sides, endoscopic families, the surgical ladder, imaging, therapy, the cap.

Where the law is silent the oracle follows the engine: a unit is a procedure; a line is by report as soon as one of
its units is the sixth procedure; equals keep line order on the ladder, families first, and the later of equals is the
first of a diagnostic family; practitioners, and assistants among them, are ranked apart.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from oracle.money import ZERO, cents, share_of
from oracle.store_reader import Reference, Row

if TYPE_CHECKING:
    from oracle.pricing import Priced

SEPARATE_SESSION = {"59", "XE"}
# Multiple procedure indicator: what the second and further technical and professional parts are paid (A10, A11).
FAMILY_SHARES = {"4": ("50", "95"), "6": ("75", "100"), "7": ("80", "100")}
LADDER = ("100", "50", "50", "50", "50")


def reduce_day(answers: list[Priced], reference: Reference) -> None:
    """Give every priced line of one day its amount before roles and shares; some end by report or not payable."""
    for answer in answers:
        both_sides(answer)
        second_side(answer, answers)
    for practitioner in {a.line.rendering_npi for a in answers}:
        own = [a for a in answers if a.line.rendering_npi == practitioner]
        for assisting in (False, True):
            surgery([a for a in own if a.assists is assisting and a.status == "priced"], reference)
        therapy([a for a in own if a.status == "priced" and a.row["multiple_procedure"] == "5"])
        for indicator in FAMILY_SHARES:
            members = [a for a in own if a.status == "priced" and in_family(a, indicator)]
            apart = [a for a in members if indicator == "4" and own_session(a)]
            diagnostic([a for a in members if a not in apart], indicator)
            for answer in apart:
                diagnostic([answer], indicator)
    for answer in answers:
        cap(answer)


def both_sides(answer: Priced) -> None:
    """The amount of the line's units, or of both sides as the bilateral indicator says (A13)."""
    indicator = answer.row["bilateral"]
    on_one_line = "50" in answer.modifiers or {"RT", "LT"} <= answer.modifiers
    if on_one_line and indicator == "3":
        answer.procedures, answer.amount = 2, answer.fee * 2
    elif on_one_line or (answer.units == 2 and indicator in "12"):
        answer.procedures, answer.amount = 1, share_of(answer.fee, "150" if indicator == "1" else "100")
    else:
        answer.procedures, answer.amount = answer.units, answer.fee * answer.units


def second_side(answer: Priced, answers: list[Priced]) -> None:
    """RT and LT of one service on two lines of one unit: together they are paid as both sides."""
    pair = [a for a in answers if a.units == 1 and one_side(a) and same_service(a, answer)]
    if answer.row["bilateral"] in "39" or len(pair) != 2 or answer is not pair[1]:
        return
    if one_side(pair[0]) == one_side(pair[1]):
        return
    answer.twin, pair[0].twin = pair[0], answer
    if answer.row["bilateral"] == "1":
        answer.amount = share_of(answer.fee, "50")
    else:
        answer.end("not_payable", "the fee of the other line pays both sides")


def one_side(answer: Priced) -> str:
    """RT or LT when the line is of that side alone."""
    sides = answer.modifiers & {"RT", "LT"}
    return sides.pop() if len(sides) == 1 and "50" not in answer.modifiers else ""


def same_service(one: Priced, other: Priced) -> bool:
    """The same component of the same code by the same practitioner in the same role."""
    return (one.line.hcpcs, one.row["modifier"], one.line.rendering_npi, one.assists) == (
        other.line.hcpcs,
        other.row["modifier"],
        other.line.rendering_npi,
        other.assists,
    )


def surgery(answers: list[Priced], reference: Reference) -> None:
    """Endoscopic families, then families, pairs of sides and single lines on one ladder (A10, A12)."""
    families: dict[str, list[Priced]] = {}
    for answer in answers:
        if answer.row["multiple_procedure"] == "3":
            families.setdefault(answer.row["endoscopic_base"], []).append(answer)
    for base, members in families.items():
        endoscopy(base, members, answers, reference)
    # On the ladder an item is a list of lines and how many procedures it counts as; families stand first.
    items: list[tuple[list[Priced], int]] = [(members, 1) for _, members in sorted(families.items())]
    for answer in answers:
        if answer.status == "priced" and answer.row["multiple_procedure"] in "12":
            if answer.twin is not None and answer.twin.status == "priced":
                if answer.twin.line.line > answer.line.line:
                    items.append(([answer, answer.twin], 1))
            else:
                items.append(([answer], answer.procedures))
    ladder(items)


def endoscopy(base: str, members: list[Priced], answers: list[Priced], reference: Reference) -> None:
    """The highest of a family in full, each other less the base; the base beside them pays nothing (A12)."""
    for answer in answers:
        if answer.line.hcpcs == base:
            answer.end("not_payable", "the base of an endoscopic family")
    base_row = reference.schedule[(members[0].row["file_id"], base, "")]
    for rank, member in enumerate(sorted(members, key=lambda a: -a.amount / a.procedures)):
        each = member.amount / member.procedures
        full = 1 if rank == 0 else 0
        less_base = max(ZERO, each - member.place.fee(base_row))
        member.amount = cents(full * each + (member.procedures - full) * less_base)


def ladder(items: list[tuple[list[Priced], int]]) -> None:
    """Highest first: 100, 50, 50, 50, 50, then by report; a line of several units takes as many ranks."""
    before = 0
    for lines, count in sorted(items, key=lambda item: -sum(answer.amount / item[1] for answer in item[0])):
        for answer in lines:
            if before + count > len(LADDER):
                answer.end("by_report", "beyond the fifth procedure of the day")
            else:
                each = answer.amount / count
                answer.amount = sum((share_of(each, LADDER[before + n]) for n in range(count)), ZERO)
        before += count


def therapy(lines: list[Priced]) -> None:
    """Half the practice expense of every therapy unit but the one with the highest (indicator 5)."""
    if not lines:
        return
    highest = max(lines, key=lambda a: a.place.practice_expense_of(a.row))
    for answer in lines:
        full_units = 1 if answer is highest else 0
        reduced = answer.place.fee(answer.row, Decimal("0.5"))
        answer.amount = full_units * answer.fee + (answer.procedures - full_units) * reduced


def in_family(answer: Priced, indicator: str) -> bool:
    """A member of a diagnostic family; a global-only code is not, since its technical part is not published."""
    row = answer.row
    return (
        row["multiple_procedure"] == indicator
        and row["pctc"] != "4"
        and (indicator != "4" or row["imaging_family"] == "88")
    )


def own_session(answer: Priced) -> bool:
    """An imaging session of its own on that day is a family of its own (A10)."""
    return answer.line.same_session is False or bool(answer.modifiers & SEPARATE_SESSION)


def diagnostic(family: list[Priced], indicator: str) -> None:
    """Rank technical and professional parts apart and cut all but the highest of each; then the cap (A11)."""
    if sum(answer.procedures for answer in family) < 2:
        return
    for answer in family:
        answer.amount, answer.capped = ZERO, True
    for component, share in zip(("TC", "26"), FAMILY_SHARES[indicator], strict=True):
        having = [(answer, row) for answer in family if (row := part(answer, component)) is not None]
        # Of equals the later line is the first.
        having.sort(key=lambda pair: (pair[0].place.fee(pair[1]), pair[0].line.line), reverse=True)
        for rank, (answer, row) in enumerate(having):
            fee, limit = answer.place.fee(row), answer.place.cap(row) if component == "TC" else None
            for unit in range(answer.procedures):
                amount = fee if rank == 0 and unit == 0 else share_of(fee, share)
                answer.amount += amount if limit is None else min(amount, limit)


def part(answer: Priced, component: str) -> Row | None:
    """The row of a component that the line contains; None when it does not contain it."""
    row = answer.row
    if row["pctc"] == "3":
        return row if component == "TC" else None
    if row["modifier"]:
        return row if row["modifier"] == component else None
    return answer.components[component]


def cap(answer: Priced) -> None:
    """The lower of the amount and the hospital outpatient cap, unless the family has been capped already (A16)."""
    if answer.status != "priced" or answer.capped or answer.place is None:
        return
    limit = answer.place.cap(answer.row)
    if limit is not None:
        answer.amount = cents(min(answer.amount, limit * answer.procedures))
