"""One claim line in natural Python types: the public way in, and what every reader makes of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.codes import Hcpcs, Icd10, Modifier, PlaceOfService
from trocar.core.errors import ClaimInputError, InvalidCodeError

# The professional claim form and the 837P hold four modifiers a line and twelve diagnoses a claim.
MOST_MODIFIERS = 4
MOST_DIAGNOSES = 12
MOST_UNITS = 9_999_999
MOST_DOLLARS = Decimal("9999999999.99")
MEDICARE_BEGAN = date(1966, 7, 1)
LAST_SERVICE_DATE = date(2099, 12, 31)
# What a claim says in place of a referring provider's number when it names none.
NOBODY = "NONE"
SETTINGS = ("practitioner", "hospital", "asc")
_BETWEEN_CODES = re.compile(r"[\s,;|]+")
_BETWEEN_MODIFIERS = re.compile(r"[\s,;|:/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One line of a claim; codes are checked for shape and normalised, never for existence (rules do that).

    ``None`` means *not said*: the default then taken is confessed in the answer as assumed. Money is ``Decimal``
    dollars in whole cents; ``locality`` is two digits with ``mac``, or NATIONAL without. Raises
    ``InvalidCodeError`` for a code of the wrong shape and ``ClaimInputError`` for any other impossible value.
    """

    claim_id: str
    line: int
    service_date: date
    hcpcs: str
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    charge: Decimal | None = None
    place_of_service: str | None = None
    zip: str | None = None
    mac: str | None = None
    locality: str | None = None
    diagnoses: tuple[str, ...] = ()
    setting: str | None = None
    rendering_npi: str | None = None
    billing_npi: str | None = None
    taxonomy: str | None = None
    patient_id: str | None = None
    payer: str | None = None
    qualifying_apm: bool | None = None
    participating: bool | None = None
    provider_type: str | None = None
    hpsa: bool | None = None
    deductible_remaining: Decimal | None = None
    same_session: bool | None = None
    prior_outcome: str | None = None
    not_billed: bool | None = None
    line_control_number: str | None = None
    referring_npi: str | None = None
    received_date: date | None = None
    where: str = ""

    def __post_init__(self) -> None:
        if not self.where:
            object.__setattr__(self, "where", f"line {self.line} of claim {self.claim_id}")
        try:
            self._normalise()
            self._check()
        except (InvalidCodeError, ClaimInputError) as error:
            error.where = error.where or self.where
            raise

    def _normalise(self) -> None:
        keep = object.__setattr__
        keep(self, "hcpcs", checked_hcpcs(self.hcpcs))
        keep(self, "modifiers", checked_modifiers(tuple(self.modifiers)))
        keep(self, "diagnoses", checked_diagnoses(tuple(self.diagnoses)))
        if self.place_of_service is not None:
            keep(self, "place_of_service", checked_place_of_service(self.place_of_service))
        if self.taxonomy is not None:
            keep(self, "taxonomy", self.taxonomy.upper())
        if self.provider_type is not None:
            keep(self, "provider_type", self.provider_type.upper())
        if self.referring_npi is not None and self.referring_npi.upper() == NOBODY:
            keep(self, "referring_npi", NOBODY)

    def _check(self) -> None:
        if not self.claim_id:
            raise ClaimInputError("the claim has no claim_id", remedy="Give every line the id of its claim.")
        if not 1 <= self.line <= MOST_UNITS:
            raise ClaimInputError(f"{self.line} is not a line number", remedy="Lines count from 1.")
        check_service_date(self.service_date)
        if self.received_date is not None:
            check_received_date(self.received_date)
        if self.units is not None:
            check_units(self.units)
        for amount in (self.charge, self.deductible_remaining):
            if amount is not None:
                check_amount(amount)
        if self.setting is not None and self.setting not in SETTINGS:
            raise ClaimInputError(f"{self.setting!r} is not a setting", remedy=f"Use {', '.join(SETTINGS)}.")
        if self.prior_outcome not in (None, "DENY"):
            raise ClaimInputError(f"{self.prior_outcome!r} is not a prior outcome", remedy="Use DENY, or None.")
        check_place(self.zip, self.mac, self.locality)


@lru_cache(maxsize=1 << 16)
def checked_hcpcs(text: str) -> str:
    """The normalised HCPCS code; raises ``InvalidCodeError`` saying how spreadsheets damage such codes."""
    return str(Hcpcs.parse(text))


@lru_cache(maxsize=1 << 10)
def checked_place_of_service(text: str) -> str:
    """The two digits; a lost leading zero is put back (2 can only be 02); raises ``InvalidCodeError``."""
    try:
        return str(PlaceOfService.parse(text))
    except InvalidCodeError as error:
        error.remedy = "Write two digits, such as 11 (office) or 22 (on-campus outpatient hospital)."
        raise


@lru_cache(maxsize=1 << 16)
def checked_modifiers(texts: tuple[str, ...]) -> tuple[str, ...]:
    """At most four modifiers, normalised, in the order given; raises ``InvalidCodeError`` or ``ClaimInputError``."""
    if len(texts) > MOST_MODIFIERS:
        raise ClaimInputError(
            f"{len(texts)} modifiers ({' '.join(texts)}) on one line",
            remedy="A claim line holds four: keep those that change payment first.",
        )
    return tuple(_modifier(text) for text in texts)


def _modifier(text: str) -> str:
    try:
        return str(Modifier.parse(text))
    except InvalidCodeError as error:
        if re.fullmatch(r"[A-Za-z0-9]{4}|[A-Za-z0-9]{6}|[A-Za-z0-9]{8}", text):
            pairs = " ".join(text[start : start + 2] for start in range(0, len(text), 2))
            error.remedy = f"Did you mean '{pairs}'? Put a space between modifiers."
        else:
            error.remedy = "Check the modifier on the claim; several are written with spaces, such as '26 59'."
        raise


