"""Which changes touch a book of claims, and what each is worth a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.core.money import dollars, round_half_up
from trocar.core.period import day_from_number
from trocar.engine.batch import Batch
from trocar.engine.keys import COMPONENTS
from trocar.engine.lines import Column
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack
from trocar.pricing.price import price
from trocar.reference.diff import Change, TableDiff, diff
from trocar.reference.store import Store
from trocar.scrub.findings import at_risk

# Opens the pack with some releases pinned.
Opener = Callable[[Mapping[str, str]], Pack]
NOTHING: Indices = np.empty(0, np.int64)


@dataclass(frozen=True)
class Touched:
    """A change and what it touches of a book; ``a_month`` is None where no amount can be told.

    For a schedule row it is what the lines are allowed more (or less) by the later release than by the earlier one.
    For an edit it is what the lines that it denies are allowed: less where an edit was added, tightened or lowered,
    more where it ended. It is at stake, not lost: modifiers and documentation decide.
    """

    change: Change
    lines: int
    claims: int
    a_month: Decimal | None


@dataclass(frozen=True)
class BookDiff:
    """The tables compared as far as a book is touched: changes by money, and the allowed amounts of both sides."""

    tables: tuple[TableDiff, ...]
    touched: tuple[Touched, ...]
    months: int
    allowed_before: Decimal
    allowed_after: Decimal


class Book:
    """Claim lines prepared for the question which of them have a code, a pair of codes or a diagnosis."""

    def __init__(self, table: pa.Table, pack: Pack) -> None:
        self.batch = Batch(table, pack)
        self.lines = self.batch.line.lines
        self.stakes = at_risk(price(self.batch.line))

    @property
    def months(self) -> int:
        """Calendar months with a service: what a book is divided by."""
        days = map(day_from_number, np.unique(self.lines.day).tolist())
        return max(len({(day.year, day.month) for day in days}), 1)

    @cached_property
    def of_code(self) -> dict[str, Indices]:
        """The lines of each code."""
        return _grouped(self.lines.hcpcs.map(str, np.str_))

    @cached_property
    def of_component(self) -> dict[tuple[str, str], Indices]:
        """The lines of each code and component."""
        component = self.batch.line.component
        return {
            (code, COMPONENTS[number]): lines[component[lines] == number]
            for code, lines in self.of_code.items()
            for number in np.unique(component[lines]).tolist()
        }

    @cached_property
    def of_pair(self) -> dict[tuple[str, str], Indices]:
        """For each ordered pair of codes on one claim-day, the pairs of lines (positions among the neighbours)."""
        codes, neighbours = self.lines.hcpcs, self.batch.neighbours
        number = codes.numbers.astype(np.int64)
        both = (number[neighbours.left] << 32) | number[neighbours.right]
        groups = _grouped(both)
        return {(codes.values[key >> 32], codes.values[key & 0xFFFFFFFF]): at for key, at in groups.items()}

    @cached_property
    def of_diagnosis(self) -> dict[str, Indices]:
        """The lines that name each diagnosis."""
        answer: dict[str, list[int]] = {}
        for line, codes in enumerate(self.lines.table["diagnoses"].to_pylist()):
            for code in codes or ():
                answer.setdefault(code, []).append(line)
        return {code: np.array(lines, np.int64) for code, lines in answer.items()}

    @cached_property
    def of_locality(self) -> dict[tuple[str, str], Indices]:
        """The lines priced in each payment locality."""
        place = self.batch.line.place
        return {(f"{key // 100:05d}", f"{key % 100:02d}"): at for key, at in _grouped(place).items() if key >= 0}

    def only(self) -> dict[str, pa.Table]:
        """By table the keys that the book has, for ``reference.diff``."""
        pairs = [*self.of_pair]
        return {
            "schedule": _keys(("hcpcs", "modifier"), self.of_component),
            "gpci": _keys(("mac", "locality"), self.of_locality),
            "ncci_ptp": _keys(("column_1", "column_2"), pairs),
            "addon": _keys(("addon", "primary"), pairs),
            "mue": _keys(("hcpcs",), ((code,) for code in self.of_code)),
            "opps_status": _keys(("hcpcs",), ((code,) for code in self.of_code)),
            "icd10": _keys(("code",), ((code,) for code in self.of_diagnosis)),
        }

    def touched(self, change: Change) -> tuple[Indices, int]:
        """The lines that a change bears on, and its sign: -1 pays less, 1 pays more, 0 no amount can be told."""
        key = tuple(change.key.values())
        lines, sign = NOTHING, {"added": -1, "changed": 0}.get(change.change, 1)
        if change.table == "schedule":
            lines, sign = self.of_component.get((key[0], key[1]), NOTHING), 0
        elif change.table == "gpci":
            lines, sign = self.of_locality.get((key[0], key[1]), NOTHING), 0
        elif change.table == "ncci_ptp":
            # Column 2 is the code denied; indicator 0 (no modifier helps) after 1 pays less.
            lines = self.batch.neighbours.right[self.of_pair.get((key[0], key[1]), NOTHING)]
            if change.change == "changed":
                sign = 1 if change.after["modifier_indicator"] > change.before["modifier_indicator"] else -1
        elif change.table == "addon":
            # A primary more pays more.
            lines, sign = self.batch.neighbours.left[self.of_pair.get((key[0], key[1]), NOTHING)], -sign
        elif change.table == "mue":
            lines, sign = self._over(change, self.of_code.get(key[0], NOTHING))
        elif change.table == "icd10":
            # A diagnosis more pays more, and so does a header that became billable.
            lines, sign = self.of_diagnosis.get(key[0], NOTHING), -sign
            if change.change == "changed":
                sign = 1 if change.after["billable"] else -1
        else:
            lines, sign = self.of_code.get(key[0], NOTHING), 0
        return self._of_setting(change, np.unique(lines)), sign

    def _over(self, change: Change, lines: Indices) -> tuple[Indices, int]:
        """The lines whose units of the day are over one of the two limits alone."""
        most = np.iinfo(np.int64).max
        before, after = (values.get("value", most) for values in (change.before, change.after))
        units = self.batch.day.units[lines]
        over = (units > min(before, after)) & (units <= max(before, after))
        return lines[over], -1 if after < before else 1

    def _of_setting(self, change: Change, lines: Indices) -> Indices:
        """NCCI tables are the practitioners' (ambulatory surgical centers' too) or the hospitals'."""
        if not change.setting:
            return lines
        hospital = self.lines.setting.is_in({"hospital"})[lines]
        wanted = {"hospital": hospital, "practitioner": ~hospital}.get(change.setting)
        return NOTHING if wanted is None else lines[wanted]


