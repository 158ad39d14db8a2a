"""Diagnosis pointers of a claim line: which of the diagnoses beside it the line is for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trocar.claims.model import MOST_DIAGNOSES
from trocar.core.errors import ClaimInputError

MOST_POINTERS = 4
_BETWEEN = re.compile(r"[\s,;|:/-]+")
_LETTERS = "ABCDEFGHIJKL"


def parse_pointers(text: str) -> tuple[int, ...]:
    """Positions from 1 out of one text: letters as on the paper form (``AC``), or numbers with marks between (``1:3``).

    Raises ``ClaimInputError``; numbers that run together (``12``) may mean several things, so they are not read.
    """
    parts = [part for part in _BETWEEN.split(text.upper()) if part]
    found: list[int] = []
    for part in parts:
        number = re.fullmatch(r"(\d+)(?:\.0*)?", part)
        if number and (len(number[1]) == 1 or len(parts) > 1) and 1 <= int(number[1]) <= MOST_DIAGNOSES:
            found.append(int(number[1]))
        elif all(letter in _LETTERS for letter in part):
            found += [_LETTERS.index(letter) + 1 for letter in part]
        else:
            remedy = "Write letters (A to L, such as AC), or numbers from 1 to 12 with a mark between them (1:3)."
            raise ClaimInputError(f"{text!r} is not a diagnosis pointer", remedy=remedy)
    return checked_pointers(tuple(found))


def checked_pointers(pointers: tuple[int, ...]) -> tuple[int, ...]:
    """At most four positions, each once, in order; raises ``ClaimInputError``."""
    each_once = tuple(dict.fromkeys(pointers))
    if len(each_once) > MOST_POINTERS:
        raise ClaimInputError(
            f"{len(each_once)} diagnosis pointers on one line", remedy="A claim line points to four diagnoses at most."
        )
    return each_once


def pointed_to(held: Mapping[int, str], pointers: tuple[int, ...]) -> tuple[str, ...]:
    """The diagnoses at some positions, in the order of the pointers; raises ``ClaimInputError`` where there is none."""
    for pointer in pointers:
        if pointer not in held:
            raise ClaimInputError(
                f"pointer {_LETTERS[pointer - 1]} ({pointer}) points to no diagnosis",
                remedy=f"The row holds {', '.join(_LETTERS[at - 1] for at in sorted(held))}: point to one of them.",
            )
    return tuple(held[pointer] for pointer in pointers)
