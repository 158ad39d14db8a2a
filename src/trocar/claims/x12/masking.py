"""What of an interchange says who the patient is, and how it is hidden."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from trocar.claims.patient_key import patient_key

# Elements by their reference, such as NM103. Names, addresses, birth dates, ids of persons, free text.
_NAMES = ("NM103", "NM104", "NM105", "NM106", "NM107", "SBR03", "SBR04", "PER02", "PER04", "PER06", "PER08")
_PLACES_AND_DATES = ("N301", "N302", "N401", "N403", "DMG02", "DMG03", "PAT06")
_PERSONAL = frozenset({*_NAMES, *_PLACES_AND_DATES, "NTE02", "K301", "REF03", "IK404"})
# Ids of a provider or payer in most loops, of a person in these.
_IDS = frozenset({"NM109", "REF02"})
PERSON_LOOPS = frozenset({"2010BA", "2010CA", "2330A", "2100D", "2100"})
_PERSONS = frozenset({"IL", "QC", "74", "GB"})
_PERSONAL_REFERENCES = frozenset({"SY", "EA", "1W", "Y4", "IG", "1L", "F4"})
_FREE_TEXT = frozenset({"NTE", "K3"})
# Data copied from a claim that was refused, and words about one.
_COPIED = {"IK4": 4, "STC": 12}
_REFERENCE = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d{2})(?:-\d+)?")
HIDDEN = "***"
_LENGTH = 24  # of a pseudonym, in hexadecimal digits


def masked(element: str, value: str, loop: str = "") -> str:
    """The value of an element, or stars where it may say who the patient is."""
    match = _REFERENCE.fullmatch(element)
    if not value or match is None:
        return value
    reference = match[1] + match[2]
    if reference in _IDS:
        return HIDDEN if loop in PERSON_LOOPS else value
    return HIDDEN if reference in _PERSONAL else value


def masked_segment(text: str, separator: str, *, of_person: bool) -> str:
    """A segment for the screen: what says who the patient is becomes stars.

    ``of_person`` says whether the loop it stands in is a person's (its address and birth date then are too).
    """
    elements = text.split(separator)
    name = elements[0]
    none: set[int] = set()
    if name == "NM1" and len(elements) > 1 and elements[1] in _PERSONS:
        hide, kept = range(3, 10), {8}
    elif name in _FREE_TEXT:
        hide, kept = range(1, len(elements)), none
    elif name in _COPIED:
        hide, kept = range(_COPIED[name], _COPIED[name] + 1), none
    elif name == "REF" and len(elements) > 1 and (elements[1] in _PERSONAL_REFERENCES or of_person):
        hide, kept = range(2, len(elements)), none
    elif of_person and name in ("N3", "N4", "DMG", "PER", "PAT"):
        hide, kept = range(1, len(elements)), none
    elif name == "ISA":  # the password
        hide, kept = range(2, 5, 2), none
    elif name == "SBR":
        hide, kept = range(3, 5), none
    else:
        return text
    return _with_stars(elements, separator, [at for at in hide if at not in kept])


def masked_stray(text: str, separator: str, *, is_known: bool) -> str:
    """A segment in no place of its guide, as if of a person; of one with no known id three characters are left."""
    elements = text.split(separator)
    if is_known and elements[0] != "NM1":
        return masked_segment(text, separator, of_person=True)
    if not is_known:
        elements[0] = elements[0][:3]
    return _with_stars(elements, separator, range(3 if is_known else 1, len(elements)))


def _with_stars(elements: list[str], separator: str, hide: Iterable[int]) -> str:
    for at in hide:
        if at < len(elements) and elements[at].strip():
            elements[at] = HIDDEN
    return separator.join(elements)


class Pseudonyms:
    """Keyed hashes of the ids of persons: equal for equal ids, and of no use without the key.

    Without a key that of the user is taken, so that ids of two files or runs can be joined (``patient_key``).
    """

    def __init__(self, key: bytes | None = None) -> None:
        own = hashlib.blake2b(key or patient_key(), digest_size=32).digest()
        self._keyed = hashlib.blake2b(key=own, digest_size=_LENGTH // 2)

    def of(self, texts: list[str]) -> list[str]:
        """The pseudonyms of persons known by one text each (keyed BLAKE2b, 96 bits); an empty text stays empty."""
        return [self._one(text) if text else "" for text in texts]

    def column(self, texts: pa.Array) -> pa.Array:
        """The pseudonyms of a column of such texts; null where there is none."""
        listed = texts.to_pylist()
        filled = np.array([bool(text) for text in listed], bool)
        made = "".join([self._one(text) for text in listed if text]).encode()
        offsets = np.zeros(len(listed) + 1, np.int32)
        np.cumsum(filled * np.int32(_LENGTH), out=offsets[1:])
        valid = pa.py_buffer(np.packbits(filled, bitorder="little"))
        return pa.Array.from_buffers(pa.string(), len(listed), [valid, pa.py_buffer(offsets), pa.py_buffer(made)])

    def _one(self, text: str) -> str:
        keyed = self._keyed.copy()  # quicker than to begin with the key each time
        keyed.update(text.strip().upper().encode())
        return keyed.hexdigest()
