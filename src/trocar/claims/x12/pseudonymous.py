"""Values that stand in for those of a person: of the same kind, equal for equal texts, of no use without the key."""

from __future__ import annotations

import re
from functools import lru_cache

from trocar.claims.x12.masking import Pseudonyms
from trocar.core.codes import Npi
from trocar.core.errors import InvalidCodeError

_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUV"
# 12 of 32 marks are 60 bits: among a million numbers two are the same in one of two million files.
NUMBER_LENGTH, NAME_LENGTH = 12, 8
_MOST_DAYS = 365
_CACHED = 1 << 12
# Medicare's own claim number stands at the third place of a reference, in 17 characters (X12 RFI 2370).
_MEDICARE_AT, _MEDICARE_LENGTH = 2, 17
_WORD = re.compile(r"[A-Z0-9-]+")
_LEAST_WORD, _MOST_NAMED = 4, 3


class Stand:
    """Stand-ins under one key, so that equal texts stay equal across files (numbers joined by it are of one kind)."""

    def __init__(self, persons: Pseudonyms) -> None:
        self._persons = persons
        self.number = lru_cache(_CACHED)(self._number)
        self.name = lru_cache(_CACHED)(self._name)
        self.days = lru_cache(_CACHED)(self._days)

    def _value(self, kind: str, text: str) -> int:
        return int(self._persons.of([f"{kind} {text.strip()}"])[0], 16)

    def _spelt(self, kind: str, text: str, marks: str, length: int) -> str:
        value = self._value(kind, text)
        spelt = []
        for _ in range(length):
            value, at = divmod(value, len(marks))
            spelt.append(marks[at])
        return "".join(spelt)

    def _number(self, text: str) -> str:
        """A number of a claim, line, member, payment or anything else: twelve capitals and digits."""
        return self._spelt("number", text, _NUMBER, NUMBER_LENGTH)

    def _name(self, text: str) -> str:
        """A name: eight letters."""
        return self._spelt("name", text, _LETTERS, NAME_LENGTH)

    def _days(self, person: str) -> int:
        """The days by which the dates of a person move back: 1 to 365."""
        return 1 + self._value("days", person) % _MOST_DAYS

    def tax(self, text: str) -> str:
        """A tax number: nine digits for any way of writing the same nine."""
        return self._spelt("tax", text.replace("-", ""), _DIGITS, 9)

    def npi(self, text: str) -> str:
        """An NPI whose check digit is right where that of the text is; other texts become a number."""
        try:
            right = Npi.parse(text.strip()).check_digit_holds
        except InvalidCodeError:
            return self.number(text)
        base = "1" + self._spelt("npi", text, _DIGITS, 8)
        digit = next(mark for mark in _DIGITS if Npi.parse(base + mark).check_digit_holds)
        return base + (digit if right else _DIGITS[(int(digit) + 1) % 10])

    def reference(self, text: str) -> str:
        """The reference of a provider adjustment: each number in it stands in for one, Medicare's at its place."""
        words = [word for word in _WORD.findall(text.upper()) if len(word) >= _LEAST_WORD]
        if len(text.strip()) < _MEDICARE_AT + _MEDICARE_LENGTH or len(words) > 1:
            named = dict.fromkeys([text.strip().upper(), *words])
            return " ".join(self.number(one) for one in list(named)[:_MOST_NAMED])
        of_medicare = text[_MEDICARE_AT : _MEDICARE_AT + _MEDICARE_LENGTH]
        return "XX" + self.number(of_medicare).ljust(_MEDICARE_LENGTH) + self.number(text)
