"""Negotiated rates of one in-network item as rows of the table ``rates``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Protocol

import msgspec
from msgspec import Raw

from trocar.benchmarks.mending import NULL, Fields, canonical
from trocar.benchmarks.reference_records import UsedIds, text_or_number
from trocar.benchmarks.tables import AMOUNT
from trocar.benchmarks.tally import Tally

_PLAIN_IDS = re.compile(rb"\[(?:0|[1-9]\d*)(?:,(?:0|[1-9]\d*))*\]")
_SPACE = b" \t\r\n"
MOST_SEEN = 1_000_000
_MOST = Decimal(10) ** (AMOUNT.precision - AMOUNT.scale)
_EXCERPT = 400
EMPTY = Raw(b"[]")
# How a number or a text begins.
_ONE = tuple(bytes([sign]) for sign in b'"-0123456789')
_SEVERAL = re.compile(r"[,;|/\s]+")


class _Price(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    negotiated_type: str
    negotiated_rate: Raw
    billing_class: str | None = None
    expiration_date: str | None = None
    service_code: list[str] = []
    billing_code_modifier: list[str] = []
    additional_information: str | None = None
    setting: str | None = None


class _Rate(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    negotiated_prices: list[_Price]
    provider_references: Raw = EMPTY
    provider_groups: Raw = EMPTY


_rates = msgspec.json.Decoder(list[_Rate])
_rate = msgspec.json.Decoder(_Rate)
_raws = msgspec.json.Decoder(list[Raw])


class Groups(Protocol):
    """Takes groups that stand within a rate."""

    def add(self, group_id: str, ordinal: int, networks: list[str], raw: Raw, offset: int) -> None:
        """One group, as published."""


class Prices:
    """Turns lists of negotiated rates into rows, and keeps count of the provider groups they name."""

    def __init__(self, tally: Tally, groups: Groups, used: UsedIds) -> None:
        self._tally, self._groups, self._used = tally, groups, used
        self._seen: set[int] = set()

    def add(self, content: memoryview | bytes, item: dict[str, Any], ordinal: int) -> int:
        """Write the rows of a JSON list of negotiated rates; ``item`` holds the columns of their item.

        ``ordinal`` is that of the first price; gives the one that comes next.
        """
        offset = item["offset"]
        try:
            decoded = _rates.decode(content)
            rates: Iterator[_Rate] = iter(decoded)
        except msgspec.DecodeError:
            rates = self._one_by_one(content, offset)
        else:
            self._report_twice(bytes(content), decoded, offset)
        rows = []
        for rate in rates:
            named = self._ids(rate.provider_references, offset)
            self._used.add(named)
            ids = named + self._inline(rate.provider_groups, offset)
            for price in rate.negotiated_prices:
                row = self._row(price, offset)
                if row:
                    row |= {"provider_group_ids": ids, "ordinal": ordinal}
                    rows.append(row)
                ordinal += 1
        self._tally.writer.extend("rates", rows, item)
        return ordinal

    def _report_twice(self, content: bytes, rates: list[_Rate], offset: int) -> None:
        """Tell keys that stand in one object more than once; in a text a quotation mark is escaped, so it is no key."""
        most = {
            b'"negotiated_rate"': sum(len(rate.negotiated_prices) for rate in rates),
            b'"negotiated_prices"': len(rates),
            b'"provider_references"': len(rates),
        }
        for key, count in most.items():
            # A text may be the very word; a key has a colon behind it.
            if content.count(key) > count:
                for _ in range(len(re.findall(key + rb"[ \t\r\n]*:", content)) - count):
                    self._tally.repaired(f"{key[1:-1].decode()} stands there twice", offset)

    def _row(self, price: _Price, offset: int) -> dict[str, Any] | None:
        kind = price.negotiated_type.strip().lower()
        try:
            rate = amount(price.negotiated_rate, offset, self._tally)
        except (InvalidOperation, msgspec.DecodeError):
            where = "in_network[].negotiated_rates[].negotiated_prices[].negotiated_rate"
            self._tally.reject(offset, where, "no number", bytes(price.negotiated_rate))
            return None
        if price.setting is not None:
            self._tally.facts["schema_shape"] = "2.x"
        return {
            "negotiated_type": kind,
            "amount_kind": amount_kind(kind),
            "billing_class": _lower(price.billing_class),
            "setting": _lower(price.setting),
            "modifiers": entries(price.billing_code_modifier, "billing_code_modifier", offset, self._tally),
            "place_of_service": places(price.service_code, offset, self._tally),
            "expiration_date": self._tally.day(price.expiration_date, offset, "expiration_date"),
            "additional_information": price.additional_information,
            **rate,
        }

    def _ids(self, references: Raw, offset: int) -> list[str]:
        content = bytes(references).translate(None, _SPACE)
        if _PLAIN_IDS.fullmatch(content):
            return content[1:-1].decode().split(",")
        if content == NULL:
            return []
        if content[:1] in _ONE:
            self._tally.repaired("provider_references is not a list", offset)
            listed = [references]
        else:
            listed = self._listed(references, "provider_references", offset)
        if any(bytes(raw) == NULL for raw in listed):
            self._tally.repaired("provider_references has empty entries", offset)
            listed = [raw for raw in listed if bytes(raw) != NULL]
        return [canonical(text_or_number(raw, offset, self._tally)) for raw in listed]

    def _inline(self, groups: Raw, offset: int) -> list[str]:
        """Ids of groups without one: the digest of what they hold, so that the same group has the same id."""
        content = bytes(groups)
        if content in (b"[]", NULL):
            return []
        self._tally.facts.setdefault("schema_shape", "1.x")
        ids = []
        for raw in self._listed(groups, "provider_groups", offset):
            digest = blake2b(bytes(raw).translate(None, _SPACE), digest_size=16).hexdigest()
            ids.append(f"inline:{digest}")
            if (key := hash(digest)) not in self._seen:
                if len(self._seen) >= MOST_SEEN:
                    self._seen.clear()
                self._seen.add(key)
                self._groups.add(ids[-1], 0, [], raw, offset)
        return ids

    def _listed(self, value: Raw, name: str, offset: int) -> list[Raw]:
        """The entries of a list of a rate; what is no list is rejected, the rate's prices are not."""
        try:
            return _raws.decode(value)
        except msgspec.DecodeError as error:
            self._tally.reject(offset, f"in_network[].negotiated_rates[].{name}", str(error), bytes(value)[:_EXCERPT])
            return []

    def _one_by_one(self, content: memoryview | bytes, offset: int) -> Iterator[_Rate]:
        """Rates that depart from the schema: what can be read of each, the rest rejected."""
        for raw in _raws.decode(content):
            try:
                yield _rate.decode(raw)
            except msgspec.DecodeError:
                yield from self._mended(raw, offset)

    def _mended(self, raw: Raw, offset: int) -> Iterator[_Rate]:
        path = "in_network[].negotiated_rates[]"
        try:
            rate = Fields(raw, path, offset, self._tally)
            published = rate.take("negotiated_prices")
            if published is None:
                self._tally.reject(offset, path, "no negotiated_prices", bytes(raw)[:_EXCERPT])
            prices = [
                price for entry in _raws.decode(published or b"[]") for price in self._mended_price(entry, offset)
            ]
            yield _Rate(prices, rate.take("provider_references") or EMPTY, rate.take("provider_groups") or EMPTY)
            rate.end()
        except msgspec.DecodeError as error:
            self._tally.reject(offset, path, str(error), bytes(raw)[:_EXCERPT])

    def _mended_price(self, raw: Raw, offset: int) -> Iterator[_Price]:
        path = "in_network[].negotiated_rates[].negotiated_prices[]"
        try:
            price = Fields(raw, path, offset, self._tally)
            published = price.take("negotiated_rate")
            if published is None:
                self._tally.reject(offset, path, "no negotiated_rate", bytes(raw)[:_EXCERPT])
                return
            yield _Price(
                negotiated_type=price.text("negotiated_type") or "",
                negotiated_rate=published,
                billing_class=price.text("billing_class"),
                expiration_date=price.text("expiration_date"),
                service_code=price.texts("service_code"),
                billing_code_modifier=price.texts("billing_code_modifier"),
                additional_information=price.text("additional_information"),
                setting=price.text("setting"),
            )
            price.end()
        except msgspec.DecodeError as error:
            self._tally.reject(offset, path, str(error), bytes(raw)[:_EXCERPT])


