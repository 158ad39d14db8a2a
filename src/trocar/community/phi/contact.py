"""Telephone numbers and e-mail addresses, also spelled out or veiled."""

from __future__ import annotations

import re

from trocar.community.phi.identifier import Kind
from trocar.community.phi.note import Note

_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|hundred)"
_PHONE = re.compile(
    "|".join(
        (
            r"(?<![\w-])(?:\+?1[\s.-]{0,2})?\(\s?\d{3}\s?\)[\s./-]{0,2}\d{3}[\s.-]{0,2}\d{4}(?!\d)",
            r"(?<![\w-])(?:\+?1[\s.-]{0,2})?\d{3}([\s./-]{1,2})\d{3}[\s./-]{1,2}\d{4}(?!\d)",
            r"(?<![\w.-])\d{3}[-.]\d{4}(?![\w-])",
            r"(?<!\w)(?:\+?1[\s.-]?)?8(?:00|33|44|55|66|77|88)[\s.-][A-Z0-9]{3}-?[A-Z0-9]{4,}(?!\w)",
            rf"(?<!\w){_DIGIT}(?:[\s,.-]+{_DIGIT}){{6,}}(?!\w)",
            r"\+\d{1,3}[\s.-]?\d{2,4}(?:[\s.-]?\d{2,4}){2,3}(?!\d)",
        )
    ),
    re.IGNORECASE,
)
_PHONE_NAMED = re.compile(
    r"(?<!\w)(?:call(?:ed|ing)?(?:\s+back)?|phone|telephone|tele?|cell|mobile|fax(?:ed)?|ph|voicemail|callback|text(?:ed)?|"
    r"contact|reach(?:ed)?(?:\s+\w+)?|dial|ring)\b(?:\s+(?:at|to|on|no\.?|number|is|us|me|back|line|the|her|him|them))*"
    r"[\s:#.]*(?P<value>\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}|\d{3}[\s.-]?\d{4})(?!\w)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"(?<!\w)(?:ext(?:ension)?\.?|x)[\s:#]?(?P<value>\d{3,5})(?!\w)", re.IGNORECASE)
_EMAIL = re.compile(
    "|".join(
        (
            r"[^\s@<>(),;]+\s?@\s?[^\s@<>(),;]+",
            r"[\w.+-]+\s*[\[({<]\s*(?:at|@)\s*[\])}>]\s*[\w.-]+(?:\s*[\[({<]?\s*(?:dot|\.)\s*[\])}>]?\s*[a-z]{2,})?",
            r"[\w+-]+(?:\s+dot\s+[\w+-]+)*\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)*\s+dot\s+[a-z]{2,}",
            r"[\w.+-]+[\s_]+at[\s_]+(?:gmail|yahoo|hotmail|outlook|aol|icloud)\b(?:[\s_]*(?:dot|\.)[\s_]*com)?",
            r"[\w.+-]+\s*_at_\s*[\w-]+",
        )
    ),
    re.IGNORECASE,
)


def find_email(note: Note) -> None:
    """Addresses with an at sign, or with "at" and "dot" instead."""
    for match in _EMAIL.finditer(note.text):
        note.mark(Kind.EMAIL, *match.span())


def find_phone(note: Note) -> None:
    """Numbers by shape, by the word before them, spelled out, or as letters; extensions too."""
    for match in _PHONE.finditer(note.text):
        note.mark(Kind.PHONE, *match.span())
    for pattern in (_PHONE_NAMED, _EXTENSION):
        for match in pattern.finditer(note.text):
            note.mark(Kind.PHONE, *match.span("value"))
