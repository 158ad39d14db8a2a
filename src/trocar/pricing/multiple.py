"""Multiple procedures of one claim-day: endoscopy families, the surgical ladder, imaging families (DOMAIN A10-A12)."""

from __future__ import annotations

import numpy as np

from trocar.core.money import round_half_up, share_cents
from trocar.engine.distinct import groups
from trocar.engine.in_force import NONE
from trocar.engine.keys import CODE_BITS, COMPONENTS, NO_CODE
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Ledger, Status
from trocar.pricing.modifiers import ASSISTANT
from trocar.pricing.payment import FULL, Payment
from trocar.pricing.physician import Rates

IMAGING_FAMILY = b"88"
SEPARATE_SESSION = frozenset({"59", "XE"})


def rank_within(group: Indices, amount: Indices, count: Indices, *, later_first: bool = False) -> Indices:
    """How many procedures stand before each item when its group is ordered by amount, highest first.

    ``count`` is how many procedures an item holds. The law is silent on ties; they keep the canonical order of the
    items, or reverse it with ``later_first``. What a tie decides is which line shows the cut, never the total.
    """
    position = np.arange(len(group))
    order = np.lexsort((-position if later_first else position, -amount, group))
    through = count[order].cumsum()
    before = through - count[order]
    start = group[order].searchsorted(group[order])
    rank = np.empty(len(group), np.int64)
    rank[order] = before - before[start]
    return rank