@lru_cache(maxsize=1 << 16)
def checked_diagnoses(texts: tuple[str, ...]) -> tuple[str, ...]:
    """At most twelve diagnoses without points, in order; raises ``InvalidCodeError`` or ``ClaimInputError``."""
    if len(texts) > MOST_DIAGNOSES:
        raise ClaimInputError(
            f"{len(texts)} diagnoses on one line",
            remedy="A professional claim holds twelve: keep those that this line points to.",
        )
    return tuple(_diagnosis(text) for text in texts)


def _diagnosis(text: str) -> str:
    try:
        return str(Icd10.parse(text))
    except InvalidCodeError as error:
        error.remedy = "Write ICD-10-CM codes with or without the point, such as M17.11, with spaces between them."
        raise


def parse_modifiers(text: str) -> tuple[str, ...]:
    """The modifiers of one text such as ``26 59``, ``26,59`` or ``26-59``; an empty text has none."""
    return checked_modifiers(tuple(part for part in _BETWEEN_MODIFIERS.split(text) if part))


def parse_diagnoses(text: str) -> tuple[str, ...]:
    """The diagnoses of one text, separated by spaces, commas, semicolons or pipes, points optional."""
    return checked_diagnoses(tuple(part for part in _BETWEEN_CODES.split(text) if part))


def check_service_date(day: date) -> date:
    """The same date; raises ``ClaimInputError`` when no Medicare claim can have it."""
    return _medicare_day(day, "a date of service")


def check_received_date(day: date) -> date:
    """The same date; raises ``ClaimInputError`` when no Medicare claim can have been received on it."""
    return _medicare_day(day, "a day on which a claim was received")


@lru_cache(maxsize=1 << 15)
def _medicare_day(day: date, what: str) -> date:
    if isinstance(day, datetime) or not MEDICARE_BEGAN <= day <= LAST_SERVICE_DATE:
        raise ClaimInputError(
            f"{day.isoformat()} can't be {what}",
            remedy=f"Give a date from {MEDICARE_BEGAN} (Medicare's first day) to {LAST_SERVICE_DATE}.",
        )
    return day


def check_units(units: int) -> int:
    """The same units; raises ``ClaimInputError`` when they are not 1 to 9,999,999."""
    if not 1 <= units <= MOST_UNITS:
        raise ClaimInputError(
            f"{units} units of service",
            remedy="Units are whole and at least 1; leave out a line that was not furnished.",
        )
    return units


def check_amount(amount: Decimal) -> Decimal:
    """The same amount; raises ``ClaimInputError`` when it is negative, too large or not in whole cents."""
    if not (amount.is_finite() and 0 <= amount <= MOST_DOLLARS and amount == round(amount, 2)):
        raise ClaimInputError(
            f"{amount} is not an amount of whole cents from 0 to {MOST_DOLLARS:,}",
            remedy="Write dollars and cents without a sign, such as 1234.50; a refund is not a claim line.",
        )
    return amount


@lru_cache(maxsize=1 << 16)
def check_place(zip_code: str | None, mac: str | None, locality: str | None) -> None:
    """Raises ``ClaimInputError`` unless ZIP, contractor and locality have their shapes and fit together."""
    if zip_code is not None and not re.fullmatch(r"[0-9]{5}", zip_code):
        raise ClaimInputError(f"{zip_code!r} is not a ZIP (five digits)", remedy="Write it as text, such as 02134.")
    if mac is None or locality is None:
        fits = mac is None and locality in (None, "NATIONAL")
    else:
        fits = bool(re.fullmatch(r"[0-9]{5}", mac) and re.fullmatch(r"[0-9]{2}", locality))
    if not fits:
        raise ClaimInputError(
            f"contractor {mac!r} with locality {locality!r} is not a payment locality",
            remedy="Give both (13202 and 01), or NATIONAL as locality, or a ZIP: a locality number repeats.",
        )


def claim_table(lines: Iterable[ClaimLine]) -> pa.Table:
    """Claim lines as an Arrow table typed by ``CLAIM_SCHEMA``, in the order given."""
    rows = list(lines)
    columns: dict[str, list[object]] = {
        f"modifier_{place + 1}": [row.modifiers[place] if place < len(row.modifiers) else None for row in rows]
        for place in range(MOST_MODIFIERS)
    }
    columns["charge_cents"] = [whole_cents(row.charge) for row in rows]
    columns["deductible_remaining_cents"] = [whole_cents(row.deductible_remaining) for row in rows]
    arrays = [
        pa.array(columns.get(field.name) or [getattr(row, field.name) for row in rows], type=field.type)
        for field in CLAIM_SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=CLAIM_SCHEMA)


def lines_of(table: pa.Table) -> list[ClaimLine]:
    """The claim lines of a claim table (``CLAIM_SCHEMA``), in its order; ``claim_table`` the other way round."""
    answer = []
    for row in table.to_pylist():
        modifiers = (row.pop(f"modifier_{place + 1}") for place in range(MOST_MODIFIERS))
        row["modifiers"] = tuple(filter(None, modifiers))
        row["diagnoses"] = tuple(row["diagnoses"] or ())
        for name in ("charge", "deductible_remaining"):
            cents = row.pop(f"{name}_cents")
            row[name] = None if cents is None else Decimal(cents).scaleb(-2)
        answer.append(ClaimLine(**row))
    return answer


def whole_cents(amount: Decimal | None) -> int | None:
    """The cents of an amount that ``check_amount`` has passed, exactly."""
    return None if amount is None else int(amount * 100)
