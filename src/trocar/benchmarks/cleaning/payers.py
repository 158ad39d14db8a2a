"""Canonical payers for the names that published files give, from ``params/payers.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LEGAL_FORMS = frozenset({"inc", "llc", "corp", "corporation", "co", "company", "ltd", "the", "and", "of"})


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer; licensees of the Blue Cross Blue Shield Association share the family ``bcbs``."""

    id: str
    name: str
    family: str
    evidence: str


def plain_name(name: str) -> str:
    """A name without case, punctuation and legal form: what is compared."""
    words = [word for word in _NOT_A_WORD.split(name.casefold()) if word and word not in _LEGAL_FORMS]
    return "".join(words)


def payer_of(name: str) -> Payer | None:
    """The payer that a published name is known to stand for; None where nobody has said so."""
    return _by_name().get(plain_name(name))


def known_ids() -> frozenset[str]:
    """The ids of all payers known."""
    return frozenset(payer.id for payer in _by_name().values())


def payers_text() -> str:
    """The table of payers as it is written."""
    return resources.files("trocar.benchmarks").joinpath("params", "payers.toml").read_text("utf-8")


@cache
def _by_name() -> Mapping[str, Payer]:
    answer: dict[str, Payer] = {}
    for row in tomllib.loads(payers_text())["payer"]:
        payer = Payer(row["id"], row["name"], row["family"], row["evidence"])
        for name in (*row["names"], row["name"], row["id"]):
            other = answer.setdefault(plain_name(name), payer)
            if other.id != payer.id:
                raise ValueError(f"{name!r} stands for {other.id} and for {payer.id}")
    return answer
