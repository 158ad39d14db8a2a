"""What an opened store says on a run of days, as plain dictionaries: the facts that claims are built from.

The facts are read from the store's own tables and not through the engine, so that a book measures the engine instead
of repeating it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import trocar
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.in_force import Calendar
from trocar.engine.starter import starter_store
from trocar.reference.store import Store

# Tables on which the answer for a practitioner's claim depends; a new release of any of them begins a new run of days.
TABLES = ("schedule", "gpci", "ncci_ptp_practitioner", "mue_practitioner", "addon", "icd10", "taxonomy")
CONTRACTOR_DEFINED = "CCCCC"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """Everything asked of the store for the days ``first`` to ``last``, both included, on which no release changes.

    ``schedule`` is keyed by code and modifier ('' 26 TC 53). ``edits`` gives the modifier indicator of each pair
    (column 1, column 2); where no release covers the days, those of the nearest release stand in, and ``held`` lacks
    ``ncci_ptp_practitioner``. ``doubtful`` are pairs whose edit begins or ends within the run. ``mue`` gives (units,
    adjudication indicator), ``primaries`` the listed primaries of each add-on code, ``billable``/``headers`` the
    diagnosis codes of the day, ``taxonomies`` the NUCC codes (empty where not held).
    """

    first: date
    last: date
    held: frozenset[str]
    schedule: Mapping[Pair, Mapping[str, Any]]
    edits: Mapping[Pair, int]
    doubtful: frozenset[Pair]
    mue: Mapping[str, tuple[int, int]]
    primaries: Mapping[str, frozenset[str]]
    billable: frozenset[str]
    headers: frozenset[str]
    taxonomies: frozenset[str]

    def row(self, code: str, component: str = "") -> Mapping[str, Any] | None:
        """The schedule row of a code and component."""
        return self.schedule.get((code, component))


class StoreFacts:
    """The tables of one store, cut down to the codes a book may use."""

    def __init__(self, path: Path | None, codes: Iterable[str]) -> None:
        self.calendars: dict[str, Calendar] = trocar.open_store(path).calendars
        self.store = Store(path or starter_store())
        scope = set(self.store.catalog.scope)
        self.codes = sorted(set(codes) & scope if scope else set(codes))
        self._of_codes = {
            "schedule": self._cut("schedule", "hcpcs"),
            "ncci_ptp_practitioner": self._cut("ncci_ptp", "column_1", "column_2"),
            "mue_practitioner": self._cut("mue", "hcpcs"),
            "addon": self._cut("addon", "addon"),
            "icd10": self.store.table("icd10"),
            "taxonomy": self.store.table("taxonomy"),
        }

    def _cut(self, table: str, *columns: str) -> pa.Table:
        rows = self.store.table(table)
        wanted = pa.array(self.codes, pa.string())
        for column in columns:
            rows = rows.filter(pc.is_in(rows[column], wanted))
        return rows

    def runs(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        """The longest runs of days, between two days, on which no release changes and a fee schedule is held."""
        days = np.arange(day_number(first), day_number(last) + 1, dtype=np.int32)
        ordinals = np.stack([self.calendars[table].on(days) for table in TABLES])
        changes = np.flatnonzero((ordinals[:, 1:] != ordinals[:, :-1]).any(axis=0)) + 1
        for run in np.split(np.arange(len(days)), changes):
            if ordinals[0, run[0]] >= 0 and ordinals[1, run[0]] >= 0:
                yield day_from_number(int(days[run[0]])), day_from_number(int(days[run[-1]]))

    def on(self, first: date, last: date) -> Facts:
        """The facts of one run of days."""
        days = np.array([day_number(first)], np.int32)
        held = frozenset(table for table in TABLES if self.calendars[table].on(days)[0] >= 0)
        edits, doubtful = self._edits(first, last, "ncci_ptp_practitioner" in held)
        return Facts(
            first=first,
            last=last,
            held=held,
            schedule={(row["hcpcs"], row["modifier"]): row for row in self._rows("schedule", first)},
            edits=edits,
            doubtful=doubtful,
            mue={row["hcpcs"]: (row["value"], row["adjudication"]) for row in self._rows("mue_practitioner", first)},
            primaries=self._primaries(first, last),
            billable=self._diagnoses(first, billable=True),
            headers=self._diagnoses(first, billable=False),
            taxonomies=frozenset(row["code"] for row in self._rows("taxonomy", first)),
        )

    def diagnoses_ever(self) -> list[str]:
        """Every diagnosis code of every release held that names no side (a side may conflict with RT or LT)."""
        rows = self._of_codes["icd10"]
        return sorted(pc.unique(rows.filter(pc.equal(rows["side"], ""))["code"]).to_pylist())

    def places(self) -> list[tuple[str, str, str]]:
        """Some 2,000 ZIPs with their contractor and locality, spread over the file."""
        rows = self.store.table("zip_locality")
        rows = rows.filter(pc.equal(rows["plus_four"], False))
        gpci = {(row["mac"], row["locality"]) for row in self.store.table("gpci").to_pylist()}
        rows = rows.take(pa.array(np.arange(0, len(rows), max(1, len(rows) // 2000)))).to_pylist()
        return [(row["zip"], row["mac"], row["locality"]) for row in rows if (row["mac"], row["locality"]) in gpci]

    def _release(self, table: str, day: date, *, nearest: bool = False) -> pa.Table:
        """The rows of the release in force on a day (or of the nearest one)."""
        calendar, rows = self.calendars[table], self._of_codes[table]
        number = day_number(day)
        days = np.array([number], np.int32)
        ordinal = int(calendar.on(days)[0])
        if ordinal < 0 and nearest and not calendar.is_empty:
            distance = [abs(day_number(file.first) - number) for file in calendar.releases]
            ordinal = int(np.argmin(distance))
        files = [file for file, of_file in calendar.ordinal_of_file.items() if of_file == ordinal and ordinal >= 0]
        return rows.filter(pc.is_in(rows["file_id"], pa.array(files, rows["file_id"].type)))

    def _rows(self, table: str, day: date) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._release(table, day).to_pylist()
        return rows

    def _edits(self, first: date, last: date, held: bool) -> tuple[dict[Pair, int], frozenset[Pair]]:
        edits: dict[Pair, int] = {}
        doubtful = set()
        for row in self._release("ncci_ptp_practitioner", first, nearest=True).to_pylist():
            begin, end = row["effective"] or date.min, row["deletion"] or OPEN_END
            pair = (row["column_1"], row["column_2"])
            if row["modifier_indicator"] == 9 or (held and (end < first or begin > last)):
                continue
            if held and (begin > first or end < last):
                doubtful.add(pair)
            elif held or end == OPEN_END:
                edits[pair] = row["modifier_indicator"]
        return edits, frozenset(doubtful)

    def _primaries(self, first: date, last: date) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for row in self._rows("addon", first):
            ends = [row[name] for name in ("deletion", "addon_deletion", "primary_deletion") if row[name]]
            if (row["effective"] or date.min) <= first and last <= min(ends, default=OPEN_END):
                found.setdefault(row["addon"], set()).add(row["primary"])
        return {addon: frozenset(primaries) for addon, primaries in found.items()}

    def _diagnoses(self, day: date, *, billable: bool) -> frozenset[str]:
        rows = self._release("icd10", day)
        return frozenset(rows.filter(pc.equal(rows["billable"], billable))["code"].to_pylist())


def service_days(first: date, last: date) -> list[date]:
    """Monday to Friday between two days."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]
