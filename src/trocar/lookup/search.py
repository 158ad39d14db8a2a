"""Find codes by plain words: what the knowledge of codes says of them, with the words people use and their slips."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache

from trocar.knowledge import Knowledge, all_knowledge

_WORD = re.compile(r"[a-z0-9]+")
# Words that mean the same here; every word of a set finds the others.
_SAME = (
    {"ct", "cat", "tomography"},
    {"us", "ultrasound", "ultrasonic", "sono", "sonographic", "sonography", "sonogram", "echo"},
    {"fluoro", "fluoroscopy", "fluoroscopic", "xray"},
    {"arthrogram", "arthrograms", "arthrography"},
    {"mr", "mri", "magnetic"},
    {"biopsy", "biopsies", "bx", "sample", "sampling", "core"},
    {"injection", "injections", "inject", "shot", "esi"},
    {"aspiration", "aspirate", "fna", "tap", "drain", "drainage"},
    {"joint", "knee", "hip", "shoulder", "arthrocentesis"},
    {"spine", "spinal", "epidural", "lumbar", "back", "foraminal", "transforaminal"},
    {"lung", "pulmonary", "pleura"},
    {"liver", "hepatic"},
    {"kidney", "renal"},
    {"vein", "venous", "vascular", "access", "line", "catheter", "port", "picc"},
    {"belly", "abdomen", "abdominal", "ascites", "paracentesis"},
    {"radiation", "radiotherapy", "therapy"},
)
# Words that say nothing of which code is meant; where a text has no other, they count all the same.
_SMALL = frozenset(
    """a an and are be beside bill billed billing by can code codes cpt do does for from guide guidance guided hcpcs how
    i in is it modifier much my of on or pay pays price report same the to together under use versus vs what when which
    with""".split()  # noqa: SIM905 (words in a row read better than forty literals)
)
_MOST = 12
# How alike a misspelled word must be to a known one, and from which length on: thoracentesis is no arthrocentesis.
_ALIKE, _LONG_ENOUGH = 0.82, 4
_TOKENS = re.compile(r"[\s,;:/+&()|?]+")
_CODE = re.compile(r"([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})((?:-[0-9A-Z]{2}|[A-Z]{2})*)")
_MODIFIER = r"(?:[0-9]{2}|TC|LT|RT|X[EPSU])"
_MODIFIERS = re.compile(rf"{_MODIFIER}(?:-{_MODIFIER})*")


@dataclass(frozen=True, slots=True)
class Sought:
    """What a text asks for: codes, each once with its modifiers, in their order; and the words beside them."""

    codes: dict[str, tuple[str, ...]]
    words: tuple[str, ...]


def sought(text: str) -> Sought:
    """The codes (``77002``, ``77002-26``, ``77012TC``, ``77002 26``, in either case) of a text, and its other words."""
    codes: dict[str, tuple[str, ...]] = {}
    rest: list[str] = []
    last = None
    for token in _TOKENS.split(text.upper()):
        token = token.strip(".-'\"")
        if named := _CODE.fullmatch(token):
            last = named[1]
            codes[last] = (*codes.get(last, ()), *re.findall("[0-9A-Z]{2}", named[2]))
        elif last and _MODIFIERS.fullmatch(token):
            codes[last] += tuple(token.split("-"))
        elif token:
            last = None
            rest.append(token)
    words = tuple(_words(" ".join(rest).replace("-", "")))
    telling = tuple(word for word in words if word not in _SMALL)
    return Sought(
        {code: tuple(dict.fromkeys(found)) for code, found in codes.items()}, telling if codes else telling or words
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that the words describe, and which of them."""

    code: str
    title: str
    why: str
    score: int


def search(text: str) -> list[Hit]:
    """Codes whose knowledge speaks of the words, best first; a code in the text counts most."""
    asked = sought(text)
    telling = tuple(word for word in asked.words if _known(word) not in _SMALL)
    asked = replace(asked, words=telling or asked.words)
    hits = [hit for known in all_knowledge() if (hit := _hit(known, asked)) is not None]
    return sorted(hits, key=lambda hit: (-hit.score, hit.code))[:_MOST]


def _hit(known: Knowledge, asked: Sought) -> Hit | None:
    best, more = _index(known.code)
    found, score = [], 0
    for word in asked.words:
        meant = _known(word)
        same = _synonyms(meant)
        if same & best:
            score += 4 if meant in best else 3
        elif same & more:
            score += 1
        elif word.isdecimal() and len(word) > 2 and known.code.startswith(word):
            score += 2
        else:
            continue
        found.append(word if word == meant else f"{meant} (for {word})")
    # Most of what was asked, or the page is about something else; a code named is what the text is about.
    is_named = known.code in asked.codes
    if not is_named and (not found or 2 * len(found) < len(asked.words)):
        return None
    matches = [known.code, *found] if is_named else found
    return Hit(known.code, known.title, f"matches {', '.join(matches)}", score + 20 * is_named)


@lru_cache(maxsize=1024)
def _known(word: str) -> str:
    """The word itself, or the known one that it is most like when nobody here uses it."""
    if len(word) < _LONG_ENOUGH or word.isdecimal() or word in _vocabulary():
        return word
    # A slip seldom takes the first letter; narrow is not what marrow means.
    alike = sorted(known for known in _vocabulary() if known[0] == word[0] and not known.isdecimal())
    return next(iter(get_close_matches(word, alike, 1, _ALIKE)), word)


@cache
def _vocabulary() -> frozenset[str]:
    """Every word of the descriptions, and those that mean the same."""
    described = (words for known in all_knowledge() for words in _index(known.code))
    return _SMALL.union(*_SAME, *described)


@cache
def _index(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of title, search phrases and modality; those of what the code is, is done for and is coded by."""
    known = next(each for each in all_knowledge() if each.code == code)
    best = _words(" ".join((known.title, known.modality, *known.search)))
    said = (*known.summary, *known.what_it_is, *known.indications, *known.guidelines)
    return frozenset(best), frozenset(_words(" ".join(statement.text for statement in said)))


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.lower())


def _synonyms(word: str) -> frozenset[str]:
    return frozenset({word}.union(*(same for same in _SAME if word in same)))
