"""The gate: every detector over one note, in the order in which a number is told from another."""

from __future__ import annotations

from trocar.community.phi.addresses import find_address, find_long_zip
from trocar.community.phi.contact import find_email, find_phone
from trocar.community.phi.dates import find_birth, find_full_date
from trocar.community.phi.harmless import hide_harmless
from trocar.community.phi.identifier import Identifier
from trocar.community.phi.names import find_names
from trocar.community.phi.note import Note
from trocar.community.phi.numbers import (
    find_claim,
    find_long,
    find_medical_record,
    find_member,
    find_provider,
    find_provider_shape,
    find_social_security,
)

_DETECTORS = (
    find_email,
    find_birth,
    find_social_security,
    hide_harmless,
    find_medical_record,
    find_provider,
    find_full_date,
    find_phone,
    find_claim,
    find_address,
    find_member,
    find_provider_shape,
    find_long_zip,
    find_long,
    find_names,
)


def identifiers(text: str) -> tuple[Identifier, ...]:
    """What in the note seems to identify a person, in the order of the text; nothing where the note may be stored.

    Errs on the side of refusing. It can't find what only a reader would understand; so a moderator reads every note.
    """
    note = Note(text)
    for detector in _DETECTORS:
        detector(note)
    return tuple(sorted(note.found, key=lambda found: (found.start, found.end)))
