"""What a page is asked: code, day, place, payer and the calculator's fields, read from the URL and kept in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from trocar.claims import cells
from trocar.core.codes import Hcpcs
from trocar.core.errors import TrocarError, UsageError
from trocar.lookup.quotes import NATIONAL
from trocar.lookup.search import sought

# The fields of the context bar, in its order; every one of them is a parameter of the URL.
FIELDS = (
    "on", "zip", "locality", "pos", "payer", "component", "modifiers", "units", "charge", "participating", "qp",
    "setting", "edits_with", "edits_page",
)  # fmt: skip
PAYERS = {"medicare": "Medicare", "other": "another payer, by Medicare's rules"}
SETTINGS = {"practitioner": "practitioner or surgery center", "hospital": "outpatient hospital"}
COMPONENTS = {"global": "global", "26": "26 professional", "TC": "TC technical"}


@dataclass(frozen=True)
class Context:
    """The answers to the context bar; ``given`` are the texts as they came, ``errors`` what can't be read, by field."""

    day: date
    day_is_default: bool = False
    place: Mapping[str, str] = field(default_factory=dict)
    place_of_service: str | None = None
    payer: str = ""
    component: str | None = None
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    charge: Decimal | None = None
    participating: bool | None = None
    qualifying_apm: bool | None = None
    setting: str = "practitioner"
    edits_with: tuple[str, ...] = ()
    edits_page: int = 1
    given: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, TrocarError] = field(default_factory=dict)

    @property
    def all_modifiers(self) -> tuple[str, ...]:
        """The component, then the calculator's modifiers."""
        component = (self.part,) if self.part else ()
        return tuple(dict.fromkeys((*component, *self.modifiers)))

    @property
    def part(self) -> str:
        """The component as a modifier: 26, TC (also when given among the modifiers), or none for the global service."""
        given = self.component or next((modifier for modifier in self.modifiers if modifier in COMPONENTS), "global")
        return "" if given == "global" else given

    def only(self, *names: str) -> str:
        """The URL's query of some of the fields given."""
        return urlencode({name: self.given[name] for name in names if name in self.given})

    def query(self, **changed: Any) -> str:
        """The URL's query for this context with some fields changed; empty fields are left out."""
        fields = {**self.given, **{name: str(value) for name, value in changed.items() if value is not None}}
        return urlencode({name: fields[name] for name in FIELDS if fields.get(name)})


def read_context(query: Mapping[str, str], today: date) -> Context:
    """The context of a URL. What can't be read is in ``errors`` under its field; the rest still answers."""
    given = {name: text for name in FIELDS if (text := (query.get(name) or "").strip())}
    reader = _Reader(given)
    day = reader.read("on", cells.service_date)
    # Both may be given, as in the claim CSV: the locality is the more precise.
    place = reader.read("zip", lambda text: {"zip": cells.zip_code(text)}) or {}
    place |= reader.read("locality", _locality) or {}
    context = Context(
        day=day or today,
        day_is_default="on" not in given,
        place=place,
        place_of_service=reader.read("pos", cells.place_of_service),
        payer=reader.read("payer", _one_of(PAYERS)) or "",
        component=reader.read("component", _one_of(COMPONENTS)),
        modifiers=reader.read("modifiers", cells.modifiers) or (),
        units=reader.read("units", cells.PARSERS["units"]),
        charge=reader.read("charge", cells.PARSERS["charge"]),
        participating=reader.read("participating", cells.yes_or_no),
        qualifying_apm=reader.read("qp", cells.yes_or_no),
        setting=reader.read("setting", _one_of(SETTINGS)) or "practitioner",
        edits_with=reader.read("edits_with", _codes) or (),
        edits_page=reader.read("edits_page", _page) or 1,
        given=given,
    )
    return replace(context, errors=reader.errors)


class _Reader:
    """Fields read one by one; an error is kept under the field's name, with that name as its address."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.errors: dict[str, TrocarError] = {}

    def read(self, name: str, parse: Callable[[str], Any]) -> Any:
        """The parsed field, None when it is absent or can't be read."""
        if name not in self.given:
            return None
        try:
            return parse(self.given[name])
        except TrocarError as error:
            error.where = LABELS.get(name, name)
            self.errors[name] = error
            return None


LABELS = {
    "on": "date of service", "zip": "ZIP", "locality": "locality", "pos": "place of service", "payer": "payer",
    "component": "component", "modifiers": "modifiers", "units": "units", "charge": "charge",
    "participating": "participation", "qp": "qualifying participant", "setting": "claim", "edits_with": "codes",
    "edits_page": "page",
}  # fmt: skip


def _locality(text: str) -> dict[str, str]:
    mac, number = cells.locality(text)
    if mac is None and number != NATIONAL["locality"]:
        raise UsageError(
            f"locality {number} is one of several contractors' localities",
            remedy="Write contractor and number, such as 13202-01, or NATIONAL.",
        )
    return {"locality": number} | ({"mac": mac} if mac else {})


def _codes(text: str) -> tuple[str, ...]:
    """The codes of a claim as pasted, with or without modifiers; raises ``InvalidCodeError`` for what is none."""
    named = sought(text)
    return tuple(str(Hcpcs.parse(code)) for code in (*named.codes, *named.words))


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        known = {key.casefold(): key for key in choices}
        if text.casefold() not in known:
            raise UsageError(
                f"{text!r} is not one of the choices", remedy=f"Choose {', '.join(filter(None, choices))}."
            )
        return known[text.casefold()]

    return parse


def _page(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise UsageError(f"{text!r} is not a page number", remedy="Pages count from 1.")
    return int(text)
