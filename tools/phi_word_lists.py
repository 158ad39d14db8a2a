"""Write the word lists of the note's gate: uv run python tools/phi_word_lists.py --census DIR --words FILE --rarer FILE

DIR holds the US Census Bureau's lists of 1990 (``dist.male.first``, ``dist.female.first``, ``dist.all.last``; public
domain; for example in the source of the PyPI package ``names`` 0.3.0). FILE is SCOWL's ``american-english-small``
(Debian package ``wamerican-small``), the second its ``american-english`` (``wamerican``). THIRD_PARTY.md names them
with their licences.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from trocar.community.phi.words import FOLDER, read_words, short_list, stems

SURNAMES = 9_500
SURNAMES_ALSO_WORDS = 2_500


def main() -> None:
    """Write given and family names apart from English words, and names that are words as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--census", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--rarer", type=Path, required=True)
    told = parser.parse_args()
    given = _names(told.census / "dist.male.first") + _names(told.census / "dist.female.first")
    surnames = _names(told.census / "dist.all.last")
    english = _english(told.words) - short_list("names_first")
    base = _without_inflected(english, set())
    # A rarer word that is anybody's name, however rare, stays a name.
    rarer = {word for word in _english(told.rarer) - english - {*given, *surnames} if len(word) > 3}
    known = english | read_words("vocabulary.txt")
    short = short_list("short")
    sure = {name for name in {*given, *surnames[:SURNAMES]} if name not in known and (len(name) > 3 or name in short)}
    _write("english.txt", base, "English words without those that end in -s, -ed, -ing and the like. From SCOWL.")
    _write("rarer.txt", _without_inflected(rarer, base), "Rarer English words, none of which is a name. From SCOWL.")
    _write("names.txt", sure, "Given and family names that are no English words. From the US Census of 1990.")
    _write("given_also_words.txt", set(given) - sure, "Given names that are words too, or short. US Census of 1990.")
    _write(
        "surnames_also_words.txt",
        set(surnames[:SURNAMES_ALSO_WORDS]) - sure,
        "Family names that are words too, or short. US Census of 1990.",
    )


def _english(path: Path) -> set[str]:
    return {word for word in path.read_text("utf-8").split() if word.isascii() and word.isalpha() and word.islower()}


def _without_inflected(words: set[str], base: set[str]) -> set[str]:
    """The words that are made from no other of them, nor from one of the base."""
    kept: set[str] = set()
    for word in sorted(words, key=lambda word: (len(word), word)):
        if not any(stem in kept or stem in base for stem in stems(word)):
            kept.add(word)
    return kept


def _names(path: Path) -> list[str]:
    return [line.split()[0].lower() for line in path.read_text("ascii").splitlines()]


def _write(name: str, words: set[str], heading: str) -> None:
    (FOLDER / name).write_text(f"# {heading}\n" + "".join(f"{word}\n" for word in sorted(words)), "utf-8")


if __name__ == "__main__":
    main()
