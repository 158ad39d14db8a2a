"""Adjustment reasons in own words: what each means, its family, how to handle and prevent it, and when it is in use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from trocar.reference.store import Store

Kind = Literal["routine", "patient", "data_fault", "judged"]
UNKNOWN = "unknown"
CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Family:
    """Reasons that a rule of the same family explains; ``payment_only`` reasons leave the allowed amount alone.

    ``action`` is what is done about one that lies in the claim or its filing.
    """

    id: str
    words: str
    scenario: str
    kind: Kind
    payment_only: bool
    action: str = CORRECT


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment reason code (CARC) in own words."""

    code: str
    family: Family
    means: str
    handle: str
    prevent: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark code (RARC) in own words."""

    code: str
    means: str
    handle: str


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("trocar.denials").joinpath("params", name).read_text("utf-8"))


@cache
def families() -> Mapping[str, Family]:
    """Every family by its id."""
    return {name: Family(name, **row) for name, row in _table("families.toml").items()}


@cache
def reasons() -> Mapping[str, Reason]:
    """Every reason that this version has words for."""
    return {
        code: Reason(code, families()[row["family"]], row["means"], row["handle"], row["prevent"])
        for code, row in _table("carc.toml").items()
    }


def reason(carc: str) -> Reason:
    """The reason of a code; one this version has no words for says so and is of the family ``unknown``."""
    missing = "This version has no words for the code; read the payer's or X12's list."
    return reasons().get(carc) or Reason(carc, families()[UNKNOWN], missing, "", "")


@cache
def _remarks() -> Mapping[str, Remark]:
    return {code: Remark(code, **row) for code, row in _table("rarc.toml").items()}


def remark(rarc: str) -> Remark | None:
    """The remark of a code; None for one this version has no words for."""
    return _remarks().get(rarc)


@dataclass(frozen=True, slots=True)
class ReasonPeriods:
    """When reason and remark codes are in use, by the store; a store without them knows none."""

    rows: Mapping[tuple[str, str], tuple[date | None, date | None]]
    rows_of_files: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, store: Store) -> ReasonPeriods:
        """The periods of the store's ``reason_code`` table."""
        rows = store.table("reason_code").to_pylist()
        names = {file.file_id: f"{file.file} ({file.release})" for file in store.catalog.files}
        return cls(
            {(row["kind"], row["code"]): (row["first"], row["last"]) for row in rows},
            {(row["kind"], row["code"]): f"{names[row['file_id']]} line {row['line']}" for row in rows},
        )

    def cited(self, kind: str, code: str) -> str:
        """The file and line that list a code; empty where the store lists it nowhere."""
        return self.rows_of_files.get((kind, code), "")

    def in_use(self, kind: Literal["CARC", "RARC"], code: str, day: date | None) -> str:
        """Yes, or what is wrong with a code used on a day; empty where there is neither."""
        return (self.complaint(kind, code, day) or "yes") if day and code else ""

    def complaint(self, kind: Literal["CARC", "RARC", "Group"], code: str, day: date) -> str:
        """What is wrong with a code used on a day; empty when nothing is, or when the store has no such list."""
        if not any(known == kind for known, _ in self.rows):
            return ""
        if (kind, code) not in self.rows:
            return f"{kind} {code} is not in the published list"
        first, last = self.rows[kind, code]
        if first is not None and day < first:
            return f"{kind} {code} begins on {first.isoformat()}"
        if last is not None and last < day:
            return f"{kind} {code} ended on {last.isoformat()}"
        return ""
