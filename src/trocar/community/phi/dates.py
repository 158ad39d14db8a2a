"""Days: dates that name a day of the month, however written, and births with ages over 89."""

from __future__ import annotations

import re

from trocar.community.phi.identifier import Kind
from trocar.community.phi.note import Note

_CLEAR_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\b\.?"
)
# "may" and "mar(ch)" are words as well: in small letters they count only with an ordinal or a year.
_MONTHS = rf"(?:{_CLEAR_MONTHS}|(?:mar(?:ch)?|may)\b\.?)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = (
    r"(?:(?:twenty|thirty)[\s-]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
_YEAR = r"(?:(?:18|19|20)\d{2}|'?\d{2})"
_FULL = r"(?:18|19|20)\d{2}"
_WRITTEN = (
    rf"(?<!\w){_MONTHS}[\s-]*(?:the\s+)?{_DAY}(?:st|nd|rd|th)(?!\w)(?:,?\s*{_YEAR}(?!\d))?",
    rf"(?<!\w){_MONTHS}[\s/-]*{_DAY}(?:\s*[,/-]\s*|\s+){_FULL}(?!\d)",
    rf"(?<!\w){_CLEAR_MONTHS}\s*{_DAY}(?![\w$%./-])",
    rf"(?<![\w.]){_DAY}(?:st|nd|rd|th)\s+(?:(?:day\s+)?of\s+)?{_MONTHS}(?:,?\s*{_YEAR}(?!\d))?",
    rf"(?<![\w.]){_DAY}[\s./-]*{_MONTHS}[\s,./-]*{_FULL}(?!\d)",
    rf"(?<![\w.]){_DAY}[./-]{_MONTHS}[./-]?(?:{_YEAR}(?!\d))?",
    rf"(?<!\w)(?:{_ORDINAL})\s+(?:(?:day\s+)?of\s+)?{_MONTHS}(?!\w)",
    rf"(?<!\w){_MONTHS}\s+(?:the\s+)?(?:{_ORDINAL})(?!\w)",
)
_WRITTEN_CASED = re.compile(
    rf"(?<!\w)(?:May|Mar|March|Sep|MAY|MARCH)\.?\s{_DAY}(?![\w$%./-])|(?<![\w.-]){_DAY}\s(?:March|Mar|May)(?!\w)"
)
_NUMERIC = re.compile(
    r"(?<![\d.$/-])(?P<a>\d{1,2})\s?(?P<s>[/.-])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<y>(?:18|19|20)\d{2}|\d{2})(?![\d/-]|\.\d)"
)
_YEAR_FIRST = re.compile(rf"(?<![\d.$/-]){_FULL}([-/. ])(?:0?[1-9]|1[0-2])\1{_DAY}(?![\d/-])")
_COMPACT = re.compile(
    rf"(?<![\w-])(?:{_FULL}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_FULL})(?![\w-])"
)
_WITHOUT_YEAR = re.compile(
    r"(?<!\w)(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?|on|dos|d\.o\.s\.|dated?|since|seen|visit|service|called|until|before|after|from|thru|through|performed|"
    r"done|scheduled|admitted|discharged|surgery|procedure)[\s:]*(?P<v>(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01]))"
    r"(?![\d/%-]|\s*(?:of|units?|claims?|lines?)\b)",
    re.IGNORECASE,
)
_DOS_COMPACT = re.compile(
    r"(?<!\w)(?:dos|d\.o\.s\.|date(?:\s+of\s+service)?)[\s:#]*(?:of\s+|is\s+|was\s+)?(?P<v>\d{6})(?!\w)", re.IGNORECASE
)
_WRITTEN_ANY = re.compile("|".join(_WRITTEN), re.IGNORECASE)

