"""What modifiers do to the fee: roles, split care, reductions, both sides (DOMAIN A13-A15)."""

from __future__ import annotations

import numpy as np

from trocar.core.money import share_cents
from trocar.engine.distinct import groups
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Ledger, Status
from trocar.pricing.payment import Payment

ASSISTANT_PHYSICIAN = frozenset({"80", "81", "82"})
ASSISTANT = ASSISTANT_PHYSICIAN | {"AS"}
ROLES = ASSISTANT | {"62", "66"}
SPLIT_CARE = frozenset({"54", "55"})
GLOBAL_WITH_SHARES = (b"010", b"090")
_ONE = 100_000


def decide_modifiers(line: Line, ledger: Ledger) -> None:
    """Close the lines whose modifier forbids, or leaves to the contractor, a price."""
    lines = line.lines
    is_anesthesia = line.indicator_is("status", "J")
    anesthesia = line.has_effect("anesthesia_only") & ~is_anesthesia
    ledger.close(anesthesia, Status.NOT_PAYABLE, "anesthesia_modifier")
    ledger.close(line.has_effect("facility_only"), Status.NOT_PAYABLE, "facility_modifier")
    ledger.close(line.has_effect("not_payable"), Status.NOT_PAYABLE, "statement_of_no_payment")
    # The code list that CT, FX and FY bind to is not held (DOMAIN D9): a modifier without a rule is not a no-op.
    ledger.close(line.has_effect("technical_cut"), Status.NOT_CHECKED, "technical_cut")
    _roles(line, ledger)
    _split_care(line, ledger)
    discontinued = lines.has("53") & (line.component != 3)
    ledger.close(discontinued, Status.BY_REPORT, "discontinued_without_row")


def _roles(line: Line, ledger: Ledger) -> None:
    lines = line.lines
    if lines.modifiers_present.isdisjoint(ROLES):
        return
    assistant = lines.has_any(ASSISTANT)
    ledger.close(assistant & line.indicator_is("assistant", "0"), Status.BY_REPORT, "assistant_needs_documentation")
    ledger.close(assistant & line.indicator_is("assistant", "1"), Status.NOT_PAYABLE, "assistant_never_paid")
    ledger.close(assistant & line.indicator_is("assistant", "9"), Status.NOT_PAYABLE, "assistant_not_applicable")
    two = lines.has("62")
    ledger.close(two & line.indicator_is("co_surgeon", "0"), Status.NOT_PAYABLE, "co_surgeon_not_permitted")
    ledger.close(two & line.indicator_is("co_surgeon", "1"), Status.BY_REPORT, "co_surgeon_needs_documentation")
    ledger.close(two & line.indicator_is("co_surgeon", "9"), Status.NOT_PAYABLE, "co_surgeon_not_applicable")
    team = lines.has("66")
    ledger.close(team & line.indicator_is("team", "0"), Status.NOT_PAYABLE, "team_not_permitted")
    ledger.close(team & line.indicator_is("team", "9"), Status.NOT_PAYABLE, "team_not_applicable")
    ledger.close(team, Status.BY_REPORT, "team_by_report")
    ledger.close(assistant & two, Status.NOT_CHECKED, "roles_exclude_each_other")


def _split_care(line: Line, ledger: Ledger) -> None:
    split = line.lines.has_any(SPLIT_CARE)
    ledger.close(_without_shares(line, split), Status.NOT_PAYABLE, "split_care_not_applicable")
    ledger.close(line.lines.has("56"), Status.NOT_PAYABLE, "preoperative_care_not_paid_apart")
    operated, after, returned = (line.lines.has(modifier) for modifier in ("54", "55", "78"))
    several = (operated & after) | (operated & returned) | (after & returned)
    ledger.close(several, Status.NOT_CHECKED, "shares_exclude_each_other")


def _without_shares(line: Line, chosen: Bools) -> Bools:
    """The chosen lines whose global period is not divided into shares."""
    return chosen & ~line.global_days_are(*GLOBAL_WITH_SHARES)


class Sides:
    """How each line reports both sides of the body.

    ``twin_of`` is, for the second of two payable lines of one service on one day, one RT and the other LT, the first
    of them; for every other line the line itself.
    """

    def __init__(self, line: Line, payable: Bools) -> None:
        lines = line.lines
        right, left = lines.has("RT"), lines.has("LT")
        self.one_line: Bools = lines.has("50") | (right & left)
        self.in_units: Bools = ~self.one_line & (lines.units == 2)
        one_side = payable & ~self.one_line
        self.twin_of = _twin_of(line, right & one_side, left & one_side)
        self.twin: Bools = self.twin_of != np.arange(len(line))


