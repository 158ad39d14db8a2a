"""What a practitioner's claim is paid, worked out one line at a time: the oracle of the pricing engine.

Written from DOMAIN.md A1 to A18, attachment A of RVU25D.pdf and docs/authorities.md; slow and plain on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from oracle.edits import same_practitioner
from oracle.fees import FACILITY, HOSPITAL, NONFACILITY, Place, place_of
from oracle.money import ZERO, cents, share_of
from oracle.multiple import reduce_day
from oracle.store_reader import Reference, Row
from trocar.claims.model import ClaimLine

NOT_PAYABLE_STATUS = set("BDEFGHIMNPX")
GLOBAL_WITH_SHARES = ("010", "090")
ANESTHESIA_ONLY = {"AA", "AD", "QK", "QS", "QX", "QY", "QZ", "P1", "P2", "P3", "P4", "P5", "P6", "G8", "G9", "23"}
FACILITY_ONLY = {"27", "73", "74", "PN", "PO", "CA"}
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
    procedures: int = 1
    twin: Priced | None = None
    capped: bool = False
    components: dict[str, Row] = field(default_factory=dict)
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

    @property
    def assists(self) -> bool:
        return bool(self.modifiers & ASSISTANT)


def price_claim(lines: list[ClaimLine], reference: Reference) -> list[Priced]:
    """Every line of one claim priced, in the order given."""
    answers = [first_look(line, reference) for line in lines]
    in_order = sorted(answers, key=lambda answer: (answer.line.service_date, answer.line.line))
    for day in sorted({answer.line.service_date for answer in answers}):
        of_day = [answer for answer in in_order if answer.line.service_date == day]
        status_t(of_day)
        reduce_day([answer for answer in of_day if answer.status == "priced"], reference)
    deductible = next((a.line.deductible_remaining for a in in_order if a.line.deductible_remaining is not None), ZERO)
    for answer in in_order:
        if answer.status == "priced":
            take_shares(answer)
    for answer in in_order:
        if answer.status == "priced":
            lower_of_charge(answer)
            deductible = pay(answer, deductible)
    return answers


def first_look(line: ClaimLine, reference: Reference) -> Priced:
    """The row of the line, whether it can be paid at all, and the fee of one unit.

    What can't be known (day, code, place) comes first: such a line is not checked, whatever else is wrong with it.
    """
    answer = Priced(line)
    for check in (
        check_coverage,
        check_component,
        check_status,
        check_modifiers,
        check_role,
        check_split,
        check_discontinued,
        check_place,
        check_contractor,
    ):
        if answer.status == "priced":
            check(answer, reference)
    if answer.status == "priced":
        assert answer.place is not None
        answer.fee = answer.place.fee(answer.row)
    return answer


def check_coverage(answer: Priced, reference: Reference) -> None:
    """Release, code and payment locality must be known."""
    line = answer.line
    file = reference.in_force("schedule", line.service_date)
    if file is None:
        answer.end("not_checked", "no schedule covers the day")
    elif not reference.lists(line.hcpcs):
        answer.end("not_checked", "the code is outside this store")
    else:
        keys = ((file.file_id, line.hcpcs, component) for component in ("", "26", "TC", "53"))
        answer.components = {key[2]: reference.schedule[key] for key in keys if key in reference.schedule}
        answer.place = place_of(line, reference)
        if not answer.components:
            answer.end("not_payable", "the code is not in force on the day")
        elif line.place_of_service not in FACILITY | NONFACILITY:
            answer.end("not_checked", "no such place of service")
        elif answer.place is None:
            answer.end("not_checked", "the payment locality is not known")


def check_component(answer: Priced, reference: Reference) -> None:
    """The row of code and component: a global amount is never derived from its parts, nor a part from the global."""
    component = next((m for m in ("26", "TC") if m in answer.modifiers), "")
    if {"26", "TC"} <= answer.modifiers:
        answer.end("not_payable", "26 and TC together")
    elif component not in answer.components:
        answer.end("not_payable", f"no {component or 'global'} component")
    elif component == "" and "53" in answer.modifiers and "53" in answer.components:
        answer.row = answer.components["53"]
    else:
        answer.row = answer.components[component]


def check_status(answer: Priced, reference: Reference) -> None:
    """Attachment A: statuses that never pay (A7); anesthesia is paid by units that no schedule row holds."""
    status = answer.row["status"]
    if status == "J":
        answer.end("not_checked", "anesthesia")
    elif status in NOT_PAYABLE_STATUS or answer.row["not_used"]:
        answer.end("not_payable", f"status {status}")


def check_modifiers(answer: Priced, reference: Reference) -> None:
    """Modifiers that do not belong on a practitioner's line, or that say that it is not payable (A15)."""
    if answer.modifiers & (FACILITY_ONLY | ANESTHESIA_ONLY | DENIED_BY_STATEMENT):
        answer.end("not_payable", "a modifier that pays nothing here")


def check_role(answer: Priced, reference: Reference) -> None:
    """Assistants, co-surgeons and teams: whether the role is paid for this code (A14)."""
    row = answer.row
    for billed, indicator, payable, by_report in (
        (answer.assists, row["assistant"], "2", "0"),
        ("62" in answer.modifiers, row["co_surgeon"], "2", "1"),
        ("66" in answer.modifiers, row["team"], "", "12"),
    ):
        if billed and answer.status == "priced" and indicator not in payable:
            answer.end("by_report" if indicator in by_report else "not_payable", "role")
    if answer.status == "priced" and answer.assists and "62" in answer.modifiers:
        answer.end("not_checked", "two roles on one line")


