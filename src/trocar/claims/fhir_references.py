"""Whom and what a FHIR claim refers to: contained in it, beside it in its Bundle, or named by the reference alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trocar.claims.fhir_values import NOTHING, Object, codes, part, parts, text

_NOBODY: Mapping[str, Object] = {}
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")


def beside(entries: list[Object]) -> Mapping[str, Object]:
    """The resources of a Bundle by what references to them say: their full address, or type and id.

    Type and id that two entries share name neither; what has no address of a right shape is referred to by nobody.
    """
    found: dict[str, list[Object]] = {}
    for entry in entries:
        resource = entry.get("resource")
        if isinstance(resource, dict):
            names = {f"{resource.get('resourceType')}/{resource.get('id')}"}
            if isinstance(address := entry.get("fullUrl"), str):
                names.add(address)
            for name in names:
                found.setdefault(name, []).append(resource)
    return {name: resources[0] for name, resources in found.items() if len(resources) == 1}


def _is_npi(identifier: Object) -> bool:
    """Whether an identifier says that it is an NPI."""
    return "npi" in text(identifier, "system").lower() or "npi" in codes(part(identifier, "type"))


@dataclass(frozen=True, slots=True)
class References:
    """The resources that a claim may refer to, by the reference."""

    resources: Mapping[str, Object]

    @classmethod
    def of(cls, resource: Object, around: Mapping[str, Object] = _NOBODY) -> References:
        """What a resource contains, and what stands around it (``beside``)."""
        return cls({**around, **{f"#{text(entry, 'id')}": entry for entry in parts(resource, "contained")}})

    def target(self, reference: Object) -> Object:
        """The resource a reference points to; empty where it is not at hand. A role stands for its practitioner."""
        found = self.resources.get(text(reference, "reference").partition("/_history/")[0], NOTHING)
        if text(found, "resourceType") == "PractitionerRole":
            return self.resources.get(text(part(found, "practitioner"), "reference"), found)
        return found

    def identifiers(self, reference: Object) -> Iterator[Object]:
        """The identifiers that a reference carries, then those of the resource it points to."""
        yield from parts(reference, "identifier")
        yield from parts(self.target(reference), "identifier")

    def npi(self, reference: Object) -> str:
        """The NPI of whom a reference names; empty when it says none."""
        return next((text(entry, "value") for entry in self.identifiers(reference) if _is_npi(entry)), "")

    def named(self, reference: Object) -> str:
        """The name of the organization a reference names, else its identifier."""
        organization = self.target(reference)
        # The name of an organization is a text; that of a person is not, and is never read.
        own = organization.get("name")
        name = (own.strip() if isinstance(own, str) else "") or text(reference, "display")
        return name or next((text(entry, "value") for entry in self.identifiers(reference)), "")

    def zip(self, reference: Object) -> str:
        """The ZIP of the address of a place or organization; empty where none is at hand, or where it has none."""
        written = (text(entry, "postalCode") for entry in parts(self.target(reference), "address"))
        return next((code for code in written if _ZIP.fullmatch(code)), "")