def book_diff(
    store: Store, opener: Opener, before: str, after: str, claims: pa.Table, tables: Sequence[str] = ()
) -> BookDiff:
    """The changes from ``before`` to ``after`` that touch the claims (``CLAIM_SCHEMA``), dearest first.

    The claims are priced twice, every line by the earlier and by the later release of the fee schedule and its
    indices; edits are looked up on the lines as billed. Raises as ``diff`` does.
    """
    book = Book(claims, opener({}))
    found = diff(store, before, after, tables, book.only())
    allowed = [_allowed(claims, opener, found, side) for side in ("before", "after")]
    more = allowed[1] - allowed[0]
    touched = []
    for change in (change for table in found for change in table.changes):
        lines, sign = book.touched(change)
        if not len(lines):
            continue
        cents = None
        if change.table == "schedule":
            cents = int(more[lines].sum())
        elif sign:
            cents = sign * int(np.maximum(book.stakes[lines], 0).sum())
        amount = None if cents is None else a_month(cents, book.months)
        touched.append(Touched(change, len(lines), len(np.unique(book.lines.claim[lines])), amount))
    touched.sort(key=lambda one: (-abs(one.a_month or Decimal(0)), one.change.table, tuple(one.change.key.values())))
    sums = [dollars(int(cents.sum())) for cents in allowed]
    return BookDiff(tuple(found), tuple(touched), book.months, *sums)


def a_month(cents: int, months: int) -> Decimal:
    """An amount over some months, by month, rounded half-up to the cent."""
    return dollars(round_half_up(abs(cents), months)) * (-1 if cents < 0 else 1)


def _allowed(claims: pa.Table, opener: Opener, found: Iterable[TableDiff], side: str) -> Indices:
    """What each line is allowed by one side's releases, in cents; 0 where it is not priced."""
    pins = {
        table.table: release.release
        for table in found
        if table.table in ("schedule", "gpci") and (release := getattr(table, side)) is not None
    }
    priced = price(Batch(claims, opener(pins)).line)
    answer: Indices = np.where(priced.is_priced, priced.ledger.amount, 0)
    return answer


def _grouped(keys: Column) -> dict[Any, Indices]:
    """The positions of each distinct key."""
    distinct, numbers = np.unique(keys, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(numbers, minlength=len(distinct)))[:-1])
    return dict(zip(distinct.tolist(), parts, strict=True)) if len(distinct) else {}


def _keys(names: Sequence[str], keys: Iterable[tuple[str, ...]]) -> pa.Table:
    """Keys as an Arrow table of text columns."""
    rows = list(keys)
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})
