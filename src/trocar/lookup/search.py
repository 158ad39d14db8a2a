"""Find codes by plain words: what the knowledge of codes says of them, with the words people use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from trocar.knowledge import Knowledge, all_knowledge

_WORD = re.compile(r"[a-z0-9]+")
# Words that mean the same here; every word of a set finds the others.
_SAME = (
    {"ct", "cat", "tomography"},
    {"us", "ultrasound", "ultrasonic", "sono", "sonographic", "sonogram", "echo"},
    {"fluoro", "fluoroscopy", "fluoroscopic", "xray"},
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
_SMALL = frozenset(
    {"a", "an", "and", "by", "for", "guide", "guidance", "guided", "in", "of", "on", "the", "to", "under", "with"}
)
_MOST = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that the words describe, and which of them."""

    code: str
    title: str
    why: str
    score: int


def search(text: str) -> list[Hit]:
    """Codes whose knowledge speaks of the words, best first; a code in the text counts most."""
    asked = [word for word in _words(text.replace("-", "")) if word not in _SMALL]
    hits = [hit for known in all_knowledge() if (hit := _hit(known, asked)) is not None]
    return sorted(hits, key=lambda hit: (-hit.score, hit.code))[:_MOST]


def _hit(known: Knowledge, asked: list[str]) -> Hit | None:
    best, more = _index(known.code)
    found, score = [], 0
    for word in asked:
        same = _synonyms(word)
        if word == known.code:
            score += 20
        elif same & best:
            score += 4 if word in best else 3
        elif same & more:
            score += 1
        else:
            continue
        found.append(word)
    # Most of what was asked, or the page is about something else.
    if not found or 2 * len(found) < len(asked):
        return None
    return Hit(known.code, known.title, f"matches {', '.join(found)}", score)


@cache
def _index(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of title, search phrases and modality; and those of what the code is and is done for."""
    known = next(each for each in all_knowledge() if each.code == code)
    best = _words(" ".join((known.title, known.modality, *known.search)))
    said = (*known.summary, *known.what_it_is, *known.indications)
    return frozenset(best), frozenset(_words(" ".join(statement.text for statement in said)))


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.lower())


def _synonyms(word: str) -> frozenset[str]:
    return frozenset({word}.union(*(same for same in _SAME if word in same)))
