"""Values out of FHIR data types: objects, codes, extensions; a wrong shape is an error, not a gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trocar.core.errors import ClaimInputError

Object = Mapping[str, Any]
NOTHING: Object = {}
_REMEDY = "See hl7.org/fhir for the shape of this element."


def part(parent: Object, *names: str) -> Object:
    """The object under the first of the names that is there; empty without one. Raises ``ClaimInputError``."""
    for name in names:
        found = parent.get(name)
        if isinstance(found, dict):
            return found
        if found is not None:
            raise ClaimInputError(f"{name} is not an object", remedy=_REMEDY)
    return NOTHING


def parts(parent: Object, *names: str) -> list[Object]:
    """The objects of the list under the first of the names that is there. Raises ``ClaimInputError``.

    A single object stands for a list of one: STU3 wrote some elements so that R4 repeats.
    """
    for name in names:
        found = parent.get(name)
        if found is None:
            continue
        listed = found if isinstance(found, list) else [found]
        if not all(isinstance(entry, dict) for entry in listed):
            raise ClaimInputError(f"{name} is not a list of objects", remedy=_REMEDY)
        return listed
    return []


def text(parent: Object, *names: str) -> str:
    """The text or number under the first of the names that is there, stripped; raises ``ClaimInputError``."""
    for name in names:
        found = parent.get(name)
        if isinstance(found, str):
            return found.strip()
        if found is not None:
            raise ClaimInputError(f"{name} is not a single value", remedy=_REMEDY)
    return ""


def texts(parent: Object, *names: str) -> list[str]:
    """The texts of the list under the first of the names that is there; raises ``ClaimInputError``."""
    for name in names:
        found = parent.get(name)
        if found is None:
            continue
        if not (isinstance(found, list) and all(isinstance(entry, str) for entry in found)):
            raise ClaimInputError(f"{name} is not a list of single values", remedy=_REMEDY)
        return found
    return []


@dataclass(frozen=True, slots=True)
class Coding:
    """A code and the system it belongs to, in lower case."""

    system: str
    code: str


def codings(concept: Object) -> list[Coding]:
    """The codes of a concept, in order."""
    return [Coding(text(entry, "system").lower(), text(entry, "code")) for entry in parts(concept, "coding")]


def codes(concept: Object) -> set[str]:
    """The codes of a concept in lower case, whatever their system."""
    return {coding.code.lower() for coding in codings(concept)}


def extension(element: Object, *names: str) -> str:
    """The value of the first extension whose address ends in one of the names (either case); empty without one."""
    for entry in parts(element, "extension"):
        if text(entry, "url").rpartition("/")[2].lower().replace("-", "_") in names:
            coded = part(entry, "valueCoding")
            return text(coded, "code") or text(part(entry, "valueIdentifier"), "value") or text(entry, "valueString")
    return ""
