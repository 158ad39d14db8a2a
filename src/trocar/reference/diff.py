"""What differs between two quarters or releases, table by table: rows added, gone and changed, cited on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from trocar.core.cite import Citation
from trocar.core.errors import UsageError
from trocar.core.period import quarter
from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store
from trocar.reference.tables import TABLES

_DECIMALS = re.compile(r"0\.(0*1)\b")
_QUARTER = re.compile(r"(\d{4})Q([1-4])", re.IGNORECASE)
# By table: what names a row, and what of it is compared (amounts derived from others are not).
COMPARED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "schedule": (
        ("hcpcs", "modifier"),
        (
            "status", "not_used", "work", "nonfacility_pe", "nonfacility_na", "facility_pe", "facility_na",
            "malpractice", "pctc", "global_days", "preoperative", "intraoperative", "postoperative",
            "multiple_procedure", "bilateral", "assistant", "co_surgeon", "team", "endoscopic_base", "supervision",
            "imaging_family", "conversion_factor",
        ),
    ),
    "gpci": (("mac", "locality"), ("work", "practice_expense", "malpractice")),
    "ncci_ptp": (("column_1", "column_2"), ("modifier_indicator",)),
    "mue": (("hcpcs",), ("value", "adjudication")),
    "addon": (("addon", "primary"), ("edit_type",)),
    "icd10": (("code",), ("billable",)),
    "opps_status": (("hcpcs",), ("status_indicator", "apc", "payment_cents")),
}  # fmt: skip
# Rows of these are in force by their own dates where they have them; a code that is no longer active ended an edit too.
_ENDS = {"ncci_ptp": ("deletion",), "addon": ("deletion", "addon_deletion", "primary_deletion")}
# Rows of the schedule whose own values stay, while the factor of the whole file changes.
FACTOR_ALONE = "conversion factor alone"
NEVER_ACTIVE = "modifier_indicator <> 9"


@dataclass(frozen=True)
class Side:
    """One release of a table (and setting), and the day on which rows with dates of their own are looked at."""

    release: str
    day: date
    files: tuple[CatalogFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.files)

    @property
    def is_active_only(self) -> bool:
        """Edits that are active alone, without dates: one that is not in it ended, nobody says when."""
        return self.files[0].table == "ncci_ptp" and not (self.files[0].history or self.files[0].dated)


@dataclass(frozen=True)
class Change:
    """One row that differs. ``before`` and ``after`` have the compared values (both, where both sides have the row)."""

    table: str
    setting: str
    change: str
    key: Mapping[str, str]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    citations: tuple[Citation, ...]
    note: str = ""

    @property
    def changed(self) -> list[str]:
        """The values that differ, by name; none where only one side has the row."""
        return [name for name in self.before if name in self.after and self.before[name] != self.after[name]]


@dataclass(frozen=True)
class TableDiff:
    """One table and setting: its two releases, what differs, and what must be known to read it."""

    table: str
    setting: str
    before: Side | None
    after: Side | None
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_compared: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind of change."""
        kinds = [change.change for change in self.changes]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(sorted(kinds))}


def diff(
    store: Store,
    before: str,
    after: str,
    tables: Sequence[str] = (),
    only: Mapping[str, pa.Table] | None = None,
) -> list[TableDiff]:
    """Compare two quarters (``2024Q3``) or releases (``RVU25A``) table by table.

    A quarter stands for the release in force on its last day. ``only`` narrows tables to the rows whose key columns
    stand in an Arrow table of them. Raises ``UsageError`` for a name that is neither, and for a table not compared.
    """
    for table in tables:
        if table not in COMPARED:
            raise UsageError(f"{table} is not compared", where="--table", remedy=f"Use {', '.join(COMPARED)}.")
    answer = []
    sides = _sides(store, before), _sides(store, after)
    named = not (_QUARTER.fullmatch(before) or _QUARTER.fullmatch(after))
    with duckdb.connect(config={"threads": 2}) as connection:
        for table, setting in _groups(store, tables):
            one, two = (side.get((table, setting)) for side in sides)
            if one and two:
                answer.append(_compare(connection, store, table, setting, one, two, (only or {}).get(table)))
            elif not named or one or two:
                lacking = " and ".join(text for text, side in ((before, one), (after, two)) if side is None)
                answer.append(TableDiff(table, setting, one, two, not_compared=f"no release for {lacking}"))
    return answer


