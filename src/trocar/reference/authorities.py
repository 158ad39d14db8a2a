"""The authorities that rules and knowledge name: where the law is written, in own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from trocar.reference.law import parameters

# How well an authority is supported, best first.
SUPPORT = {
    "D": "proved by data files",
    "C": "text of a CMS document held",
    "S": "a named secondary source",
    "U": "unsourced",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """One place where law is written. ``tag``: D data files, C CMS text held, S secondary source, U unsourced."""

    title: str
    where: str
    file: str
    pages: tuple[int, ...]
    says: str
    tag: str


@cache
def authorities() -> Mapping[str, Authority]:
    """Every authority by its key."""
    return {
        key: Authority(
            row["title"], row["where"], row["file"], tuple(row["pages"]), " ".join(row["says"].split()), row["tag"]
        )
        for key, row in parameters("authorities")["authority"].items()
    }


def support_words(tags: Iterable[str]) -> str:
    """How well what rests on authorities of some tags is supported: each kind, and the weakest where they differ."""
    held = sorted(set(tags), key=list(SUPPORT).index)
    words = ", ".join(f"{tag} ({SUPPORT[tag]})" for tag in held)
    return words if len(held) == 1 else f"{words}; at its weakest {held[-1]}"
