"""Names of persons: listed ones in any spelling, unknown ones by what stands before them or by their capital."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from trocar.community.phi.identifier import Kind
from trocar.community.phi.note import Note
from trocar.community.phi.words import Eponyms, eponyms, is_known, read_words, short_list

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_TITLES = short_list("titles")
_PERSONS = short_list("persons")
_SPEAKING = short_list("speaking")
_LINKS = short_list("links")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){2,3}(?![\w])")


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def bare(self) -> str:
        """In small letters without apostrophes and a possessive ending: O'Neil's is oneil."""
        return re.sub(r"'s$", "", self.lower).replace("'", "")

    @property
    def titled(self) -> bool:
        return self.text[0].isupper() and any(letter.islower() for letter in self.text[1:])

    @property
    def upper(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @cached_property
    def known(self) -> bool:
        """English or of the field."""
        return is_known(self.lower) or is_known(self.bare)

    @cached_property
    def listed(self) -> bool:
        """A name that is no word."""
        return self.bare in read_words("names.txt") and not self._vocabulary

    @cached_property
    def given(self) -> bool:
        return self.listed or self.bare in read_words("given_also_words.txt")

    @cached_property
    def maybe(self) -> bool:
        """A name, or a word that is a name as well."""
        return self.given or self.bare in read_words("surnames_also_words.txt")

    @property
    def _vocabulary(self) -> bool:
        return self.bare in read_words("vocabulary.txt") or self.lower in read_words("vocabulary.txt")


def find_names(note: Note) -> None:
    """Names of patients, practitioners and staff alike; eponyms, payers and places pass."""
    text = note.text
    tokens = [_Token(match[0], *match.span()) for match in _WORD.finditer(text)]
    harmless = _eponym_positions(tokens)
    for position, token in enumerate(tokens):
        if _is_addressed(text, tokens, position) or (
            position not in harmless
            and (
                token.listed
                or _looks_unknown(token)
                or _follows_initial(text, token)
                or _follows_person(text, tokens, position)
                or (position - 1 not in harmless and _is_pair(text, tokens, position))
            )
        ):
            note.mark(Kind.NAME, token.start, token.end)
    for match in _INITIALS.finditer(note.text):
        if re.sub(r"[^a-z]", "", match[0].lower()) not in short_list("abbreviated"):
            note.mark(Kind.NAME, *match.span())


def _eponym_positions(tokens: list[_Token]) -> frozenset[int]:
    """Names that stand for a disease, a device, a payer or a place here: alone, or with their noun close behind."""
    found = set()
    for group in eponyms():
        for position, token in enumerate(tokens):
            following = [near.lower for near in tokens[position + 1 : position + 4]]
            if token.bare in group.alone or (token.bare in group.names and _noun_follows(following, group)):
                found.add(position)
        for phrase in group.phrases:
            found |= {
                position + part
                for position in range(len(tokens) - len(phrase) + 1)
                if phrase == tuple(token.bare for token in tokens[position : position + len(phrase)])
                for part in range(len(phrase))
            }
    return frozenset(found)


def _noun_follows(following: list[str], group: Eponyms) -> bool:
    """Osgood Schlatter disease, Scott and White plan: only names of the group stand between."""
    for word in following:
        if word in group.nouns:
            return True
        if word not in group.names and word != "and":
            return False
    return False


def _looks_unknown(token: _Token) -> bool:
    """Capitalised, and no word: Adebayo; not an acronym, nor a brand with a capital inside unless like McX or DeX."""
    if token.known or not token.titled or len(token.bare) < 3:
        return False
    inner = any(letter.isupper() for letter in token.text[1:])
    return not inner or bool(re.match(r"(?:Mc|Mac|De|Di|La|Le|Van|Fitz|O'|D'|St)[A-Z]?", token.text))


def _is_pair(text: str, tokens: list[_Token], position: int) -> bool:
    """A given name and a family name side by side, each capitalised, perhaps with an initial between: Mark K. Young."""
    if position == 0:
        return False
    before, token = tokens[position - 1], tokens[position]
    between = text[before.end : token.start]
    if not re.fullmatch(r",?\s+(?:[A-Z]\.?\s+)?", between) or not before.titled or not token.titled:
        return False
    return (before.given and (token.maybe or not token.known)) or ("," in between and token.given and before.maybe)


def _is_addressed(text: str, tokens: list[_Token], position: int) -> bool:
    """After a title, or somebody spoken with: Dr. Young, talked to Priya; there an eponym is a name too."""
    if position == 0:
        return False
    before, token = tokens[position - 1], tokens[position]
    gap = text[before.end : token.start]
    if before.lower in _TITLES and re.fullmatch(r"\.?\s+(?:[A-Z]\.?\s*)?", gap):
        return _may_be_titled_name(before, token)
    spoken = before.lower in _LINKS and position >= 2 and tokens[position - 2].lower in _SPEAKING
    return spoken and _person_follows(text, tokens, position)


def _follows_person(text: str, tokens: list[_Token], position: int) -> bool:
    """After a word for a person, or "named": pt adebayo, rep named Priya."""
    if position == 0:
        return False
    before = tokens[position - 1].lower
    after_name = before in _LINKS and position >= 2 and tokens[position - 2].lower == "name"
    introduced = before in _PERSONS or after_name or before in ("named", "called")
    return introduced and _person_follows(text, tokens, position)


def _person_follows(text: str, tokens: list[_Token], position: int) -> bool:
    gap = text[tokens[position - 1].end : tokens[position].start]
    if not re.fullmatch(r"[\s:,.=-]+(?:[A-Z]\.?\s+)?", gap):
        return False
    return _may_be_person(tokens[position], tokens[position + 1 : position + 2], text)


def _may_be_titled_name(title: _Token, token: _Token) -> bool:
    if title.upper and title.lower in ("mr", "ms", "dr"):  # MR is an image, MS a disease
        return token.listed or (token.upper and len(token.text) >= 5 and not token.known)
    if not token.known:
        return len(token.bare) > 1
    return token.maybe and (token.titled or token.lower not in short_list("words_after_title"))


def _may_be_person(token: _Token, after: list[_Token], text: str) -> bool:
    if token.upper:
        return not token.known and len(token.text) != 4 and len(token.text) != 1
    if not token.known:
        return len(token.bare) > 2
    if token.titled:
        return token.maybe
    # In small letters a word is a name only where a family name follows: patient mark young.
    family = bool(after) and text[token.end : after[0].start].isspace() and after[0].maybe
    return token.given and family and token.lower not in short_list("words_after_person")


def _follows_initial(text: str, token: _Token) -> bool:
    """J. Long, J Adebayo."""
    if not token.titled or (token.known and not token.maybe):
        return False
    return bool(re.search(r"(?<![\w.'-])[A-Z]\.\s?$", text[: token.start]))