def _groups(store: Store, tables: Sequence[str]) -> list[tuple[str, str]]:
    held = dict.fromkeys((file.table, file.setting) for file in store.catalog.files)
    return [(table, setting) for table in tables or COMPARED for name, setting in sorted(held) if name == table]


def _sides(store: Store, name: str) -> dict[tuple[str, str], Side]:
    """The release of each table and setting that a quarter or a release's name stands for."""
    stated = _QUARTER.fullmatch(name)
    sides: dict[tuple[str, str], Side] = {}
    files = sorted(store.catalog.files, key=lambda file: (file.first, file.release, file.file_id))
    for file in files:
        key = (file.table, file.setting)
        if stated:
            day = quarter(int(stated[1]), int(stated[2])).last
            assert day is not None
            if not file.first <= day <= file.last:
                continue
        elif file.release != name:
            continue
        else:
            day = file.last
        same = sides[key].files if key in sides and sides[key].release == file.release else ()
        sides[key] = Side(file.release, day, (*same, file))
    if not sides and not stated:
        held = sorted({file.release for file in files if file.table in COMPARED})
        raise UsageError(
            f"the store holds no release {name}",
            where="trocar data diff",
            remedy=f"Name a quarter such as 2025Q4, or one of {', '.join(held)}.",
        )
    return sides


def _compare(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    table: str,
    setting: str,
    one: Side,
    two: Side,
    only: pa.Table | None,
) -> TableDiff:
    keys, values = COMPARED[table]
    found = TableDiff(table, setting, one, two)
    found.notes.extend(_notes(one, two))
    partial = _partial(one, two)
    found.notes.extend(partial.values())
    if only is not None:
        connection.register("wanted", only)
    queries = [_rows_in_force(store, table, side, only is not None) for side in (one, two)]
    select = [f"coalesce(b.{key}, a.{key}) AS {key}" for key in keys]
    select += [f"b.{name} AS before_{name}, a.{name} AS after_{name}" for name in (*values, "file_id", "line")]
    differs = " OR ".join(f"b.{name} IS DISTINCT FROM a.{name}" for name in values)
    query = (
        f"SELECT {', '.join(select)} FROM ({queries[0]}) b FULL JOIN ({queries[1]}) a USING ({', '.join(keys)}) "
        f"WHERE b.line IS NULL OR a.line IS NULL OR {differs} ORDER BY {', '.join(keys)}"
    )
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, values_of, strict=True)) for values_of in result.fetchall()]
    ended = _Ended(connection, store, table, two)
    files = {file.file_id: file for file in store.catalog.files}
    for row in rows:
        kind = "added" if row["before_line"] is None else "deleted" if row["after_line"] is None else "changed"
        if kind not in partial:
            found.changes.append(_change(row, kind, found, files, ended))
    return found


def _rows_in_force(store: Store, table: str, side: Side, narrowed: bool) -> str:
    """The rows of a side that are in force on its day, one per key (the first of the file, should it repeat itself)."""
    keys, values = COMPARED[table]
    names = ", ".join(f"t.{name}" for name in (*keys, *values, "file_id", "line"))
    path = str(store.path / f"{table}.parquet").replace("'", "''")
    where = [f"t.file_id IN ({', '.join(str(file.file_id) for file in side.files)})"]
    if table in _ENDS:
        where.append(f"(t.effective IS NULL OR t.effective <= DATE '{side.day}')")
        where += [f"(t.{end} IS NULL OR t.{end} >= DATE '{side.day}')" for end in _ENDS[table]]
    if table == "ncci_ptp":
        where.append(f"t.{NEVER_ACTIVE}")
    semi = f"SEMI JOIN wanted USING ({', '.join(keys)})" if narrowed else ""
    key = ", ".join(f"t.{name}" for name in keys)
    return (
        f"SELECT DISTINCT ON ({key}) {names} FROM read_parquet('{path}') t {semi} WHERE {' AND '.join(where)} "
        f"ORDER BY {key}, t.file_id, t.line"
    )