def _twin_of(line: Line, right: Bools, left: Bools) -> Indices:
    """For each line, the line of the claim-day that reports the same service for the other side before it.

    Another component or another role (assistant) is another service.
    """
    answer = np.arange(len(line), dtype=np.int64)
    if not (np.count_nonzero(right) and np.count_nonzero(left)):
        return answer
    (sided,) = ((right | left) & (line.lines.units == 1)).nonzero()
    if not len(sided):
        return answer
    service = line.lines.hcpcs.numbers, line.practitioner, line.component, line.lines.has_any(ASSISTANT)
    group = groups(*(key[sided] for key in (line.lines.claim_day, *service)))
    rights = np.bincount(group, weights=right[sided])[group]
    lefts = np.bincount(group, weights=left[sided])[group]
    first = np.full(int(group.max(initial=-1)) + 1, len(line), np.int64)
    np.minimum.at(first, group, sided)
    exactly_two = (rights == 1) & (lefts == 1)
    answer[sided[exactly_two]] = first[group[exactly_two]]
    return answer


def both_sides(line: Line, ledger: Ledger, fee: Indices, payment: Payment) -> tuple[Indices, Indices]:
    """Set each line's amount for its sides and units; give the procedures it counts as, and what it ranks with.

    Indicator 1: 150% of one fee for both sides, however reported. 0 and 2: one fee for both. 3: a full fee for each
    side. 9: the concept does not apply, one fee (DOMAIN A13). A line ranks with itself, or with its other side.
    """
    sides, units = Sides(line, ledger.open), line.lines.units
    one, each, already = (line.indicator_is("bilateral", letter) for letter in "132")
    reported_twice = sides.one_line | (sides.in_units & (one | already))
    two_full_sides = sides.one_line & each
    procedures = np.where(two_full_sides, 2, np.where(reported_twice, 1, units))
    ledger.step("units", (procedures > 1) & ~two_full_sides, fee * procedures, units=units)
    share = payment.share("bilateral")
    ledger.take_share("both_sides", reported_twice & one, share, fee)
    ledger.step("both_sides", two_full_sides, fee * 2, share=2 * _ONE)
    without_effect = line.lines.has("50") & ~one & ~each
    ledger.remark(without_effect, "bilateral_without_effect", bilateral=line.indicator("bilateral"))
    ledger.take_share("second_side", sides.twin & one, share - _ONE, fee)
    one_fee = already | line.indicator_is("bilateral", "0")
    ledger.close(sides.twin & one_fee, Status.NOT_PAYABLE, "second_side_included")
    return procedures, np.where(one | one_fee, sides.twin_of, np.arange(len(line)))


def roles_and_split_care(line: Line, ledger: Ledger, payment: Payment) -> None:
    """Percentages of the already rounded amount, each rounded to the cent again (DOMAIN A14, A15)."""
    lines = line.lines
    physician, practitioner = lines.has_any(ASSISTANT_PHYSICIAN), lines.has("AS")
    ledger.remark(physician & practitioner, "assistant_said_twice")
    for where, name in (
        (physician & ~practitioner, "assistant_physician"),
        (practitioner, "assistant_practitioner"),
        (lines.has("62"), "co_surgeon"),
    ):
        ledger.take_share(name, where, payment.share(name))
    _portion(line, ledger, lines.has("54"), ("preoperative", "intraoperative"), "surgical_care_only")
    _portion(line, ledger, lines.has("55"), ("postoperative",), "postoperative_care_only")
    ledger.remark(lines.has("55"), "postoperative_days_prorated")
    # A 000 global has no shares: a return to the operating room is paid in full (100-04 ch. 12 section 40.4).
    returned = lines.has("78")
    returned = returned & ~_without_shares(line, returned)
    _portion(line, ledger, returned, ("intraoperative",), "return_to_operating_room")
    ledger.remark(line.has_effect("reduced") & ~lines.has("53"), "reduced_services")
    ledger.remark(lines.has("22"), "increased_services")


def _portion(line: Line, ledger: Ledger, where: Bools, parts: tuple[str, ...], name: str) -> None:
    """Pay the parts of the global period that the line provided; their shares differ by code."""
    if not np.count_nonzero(where & ledger.open):
        return
    share = np.sum([line.of_row(part, line.row).astype(np.int64) * 1_000 for part in parts], axis=0)
    # The rounding takes an array of shares.
    cents = share_cents(ledger.amount * share, 1)
    ledger.step(name, where, cents, share=share)
