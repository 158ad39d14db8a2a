"""The compiled, memory-mapped reference pack and its look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trocar.core.cite import Citation
from trocar.core.errors import StoreError, UsageError
from trocar.engine.compile import PACK_FOLDER
from trocar.engine.distinct import distinct
from trocar.engine.in_force import NONE, Calendar
from trocar.engine.keys import CODE_BITS, NO_CODE, release_key
from trocar.reference.catalog import Catalog
from trocar.reference.store import CATALOG_NAME

Column = NDArray[Any]
Rows = NDArray[np.int64]
BY_SETTING = ("ncci_ptp", "mue")
# Stands among the pins: a day, by which a release must have been published to answer at all.
PUBLISHED_BY = "as_published_by"
SETTINGS = ("practitioner", "hospital")


@dataclass
class Pack:
    """Every table of a store as sorted keys and plain columns, each file mapped when first touched.

    A look-up takes release ordinals and codes and gives row numbers, -1 where there is no row. ``calendars``
    answer which release is in force; tables that differ by setting are named ``ncci_ptp_practitioner`` and so on.
    """

    folder: Path
    catalog: Catalog
    calendars: dict[str, Calendar]
    published_by: date | None = None
    _columns: dict[str, Column] = field(default_factory=dict)
    _memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, store_path: Path, pins: Mapping[str, str] | None = None, folder: Path | None = None) -> Pack:
        """Open the pack of a store; ``pins`` name, by table, a release to answer on every day of service.

        Among the pins ``as_published_by`` may name a day: then the answers are those of the releases published by it.
        ``folder`` is where the compiled pack is, when not in the store itself.

        Raises ``StoreError`` when there is no built store, ``UsageError`` when a pinned release is not held, or was
        not published by the day.
        """
        pinned = dict(pins or {})
        published_by = _day(pinned.pop(PUBLISHED_BY, None))
        catalog = Catalog.read(store_path / CATALOG_NAME)
        folder = folder or store_path / PACK_FOLDER
        if not (folder / "codes.npy").exists():
            raise StoreError(
                "the store has no compiled pack",
                where=str(store_path),
                remedy="Build the store again: trocar data build DIR -o STORE.",
            )
        calendars = {
            table: Calendar.of(catalog.of_table(table), published_by)
            for table in ("schedule", "gpci", "zip_locality", "addon", "icd10", "taxonomy", "opps_status")
        }
        for table in BY_SETTING:
            for setting in SETTINGS:
                files = [file for file in catalog.of_table(table) if file.setting == setting]
                calendars[f"{table}_{setting}"] = Calendar.of(files, published_by)
        pack = cls(folder, catalog, calendars, published_by)
        for table, release in pinned.items():
            pack._pin(table, release)
        return pack

    def _pin(self, table: str, release: str) -> None:
        names = [name for name in self.calendars if name == table or name.rsplit("_", 1)[0] == table]
        pinned = {name: calendar for name in names if (calendar := self.calendars[name].pin(release))}
        if not pinned:
            held = sorted({file.release for name in names for file in self.calendars[name].releases})
            raise UsageError(
                f"the store holds no release {release} of {table}",
                where=f"--pin {table}={release}",
                remedy=f"Held: {', '.join(held)}." if held else f"Tables: {', '.join(self.calendars)}.",
            )
        for calendar in pinned.values():
            if self.published_by and not calendar.counts(int(calendar.by_day[0])):
                raise UsageError(
                    f"{release} was not published by {self.published_by.isoformat()}, as far as the store knows",
                    where=f"--pin {table}={release}",
                    remedy="Leave the pin out, or ask for a later day. trocar data status lists the days.",
                )
        self.calendars.update(pinned)

    @property
    def clock(self) -> str:
        """What every sentence on the releases of the store must add: by which day they had to be published."""
        return f" as published by {self.published_by.isoformat()}" if self.published_by else ""

    def column(self, table: str, name: str) -> Column:
        """A whole column, memory-mapped."""
        key = f"{table}.{name}"
        if key not in self._columns:
            # A plain view: the memmap class makes every small selection slower.
            self._columns[key] = np.load(self.folder / f"{key}.npy", mmap_mode="r").view(np.ndarray)
        return self._columns[key]

    @property
    def codes(self) -> Column:
        """All HCPCS codes of the store, sorted; a code's number is its position here."""
        if "codes" not in self._columns:
            self._columns["codes"] = np.load(self.folder / "codes.npy")
        return self._columns["codes"]

    def code_numbers(self, texts: list[str]) -> NDArray[np.int32]:
        """The numbers of some code texts, -1 for a code the store has never seen."""
        return positions(self.codes, texts)

    def code_number(self, text: str) -> int:
        """The number of one code that every batch asks for, -1 for a code the store has never seen."""
        if text not in self._memo:
            self._memo[text] = int(self.code_numbers([text])[0])
        number: int = self._memo[text]
        return number

    def codes_of(self, table: str) -> Column:
        """For each code number, whether any release of a pair table (add-on edits) has the code on its left."""
        if table not in self._memo:
            has_code = np.zeros(NO_CODE + 1, np.bool_)
            has_code[(self.column(table, "key") >> CODE_BITS) & NO_CODE] = True
            self._memo[table] = has_code
        answer: Column = self._memo[table]
        return answer

    def in_scope(self) -> Column:
        """For each code number, whether the store answers for the code (a starter store answers for few).

        Placeholders of the publishers' files (CCCCC of the add-on edits, GXXX1 of a schedule) are no codes.
        """
        if "scope" not in self._memo:
            scope = self.catalog.scope
            digit = np.char.isdigit(self.codes.view("S1").reshape(-1, 5))
            is_code = digit[:, 1:4].all(axis=1) & (digit[:, 0] | digit[:, 4])
            self._memo["scope"] = np.isin(self.codes, np.array(scope, "S5")) if scope else is_code
        answer: Column = self._memo["scope"]
        return answer

    def find(self, table: str, ordinals: Column, rest: Column) -> Rows:
        """The row of each (release ordinal, key rest), -1 where the release is -1 or holds no such row."""
        wanted, which = distinct(release_key(ordinals, rest))
        return self.rows_of(table, wanted)[which]

    def rows_of(self, table: str, wanted: Column) -> Rows:
        """The first row of each key, -1 where the table has no such key."""
        keys = self.column(table, "key")
        if not len(keys):
            return np.full(wanted.shape, NONE, np.int64)
        at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, at, NONE)

    def values_at(self, table: str, name: str, rows: Rows, missing: Any) -> Column:
        """The values of a column at some rows, ``missing`` where there is no row (-1)."""
        column = self.column(table, name)
        if not len(column):
            return np.full(len(rows), missing, column.dtype)
        # Wrapped round: -1, no row, takes the last value until it is put right.
        values = column.take(rows, mode="wrap")
        absent = rows < 0
        if np.count_nonzero(absent):
            values[absent] = missing
        return values

    def find_range(self, table: str, ordinals: Column, rest: Column) -> tuple[Rows, Rows]:
        """First row and number of rows of each (release ordinal, key rest)."""
        return self.rows_between(table, release_key(ordinals, rest), 0)

    def rows_between(self, table: str, wanted: Column, span: int) -> tuple[Rows, Rows]:
        """First row and number of rows of the keys from each ``wanted`` to ``wanted + span``; none below 0."""
        keys = self.column(table, "key")
        asked, which = distinct(wanted)
        first, count = keys.searchsorted(asked), np.zeros(len(asked), np.int64)
        if len(keys):
            # Most pairs of codes have no edit: only a key that is there needs its end searched for.
            there = (asked >= 0) & (keys.take(first, mode="clip") <= asked + span) & (first < len(keys))
            (held,) = there.nonzero()
            count[held] = keys.searchsorted(asked[held] + span, side="right") - first[held]
        return first.take(which), count.take(which)

    def cite(self, table: str, row: int) -> Citation:
        """The citation of one row of a keyed table."""
        return self.cite_line(int(self.column(table, "file_id")[row]), int(self.column(table, "line")[row]))

    def cite_line(self, file_id: int, line: int) -> Citation:
        """The citation of one line of a file of the store."""
        if "files" not in self._memo:
            self._memo["files"] = {file.file_id: file for file in self.catalog.files}
        citation: Citation = self._memo["files"][file_id].cite(line)
        return citation


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        remedy = "Write it as 2026-07-01."
        raise UsageError(f"{text!r} is not a day", where="--as-published-by", remedy=remedy) from error


def positions(sorted_codes: Column, wanted: list[str]) -> NDArray[np.int32]:
    """The position of each wanted text among sorted distinct texts, -1 where it is not there."""
    if len(sorted_codes) == 0:
        return np.full(len(wanted), NONE, np.int32)
    # In the codes' own type, or the search would first convert all of them; a longer text is none of them.
    width = sorted_codes.dtype.itemsize
    texts = [text.encode("ascii", "replace") if len(text) <= width else b"" for text in wanted]
    asked = np.array(texts, sorted_codes.dtype)
    at = np.minimum(np.searchsorted(sorted_codes, asked), len(sorted_codes) - 1)
    return np.where(sorted_codes[at] == asked, at, NONE).astype(np.int32)
