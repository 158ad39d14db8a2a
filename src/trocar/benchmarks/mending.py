"""Fields of published objects that depart from the schema, read as what they plainly mean, each departure counted."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal, InvalidOperation

import msgspec
from msgspec import Raw

from trocar.benchmarks.tally import Tally

_fields = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])
_text = msgspec.json.Decoder(str)
NULL = b"null"


class Fields:
    """The members of one object, taken one by one; what nobody took is unknown. Keys count in any case."""

    def __init__(self, raw: Raw | bytes, path: str, offset: int, tally: Tally) -> None:
        self._path, self._offset, self._tally = path, offset, tally
        self._held: dict[str, Raw] = {}
        self.hold(_fields.decode(raw))

    def hold(self, members: Mapping[str, Raw]) -> None:
        """Take in some members."""
        for key, value in members.items():
            name = key.lower()
            if name != key:
                self._tally.repaired(f"{self._path}.{name} is written in capitals", self._offset)
            self._held[name] = value

    def take(self, name: str) -> Raw | None:
        """The value as published; None where it is missing or null."""
        value = self._held.pop(name, None)
        return None if value is None or bytes(value) == NULL else value

    def text(self, name: str) -> str | None:
        """A text; a number instead is read as its text."""
        value = self.take(name)
        return None if value is None else text_of(value, name, self._offset, self._tally)

    def texts(self, name: str) -> list[str]:
        """A list of texts; one text instead is a list of it."""
        return texts(self.take(name), name, self._offset, self._tally)

    def fields(self, name: str) -> Fields:
        """The members of an object within; of none, when it is missing."""
        return Fields(self.take(name) or b"{}", f"{self._path}.{name}", self._offset, self._tally)

    def within(self, raw: Raw, name: str) -> Fields:
        """The members of an entry of a list within."""
        return Fields(raw, f"{self._path}.{name}[]", self._offset, self._tally)

    def end(self) -> None:
        """Whatever was not taken is unknown."""
        for name in self._held:
            self._tally.unknown(f"{self._path}.{name}", self._offset)


def in_any_case(members: Mapping[str, Raw], known: Set[str], path: str, offset: int, tally: Tally) -> Mapping[str, Raw]:
    """The members of an object under the keys that the schema has, which count in any case; others are unknown."""
    if members.keys() <= known:
        return members
    found: dict[str, Raw] = {}
    for written, value in members.items():
        name = written.lower()
        if name not in known:
            name = written
            tally.unknown(f"{path}.{written}", offset)
        elif name != written:
            tally.repaired(f"{path}.{name} is written in capitals", offset)
        found[name] = value
    return found


def text_of(value: Raw | bytes, name: str, offset: int, tally: Tally) -> str:
    """A text, or the text of a number or a literal; raises ``msgspec.DecodeError`` for an object or a list."""
    content = bytes(value)
    if content[:1] in (b"{", b"["):
        return _text.decode(content)  # raises
    if content[:1] != b'"':
        tally.repaired(f"{name} is not a text", offset)
        return content.decode()
    return _text.decode(content)


def texts(value: Raw | bytes | None, name: str, offset: int, tally: Tally) -> list[str]:
    """A list of texts; null entries are left out and counted, one text instead is a list of it."""
    if value is None:
        return []
    content = bytes(value)
    if content[:1] != b"[":
        tally.repaired(f"{name} is not a list", offset)
        return [text_of(content, name, offset, tally)]
    entries = _list.decode(content)
    kept = [entry for entry in entries if bytes(entry) != NULL]
    if len(kept) < len(entries):
        tally.repaired(f"{name} has empty entries", offset)
    return [text_of(entry, name, offset, tally) for entry in kept]


def canonical(number: str) -> str:
    """An id in one spelling: 690.64470 and 690.6447 are one, 5.0 is 5; what is no number stays as it is."""
    if number.isascii() and number.isdigit() and (number == "0" or number[0] != "0"):
        return number
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    return format(value.normalize(), "f") if value.is_finite() else number
