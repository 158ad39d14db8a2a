"""Word lists of the gate: English, the field's own words, names, and what stands for a disease or a device."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"

# Ending and what may stand in its place in the word it is made from.
_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
    ("ers", ""),
    ("est", ""),
    ("n't", ""),
)


@dataclass(frozen=True, slots=True)
class Eponyms:
    """Names that stand for no person: ``alone``, side by side as ``phrases``, or (all ``names``) before a ``noun``."""

    alone: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    names: frozenset[str]
    nouns: frozenset[str]


@cache
def read_words(name: str) -> frozenset[str]:
    """The words of one list: several on a line, ``#`` begins a comment line."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def short_list(name: str) -> frozenset[str]:
    """One list of ``lists.toml``."""
    text: str = tomllib.loads((FOLDER / "lists.toml").read_text("utf-8"))[name]
    return frozenset(text.split())


@cache
def eponyms() -> tuple[Eponyms, ...]:
    """Names for diseases and devices, for payers, for places; each group with the nouns that make it so."""
    _, *sections = (FOLDER / "eponyms.txt").read_text("utf-8").split("## ")
    return tuple(_section(section) for section in sections)


def _section(text: str) -> Eponyms:
    _, _, lists = text.partition("\n")
    names, _, nouns = lists.partition("# nouns\n")
    words = names.split()
    alone = frozenset(word.rstrip("*") for word in words if word.endswith("*"))
    phrases = frozenset(tuple(word.split("_")) for word in words if "_" in word)
    single = frozenset(word.rstrip("*") for word in words if "_" not in word)
    return Eponyms(alone, phrases, single, frozenset(nouns.split()))


def stems(word: str) -> Iterator[str]:
    """What the word may be made from: filed, files and filing come from file."""
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            yield stem + instead
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


def is_known(word: str) -> bool:
    """Whether a word in lower case is English or of the field; a name that is no word is not."""
    if _listed(word) or (len(word) > 6 and word.endswith(tuple(short_list("word_endings")))):
        return True
    prefixes = short_list("prefixes")
    if any(word.startswith(prefix) and _listed(word.removeprefix(prefix)) for prefix in prefixes):
        return True
    halves = short_list("second_halves")
    return any(
        word.endswith(half) and len(word) > len(half) + 2 and _listed(word.removesuffix(half)) for half in halves
    )


def _listed(word: str) -> bool:
    lists = read_words("english.txt"), read_words("vocabulary.txt"), read_words("rarer.txt")
    return any(word in words for words in lists) or any(stem in words for stem in stems(word) for words in lists)
