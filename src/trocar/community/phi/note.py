"""A note as the detectors see it: plain characters of the same length, and what was found blotted out."""

from __future__ import annotations

import re
import unicodedata

from trocar.community.phi.identifier import Identifier, Kind

_PLAIN = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-",
                        "−": "-", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ", "•": "-", "…": " "})  # fmt: skip
_READABLE = re.compile(r"[\x20-\x7e§°µ±×½¼¾¢]")
BLOT = "\x00"


class Note:
    """``text`` has the length of what was written, so that positions hold in both; ``found`` grows."""

    def __init__(self, written: str) -> None:
        self.found: list[Identifier] = []
        self.text = "".join(_plain(character) for character in written.translate(_PLAIN))
        for match in re.finditer(f"[^{_READABLE.pattern[1:-1]}]+", self.text):
            self.mark(Kind.UNREADABLE, match.start(), match.end())

    def mark(self, kind: Kind, start: int, end: int) -> None:
        """Remember an identifier, and hide it from later detectors."""
        self.found.append(Identifier(kind, start, end))
        self.hide(start, end)

    def hide(self, start: int, end: int) -> None:
        """Hide what is harmless, or found, from later detectors."""
        self.text = self.text[:start] + BLOT * (end - start) + self.text[end:]


def _plain(character: str) -> str:
    """A letter without its accent; everything else as it is."""
    first = unicodedata.normalize("NFD", character)[0]
    return first if first.isascii() else character
