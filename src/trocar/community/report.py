"""A denial report: the form parsed field by field, each refused by name where it is not one of its choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self, TypeVar

from trocar.community.choices import choices
from trocar.community.errors import ReportError
from trocar.community.reasons import ReasonCodes
from trocar.core.codes import Hcpcs, Modifier, PlaceOfService
from trocar.core.errors import InvalidCodeError

MONTHS_BACK = 60
NOTE_LENGTH = 300
_Code = TypeVar("_Code", Hcpcs, Modifier, PlaceOfService)
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_FIELDS = ("code", "modifiers", "payer", "carc", "rarc", "month", "place_of_service", "state", "outcome", "note")


@dataclass(frozen=True, slots=True)
class DenialReport:
    """One denial, without anything of a person. ``modifiers`` in the order of the alphabet; ``month`` as ``YYYY-MM``.

    ``rarc`` and ``note`` are empty where nothing was given. The note has not yet passed the gate.
    """

    code: str
    modifiers: tuple[str, ...]
    payer: str
    carc: str
    rarc: str
    month: str
    place_of_service: str
    state: str
    outcome: str
    note: str = ""

    @classmethod
    def parse(cls, form: Mapping[str, str], reasons: ReasonCodes, today: date) -> Self:
        """The report of a form whose values are texts; raises ``ReportError`` or ``InvalidCodeError`` at the field."""
        unknown = sorted(set(form) - set(_FIELDS))
        if unknown:
            raise ReportError(
                "the form has a field that is not of it", where="form", remedy=f"Fields: {_listed(_FIELDS)}"
            )
        given = {field: form.get(field, "").strip() for field in _FIELDS}
        month = _month(given["month"], today)
        first_of_month = date.fromisoformat(f"{month}-01")
        known = choices()
        return cls(
            code=_code(Hcpcs, "a HCPCS code (five characters)", given["code"], "code"),
            modifiers=_modifiers(given["modifiers"]),
            payer=_chosen("payer", given["payer"].lower(), known.payers),
            carc=reasons.carc(given["carc"], first_of_month),
            rarc=reasons.rarc(given["rarc"], first_of_month) if given["rarc"] else "",
            month=month,
            place_of_service=_place(given["place_of_service"]),
            state=_chosen("state", given["state"].upper(), known.states),
            outcome=_chosen("outcome", given["outcome"], known.outcomes),
            note=_note(given["note"]),
        )


def _month(text: str, today: date) -> str:
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ReportError("the month is not written as YYYY-MM", where="month", remedy="For example 2025-03; no day")
    back = (today.year - int(match[1])) * 12 + today.month - int(match[2])
    if back < 0:
        raise ReportError("the month lies in the future", where="month", remedy=f"The day is {today}")
    if back > MONTHS_BACK:
        raise ReportError("the month is too long ago", where="month", remedy=f"At most {MONTHS_BACK} months back")
    return text


def _modifiers(text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[\s,;-]+", text) if part]
    codes = sorted({_code(Modifier, "a modifier (two characters)", part, "modifiers") for part in parts})
    if len(codes) > 4:
        raise ReportError("a line has four modifiers at most", where="modifiers", remedy="Write those that were billed")
    return tuple(codes)


def _place(text: str) -> str:
    place = _code(PlaceOfService, "a place of service (two digits)", text, "place_of_service")
    if place not in choices().places_of_service:
        raise ReportError(
            f"{place} stands for no place of service", where="place_of_service", remedy="For example 11 or 22"
        )
    return place


def _code(kind: type[_Code], words: str, text: str, field: str) -> _Code:
    """The code, or an error that does not repeat the text: a name or a number may stand in the wrong field."""
    try:
        return kind.parse(text, where=field)
    except InvalidCodeError:
        raise ReportError(f"this is not {words}", where=field, remedy="Write it as on the claim") from None


def _chosen(field: str, key: str, known: Mapping[str, str]) -> str:
    if key not in known:
        raise ReportError(f"the {field} is not one of the choices", where=field, remedy=f"One of: {_listed(known)}")
    return key


def _note(text: str) -> str:
    if len(text) > NOTE_LENGTH:
        raise ReportError("the note is too long", where="note", remedy=f"At most {NOTE_LENGTH} characters")
    return text


def _listed(names: Mapping[str, str] | tuple[str, ...]) -> str:
    return ", ".join(names)
