"""The field's codes, parsed at the door: each ``parse`` returns the normalised code or raises."""

from __future__ import annotations

import re
from typing import Self

from trocar.core.errors import InvalidCodeError


class _Code(str):
    """A code is its own normalised text; the subclass says of which set."""

    __slots__ = ()
    _pattern: re.Pattern[str]
    _is_a: str

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Self:
        """The normalised code; raises ``InvalidCodeError`` naming what is wrong and ``where``."""
        normal = cls._normalise(text)
        if not cls._pattern.fullmatch(normal):
            raise InvalidCodeError(f"{text!r} is not {cls._is_a}", where=where, remedy=cls._hint(normal))
        return cls(normal)

    @classmethod
    def _normalise(cls, text: str) -> str:
        return text.strip().upper()

    @classmethod
    def _hint(cls, normal: str) -> str:
        return ""


class Hcpcs(_Code):
    """A HCPCS level I (CPT) or level II code: five characters, such as 77002, 0232T or G0105."""

    __slots__ = ()
    _pattern = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[A-Z0-9]")
    _is_a = "a HCPCS code (five characters)"

    @classmethod
    def _hint(cls, normal: str) -> str:
        digits = normal.replace("O", "0").replace("I", "1")
        if digits != normal and cls._pattern.fullmatch(digits):
            return f"Did you mean {digits} (digits, not letters)?"
        if normal.isdigit() and len(normal) < 5:
            return f"A leading zero may be lost: did you mean {normal.zfill(5)}? Read code columns as text."
        if re.fullmatch(r"[0-9]{5}\.0", normal):
            return f"A spreadsheet made it a number: write {normal[:5]}."
        return "Check the code on the claim."


class Modifier(_Code):
    """A two-character modifier, such as 26, TC or XS."""

    __slots__ = ()
    _pattern = re.compile(r"[A-Z0-9]{2}")
    _is_a = "a modifier (two characters)"


class Icd10(_Code):
    """An ICD-10-CM code without its point: three to seven characters, such as M5416."""

    __slots__ = ()
    _pattern = re.compile(r"[A-Z][A-Z0-9]{2,6}")
    _is_a = "an ICD-10-CM code (a letter, then two to six letters or digits)"

    @classmethod
    def _normalise(cls, text: str) -> str:
        return text.strip().upper().replace(".", "")

    @property
    def dotted(self) -> str:
        """The code as people write it, with the point after the third character."""
        return f"{self[:3]}.{self[3:]}" if len(self) > 3 else str(self)


class PlaceOfService(_Code):
    """A two-digit place of service, such as 11 or 22."""

    __slots__ = ()
    _pattern = re.compile(r"[0-9]{2}")
    _is_a = "a place of service (two digits)"

    @classmethod
    def _normalise(cls, text: str) -> str:
        stripped = text.strip()
        return stripped.zfill(2) if stripped.isdigit() else stripped


class Taxonomy(_Code):
    """A NUCC provider taxonomy code: ten characters ending in X."""

    __slots__ = ()
    _pattern = re.compile(r"[0-9A-Z]{9}X")
    _is_a = "a taxonomy code (ten characters ending in X)"


class Npi(_Code):
    """A national provider identifier: ten digits; the last is a Luhn check digit over 80840 and the first nine."""

    __slots__ = ()
    _pattern = re.compile(r"[0-9]{10}")
    _is_a = "an NPI (ten digits)"

    @property
    def check_digit_holds(self) -> bool:
        """Whether the Luhn check of the prefixed number (80840 + NPI) comes out (45 CFR 162.406; ISO 7812)."""
        total = 24  # the Luhn sum of the constant prefix 80840
        for position, digit in enumerate(reversed(self)):
            value = int(digit) * (2 if position % 2 else 1)
            total += value - 9 if value > 9 else value
        return total % 10 == 0