def check_split(answer: Priced, reference: Reference) -> None:
    """54, 55, 56 belong to global periods of 10 and 90 days; 56 is not paid apart (A15)."""
    if "56" in answer.modifiers:
        answer.end("not_payable", "preoperative care is not paid apart")
    elif answer.modifiers & {"54", "55"} and answer.row["global_days"] not in GLOBAL_WITH_SHARES:
        answer.end("not_payable", "no split care without a global period of 10 or 90 days")
    elif len(answer.modifiers & {"54", "55", "78"}) > 1:
        answer.end("not_checked", "two parts of the global package on one line")


def check_discontinued(answer: Priced, reference: Reference) -> None:
    """A discontinued procedure without values of its own is individual consideration (RVU25D.pdf, columns 6-7)."""
    if "53" in answer.modifiers and answer.row["modifier"] != "53":
        answer.end("by_report", "53 without values of its own")


def check_place(answer: Priced, reference: Reference) -> None:
    """Facility, NA and component indicators against the place of service (A5, A6, A8)."""
    place, row = answer.line.place_of_service, answer.row
    if place in FACILITY and row["facility_na"]:
        answer.end("not_payable", "facility NA")
    elif place in HOSPITAL and row["pctc"] == "5":
        answer.end("not_payable", "no incident-to service for a hospital's patient")
    elif row["pctc"] == "8" and place != "21":
        answer.end("not_payable", "smear interpretation for a hospital inpatient alone")


def check_contractor(answer: Priced, reference: Reference) -> None:
    """Status C, and rows without values, are the contractor's to price (A7)."""
    valued = any(answer.row[name] for name in ("work", "nonfacility_pe", "facility_pe", "malpractice"))
    if answer.row["status"] == "C" or not valued:
        answer.end("contractor_priced", "no values")


def status_t(of_day: list[Priced]) -> None:
    """A status T service is paid only when nothing else on the schedule is payable that day (A7)."""
    companions = [
        a for a in of_day if a.status in ("priced", "contractor_priced", "by_report") and a.row["status"] != "T"
    ]
    for answer in of_day:
        beside = [companion for companion in companions if same_practitioner(answer.line, companion.line)]
        if answer.status == "priced" and answer.row["status"] == "T" and beside:
            answer.end("not_payable", "status T with another payable service")


def take_shares(answer: Priced) -> None:
    """Role and split care, practitioner, participation: each share rounded to the cent (A14 to A18)."""
    amount, row, modifiers = answer.amount, answer.row, answer.modifiers
    if modifiers & {"80", "81", "82"} and "AS" not in modifiers:
        amount = share_of(amount, "16")
    if "AS" in modifiers:
        amount = share_of(amount, "13.6")
    if "62" in modifiers:
        amount = share_of(amount, "62.5")
    if "54" in modifiers:
        amount = share_of(amount, str(row["preoperative"] + row["intraoperative"]))
    if "55" in modifiers:
        amount = share_of(amount, str(row["postoperative"]))
    if "78" in modifiers and row["global_days"] in GLOBAL_WITH_SHARES:
        amount = share_of(amount, str(row["intraoperative"]))
    if answer.line.provider_type in PRACTITIONER_TYPES and "AS" not in modifiers and not technical(row):
        amount = share_of(amount, "85")
    answer.result["limiting_charge"] = None
    if answer.line.participating is False:
        answer.result["limiting_charge"] = share_of(amount, "109.25")
        amount = share_of(amount, "95")
    answer.amount = amount


def lower_of_charge(answer: Priced) -> None:
    """The lower of charge and amount; for two sides on two lines, of both charges and both amounts (A13)."""
    pair = [answer] if answer.twin is None else [answer, answer.twin]
    allowed = answer.amount
    if all(a.line.charge is not None for a in pair):
        charged = sum((a.line.charge for a in pair), ZERO)
        if charged < sum((a.amount for a in pair if a.status == "priced"), ZERO):
            paying_both = answer.twin is not None and answer.twin.status != "priced"
            allowed = cents(charged if paying_both else answer.line.charge)
    answer.result["allowed"] = allowed


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
    answer.result["bonus"] = bonus(answer, payment)
    answer.result["medicare_pays"] = payment - cut
    answer.result["patient_pays"] = cents(allowed - payment)
    return deductible - taken


def bonus(answer: Priced, payment: Decimal) -> Decimal | None:
    """Ten percent of the payment to a physician for a professional service in a shortage area (A18)."""
    professional = answer.row["modifier"] == "26" or answer.row["pctc"] in "02"
    if not answer.line.hpsa or not professional or answer.line.provider_type in PRACTITIONER_TYPES:
        return None
    return share_of(payment, "10")


def sequestration_percent(line: ClaimLine) -> str:
    """2 percent from 2013-04-01, none from 2020-05-01, 1 from 2022-04-01, 2 from 2022-07-01."""
    day = line.service_date.isoformat()
    if day < "2013-04-01" or "2020-05-01" <= day <= "2022-03-31":
        return "0"
    return "1" if "2022-04-01" <= day <= "2022-06-30" else "2"