_BIRTH = re.compile(
    r"(?<!\w)(?:d\.?\s?o\.?\s?b\b\.?|y\.?o\.?b\b\.?|b-?day|birth\s?-?days?|birth\s?-?dates?|date\s+of\s+birth|year\s+of\s+birth|"
    r"born|birth)(?!\w)[\s:=,-]*(?:(?:is|was|on|in|of|the|listed|as|year)[\s:=]*){0,3}"
    rf"(?P<v>\d[\d/.\s-]{{0,9}}\d(?!\w)|(?:{_DAY}(?:st|nd|rd|th)?[\s-]*(?:of\s+)?)?{_MONTHS}[\s,-]*(?:(?:{_ORDINAL})|\d{{1,2}}(?:st|nd|rd|th)?)?"
    rf"[\s,-]*(?:{_YEAR})?)",
    re.IGNORECASE,
)
_BORN_IN = re.compile(r"(?<!\w)b\.\s?(?P<v>(?:18|19|20)\d{2})(?!\d)")
_BORN_AFTER = re.compile(
    r"(?P<v>(?<![\d/.-])\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))(?![\d/-])\s*[\s,(]*(?:d\.?o\.?b\b|birth\s?date|date\s+of\s+birth|birthday)",
    re.IGNORECASE,
)
_TENS = (
    r"(?:ninety(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a)\s+hundred(?:\s+and)?(?:\s+\w+)?)"
)
_AGE = re.compile(
    "|".join(
        (
            r"(?<![\w$.-])(?:9\d|1[01]\d)[\s-]*(?:y\s?/\s?o|y\.?o\.?|y\.o|yrs?\.?[\s-]*old|yrs?\s+of\s+age|years?[\s-]*old|years\s+of\s+age|year-old)(?!\w)",
            r"(?<!\w)(?:age[ds]?|aged)[\s:]*(?:of\s+|is\s+)?(?:9\d|1[01]\d)(?![\w%-])",
            rf"(?<!\w){_TENS}[\s-]+(?:years?|yrs?)[\s-]*(?:old|of\s+age)(?!\w)",
            rf"(?<!\w)(?:age|aged)\s+{_TENS}(?!\w)",
            r"(?<!\w)(?:nona|cente)n(?:ge)?narians?(?!\w)|(?<!\w)(?:nonagenarian|centenarian)s?(?!\w)",
            r"(?<!\w)in\s+(?:his|her|their)\s+(?:(?:mid|late|early)[\s-]+)?(?:nineties|90'?s)(?!\w)",
            r"(?<!\w)turned\s+(?:9\d|1[01]\d)(?!\w)",
        )
    ),
    re.IGNORECASE,
)
_AGE_SEX = re.compile(
    r"(?<![\w$.-])(?:9[0-9]|10\d)\s?(?:[MF]|(?:(?:year|yr)s?\s)?(?:female|male|woman|man|lady|gentleman))(?![\w-])"
)


# A day within a few words of "date of birth".
_BIRTH_NEAR = re.compile(
    r"(?<!\w)(?:d\.?\s?o\.?\s?b|birth\s?-?days?|birth\s?-?dates?|date\s+of\s+birth)(?!\w)[^;]{0,40}?"
    rf"(?P<v>(?<![\d/.-])(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})|{_FULL}[/.-]\d{{1,2}}[/.-]\d{{1,2}}|\d{{8}})(?![\d/-]))",
    re.IGNORECASE,
)


def find_birth(note: Note) -> None:
    """A day, month or year of birth where the note says that it is one; ages over 89 (45 CFR 164.514(b)(2)(i)(C))."""
    for pattern in (_BORN_AFTER, _BORN_IN, _BIRTH, _BIRTH_NEAR):
        for match in pattern.finditer(note.text):
            note.mark(Kind.BIRTH, *match.span("v"))
    for pattern in (_AGE, _AGE_SEX):
        for match in pattern.finditer(note.text):
            note.mark(Kind.BIRTH, *match.span())


def find_full_date(note: Note) -> None:
    """Any day of a month; a month with its year is no day."""
    for pattern in (_WRITTEN_ANY, _WRITTEN_CASED, _YEAR_FIRST, _COMPACT):
        for match in pattern.finditer(note.text):
            note.mark(Kind.FULL_DATE, *match.span())
    for match in _NUMERIC.finditer(note.text):
        first, second = int(match["a"]), int(match["b"])
        if 1 <= min(first, second) <= 12 and max(first, second) <= 31:
            note.mark(Kind.FULL_DATE, *match.span())
    for pattern in (_WITHOUT_YEAR, _DOS_COMPACT):
        for match in pattern.finditer(note.text):
            note.mark(Kind.FULL_DATE, *match.span("v"))
