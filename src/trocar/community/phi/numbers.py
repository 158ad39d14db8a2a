"""Numbers of persons, claims and providers: by their shape, or by the words before them."""

from __future__ import annotations

import re
from collections.abc import Callable

from trocar.community.phi.identifier import Kind
from trocar.community.phi.note import Note
from trocar.core.codes import Npi

# "number", "no.", "#", "is", ":" between the word that names a number and the number itself.
_LABEL = r"(?:\s*(?:id(?:entifi(?:er|cation))?|numbers?|num|nbr|no)\b\.?|\s*#)+"
_TO = r"[\s:#=.(-]*(?:(?:is|was|of|ending(?:\s+in)?|ends\s+in|last\s+(?:4|four))[\s:#=.(-]*){0,2}"
_VALUE = r"(?P<value>[A-Z]{0,5}[-. ]?\d[A-Z0-9]*(?:[-. ][A-Z0-9]*\d[A-Z0-9]*)*)"

_SSN = re.compile(
    r"(?<![\w-])(?P<value>(?:\d{3}([-. ])\d{2}\2\d{4}|[x*#]{3}[-. ]?[x*#]{2}[-. ]?\d{4}))(?![\w-])", re.IGNORECASE
)
_SSN_NAMED = re.compile(
    rf"(?<!\w)(?:ssn?|s\.s\.n?\.?|soc(?:ial)?(?:\s+sec(?:urity)?)?)(?:{_LABEL})?{_TO}"
    r"(?P<value>\d[\d .-]{2,11}\d)(?!\w)",
    re.IGNORECASE,
)
_SSN_SPELLED = re.compile(
    r"(?<!\w)(?:ssn?|social(?:\s+security)?)\b.{0,20}?(?P<value>(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
    r"[\s,-]*){4,9})",
    re.IGNORECASE,
)
# CMS, "Understanding the MBI": eleven characters; no letters S, L, O, I, B, Z; 1, 4, 7, 10, 11 are digits, 2, 5, 8, 9
# letters, 3 and 6 either.
_L, _E = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
_MBI = re.compile(
    rf"(?<![A-Z0-9])(?P<value>[1-9]{_L}{_E}\d[- ]?{_L}{_E}\d[- ]?{_L}{_L}\d\d)(?![A-Z0-9])",
    re.IGNORECASE,
)
# The number before it: a Social Security number and a claim letter, or letters and digits of railroad retirement.
_HICN = re.compile(
    r"(?<![\w-])(?P<value>\d{3}-?\d{2}-?\d{4}-?(?:[A-FHJKMTW][1-9A-Z]?)|(?:MA|PA|WA|WD|WCA|WCD|PD|JA|H|CA|A)-?"
    r"(?:\d{3}-?\d{2}-?\d{4}|\d{6}))(?![\w-])",
    re.IGNORECASE,
)
_MEMBER_SHAPE = re.compile(
    r"(?<![\w-])(?P<value>[A-Z]{3}\d{9,12}[A-Z]?|[A-Z]{3}\d{3}[A-Z]\d{5,6})(?![\w-])", re.IGNORECASE
)
_MEMBER = (
    r"(?:mbi|hicn?|member(?:ship)?|subscriber|beneficiary|bene|insured|medicaid|medicare|recipient|enrollee|cardholder|"
    r"insurance|dependent|certificate|group|grp|policy|policy\s?holder|ins)(?:'s)?"
)
_MEMBER_NAMED = re.compile(
    rf"(?<!\w)(?:{_MEMBER}(?:\s+card)?(?:{_LABEL}){_TO}|(?:mbi|hicn?|member|subscriber|beneficiary|medicaid|card)[\s:#]+(?=[A-Z]{{0,4}}\d[\dA-Z-]*\d{{4}})|"
    r"(?:mbi|hicn?)[\s:#]+(?=[A-Z0-9-]{9,14}(?![A-Z0-9-]))|"
    rf"id\s*(?:card|#|number|no\.?)?[\s:#]+(?:is\s+|on\s+card\s+)?(?=[A-Z]{{0,4}}\d[\dA-Z-]*\d{{4}})){_VALUE}(?!\w)",
    re.IGNORECASE,
)
_RECORD_NAMED = re.compile(
    r"(?<!\w)(?:(?:mrn|m\.r\.n\.?|mr\s?#|med(?:ical)?\.?\s?rec(?:ord)?\.?|chart|patient|pt|account|acct|hospital|unit|"
    r"visit|encounter|har|csn|fin|accession|epic|guarantor)"
    rf"(?:{_LABEL}){_TO}|(?:mrn|m\.r\.n\.?|mr\s?#|med\.?\s?rec\.?|csn|fin|accession){_TO}|"
    r"(?:chart|acct|account)[\s:]+(?:is\s+)?(?=[A-Z]{0,3}-?\d{4})|"
    rf"(?:chart|acct|account|medical\s+record|encounter|patient|pt|visit)[\s:]+(?:is\s+)?(?=[A-Z]{{0,3}}-?\d[\d-]{{5,}})){_VALUE}(?!\w)",
    re.IGNORECASE,
)
_CLAIM_WORD = (
    r"(?:icn|dcn|tcn|pcn|ccn|claim|control|reference|ref|case|call|confirmation|conf|appeal|auth|authorization|"
    r"authorisation|pre-?auth|precert|tracking|ticket|check|cheque|chk|eft|trace|trn|eob|era|remit|remittance|invoice|"
    r"grievance|referral|inquiry|interaction|document|file|payment|redetermination|recon|serial|lot|device)"
)
_CLAIM_NAMED = re.compile(
    rf"(?<!\w)(?:{_CLAIM_WORD}(?:{_LABEL}){_TO}|(?:icn|dcn|tcn|pcn){_TO}|"
    rf"{_CLAIM_WORD}[\s:]+(?:is\s+)?(?=[A-Z]{{0,4}}-?\d[\dA-Z-]{{5,}})){_VALUE}(?!\w)",
    re.IGNORECASE,
)
_PROVIDER_NAMED = re.compile(
    r"(?<!\w)(?:npi|n\.p\.i\.|tin|ein|fein|tax(?:\s?payer)?\s?id|dea|clia|ptan|upin|lic(?:en[cs]e)?\.?|provider)(?:"
    rf"{_LABEL})?{_TO}(?P<value>[A-Z]{{0,3}}[-. ]?\d[\dA-Z-]{{3,}}[\dA-Z])(?!\w)",
    re.IGNORECASE,
)
_EIN = re.compile(r"(?<![\w-])(?P<value>\d{2}-\d{7})(?![\w-])")
_NPI = re.compile(r"(?<![\w-])(?P<value>[12]\d{9})(?![\w-])")
_LONG = re.compile(r"(?<![\w$.])(?P<value>(?:[A-Z]{1,6}-?)?\d[A-Z0-9]*(?:-[A-Z0-9]+)*)(?!\w)", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\w$.-])(?P<value>\d{2,6}(?: \d{2,6}){2,})(?![\w-])")