def amount(value: Raw, offset: int, tally: Tally) -> dict[str, Any]:
    """A published number as the columns ``rate`` or ``rate_text``; raises ``InvalidOperation`` for what is none."""
    text = bytes(value).decode()
    if text[:1] == '"':
        text = msgspec.json.decode(text, type=str).strip()
        tally.repaired("an amount is written as text", offset)
        text = text.removeprefix("$").replace(",", "")
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    exact = number.normalize()
    if abs(exact) < _MOST and int(exact.as_tuple().exponent) >= -AMOUNT.scale:
        return {"rate": exact}
    return {"rate_text": text}


@lru_cache(1000)
def amount_kind(negotiated_type: str) -> str:
    """What an amount of a type is: dollars, unless the type says percent or per diem, however it is written."""
    words = negotiated_type.replace("_", " ").replace("-", " ")
    return "percent" if words.startswith("percent") else "per_diem" if words == "per diem" else "dollar"


def entries(published: list[str], name: str, offset: int, tally: Tally) -> list[str]:
    """Modifiers or places of service as published, in upper case; blank ones are left out, several in one parted."""
    found, departures = _parted(tuple(published))
    for departure in departures:
        tally.repaired(f"{name} has {departure}", offset)
    return list(found)


def places(published: list[str], offset: int, tally: Tally) -> list[str]:
    """Places of service, in two digits."""
    return [f"0{code}" if len(code) == 1 else code for code in entries(published, "service_code", offset, tally)]


# The same lists come again and again.
@lru_cache(10_000)
def _parted(published: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The entries, and what departs in them."""
    texts = [text.strip().upper() for text in published]
    found = [part for text in texts for part in _SEVERAL.split(text) if part]
    departures = {"empty entries": not all(texts), "several in one": any(map(_SEVERAL.search, texts))}
    return tuple(found), tuple(what for what, is_so in departures.items() if is_so)


def _lower(text: str | None) -> str | None:
    return text.strip().lower() if text else None
