"""Addresses: streets, post boxes, ZIP codes, apartments, and where somebody lives."""

from __future__ import annotations

import re

from trocar.community.choices import choices
from trocar.community.phi.identifier import Kind
from trocar.community.phi.note import Note
from trocar.community.phi.words import eponyms

# These endings mean a street wherever they stand; the others are words of the field as well (CT, Dr, way, place).
_STREET = r"(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|terrace|parkway|pkwy|highway|hwy|trail|turnpike|alley)"
_STREET_IF_TITLED = (
    r"(?:St|Street|Ct|Court|Dr|Drive|Pl|Place|Way|Sq|Square|Loop|Circle|Cir|Ter|Row|Path|Run|Pike|Trl|Cove|Broadway)"
)
_NUMBER = r"(?<![\w.$#/-])\d{1,5}(?:-\d{1,4})?[A-Z]?\s+"
_ADDRESS = re.compile(
    "|".join(
        (
            rf"{_NUMBER}(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?\s+)?(?:[a-z0-9.']+\s+){{1,3}}{_STREET}(?![\w-])\.?",
            r"(?<!\w)p\.?\s?o\.?\s*box\s*#?\s*\d+",
            r"(?<!\w)(?:apt|apartment|suite|ste|unit\s*#|room|rm)\b\.?\s*#?\s*\d+[a-z]?(?!\w)",
            r"(?<!\w)zip(?:\s*code)?s?[\s:#]*(?:is\s+|of\s+)?\d{5}(?:-\d{4})?(?!\w)",
            r"(?<!\w)(?:rural\s+route|rr|route|rte|county\s+road|cr)\s*#?\s*\d+\s*,?\s*box\s*\d+",
            r"(?<!\w)(?:lives?|living|resid(?:es?|ing)|moved|home\s+address(?:\s+is)?|address\s+is|mailing\s+address(?:\s+is)?|address:)\s+"
            r"(?:(?:at|in|on|to|near|is|:)\s+)*(?=\d|[A-Z])(?-i:\d{1,5}\s+\w+|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)",
        )
    ),
    re.IGNORECASE,
)
_TITLED = re.compile(
    rf"{_NUMBER}(?:(?:[NSEW]|NE|NW|SE|SW|North|South|East|West)\.?\s+)?(?:(?:[A-Z][a-z'.]+|\d+(?:st|nd|rd|th))\s+){{1,3}}{_STREET_IF_TITLED}(?![\w-])\.?"
)
_LOWER = re.compile(
    rf"{_NUMBER}(?:[a-z']+\s+){{1,2}}(?:st|court|drive|circle|square|loop|cove|pike)\.?(?=\s*(?:$|[,.;]|apt|in\s))"
)
_CITY_ZIP = re.compile(
    r"(?<!\w)[A-Z][A-Za-z.']+(?:\s[A-Z][A-Za-z.']+){0,2},?\s+(?P<state>[A-Z]{2}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?),?\s+\d{5}(?!\w)"
)


_LONG_ZIP = re.compile(r"(?<![\w-])\d{5}-\d{4}(?![\w-])")


def find_long_zip(note: Note) -> None:
    """A ZIP code of nine digits, where it is not named as another number."""
    for match in _LONG_ZIP.finditer(note.text):
        note.mark(Kind.ADDRESS, *match.span())


def find_address(note: Note) -> None:
    """Anything smaller than a state that says where somebody is to be found."""
    for pattern in (_ADDRESS, _TITLED, _LOWER):
        for match in pattern.finditer(note.text):
            note.mark(Kind.ADDRESS, *match.span())
    states, payers = choices().states, eponyms()[1]
    for match in _CITY_ZIP.finditer(note.text):
        # A plan is no city: Sunshine Health Florida, 76942 is a payer and a code.
        is_payer = any(word in payers.nouns for word in re.findall(r"[a-z]+", match[0].lower()))
        if not is_payer and (match["state"] in states or match["state"] in states.values()):
            note.mark(Kind.ADDRESS, *match.span())
