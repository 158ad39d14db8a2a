"""Who bills and who pays: charge, practitioner type, participation, deductible, coinsurance, sequestration (A18)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trocar.core.money import round_half_up, share_cents
from trocar.engine.in_force import Days
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Ledger
from trocar.pricing.payment import Payment


@dataclass(frozen=True)
class Settlement:
    """Cents per line: what Medicare pays after sequestration, the patient's share, and the parts between."""

    deductible: Indices
    medicare_pays: Indices
    patient_pays: Indices
    sequestration: Indices


def settle(allowed: Indices, deductible: Indices, day: Days, payment: Payment) -> Settlement:
    """Deductible, 80/20 and sequestration of already final allowed amounts.

    Sequestration cuts the payment after deductible and coinsurance; the patient's share is unchanged.
    """
    share = share_cents(allowed - deductible, 100_000 - payment.share("coinsurance"))
    sequestration = round_half_up(share * payment.on("sequestration", day), 100_000)
    return Settlement(deductible, share - sequestration, allowed - share, sequestration)


def practitioner_shares(line: Line, ledger: Ledger, payment: Payment) -> Indices:
    """85% for nonphysician practitioners, then 95% without participation; gives the limiting charge (-1 none).

    The 85% does not cut a technical component, and an AS line's 13.6% holds it already.
    """
    lines = line.lines
    types = lines.texts("provider_type")
    technical = (line.component == 2) | line.indicator_is("pctc", "3")
    nonphysician = types.is_in(payment.nonphysician_practitioners) & ~technical & ~lines.has("AS")
    ledger.take_share("nonphysician_practitioner", nonphysician, payment.share("nonphysician_practitioner"))
    outside = lines.flag("participating") == 0
    (limited,) = (outside & ledger.open).nonzero()
    limiting = np.full(len(line), -1, np.int64)
    if len(limited):
        limiting[limited] = share_cents(ledger.amount[limited], payment.share("limiting_charge"))
    ledger.take_share("nonparticipating", outside, payment.share("nonparticipating"))
    return limiting


def lower_of_charge(line: Line, ledger: Ledger, both_sides: Indices) -> None:
    """Medicare allows the lower of the charge and the fee.

    For two lines that are the two sides of one service (``both_sides`` names the first of them), the total of both
    charges is compared with the total amount (RVU25D.pdf, bilateral indicators 0 to 2). Where it is lower each
    line is allowed its own charge, and a line that pays for both sides the total.
    """
    charge, amount = line.lines.charge, np.where(ledger.open, ledger.amount, 0)
    missing, paying = charge < 0, ledger.open
    (second,) = (both_sides != np.arange(len(line))).nonzero()
    if not len(second):
        ledger.step("charge", ~missing & (charge < amount), charge, charge=charge)
        return
    first = both_sides[second]
    total_charge, total_amount = charge.copy(), amount.copy()
    for total, of_line in ((total_charge, charge), (total_amount, amount)):
        total[first] += of_line[second]
        total[second] = total[first]
    lower = ~missing & (total_charge < total_amount)
    lower[first] &= ~missing[second]
    lower[second] = lower[first]
    pays_for_both = paying[first] != paying[second]
    allowed = charge.copy()
    for side in (first[pays_for_both], second[pays_for_both]):
        allowed[side] = total_charge[side]
    ledger.step("charge", lower, allowed, charge=allowed)


def deductible_of(line: Line, priced: Bools, allowed: Indices) -> Indices:
    """The open part B deductible spent line by line within each claim, in canonical order."""
    lines = line.lines
    given = lines.numbers("deductible_remaining_cents", 0)
    if not np.count_nonzero(given):
        return np.zeros(len(line), np.int64)
    remaining = np.zeros(int(lines.claim.max(initial=-1)) + 1, np.int64)
    np.maximum.at(remaining, lines.claim, given)
    due = np.where(priced, allowed, 0)
    through = np.cumsum(due)
    start = np.searchsorted(lines.claim, lines.claim, "left")
    before = through - due - (through - due)[start]
    return np.clip(remaining[lines.claim] - before, 0, due)


def remark_hpsa(line: Line, ledger: Ledger) -> None:
    """A global line hides the professional component that the shortage-area bonus is paid on."""
    hidden = (line.lines.flag("hpsa") == 1) & (line.component == 0) & line.indicator_is("pctc", "1")
    ledger.remark(hidden, "bonus_on_professional_component")


def hpsa_bonus(line: Line, priced: Bools, paid_before_sequestration: Indices, payment: Payment) -> Indices:
    """10% of the amount paid for a physician's professional service in a shortage area; -1 where none is due."""
    bonus = np.full(len(line), -1, np.int64)
    in_area = priced & (line.lines.flag("hpsa") == 1)
    if not np.count_nonzero(in_area):
        return bonus
    nonphysician = line.lines.texts("provider_type").is_in(payment.nonphysician_practitioners)
    professional = (line.component == 1) | line.indicator_is("pctc", "02")
    (due,) = (in_area & professional & ~nonphysician).nonzero()
    bonus[due] = share_cents(paid_before_sequestration[due], payment.share("hpsa_bonus"))
    return bonus
