"""The quarter diff, and what of it touches a book of claims."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from trocar.changes.book import a_month, book_diff
from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.reference.diff import TableDiff, diff
from trocar.reference.store import Store


def shown(found: TableDiff) -> set[tuple[str, str, str]]:
    """The changes of a table: kind, key and note."""
    return {(one.change, " ".join(one.key.values()), one.note) for one in found.changes}


def test_edits_added_ended_and_tightened(two_quarters: Path) -> None:
    """The fourth quarter against the third: one pair more, one less, whose last day it says, one indicator."""
    (found,) = diff(Store(two_quarters), "PTP2026Q3", "PTP2026Q4")
    assert shown(found) == {
        ("added", "20610 76942", ""),
        ("deleted", "49180 77012", "last day 2026-06-30"),
        ("changed", "60100 76942", ""),
    }
    (tightened,) = (one for one in found.changes if one.change == "changed")
    assert (tightened.before, tightened.after) == ({"modifier_indicator": 1}, {"modifier_indicator": 0})
    assert [(one.release, one.line) for one in tightened.citations] == [("PTP2026Q3", 2), ("PTP2026Q4", 3)]
    assert found.counts == {"added": 1, "changed": 1, "deleted": 1}


def test_backwards_what_was_added_is_gone(two_quarters: Path) -> None:
    """The other way round the same three pairs, added for deleted."""
    (found,) = diff(Store(two_quarters), "2026Q4", "2026Q3", ["ncci_ptp"])
    assert shown(found) == {
        ("deleted", "20610 76942", ""),
        ("added", "49180 77012", ""),
        ("changed", "60100 76942", ""),
    }


def test_a_table_equals_itself(two_quarters: Path) -> None:
    """Nothing can differ, and the note says why."""
    (found,) = diff(Store(two_quarters), "RVU25D", "RVU25D", ["mue", "schedule"])
    assert (found.table, found.changes) == ("schedule", [])
    assert found.notes == ["both sides are RVU25D: nothing can differ"]


def test_values_of_the_schedule_are_shown_as_people_read_them() -> None:
    """77012 from October 2025 to July 2026: work 1.50 to 1.46, factor 32.3465 to 33.4009."""
    found = {one.table: one for one in diff(Store(starter_store()), "2025Q4", "2026Q3")}
    (change,) = (one for one in found["schedule"].changes if one.key == {"hcpcs": "77012", "modifier": ""})
    assert (change.before["work"], change.after["work"]) == ("1.50", "1.46")
    assert (change.before["conversion_factor"], change.after["conversion_factor"]) == ("32.3465", "33.4009")
    gone = {one.key["hcpcs"] for one in found["schedule"].changes if one.change == "deleted"}
    assert "77014" in gone  # MANIFEST: absent from RVU26C
    assert found["mue"].not_compared


@pytest.mark.full_data
def test_an_excerpt_deletes_nothing(full_store: Path) -> None:
    """The addendum B of January 2026 is an excerpt of 177 codes: the others are not called deleted."""
    (found,) = diff(Store(full_store), "OPPS2025Q4", "OPPS2026Q1")
    assert "deleted" not in found.counts
    assert any("177 rows" in note for note in found.notes)


@pytest.mark.full_data
def test_the_two_quarters_of_edits_that_are_held(full_store: Path) -> None:
    """MANIFEST: active pairs 1,669,820 (2024Q3) and 1,728,585 (2026Q3); the common ones agree but for 169."""
    found = {(one.table, one.setting): one for one in diff(Store(full_store), "2024Q3", "2026Q3")}
    edits = found["ncci_ptp", "practitioner"]
    assert edits.counts["changed"] == 169
    assert 1_669_820 - edits.counts["no longer active"] + edits.counts["added"] == 1_728_585
    assert "deleted" not in edits.counts
    assert any("active pairs alone" in note for note in edits.notes)
    assert found["ncci_ptp", "hospital"].not_compared == "no release for 2026Q3"


def test_names_that_are_none(two_quarters: Path) -> None:
    """A release that is not held, and a table that is not compared."""
    with pytest.raises(UsageError, match="no release RVU99A"):
        diff(Store(two_quarters), "RVU99A", "RVU25D")
    with pytest.raises(UsageError, match="weather is not compared"):
        diff(Store(two_quarters), "2025Q4", "2026Q3", ["weather"])


def test_what_touches_a_book_by_money(two_quarters: Path, claims: pa.Table) -> None:
    """Three pairs on three claims of one month; the money is what the denied line is allowed.

    77012-26: 2.01 x 33.4009 = 67.1358 -> 67.14; 76942-26: 0.94 x 33.4009 = 31.3968 -> 31.40.
    """

    def opener(pins: Mapping[str, str]) -> Pack:
        return Pack.open(two_quarters, pins)

    found = book_diff(Store(two_quarters), opener, "PTP2026Q3", "PTP2026Q4", claims)
    assert found.months == 1
    assert [(one.change.key["column_1"], one.a_month, one.lines, one.claims) for one in found.touched] == [
        ("49180", Decimal("67.14"), 1, 1),
        ("20610", Decimal("-31.40"), 1, 1),
        ("60100", Decimal("-31.40"), 1, 1),
    ]


def test_the_schedule_is_priced_both_ways(claims: pa.Table) -> None:
    """RVU25D to RVU26C, in a facility, national.

    77012-26: 66.63 to 67.14, 0.51 more. 76942-26: 29.11 to 31.40 on two lines, 4.58 more.
    """
    found = book_diff(Store(starter_store()), open_starter, "RVU25D", "RVU26C", claims)
    amounts = {tuple(one.change.key.values()): one.a_month for one in found.touched if one.change.table == "schedule"}
    assert amounts["77012", "26"] == Decimal("0.51")
    assert amounts["76942", "26"] == Decimal("4.58")
    assert found.allowed_after - found.allowed_before == sum(amounts.values())
    assert {key[0] for key in amounts} == {"20610", "49180", "60100", "76942", "77012"}


def test_by_month_is_rounded_once() -> None:
    """100.00 over three months is 33.33; a loss of 0.05 over two is -0.03, half-up in size."""
    assert a_month(10_000, 3) == Decimal("33.33")
    assert a_month(-5, 2) == Decimal("-0.03")
