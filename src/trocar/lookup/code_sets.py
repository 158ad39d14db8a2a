"""Code sets of the store, by kind of code and day: is a code in the set, and which file says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.snip.codes import (
    DIAGNOSIS,
    GROUP,
    MODIFIER,
    PLACE,
    REASON,
    REMARK,
    TAXONOMY,
    ZIP,
    Verdict,
)
from trocar.core.codes import Hcpcs, Modifier
from trocar.core.errors import InvalidCodeError
from trocar.core.period import day_number
from trocar.engine.in_force import NONE, Calendar
from trocar.reference.catalog import CatalogFile
from trocar.reference.law import parameters
from trocar.reference.store import Store

_TABLES = {DIAGNOSIS: ("icd10", "code"), TAXONOMY: ("taxonomy", "code"), ZIP: ("zip_locality", "zip")}
_REASONS = {REASON: "CARC", REMARK: "RARC", GROUP: "Group"}
_Row = tuple[int, date | None, date | None]


@dataclass(frozen=True)
class StoreCodeSets:
    """The code sets that a store holds; each answer cites the file it rests on."""

    store: Store

    def judge(self, kind: str, code: str, on: date) -> Verdict:
        """Whether the code is in the set of its kind on the day; None where no file in force says."""
        if kind in _TABLES:
            return self._of_release(kind, code.replace(".", "").upper(), on)
        if kind in _REASONS:
            return self._reason(kind, code.upper(), on)
        if kind == MODIFIER:
            return self._modifier(code.upper(), on)
        return self._place(code) if kind == PLACE else self._procedure(code.upper())

    def _of_release(self, kind: str, code: str, on: date) -> Verdict:
        table, column = _TABLES[kind]
        calendar = self._calendar(table)
        ordinal = NONE if calendar.is_empty else int(calendar.on(np.array([day_number(on)], np.int32))[0])
        if ordinal == NONE:
            return Verdict(None, why=f"no {table} release in the store covers the day")
        line = self._lines(table, column, ordinal).get(code)
        return Verdict(line is not None, (_cite(calendar.releases[ordinal], line or 1),))

    def _reason(self, kind: str, code: str, on: date) -> Verdict:
        held = self.store.catalog.of_table("reason_code")
        if not held:
            return Verdict(None, why="no reason_code file in the store")
        file = max(held, key=lambda one: one.last)
        row = self._reasons.get((_REASONS[kind], code))
        cited = (_cite(file, row[0] if row else 1),)
        if row and row[2] is not None and on > row[2]:
            return Verdict(False, cited)
        if row:
            return Verdict(row[1] is None or on >= row[1], cited)
        # A code that came after the file is not in it.
        return (
            Verdict(False, cited)
            if on <= file.last
            else Verdict(None, why=f"{file.release} ends {file.last.isoformat()}")
        )

    def _place(self, code: str) -> Verdict:
        return Verdict(code not in self._unassigned and len(code) == 2 and code.isdecimal())

    def _modifier(self, code: str, on: date) -> Verdict:
        """By the modifiers written down, which are not all there are."""
        try:
            Modifier.parse(code)
        except InvalidCodeError:
            return Verdict(False)
        row = self._modifiers.get(code)
        if row is None:
            return Verdict(None, why="not among the modifiers written down, which are not all")
        return Verdict(row.get("first", on) <= on <= row.get("last", on))

    def _procedure(self, code: str) -> Verdict:
        try:
            Hcpcs.parse(code)
        except InvalidCodeError:
            return Verdict(False)
        if self.store.catalog.scope:
            return Verdict(None, why="the starter pack does not hold all codes")
        return Verdict(
            code in self._procedures or None, why="not in the fee schedule files, which are not all of HCPCS"
        )

    @cached_property
    def _unassigned(self) -> frozenset[str]:
        return frozenset(parameters("place_of_service")["unassigned"])

    @cached_property
    def _modifiers(self) -> dict[str, dict[str, Any]]:
        return {row["code"]: row for row in parameters("modifiers")["modifier"]}

    @cached_property
    def _procedures(self) -> frozenset[str]:
        return frozenset(pc.unique(self.store.table("schedule")["hcpcs"]).to_pylist())

    @cached_property
    def _reasons(self) -> dict[tuple[str, str], _Row]:
        rows = self.store.table("reason_code").select(["kind", "code", "line", "first", "last"]).to_pylist()
        return {(row["kind"], row["code"]): (row["line"], row["first"], row["last"]) for row in rows}

    @cached_property
    def _calendar(self) -> Callable[[str], Calendar]:
        return lru_cache(None)(lambda table: Calendar.of(self.store.catalog.of_table(table)))

    @cached_property
    def _lines(self) -> Callable[[str, str, int], dict[str, int]]:
        return lru_cache(8)(self._read_lines)

    def _read_lines(self, table: str, column: str, ordinal: int) -> dict[str, int]:
        """The codes of one release and the line each stands in."""
        calendar = self._calendar(table)
        own = [file for file, found in calendar.ordinal_of_file.items() if found == ordinal]
        rows = self.store.table(table).select([column, "file_id", "line"])
        rows = rows.filter(pc.is_in(rows["file_id"], value_set=pa.array(own, pa.int16())))
        return dict(zip(rows[column].to_pylist(), rows["line"].to_pylist(), strict=True))


def _cite(file: CatalogFile, line: int) -> dict[str, Any]:
    return file.cite(line).to_dict()
