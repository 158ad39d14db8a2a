"""The cells of a claim CSV: one parser per column, from what people and spreadsheets write to a typed value.

Every parser takes the stripped, non-empty text of a cell and raises ``InvalidCodeError`` or ``ClaimInputError``
without an address: the reader knows the cell and adds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trocar.claims.headings import NUMBERED
from trocar.claims.model import (
    NOBODY,
    SETTINGS,
    check_amount,
    check_received_date,
    check_service_date,
    check_units,
    checked_hcpcs,
    checked_place_of_service,
    parse_diagnoses,
    parse_modifiers,
)
from trocar.claims.pointers import parse_pointers
from trocar.core.errors import ClaimInputError, InvalidCodeError

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]0?0:00(?::00(?:\.0+)?)?)?")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 0?0:00(?::00)?| 12:00(?::00)? AM)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2}")
_AMOUNT = re.compile(r"\$? ?((?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?)")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SHORTENED_NUMBER = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_SPREADSHEET_DAY_ZERO = date(1899, 12, 30)
_TRUE = frozenset({"y", "yes", "true", "t", "1"})
_FALSE = frozenset({"n", "no", "false", "f", "0"})
_SETTINGS = {
    **{setting: setting for setting in SETTINGS},
    "professional": "practitioner",
    "physician": "practitioner",
    "outpatient": "hospital",
    "outpatient hospital": "hospital",
    "opps": "hospital",
    "ambulatory surgical center": "asc",
}
_OUTCOMES = {"deny": "DENY", "denied": "DENY", "denial": "DENY", "paid": None, "pay": None, "none": None}


def value(text: str) -> str:
    """The text of a cell without the spreadsheet's wrapping; raises ``ClaimInputError`` for formulas and errors."""
    if text[0] == "=":
        # ="07702" is how exporters keep a spreadsheet from eating leading zeros: its meaning is plain.
        wrapped = _TEXT_FORMULA.fullmatch(text)
        if not wrapped:
            raise ClaimInputError(f"{text!r} is a formula", remedy="Paste the column as values and save again.")
        return wrapped[1].strip()
    if text[0] == "#" and re.fullmatch(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|#+)", text):
        raise ClaimInputError(f"{text!r} is a spreadsheet error", remedy="Repair the cell and save again.")
    return text


def service_date(text: str) -> date:
    """A date as 2024-08-15, 8/15/2024 (month first) or 20240815; a midnight time is dropped."""
    return check_service_date(_day(text))


def received_date(text: str) -> date:
    """The day on which a claim was received, written like a date of service."""
    return check_received_date(_day(text))


def referring(text: str) -> str:
    """A provider's number as written; NONE, in any case, says that the claim names nobody."""
    return NOBODY if text.upper() == NOBODY else identifier(text)


def _day(text: str) -> date:
    if match := _ISO_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _US_DATE.fullmatch(text):
        month, day, year = match.groups()
    else:
        raise ClaimInputError(f"{text!r} is not a date", remedy=_date_remedy(text))
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        remedy = "Dates with slashes are read month first; write 2024-08-15 to be sure."
        raise ClaimInputError(f"{text!r} is not a day of the calendar", remedy=remedy) from None
    return found


def _date_remedy(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return "The year has two digits, so the day is not certain: write 2024-08-15."
    if re.fullmatch(r"[34567]\d{4}(?:\.0)?", text):
        day = _SPREADSHEET_DAY_ZERO + timedelta(days=int(text[:5]))
        return f"It looks like a spreadsheet's day number for {day}: format the column as a date."
    return "Write 2024-08-15, 8/15/2024 (month first) or 20240815."


def whole_number(text: str) -> int:
    """A whole number of 1 or more; ``2.0`` is 2."""
    match = re.fullmatch(r"(-?\d{1,9})(?:\.0*)?", text)
    if not match:
        raise ClaimInputError(f"{text!r} is not a whole number", remedy="Write 1, 2, 3 ...; parts of one don't exist.")
    return check_units(int(match[1]))


def line_number(text: str) -> int:
    """The number of a line in its claim, from 1."""
    match = re.fullmatch(r"(\d{1,6})(?:\.0*)?", text)
    if not match or int(match[1]) == 0:
        raise ClaimInputError(f"{text!r} is not a line number", remedy="Lines of a claim count 1, 2, 3 ...")
    return int(match[1])


def amount(text: str) -> Decimal:
    """Dollars and cents, exactly: ``$1,234.50``, ``1234.5``; raises on a sign, a third decimal or a decimal comma."""
    match = _AMOUNT.fullmatch(text)
    if not match or not any(character.isdigit() for character in match[1]):
        raise ClaimInputError(
            f"{text!r} is not an amount",
            remedy="Write dollars and cents without a sign, such as 1234.50 or $1,234.50.",
        )
    return check_amount(Decimal(match[1].replace(",", "")))


def hcpcs(text: str) -> str:
    """A HCPCS code; a modifier tied to it (77002-26) has its own column."""
    if match := re.fullmatch(r"([A-Za-z0-9]{5})[- ]([A-Za-z0-9]{2})", text):
        remedy = f"Write {match[1]} here and {match[2]} in the modifiers column."
        raise InvalidCodeError(f"{text!r} is a code with a modifier", remedy=remedy)
    return checked_hcpcs(text)


def modifiers(text: str) -> tuple[str, ...]:
    """One to four modifiers."""
    return parse_modifiers(_not_made_a_number(text))


def place_of_service(text: str) -> str:
    """A two-digit place of service."""
    return checked_place_of_service(_not_made_a_number(text))


def zip_code(text: str) -> str:
    """The first five digits of a ZIP or ZIP+4."""
    match = re.fullmatch(r"(\d{5})(?:-?\d{4})?", text)
    if not match:
        lost = re.fullmatch(r"(\d{3,4})(?:-\d{4}|\.0)?", text)
        remedy = (
            f"Leading zeros may be lost: did you mean {lost[1].zfill(5)}? Read ZIP columns as text."
            if lost
            else "Write the five digits of the place where the service was furnished."
        )
        raise ClaimInputError(f"{text!r} is not a ZIP (five digits)", remedy=remedy)
    return match[1]


def contractor(text: str) -> str:
    """A Medicare contractor's five digits."""
    if not re.fullmatch(r"\d{5}", text):
        remedy = f"A leading zero may be lost: did you mean {text.zfill(5)}?" if re.fullmatch(r"\d{4}", text) else ""
        raise ClaimInputError(
            f"{text!r} is not a contractor (five digits)",
            remedy=remedy or "Write the Medicare administrative contractor's number, such as 13202.",
        )
    return text


def locality(text: str) -> tuple[str | None, str]:
    """``13202-01`` as contractor and number; NATIONAL, or a number alone (beside a mac column), without contractor."""
    if text.upper() == "NATIONAL":
        return None, "NATIONAL"
    if match := re.fullmatch(r"(\d{5})[-/ ]?(\d{2})", text):
        return match[1], match[2]
    if re.fullmatch(r"\d{1,2}", text):
        return None, text.zfill(2)
    raise ClaimInputError(
        f"{text!r} is not a payment locality",
        remedy="Write contractor and number with all their digits, such as 13202-01, or NATIONAL.",
    )


def yes_or_no(text: str) -> bool:
    """Y, yes, true, T or 1; N, no, false, F or 0."""
    answer = text.casefold()
    if answer in _TRUE or answer in _FALSE:
        return answer in _TRUE
    raise ClaimInputError(f"{text!r} is neither yes nor no", remedy="Write Y or N, or leave the cell empty.")


def setting(text: str) -> str:
    """practitioner, hospital or asc."""
    if found := _SETTINGS.get(text.casefold()):
        return found
    raise ClaimInputError(f"{text!r} is not a setting", remedy=f"Use {', '.join(SETTINGS)}.")


def prior_outcome(text: str) -> str | None:
    """DENY when a payer denied the line already; paid is the same as empty."""
    if text.casefold() not in _OUTCOMES:
        raise ClaimInputError(f"{text!r} is not a prior outcome", remedy="Write DENY, or leave the cell empty.")
    return _OUTCOMES[text.casefold()]


def identifier(text: str) -> str:
    """An id as written; raises when a spreadsheet has shortened it, for its digits are gone."""
    if _SHORTENED_NUMBER.fullmatch(text):
        raise ClaimInputError(
            f"{text!r} is a number the spreadsheet shortened",
            remedy="Its last digits are lost: export again with the column as text.",
        )
    return " ".join(text.split())


def free_text(text: str) -> str:
    """A text as written, with single spaces."""
    return " ".join(text.split())


def upper_text(text: str) -> str:
    """A text in upper case."""
    return " ".join(text.upper().split())


def _not_made_a_number(text: str) -> str:
    if match := re.fullmatch(r"(\d{1,2})\.0+", text):
        remedy = f"A spreadsheet made it a number: write {match[1].zfill(2)}, and read the column as text."
        raise InvalidCodeError(f"{text!r} is not a two-character code", remedy=remedy)
    return text


def _of_value(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse_cell(text: str) -> Any:
        plain_text = value(text)
        return parse(plain_text) if plain_text else None

    return parse_cell


def _numbered() -> dict[str, Callable[[str], Any]]:
    parsers = {"modifier": modifiers, "diagnosis": parse_diagnoses, "diagnosis_pointer": parse_pointers}
    return {f"{stem}_{n}": parsers[stem] for stem, (most, _) in NUMBERED.items() for n in range(1, most + 1)}


_REPEATING: dict[str, Callable[[str], Any]] = {
    "line": line_number,
    "service_date": service_date,
    "hcpcs": hcpcs,
    "modifiers": modifiers,
    "units": whole_number,
    "place_of_service": place_of_service,
    "zip": zip_code,
    "locality": locality,
    "mac": contractor,
    "diagnoses": parse_diagnoses,
    "diagnosis_pointers": parse_pointers,
    "setting": setting,
    "rendering_npi": identifier,
    "billing_npi": identifier,
    "taxonomy": upper_text,
    "payer": identifier,
    "qualifying_apm": yes_or_no,
    "participating": yes_or_no,
    "provider_type": upper_text,
    "hpsa": yes_or_no,
    "deductible_remaining": amount,
    "same_session": yes_or_no,
    "prior_outcome": prior_outcome,
    "not_billed": yes_or_no,
    "referring_npi": referring,
    "received_date": received_date,
    **_numbered(),
}
# Column -> parser of one cell. The values of most columns repeat all through a file: each is parsed once.
PARSERS: dict[str, Callable[[str], Any]] = {
    **{column: lru_cache(maxsize=1 << 16)(_of_value(parse)) for column, parse in _REPEATING.items()},
    "claim_id": _of_value(identifier),
    "charge": _of_value(amount),
    "patient_id": _of_value(identifier),
    "line_control_number": _of_value(free_text),
}
