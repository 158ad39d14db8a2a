"""What a practitioner's claim is paid, worked out one line at a time: the oracle of the pricing engine.

Written from DOMAIN.md A1 to A18, attachment A of RVU25D.pdf and docs/authorities.md; slow and plain on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from oracle.fees import FACILITY, HOSPITAL, NONFACILITY, Place, place_of
from oracle.money import ZERO, cents, share_of
from oracle.multiple import reduce_day
from oracle.store_reader import Reference, Row

from trocar.claims.model import ClaimLine

NOT_PAYABLE_STATUS = set("BEFDGHIJMNPX")
ANESTHESIA_ONLY = set("AA AD QK QS QX QY QZ P1 P2 P3 P4 P5 P6 G8 G9 23".split())
FACILITY_ONLY = set("27 73 74 PN PO CA".split())
DENIED_BY_STATEMENT = {"GY", "GZ"}
ASSISTANT = {"80", "81", "82", "AS"}
PRACTITIONER_TYPES = {"NP", "PA", "CNS", "NURSE_PRACTITIONER", "PHYSICIAN_ASSISTANT", "CLINICAL_NURSE_SPECIALIST"}


@dataclass
class Priced:
    """One line on its way: its status, and while it is priced the amount so far."""

    line: ClaimLine
    status: str = "priced"
    why: str = ""
    row: Row = field(default_factory=dict)
    place: Place | None = None
    fee: Decimal = ZERO
    amount: Decimal = ZERO
    parts: dict[str, Row] = field(default_factory=dict)
    result: dict[str, Decimal | None] = field(default_factory=dict)

    def end(self, status: str, why: str) -> None:
        """The line has its answer, which is not an amount."""
        self.status, self.why = status, why

    @property
    def modifiers(self) -> set[str]:
        return set(self.line.modifiers)

    @property
    def units(self) -> int:
        return self.line.units or 1


def price_claim(lines: list[ClaimLine], reference: Reference) -> list[Priced]:
    """Every line of one claim priced, in the order given."""
    answers = [first_look(line, reference) for line in lines]
    in_order = sorted(answers, key=lambda answer: answer.line.line)
    for day in sorted({answer.line.service_date for answer in answers}):
        of_day = [answer for answer in in_order if answer.line.service_date == day]
        status_t(of_day)
        reduce_day([answer for answer in of_day if answer.status == "priced"], reference)
    deductible = next(
        (a.line.deductible_remaining for a in in_order if a.line.deductible_remaining is not None), ZERO
    )
    for answer in in_order:
        if answer.status == "priced":
            allow(answer)
            deductible = pay(answer, deductible)
    return answers


def first_look(line: ClaimLine, reference: Reference) -> Priced:
    """The row of the line, whether it can be paid at all, and the fee of one unit."""
    answer = Priced(line)
    file = reference.in_force("schedule", line.service_date)
    if file is None:
        answer.end("not_checked", "no schedule covers the day")
        return answer
    if not reference.lists(line.hcpcs):
        answer.end("not_checked", "the code is outside this store")
        return answer
    find_row(answer, reference, file.file_id)
    for check in (check_modifiers, check_status, check_place, check_role, check_split):
        if answer.status != "priced":
            return answer
        check(answer)
    if answer.status == "priced":
        answer.place = place_of(line, reference)
        if answer.place is None:
            answer.end("not_checked", "the payment locality is not known")
        else:
            answer.fee = answer.place.fee(answer.row)
    return answer


def find_row(answer: Priced, reference: Reference, file_id: int) -> None:
    """The row of code and component: a global amount is never derived from its parts, nor a part from the global."""
    code = answer.line.hcpcs
    rows = {
        component: reference.schedule[(file_id, code, component)]
        for component in ("", "26", "TC", "53")
        if (file_id, code, component) in reference.schedule
    }
    if not rows:
        answer.end("not_payable", "the code is not in force on the day")
        return
    if {"26", "TC"} <= answer.modifiers:
        answer.end("not_payable", "26 and TC together")
        return
    component = next((m for m in ("26", "TC") if m in answer.modifiers), "")
    if component not in rows:
        answer.end("not_payable", f"no {component or 'global'} component")
        return
    answer.row, answer.parts = rows[component], rows
    if "53" in answer.modifiers:
        if "53" in rows:
            answer.row = rows["53"]
        elif answer.row["status"] in "ART":
            answer.end("by_report", "53 without values of its own")


def check_modifiers(answer: Priced) -> None:
    """Modifiers that do not belong on a practitioner's line, or that say that it is not payable (A15)."""
    anesthesia_code = answer.row["status"] == "J"
    if answer.modifiers & FACILITY_ONLY:
        answer.end("not_payable", "facility modifier")
    elif answer.modifiers & ANESTHESIA_ONLY and not anesthesia_code:
        answer.end("not_payable", "anesthesia modifier")
    elif answer.modifiers & DENIED_BY_STATEMENT:
        answer.end("not_payable", "the modifier states that it is not covered")


