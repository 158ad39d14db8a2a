"""Values out of FHIR data types: objects, codes, identifiers, references; a wrong shape is an error, not a gap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trocar.core.errors import ClaimInputError

Object = Mapping[str, Any]
_NOTHING: Object = {}
_REMEDY = "See hl7.org/fhir for the shape of this element."


def part(parent: Object, *names: str) -> Object:
    """The object under the first of the names that is there; empty without one. Raises ``ClaimInputError``."""
    for name in names:
        found = parent.get(name)
        if isinstance(found, dict):
            return found
        if found is not None:
            raise ClaimInputError(f"{name} is not an object", remedy=_REMEDY)
    return _NOTHING


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


def is_npi(identifier: Object) -> bool:
    """Whether an identifier says that it is an NPI."""
    return "npi" in text(identifier, "system").lower() or "npi" in codes(part(identifier, "type"))


@dataclass(frozen=True, slots=True)
class Contained:
    """The resources contained in another, by id."""

    resources: Mapping[str, Object]

    @classmethod
    def of(cls, resource: Object) -> Contained:
        """The resources that a resource contains."""
        return cls({text(entry, "id"): entry for entry in parts(resource, "contained")})

    def identifiers(self, reference: Object) -> Iterator[Object]:
        """The identifiers that a reference carries, then those of the contained resource it points to."""
        yield from parts(reference, "identifier")
        target = text(reference, "reference")
        if target.startswith("#"):
            yield from parts(self.resources.get(target[1:], _NOTHING), "identifier")

    def npi(self, reference: Object) -> str:
        """The NPI of whom a reference names; empty when it says none."""
        return next((text(entry, "value") for entry in self.identifiers(reference) if is_npi(entry)), "")

    def named(self, reference: Object) -> str:
        """The name of the organization a reference names, else its identifier."""
        target = text(reference, "reference")
        organization = self.resources.get(target[1:], _NOTHING) if target.startswith("#") else _NOTHING
        name = text(organization, "name") or text(reference, "display")
        return name or next((text(entry, "value") for entry in self.identifiers(reference)), "")