def surgical(
    line: Line, rates: Rates, ledger: Ledger, procedures: Indices, ranks_with: Indices, payment: Payment
) -> None:
    """Endoscopy families first, then families and single procedures on one ladder 100/50/50/50/50/by report.

    Ranked by the amount after the bilateral adjustment; both sides of one procedure (``ranks_with``) and the
    members of one family take one rank together.
    """
    surgical_line = ledger.open & line.indicator_is("multiple_procedure", "23")
    together = _together(line, surgical_line, procedures)
    if not np.count_nonzero(together):
        return
    visit = _visits(line, ledger.open & together)
    family = _endoscopy(line, rates, ledger, visit, procedures)
    (eligible,) = (ledger.open & surgical_line & together).nonzero()
    single = np.where(family[eligible] == NONE, ranks_with[eligible], NONE)
    item = groups(single, family[eligible])
    in_family = family[eligible] != NONE
    count = np.where(in_family, 1, procedures[eligible])
    per_procedure = np.where(in_family, ledger.amount[eligible], ledger.amount[eligible] // np.maximum(count, 1))
    size = int(item.max()) + 1
    value, held, group = np.zeros((3, size), np.int64)
    np.add.at(value, item, per_procedure)
    held[item], group[item] = count, visit[eligible]
    rank = rank_within(group, value, held)[item]
    _ladder(line, ledger, eligible, rank, count, per_procedure, payment)


def _together(line: Line, member: Bools, count: Indices) -> Bools:
    """Lines of claim-days on which more than one procedure of the members stands: only there can one be reduced."""
    together = np.zeros(len(line), np.bool_)
    (at,) = member.nonzero()
    if len(at):
        held = np.bincount(line.lines.claim_day[at], weights=count[at], minlength=int(line.lines.claim_day[-1]) + 1)
        together = held[line.lines.claim_day] > 1
    return together


def _visits(line: Line, chosen: Bools) -> Indices:
    """One number per claim-day, practitioner and role (assistants rank among themselves) for the chosen lines."""
    (at,) = chosen.nonzero()
    visit = NONE - np.arange(len(line), dtype=np.int64)
    visit[at] = groups(line.lines.claim_day[at], line.practitioner[at], line.lines.has_any(ASSISTANT)[at])
    return visit


def _ladder(
    line: Line, ledger: Ledger, eligible: Indices, rank: Indices, count: Indices, value: Indices, payment: Payment
) -> None:
    """Pay each line by the ranks its procedures take; a rank beyond the fifth is by report."""
    beyond = np.zeros(len(line), np.bool_)
    beyond[eligible[rank + count > len(payment.ladder)]] = True
    first, share = payment.ladder[:2]
    full = (rank == 0).astype(np.int64)
    amount = ledger.amount.copy()
    amount[eligible] = share_cents(value, first) * full + share_cents(value, share) * (count - full)
    reduced, ranks = np.zeros(len(line), np.bool_), np.zeros(len(line), np.int64)
    reduced[eligible[(rank > 0) | (count > 1)]] = True
    ranks[eligible] = rank + 1
    ledger.close(beyond, Status.BY_REPORT, "sixth_procedure")
    ledger.step("multiple_procedure", reduced, amount, rank=ranks, share=share)


def _endoscopy(line: Line, rates: Rates, ledger: Ledger, visit: Indices, procedures: Indices) -> Indices:
    """Reduce the members of each endoscopic family; give each member's family number, -1 for other lines.

    The highest pays in full, each other its fee less the base's fee (not below zero); every unit of a line is an
    endoscopy of its own. The base itself is never paid beside a member (RVU25D.pdf, indicator 3).
    """
    family = np.full(len(line), NONE, np.int64)
    member = ledger.open & line.indicator_is("multiple_procedure", "3")
    if not np.count_nonzero(member):
        return family
    base = line.of_row("endoscopic_base", line.row, NONE).astype(np.int64)
    member &= base >= 0
    if not np.count_nonzero(member):
        return family
    family[member] = groups(visit[member], base[member])
    is_base = np.isin(_visit_code(visit, line.code), _visit_code(visit, base)[member])
    ledger.close(is_base & ~member, Status.NOT_PAYABLE, "endoscopic_base_included")
    rest = np.where(member, base * len(COMPONENTS), NONE)
    base_fee = rates.fee(line.pack.find("schedule", line.schedule_release, rest))
    at = np.flatnonzero(member)
    count = procedures[at]
    each = ledger.amount[at] // count
    rank = rank_within(family[at], each, count)
    full = (rank == 0).astype(np.int64)
    amount, lesser = ledger.amount.copy(), np.zeros(len(line), np.bool_)
    amount[at] = each * full + np.maximum(each - base_fee[at], 0) * (count - full)
    lesser[at[(rank > 0) | (count > 1)]] = True
    ledger.step("endoscopy_family", lesser, amount, base_fee=base_fee)
    return family


def _visit_code(visit: Indices, code: Column) -> Indices:
    return (visit << CODE_BITS) | np.where(code >= 0, code, NO_CODE)


class Components:
    """Technical and professional part of some lines, per unit, for the families that reduce them apart.

    A code that is the technical component alone (PC/TC indicator 3) is its own technical part.
    """

    def __init__(self, line: Line, rates: Rates, at: Indices) -> None:
        technical_only, component = line.indicator_is("pctc", "3")[at], line.component[at]
        technical_row = np.where(technical_only, line.row[at], line.technical_row[at])
        self.has_technical = component != 1
        self.has_professional = (component != 2) & ~technical_only
        self.technical = np.where(self.has_technical, rates.fee(technical_row, at), 0)
        self.professional = np.where(self.has_professional, rates.fee(line.professional_row[at], at), 0)
        cap = rates.fee(technical_row, at, opps=True)
        capped = line.of_row("opps_malpractice", technical_row) > 0
        self.cap = np.where(capped, cap, np.iinfo(np.int64).max)


def diagnostic(line: Line, rates: Rates, ledger: Ledger, procedures: Indices, payment: Payment) -> None:
    """Families 4 (imaging), 6 (cardiovascular) and 7 (ophthalmology): second and further components are reduced.

    The reduction comes first, then the OPPS cap on the technical component (DOMAIN A11). A global-only code (PC/TC
    indicator 4) keeps out: the schedule does not say how much of it is technical.
    """
    families = {
        "imaging": _imaging(line),
        "cardiovascular": line.indicator_is("multiple_procedure", "6"),
        "ophthalmology": line.indicator_is("multiple_procedure", "7"),
    }
    undivided = line.indicator_is("pctc", "4")
    for name, member in families.items():
        chosen = ledger.open & member
        if np.count_nonzero(chosen):
            ledger.remark(undivided & chosen & _together(line, chosen, procedures), "global_test_not_reduced")
            _reduce(line, rates, ledger, payment, name, chosen & ~undivided, procedures)


def _imaging(line: Line) -> Bools:
    """Lines of the one imaging family there is."""
    (at,) = line.indicator_is("multiple_procedure", "4").nonzero()
    answer = np.zeros(len(line), np.bool_)
    if len(at):
        answer[at] = line.of_row("imaging_family", line.row[at], b"") == IMAGING_FAMILY
    return answer


def _sessions(line: Line) -> Indices:
    """The imaging session of each line: the claim-day, or a session of its own (59, XE, or same_session = no)."""
    apart = line.lines.has_any(SEPARATE_SESSION) | (line.lines.flag("same_session") == 0)
    return np.where(apart, -1 - np.arange(len(line)), line.lines.claim_day).astype(np.int64)


def _reduce(
    line: Line,
    rates: Rates,
    ledger: Ledger,
    payment: Payment,
    name: str,
    chosen: Bools,
    procedures: Indices,
) -> None:
    key = _sessions(line) if name == "imaging" else line.lines.claim_day
    at = np.flatnonzero(chosen)
    group = groups(key[at], line.practitioner[at])
    units = procedures[at]
    together = np.bincount(group, weights=units)[group] > 1
    at, group, units = at[together], group[together], units[together]
    if not len(at):
        return
    parts = Components(line, rates, at)
    day = line.lines.day[at]
    amounts = []
    for part, value, present in (
        ("technical", parts.technical, parts.has_technical),
        ("professional", parts.professional, parts.has_professional),
    ):
        rank = rank_within(group, np.where(present, value, 0), np.where(present, units, 0), later_first=True)
        share = (
            payment.on(f"{name}_{part}", day, FULL) if f"{name}_{part}" in payment.values else np.full(len(at), FULL)
        )
        first = np.where(present, (rank == 0).astype(np.int64), 0)
        lesser = round_half_up(value * share, FULL)
        full = value
        if part == "technical":
            full, lesser = np.minimum(full, parts.cap), np.minimum(lesser, parts.cap)
        amounts.append(np.where(present, full * first + lesser * (units - first), 0))
    total, technical, professional = np.zeros((3, len(line)), np.int64)
    technical[at], professional[at] = amounts
    total[at] = amounts[0] + amounts[1]
    where = np.zeros(len(line), np.bool_)
    where[at] = True
    ledger.step(f"{name}_family", where, total, technical=technical, professional=professional)


def therapy(line: Line, rates: Rates, ledger: Ledger, procedures: Indices, payment: Payment) -> None:
    """Indicator 5: practice expense in full for the unit that has most of it, half for every other unit."""
    (at,) = (ledger.open & line.indicator_is("multiple_procedure", "5")).nonzero()
    if not len(at):
        return
    work, pe, malpractice = rates.values(line.row[at], at)
    share = payment.share("therapy_practice_expense")
    halves = FULL // share
    reduced = round_half_up(rates.units(work * halves, pe, malpractice * halves, at), halves * 10**7)
    fee, units = rates.fee_of(work, pe, malpractice, at), procedures[at]
    rank = rank_within(groups(line.lines.claim_day[at], line.practitioner[at]), pe, units)
    amount, where = ledger.amount.copy(), np.zeros(len(line), np.bool_)
    first = (rank == 0).astype(np.int64)
    amount[at] = fee * first + reduced * (units - first)
    where[at[(rank > 0) | (units > 1)]] = True
    ledger.step("therapy_practice_expense", where, amount, share=share)
