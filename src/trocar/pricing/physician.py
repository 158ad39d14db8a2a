"""The physician fee schedule: which row pays, at which locality and setting, and the base fee (DOMAIN A1-A8)."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np

from trocar.core.money import GPCI_SCALE, fee_cents, fee_units
from trocar.core.once import once
from trocar.engine.in_force import NONE
from trocar.engine.line import NATIONAL, UNKNOWN_PLACE, Line
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Rows
from trocar.engine.same_day import SameDay
from trocar.pricing.ledger import Ledger, Status
from trocar.pricing.payment import WORK_FLOOR, Payment

# Some lines of the batch; every line, unless told.
At = Indices | slice
EVERY = slice(None)
INPATIENT = frozenset({"21"})
# Attachment A of RVU25D.pdf: statuses that never pay on the fee schedule.
NEVER_PAID = "BDEFGHIMNPX"


class Rates:
    """Indices and conversion factor of each line, and the fee of any schedule rows at them."""

    def __init__(self, line: Line, payment: Payment) -> None:
        self.line = line
        self.payment = payment

    @once
    def indices(self) -> tuple[Indices, Indices, Indices]:
        """Work, practice expense and malpractice index of each line's locality (1.000 for the national amount)."""
        floor = self.payment.on(WORK_FLOOR, self.line.lines.day) > 0
        floored, unfloored = self._gpci("work"), self._gpci("work_without_floor")
        work = np.where(floor | (unfloored == NONE), floored, unfloored)
        return work, self._gpci("practice_expense"), self._gpci("malpractice")

    def _gpci(self, name: str) -> Indices:
        return self.line.pack.values_at("gpci", name, self.line.gpci_row, GPCI_SCALE).astype(np.int64)

    @once
    def is_qualifying(self) -> Bools:
        """The practitioner is a qualifying APM participant on a day that has a factor of its own for them."""
        return (self.line.lines.flag("qualifying_apm") == 1) & (self.qualifying_factor > 0)

    @once
    def qualifying_factor(self) -> Indices:
        """The conversion factor of qualifying APM participants on each day, 0 where there is none (until 2025)."""
        return self.payment.on("qualifying_apm", self.line.lines.day)

    @once
    def conversion_factor(self) -> Indices:
        """The row's own conversion factor, or that of qualifying APM participants."""
        own = self.line.of_row("conversion_factor", self.line.row).astype(np.int64)
        return np.where(self.is_qualifying, self.qualifying_factor, own)

    def values(self, rows: Rows, at: At = EVERY, *, opps: bool = False) -> tuple[Column, Column, Column]:
        """Work, practice expense and malpractice RVU of the rows of the lines ``at``, as int64 hundredths.

        The practice expense is that of the line's setting, facility or not.
        """
        prefix = "opps_" if opps else ""
        pe = np.where(
            self.line.is_facility[at],
            self.line.of_row(f"{prefix}facility_pe", rows),
            self.line.of_row(f"{prefix}nonfacility_pe", rows),
        )
        work, malpractice = (self.line.of_row(name, rows) for name in ("work", f"{prefix}malpractice"))
        return work.astype(np.int64), pe.astype(np.int64), malpractice.astype(np.int64)

    def fee(self, rows: Rows, at: At = EVERY, *, opps: bool = False) -> Indices:
        """Fee of one unit of some rows in cents; with ``opps`` the OPPS payment amount (cap) of the rows.

        The rows are those of the lines ``at``, whose place and day they are paid at.
        """
        return self.fee_of(*self.values(rows, at, opps=opps), at)

    def fee_of(self, work: Column, pe: Column, malpractice: Column, at: At = EVERY) -> Indices:
        """Fee in cents of given relative values (hundredths) at the indices of the lines ``at``."""
        return fee_cents(work, pe, malpractice, *self._multipliers(at))

    def units(self, work: Column, pe: Column, malpractice: Column, at: At) -> Indices:
        """Unrounded fee (1e-9 dollars) of given relative values at the indices of the lines ``at``."""
        return fee_units(work, pe, malpractice, *self._multipliers(at))

    def _multipliers(self, at: At) -> tuple[Indices, Indices, Indices, Indices]:
        work, pe, malpractice = self.indices
        return work[at], pe[at], malpractice[at], self.conversion_factor[at]


def decide_row(line: Line, ledger: Ledger) -> None:
    """Close what the store can't answer, and what has no payable row at all."""
    _coverage(line, ledger)
    _component(line, ledger)
    _never_paid(line, ledger)


def _coverage(line: Line, ledger: Ledger) -> None:
    """What the store can't answer is not checked, and says why."""
    lines = line.lines
    ledger.close(line.schedule_release < 0, Status.NOT_CHECKED, "no_schedule", clock=line.pack.clock, day=lines.day)
    ledger.close(~line.in_scope, Status.NOT_CHECKED, "outside_scope", hcpcs=lines.hcpcs)
    ledger.close(line.modifier_unknown, Status.NOT_CHECKED, "unknown_modifier")
    ledger.close(~line.code_known, Status.NOT_PAYABLE, "code_not_in_force", hcpcs=lines.hcpcs)
    ledger.close(~line.place_of_service_given, Status.NOT_CHECKED, "no_place_of_service")
    ledger.close(~line.place_of_service_assigned, Status.NOT_CHECKED, "place_of_service_unassigned")
    zips = lines.texts("zip")
    ledger.close(line.place == UNKNOWN_PLACE, Status.NOT_CHECKED, "zip_not_found", zip=zips)
    no_index = (line.place != NATIONAL) & (line.gpci_row < 0)
    ledger.close(no_index, Status.NOT_CHECKED, "locality_not_found", place=line.place)


