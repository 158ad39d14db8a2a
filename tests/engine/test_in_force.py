"""Which release is in force on a day."""

from __future__ import annotations

from datetime import date

import numpy as np

from trocar.core.period import day_number
from trocar.engine.in_force import Calendar
from trocar.reference.catalog import CatalogFile


def file(number: int, release: str, first: date, last: date, *, history: bool = False) -> CatalogFile:
    """A catalog entry with only what a calendar looks at."""
    return CatalogFile(number, "family", "table", release, "file", "0" * 64, 1, first, last, history=history)


def days(*dates: date) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Dates as the kernel counts them."""
    return np.array([day_number(day) for day in dates], np.int32)


YEAR = file(0, "FY2025", date(2024, 10, 1), date(2025, 9, 30))
UPDATE = file(1, "FY2025-04", date(2025, 4, 1), date(2025, 9, 30))


def test_boundary_days() -> None:
    """The first and last day are in force, the days around them are not."""
    calendar = Calendar.of([YEAR])
    asked = days(date(2024, 9, 30), date(2024, 10, 1), date(2025, 9, 30), date(2025, 10, 1))
    assert calendar.on(asked).tolist() == [-1, 0, 0, -1]


def test_the_update_that_starts_later_wins() -> None:
    """Within a fiscal year the April update replaces October's file."""
    calendar = Calendar.of([UPDATE, YEAR])
    ordinals = calendar.on(days(date(2025, 3, 31), date(2025, 4, 1)))
    assert [calendar.releases[ordinal].release for ordinal in ordinals.tolist()] == ["FY2025", "FY2025-04"]


def test_parts_of_one_release_are_one() -> None:
    """A table published in several files has one ordinal for all of them."""
    parts = [file(number, "PTP", date(2024, 7, 1), date(2024, 9, 30)) for number in (0, 1)]
    calendar = Calendar.of(parts)
    assert len(calendar.releases) == 1
    assert calendar.ordinal_of_file == {0: 0, 1: 0}


def test_history_answers_for_earlier_days_only() -> None:
    """A cumulative release proves what was not in force before it; after it nothing is known."""
    calendar = Calendar.of([file(0, "PTP", date(2024, 7, 1), date(2024, 9, 30), history=True)])
    asked = days(date(2019, 1, 1), date(2024, 8, 1), date(2024, 10, 1))
    assert calendar.on_or_recorded_later(asked).tolist() == [0, 0, -1]


def test_a_pin_answers_every_day() -> None:
    """A pinned calendar answers its release on any day, and says that it is pinned."""
    pinned = Calendar.of([YEAR, UPDATE]).pin("FY2025")
    assert pinned is not None
    assert pinned.is_pinned
    assert pinned.on(days(date(1999, 1, 1), date(2040, 1, 1))).tolist() == [0, 0]
    assert Calendar.of([YEAR]).pin("FY1999") is None


def test_nothing_loaded() -> None:
    """An empty table is in force on no day."""
    assert Calendar.of([]).on(days(date(2024, 1, 1))).tolist() == [-1]


def test_a_gap_between_releases_is_not_covered() -> None:
    """The day after the first release and the day before the second are in force nowhere."""
    first, second = (file(at, f"Q{at}", date(2024, at, 1), date(2024, at + 1, 28)) for at in (1, 7))
    calendar = Calendar.of([first, second])
    asked = days(date(2024, 2, 28), date(2024, 2, 29), date(2024, 6, 30), date(2024, 7, 1), date(2024, 8, 28))
    assert calendar.on(asked).tolist() == [0, -1, -1, 1, 1]
    assert calendar.last_day == day_number(date(2024, 8, 28))


def test_a_later_cumulative_release_answers_in_a_gap() -> None:
    """The second keeps its deleted rows: it tells of the gap before it, to the day, and of nothing after it."""
    first = file(0, "Q1", date(2024, 1, 1), date(2024, 3, 31))
    second = file(1, "Q3", date(2024, 7, 1), date(2024, 9, 30), history=True)
    asked = days(date(2023, 12, 31), date(2024, 3, 31), date(2024, 4, 1), date(2024, 6, 30), date(2024, 7, 1))
    calendar = Calendar.of([first, second])
    assert calendar.on_or_recorded_later(asked).tolist() == [1, 0, 1, 1, 1]
    assert calendar.on_or_recorded_later(days(date(2024, 9, 30), date(2024, 10, 1))).tolist() == [1, -1]


def test_parts_are_of_the_release_before_them() -> None:
    """A part belongs to the release named last, not to the first of the table."""
    files = [
        file(0, "Q1", date(2024, 1, 1), date(2024, 3, 31)),
        file(1, "Q2", date(2024, 4, 1), date(2024, 6, 30)),
        file(2, "Q2", date(2024, 4, 1), date(2024, 6, 30)),
    ]
    assert Calendar.of(files).ordinal_of_file == {0: 0, 1: 1, 2: 1}


def test_an_empty_calendar_knows_it() -> None:
    """Nothing loaded is empty, without a day; something loaded is neither empty nor pinned."""
    assert Calendar.of([]).is_empty
    assert Calendar.of([]).by_day.tolist() == []
    assert not Calendar.of([YEAR]).is_empty
    assert not Calendar.of([YEAR]).is_pinned
