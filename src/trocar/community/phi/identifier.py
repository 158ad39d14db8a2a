"""What the gate finds: the kind of identifier and where it stands, never its text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Kinds of identifiers, after the eighteen of 45 CFR 164.514(b)(2) as far as a short note can hold them."""

    NAME = "name"
    BIRTH = "birth"
    FULL_DATE = "full_date"
    MEDICAL_RECORD = "medical_record"
    SOCIAL_SECURITY = "social_security"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    MEMBER = "member"
    CLAIM = "claim"
    PROVIDER = "provider"
    UNREADABLE = "unreadable"

    @property
    def words(self) -> str:
        """The kind as a person would say it."""
        return _WORDS[self]


_WORDS = {
    Kind.NAME: "a name",
    Kind.BIRTH: "a date of birth or an age over 89",
    Kind.FULL_DATE: "a date with its day (a month is enough)",
    Kind.MEDICAL_RECORD: "a medical record or account number",
    Kind.SOCIAL_SECURITY: "a Social Security number",
    Kind.PHONE: "a telephone or fax number",
    Kind.EMAIL: "an e-mail address",
    Kind.ADDRESS: "an address",
    Kind.MEMBER: "a member or beneficiary number",
    Kind.CLAIM: "a claim, reference or other long number",
    Kind.PROVIDER: "a number of a provider",
    Kind.UNREADABLE: "a character that can't be checked",
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A stretch of the note from ``start`` up to before ``end``, counted from zero, and what it seems to be."""

    kind: Kind
    start: int
    end: int