class _Ended:
    """The last days that the later release gives for edits it no longer has in force; asked for once, if at all."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, store: Store, table: str, side: Side) -> None:
        self.by_key: dict[tuple[str, ...], date] = {}
        if table not in _ENDS or side.is_active_only:
            return
        keys = ", ".join(COMPARED[table][0])
        ids = ", ".join(str(file.file_id) for file in side.files)
        last = f"least({', '.join(_ENDS[table])})" if len(_ENDS[table]) > 1 else _ENDS[table][0]
        path = str(store.path / f"{table}.parquet").replace("'", "''")
        query = (
            f"SELECT {keys}, max({last}) FROM read_parquet('{path}') WHERE file_id IN ({ids}) AND {last} IS NOT NULL "
            f"GROUP BY {keys}"
        )
        self.by_key = {tuple(row[:-1]): row[-1] for row in connection.execute(query).fetchall()}


def _change(
    row: Mapping[str, Any], kind: str, found: TableDiff, files: Mapping[int, CatalogFile], ended: _Ended
) -> Change:
    keys, values = COMPARED[found.table]
    key = {name: row[name] for name in keys}
    note = ""
    assert found.after is not None
    if kind == "deleted" and found.after.is_active_only:
        kind = "no longer active"
    elif kind == "deleted" and (last := ended.by_key.get(tuple(key.values()))):
        note = f"last day {last.isoformat()}"
    has = {side: row[f"{side}_line"] is not None for side in ("before", "after")}
    before, after = (
        {name: _shown(found.table, name, row[f"{side}_{name}"]) for name in values if has[side]} for side in has
    )
    cited = tuple(files[row[f"{side}_file_id"]].cite(row[f"{side}_line"]) for side in has if has[side])
    made = Change(found.table, found.setting, kind, key, before, after, cited, note)
    return replace(made, change=FACTOR_ALONE) if made.changed == ["conversion_factor"] else made


def _shown(table: str, name: str, value: Any) -> Any:
    """A value in the unit that people use (RVU, dollars, the index itself), exact, as text; counts stay whole."""
    unit = (TABLES[table].field(name).metadata or {}).get(b"unit", b"").decode()
    if not isinstance(value, int) or not (places := _places(unit)):
        return value
    return str(Decimal(value).scaleb(-places))


def _places(unit: str) -> int:
    """The decimals of a unit such as ``0.01 RVU``, ``0.0001 $`` or ``cent``."""
    stated = _DECIMALS.match(unit)
    return len(stated[1]) if stated else 2 if unit == "cent" else 0


def _notes(one: Side, two: Side) -> Iterable[str]:
    if one.release == two.release and one.files[0].dated:
        yield f"both sides are {one.release}, by the days of its rows: {one.day} and {two.day}"
    elif one.release == two.release:
        yield f"both sides are {one.release}: nothing can differ"
    if two.is_active_only:
        yield f"{two.release} has active pairs alone: one that is not in it ended, on which day nobody says"
    if one.is_active_only:
        yield f"{one.release} has active pairs alone: one that is not in it may have stood before and ended"


def _partial(one: Side, two: Side) -> dict[str, str]:
    """Kinds of change that mean nothing, since a file is an excerpt: by kind, the words for it."""
    if one.files[0].table == "ncci_ptp":  # what is deleted stays in some of these files
        return {}
    if two.rows * 2 < one.rows:
        return {"deleted": f"{two.release} has {two.rows:,} rows of {one.rows:,}: what it lacks is not called deleted"}
    if one.rows * 2 < two.rows:
        return {"added": f"{one.release} has {one.rows:,} rows of {two.rows:,}: what it lacks is not called added"}
    return {}