def _component(line: Line, ledger: Ledger) -> None:
    """The billed component must have a row of its own (DOMAIN A8)."""
    both = line.lines.has("26") & line.lines.has("TC")
    ledger.close(both, Status.NOT_PAYABLE, "both_components")
    ledger.close(line.row < 0, Status.NOT_PAYABLE, "component_not_applicable", pctc=line.indicator("pctc"))


def decide_setting(line: Line, ledger: Ledger) -> None:
    """What is not paid to a practitioner in a facility (DOMAIN A6, A8)."""
    facility_na = line.is_facility & line.says("facility_na")
    paying = line.indicator_is("status", "ARTC")
    unpaid = facility_na & paying
    if np.count_nonzero(unpaid):
        technical = line.indicator_is("pctc", "1") & (line.component != 1)
        ledger.close(unpaid & technical, Status.NOT_PAYABLE, "technical_component_in_facility")
        ledger.close(unpaid, Status.NOT_PAYABLE, "not_paid_in_facility")
    incident = line.indicator_is("pctc", "5") & paying & line.is_hospital_place
    ledger.close(incident, Status.NOT_PAYABLE, "incident_to_in_hospital")
    smear = line.indicator_is("pctc", "8") & ~line.place_of_service_in(INPATIENT)
    ledger.close(smear, Status.NOT_PAYABLE, "inpatient_only_interpretation")


def _never_paid(line: Line, ledger: Ledger) -> None:
    """Status codes (DOMAIN A7; RVU25D.pdf attachment A)."""
    never_paid = line.indicator_is("status", NEVER_PAID)
    for letter in NEVER_PAID if np.count_nonzero(never_paid) else "":
        ledger.close(line.indicator_is("status", letter), Status.NOT_PAYABLE, f"status_{letter}")
    ledger.close(line.says("not_used"), Status.NOT_PAYABLE, "not_used_for_medicare")
    ledger.close(line.indicator_is("status", "J"), Status.NOT_CHECKED, "anesthesia")
    ledger.remark(line.indicator_is("status", "R"), "restricted_coverage")


def contractor_priced(line: Line, rates: Rates, ledger: Ledger) -> None:
    """Status C, and restricted codes without relative values: the contractor sets the price, at most the cap.

    The cap of a contractor-priced global line is the 26 row's work plus the OPPS values of its own row (A16).
    """
    valued = reduce(or_, (line.of_row(name, line.row) > 0 for name in _VALUES))
    closing = line.indicator_is("status", "C") | (line.indicator_is("status", "RAT") & ~valued)
    if not np.count_nonzero(closing & ledger.open):
        return
    capped = line.of_row("opps_malpractice", line.row) + line.of_row("opps_nonfacility_pe", line.row) > 0
    ledger.close(
        closing & capped, Status.CONTRACTOR_PRICED, "contractor_priced_capped", cap=contractor_cap(line, rates)
    )
    ledger.close(closing, Status.CONTRACTOR_PRICED, "contractor_priced")


_VALUES = ("work", "nonfacility_pe", "facility_pe", "malpractice")


def contractor_cap(line: Line, rates: Rates) -> Indices:
    """The OPPS-based cap of a contractor-priced line in cents."""
    own_work, pe, malpractice = rates.values(line.row, opps=True)
    professional_work = line.of_row("work", line.professional_row)
    return rates.fee_of(np.where(line.component == 0, professional_work, own_work), pe, malpractice)


def status_t(line: Line, ledger: Ledger) -> None:
    """Status T pays only when nothing else on the fee schedule pays that practitioner that day (DOMAIN A7)."""
    is_t = line.indicator_is("status", "T")
    if not np.count_nonzero(is_t):
        return
    # What the contractor prices is payable on the schedule too.
    payable = ledger.open | np.isin(ledger.status, (Status.CONTRACTOR_PRICED, Status.BY_REPORT))
    payable &= ~is_t & line.lines.is_practitioner
    companion = SameDay(line, line.lines.neighbours).has_companion(payable)
    ledger.close(is_t & companion, Status.NOT_PAYABLE, "status_T")


def base_fee(line: Line, rates: Rates, ledger: Ledger) -> Indices:
    """The fee of one unit of the billed row; the first step of every priced line."""
    work, pe, malpractice = rates.values(line.row)
    fee = rates.fee_of(work, pe, malpractice)
    values: dict[str, Any] = {
        "work": work, "practice_expense": pe, "malpractice": malpractice,
        "work_index": rates.indices[0], "practice_expense_index": rates.indices[1],
        "malpractice_index": rates.indices[2], "conversion_factor": rates.conversion_factor,
        "facility": line.is_facility,
    }  # fmt: skip
    ledger.step("fee", ledger.open, fee, **values)
    office_na = ~line.is_facility & line.says("nonfacility_na")
    ledger.remark(office_na, "rarely_done_in_office")
    return fee
