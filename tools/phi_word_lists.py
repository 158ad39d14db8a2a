"""Write the word lists of the note's gate: uv run python tools/phi_word_lists.py --census DIR --words FILE

DIR holds the US Census Bureau's lists of 1990 (``dist.male.first``, ``dist.female.first``, ``dist.all.last``; public
domain; for example in the source of the PyPI package ``names`` 0.3.0). FILE is SCOWL's ``american-english-small``
(Debian package ``wamerican-small``). THIRD_PARTY.md names both with their licences.
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
    told = parser.parse_args()
    given = _names(told.census / "dist.male.first") + _names(told.census / "dist.female.first")
    surnames = _names(told.census / "dist.all.last")
    english = {word for word in told.words.read_text("utf-8").split() if word.isascii() and word.isalpha()}
    english = {word for word in english if word.islower()} - short_list("names_first")
    base: set[str] = set()
    for word in sorted(english, key=len):
        if not any(stem in base for stem in stems(word)):
            base.add(word)
    known = english | read_words("vocabulary.txt")
    short = short_list("short")
    sure = {name for name in {*given, *surnames[:SURNAMES]} if name not in known and (len(name) > 3 or name in short)}
    _write("english.txt", base, "English words without those that end in -s, -ed, -ing and the like. From SCOWL.")
    _write("names.txt", sure, "Given and family names that are no English words. From the US Census of 1990.")
    _write("given_also_words.txt", set(given) - sure, "Given names that are words too, or short. US Census of 1990.")
    _write(
        "surnames_also_words.txt",
        set(surnames[:SURNAMES_ALSO_WORDS]) - sure,
        "Family names that are words too, or short. US Census of 1990.",
    )


def _names(path: Path) -> list[str]:
    return [line.split()[0].lower() for line in path.read_text("ascii").splitlines()]


def _write(name: str, words: set[str], heading: str) -> None:
    (FOLDER / name).write_text(f"# {heading}\n" + "".join(f"{word}\n" for word in sorted(words)), "utf-8")


if __name__ == "__main__":
    main()