def find_social_security(note: Note) -> None:
    """Social Security numbers, whole, masked, or their last four digits where the note says so."""
    _mark(note, Kind.MEMBER, _HICN)
    for pattern in (_SSN, _SSN_NAMED, _SSN_SPELLED):
        _mark(note, Kind.SOCIAL_SECURITY, pattern)


def find_member(note: Note) -> None:
    """Medicare's identifiers by shape (MBI, and the number before it), other payers' by the words before them."""
    _mark(note, Kind.MEMBER, _MBI, lambda value: sum(map(str.isdigit, value)) >= 5)
    _mark(note, Kind.MEMBER, _MEMBER_SHAPE)
    _mark(note, Kind.MEMBER, _MEMBER_NAMED, _digits(4))


def find_provider(note: Note) -> None:
    """NPI, tax and licence numbers by the words before them: they name a person or a practice."""
    _mark(note, Kind.PROVIDER, _PROVIDER_NAMED, _digits(5))


def find_provider_shape(note: Note) -> None:
    """A tax number by its hyphen, an NPI by its check digit."""
    _mark(note, Kind.PROVIDER, _EIN)
    _mark(note, Kind.PROVIDER, _NPI, lambda value: Npi(value).check_digit_holds)


def find_medical_record(note: Note) -> None:
    """Medical record, chart, account and encounter numbers, by the words before them."""
    _mark(note, Kind.MEDICAL_RECORD, _RECORD_NAMED, _digits(3))


def find_claim(note: Note) -> None:
    """Claim, reference, authorization and payment numbers by the words before them."""
    _mark(note, Kind.CLAIM, _CLAIM_NAMED, _digits(4))


def find_long(note: Note) -> None:
    """Any other number of six digits or more."""
    _mark(note, Kind.CLAIM, _LONG, _digits(6))
    _mark(note, Kind.CLAIM, _GROUPED, _is_grouped_number)


def _digits(least: int) -> Callable[[str], bool]:
    return lambda value: sum(map(str.isdigit, value)) >= least


def _is_grouped_number(value: str) -> bool:
    """Digits in groups, but no list of codes and modifiers."""
    groups = value.split()
    return len(value.replace(" ", "")) >= 9 and not all(len(group) in (2, 5) for group in groups)


def _mark(note: Note, kind: Kind, pattern: re.Pattern[str], accept: Callable[[str], bool] = bool) -> None:
    for match in pattern.finditer(note.text):
        if accept(match["value"]):
            note.mark(kind, *match.span("value"))
