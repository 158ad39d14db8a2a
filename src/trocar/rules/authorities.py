"""The authorities that rules name: where the law is written, in own words (``params/authorities.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


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
    text = resources.files("trocar.rules").joinpath("params", "authorities.toml").read_text("utf-8")
    return {
        key: Authority(
            row["title"], row["where"], row["file"], tuple(row["pages"]), " ".join(row["says"].split()), row["tag"]
        )
        for key, row in tomllib.loads(text)["authority"].items()
    }
