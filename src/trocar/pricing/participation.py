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
    share = payment.share("nonphysician_practitioner")
    ledger.step("nonphysician_practitioner", nonphysician, share_cents(ledger.amount, share), share=share)
    outside = lines.flag("participating") == 0
    limiting = share_cents(ledger.amount, payment.share("limiting_charge"))
    share = payment.share("nonparticipating")
    ledger.step("nonparticipating", outside, share_cents(ledger.amount, share), share=share)
    return np.where(outside & ledger.open, limiting, -1)


def lower_of_charge(line: Line, ledger: Ledger, both_sides: Indices) -> None:
    """Medicare allows the lower of the charge and the fee.

    For two lines that are the two sides of one service (``both_sides`` names the first of them), the total of both
    charges is compared with the total amount (RVU25D.pdf, bilateral indicators 0 to 2). Where it is lower each
    line is allowed its own charge, and a line that pays for both sides the total.
    """
    charge, amount = line.lines.charge, np.where(ledger.open, ledger.amount, 0)
    total_charge, total_amount, missing, paying = np.zeros((4, len(line)), np.int64)
    np.add.at(total_charge, both_sides, charge)
    np.add.at(total_amount, both_sides, amount)
    np.add.at(missing, both_sides, charge < 0)
    np.add.at(paying, both_sides, ledger.open)
    lower = (missing == 0) & (total_charge < total_amount)
    allowed = np.where(paying[both_sides] == 1, total_charge[both_sides], charge)
    ledger.step("charge", lower[both_sides], allowed, charge=allowed)


def deductible_of(line: Line, priced: Bools, allowed: Indices) -> Indices:
    """The open part B deductible spent line by line within each claim, in canonical order."""
    lines = line.lines
    given = lines.numbers("deductible_remaining_cents", 0)
    claims = int(lines.claim.max(initial=-1)) + 1
    remaining = np.zeros(claims, np.int64)
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
    nonphysician = line.lines.texts("provider_type").is_in(payment.nonphysician_practitioners)
    professional = (line.component == 1) | line.indicator_is("pctc", "02")
    due = priced & (line.lines.flag("hpsa") == 1) & professional & ~nonphysician
    return np.where(due, share_cents(paid_before_sequestration, payment.share("hpsa_bonus")), -1)