def check_status(answer: Priced) -> None:
    """Attachment A: only A, R and T rows pay; C and an R without values are the contractor's to price (A7)."""
    status = answer.row["status"]
    if status in NOT_PAYABLE_STATUS:
        answer.end("not_payable", f"status {status}")
    elif status == "C" or (status == "R" and not answer.row["nonfacility_total"] and not answer.row["facility_total"]):
        answer.end("contractor_priced", f"status {status}")


def check_place(answer: Priced) -> None:
    """Facility, NA and component indicators against the place of service (A5, A6, A8)."""
    place, row = answer.line.place_of_service, answer.row
    if place is not None and place not in FACILITY | NONFACILITY:
        answer.end("not_payable", "no such place of service")
    elif place in FACILITY and row["facility_na"]:
        answer.end("not_payable", "facility NA")
    elif place in HOSPITAL and (row["pctc"] in "345" or (row["pctc"] == "1" and row["modifier"] != "26")):
        answer.end("not_payable", "no technical component or incident-to service for a hospital's patient")
    elif row["pctc"] == "8" and place != "21":
        answer.end("not_payable", "smear interpretation for a hospital inpatient alone")


def check_role(answer: Priced) -> None:
    """Assistants, co-surgeons and teams: whether the role is paid for this code (A14)."""
    row = answer.row
    if answer.modifiers & ASSISTANT:
        if row["assistant"] == "0":
            answer.end("by_report", "assistant with documentation")
        elif row["assistant"] != "2":
            answer.end("not_payable", "assistant never paid")
    if answer.status == "priced" and "62" in answer.modifiers and row["co_surgeon"] not in "12":
        answer.end("not_payable", "co-surgeons not permitted")
    if answer.status == "priced" and "66" in answer.modifiers:
        answer.end("by_report" if row["team"] in "12" else "not_payable", "team surgery")


def check_split(answer: Priced) -> None:
    """54, 55, 56 belong to global periods of 10 and 90 days; 56 is not paid apart (A15)."""
    if "56" in answer.modifiers:
        answer.end("not_payable", "preoperative care is not paid apart")
    elif answer.modifiers & {"54", "55"} and answer.row["global_days"] not in ("010", "090"):
        answer.end("not_payable", "no split care without a global period of 10 or 90 days")


def status_t(of_day: list[Priced]) -> None:
    """A status T service is paid only when nothing else on the schedule is payable that day (A7)."""
    companions = [a for a in of_day if a.status in ("priced", "contractor_priced", "by_report") and not _is_t(a)]
    for answer in of_day:
        if answer.status == "priced" and _is_t(answer) and companions:
            answer.end("not_payable", "status T with another payable service")


def _is_t(answer: Priced) -> bool:
    return answer.row["status"] == "T"


def allow(answer: Priced) -> None:
    """Role and split care, practitioner, participation, charge: each share rounded to the cent (A14 to A18)."""
    amount, row, modifiers = answer.amount, answer.row, answer.modifiers
    if "AS" in modifiers:
        amount = share_of(amount, "13.6")
    elif modifiers & ASSISTANT:
        amount = share_of(amount, "16")
    if "62" in modifiers:
        amount = share_of(amount, "62.5")
    if "54" in modifiers:
        amount = share_of(amount, str(row["preoperative"] + row["intraoperative"]))
    elif "55" in modifiers:
        amount = share_of(amount, str(row["postoperative"]))
    elif "78" in modifiers and row["global_days"] in ("010", "090"):
        amount = share_of(amount, str(row["intraoperative"]))
    if answer.line.provider_type in PRACTITIONER_TYPES and "AS" not in modifiers and not technical(row):
        amount = share_of(amount, "85")
    answer.result["limiting_charge"] = None
    if answer.line.participating is False:
        answer.result["limiting_charge"] = share_of(amount, "109.25")
        amount = share_of(amount, "95")
    if answer.line.charge is not None:
        amount = min(amount, answer.line.charge)
    answer.result["allowed"] = amount


def technical(row: Row) -> bool:
    """A row that is the technical component alone."""
    return row["modifier"] == "TC" or row["pctc"] == "3"


def pay(answer: Priced, deductible: Decimal) -> Decimal:
    """Deductible, coinsurance, sequestration (A18); returns what is left of the deductible."""
    allowed = answer.result["allowed"]
    assert allowed is not None
    taken = min(deductible, allowed)
    payment = share_of(allowed - taken, "80")
    cut = share_of(payment, sequestration_percent(answer.line))
    answer.result["sequestration"] = cut
    answer.result["medicare_pays"] = payment - cut
    answer.result["patient_pays"] = cents(allowed - payment)
    return deductible - taken


def sequestration_percent(line: ClaimLine) -> str:
    """2 percent from 2013-04-01, none from 2020-05-01, 1 from 2022-04-01, 2 from 2022-07-01."""
    day = line.service_date.isoformat()
    if day < "2013-04-01" or "2020-05-01" <= day <= "2022-03-31":
        return "0"
    return "1" if "2022-04-01" <= day <= "2022-06-30" else "2"
