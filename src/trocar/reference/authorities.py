"""The authorities that rules and knowledge name: where the law is written, in own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from trocar.reference.law import parameters


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
