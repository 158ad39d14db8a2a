"""Price every line of a batch: the order of operations (DOMAIN A17), each step kept with what it was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trocar.core.once import once
from trocar.core.period import day_number
from trocar.engine.line import NATIONAL, Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.pricing.facility import decide_facility
from trocar.pricing.ledger import Ledger, Status
from trocar.pricing.modifiers import both_sides, decide_modifiers, roles_and_split_care
from trocar.pricing.multiple import diagnostic, surgical, therapy
from trocar.pricing.oppscap import opps_cap
from trocar.pricing.participation import (
    Settlement,
    deductible_of,
    hpsa_bonus,
    lower_of_charge,
    practitioner_shares,
    remark_hpsa,
    settle,
)
from trocar.pricing.payment import Payment, payment
from trocar.pricing.physician import Rates, base_fee, contractor_priced, decide_row, decide_setting, status_t


@dataclass(frozen=True)
class Priced:
    """The priced batch, one entry per line in canonical order; amounts in cents, -1 where there is none."""

    line: Line
    rates: Rates
    ledger: Ledger
    settlement: Settlement
    limiting_charge: Indices
    bonus: Indices

    @once
    def is_priced(self) -> Bools:
        """Lines that carry an allowed amount."""
        return self.ledger.stands(Status.PRICED)

    @once
    def allowed(self) -> Indices:
        """Medicare's allowed amount of each line, -1 where it is not priced."""
        return np.where(self.is_priced, self.ledger.amount, -1)

    @once
    def recoverable(self) -> Indices:
        """What a facility line that is not payable as billed would be paid as 26, in cents; -1 elsewhere."""
        answer = np.full(len(self.line), -1, np.int64)
        for note in self.ledger.reasons:
            if note.key == "technical_component_in_facility":
                fee = self.rates.fee(self.line.professional_row)
                answer = np.where(note.where & (self.line.professional_row >= 0), fee, answer)
        return answer


def price(line: Line, rates_in_force: Payment | None = None) -> Priced:
    """Price a batch.

    The charge is compared last: the statute allows the lesser of the actual charge and 85% (nonphysician
    practitioners) or 95% (nonparticipating) of the fee schedule amount; see docs/differences.md.
    """
    shares = rates_in_force or payment()
    rates, ledger = Rates(line, shares), Ledger(len(line))
    _confess(line, rates, ledger)
    ledger.close(~line.lines.billed, Status.NOT_BILLED, "not_billed")
    decide_facility(line, ledger)
    decide_row(line, ledger)
    decide_modifiers(line, ledger)
    decide_setting(line, ledger)
    contractor_priced(line, rates, ledger)
    status_t(line, ledger)
    fee = base_fee(line, rates, ledger)
    procedures, ranks_with = both_sides(line, ledger, fee, shares)
    surgical(line, rates, ledger, procedures, ranks_with, shares)
    diagnostic(line, rates, ledger, procedures, shares)
    therapy(line, rates, ledger, procedures, shares)
    opps_cap(line, rates, ledger, procedures)
    roles_and_split_care(line, ledger, shares)
    limiting = practitioner_shares(line, ledger, shares)
    lower_of_charge(line, ledger, ranks_with)
    remark_hpsa(line, ledger)
    ledger.finish()
    return _settled(line, rates, ledger, limiting, shares)


def _settled(line: Line, rates: Rates, ledger: Ledger, limiting: Indices, shares: Payment) -> Priced:
    priced = ledger.stands(Status.PRICED)
    allowed = np.where(priced, ledger.amount, 0)
    settlement = settle(allowed, deductible_of(line, priced, allowed), line.lines.day, shares)
    before_sequestration = settlement.medicare_pays + settlement.sequestration
    bonus = hpsa_bonus(line, priced, before_sequestration, shares)
    return Priced(line, rates, ledger, settlement, np.where(priced, limiting, -1), bonus)


def _confess(line: Line, rates: Rates, ledger: Ledger) -> None:
    """Every default that stands in for something the claim does not say, or the store does not hold."""
    lines = line.lines
    practitioner = lines.is_practitioner
    ledger.assume(lines.setting.numbers == 0, "setting_practitioner")
    ledger.assume(lines.numbers("units", -1) < 0, "one_unit")
    ledger.assume(practitioner & line.place_assumed_national, "national_amount")
    ledger.assume(practitioner & (lines.flag("participating") < 0), "participating")
    no_apm = (lines.flag("qualifying_apm") < 0) & (rates.qualifying_factor > 0)
    ledger.assume(practitioner & no_apm, "not_a_qualifying_participant")
    ledger.assume(practitioner & (lines.numbers("deductible_remaining_cents", -1) < 0), "deductible_met")
    calendar = line.pack.calendars["zip_locality"]
    by_zip = (line.zip_row >= 0) & (line.place != NATIONAL) & (lines.texts("mac").numbers == 0)
    ledger.assume(practitioner & by_zip & line.zip_needs_plus_four, "zip_without_plus_four")
    other_day = by_zip & (calendar.on(lines.day) < 0)
    ledger.assume(practitioner & other_day, "zip_of_another_quarter")
    for table, pinned in line.pack.calendars.items():
        if pinned.is_pinned:
            release = pinned.releases[int(pinned.by_day[0])]
            outside = (lines.day < day_number(release.first)) | (lines.day > day_number(release.last))
            ledger.assume(outside, "pinned_release", table=table, release=release.release)
