"""The second clock: what was in force by what the publisher had published on a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from trocar.core.errors import UsageError
from trocar.core.period import day_number
from trocar.engine.in_force import Calendar
from trocar.engine.pack import PUBLISHED_BY
from trocar.engine.starter import open_starter
from trocar.reference.catalog import CatalogFile

FileOf = Callable[..., CatalogFile]


def file_of(file_id: int, release: str, first: date, last: date, **given: object) -> CatalogFile:
    """A catalog entry with the days that matter here."""
    return CatalogFile(file_id, "test", "test", release, f"{release}.csv", "0" * 64, 1, first, last, **given)  # type: ignore[arg-type]


JANUARY = file_of(
    0, "A", date(2024, 1, 1), date(2024, 3, 8), published=date(2023, 12, 1), announced_last=date(2024, 3, 31)
)
REVISED = file_of(1, "AR", date(2024, 3, 9), date(2024, 3, 31), published=date(2024, 3, 10))
APRIL = file_of(2, "B", date(2024, 4, 1), date(2024, 6, 30))


def release_on(files: list[CatalogFile], day: date, published_by: date | None) -> str | None:
    """The name of the release that answers on a day."""
    calendar = Calendar.of(files, published_by)
    (ordinal,) = calendar.on_or_recorded_later(_days(day)).tolist()
    return None if ordinal < 0 else calendar.releases[ordinal].release


def _days(day: date) -> NDArray[np.int32]:
    return np.array([day_number(day)], np.int32)


@pytest.mark.parametrize(
    ("published_by", "release"), [(date(2023, 11, 30), None), (date(2023, 12, 1), "A"), (None, "A")]
)
def test_a_release_counts_from_the_day_it_was_published(published_by: date | None, release: str | None) -> None:
    """Published on 2023-12-01: the day before it answers nothing, on the day it does."""
    assert release_on([JANUARY, REVISED, APRIL], date(2024, 1, 15), published_by) == release


@pytest.mark.parametrize(
    ("published_by", "release"), [(date(2024, 3, 9), "A"), (date(2024, 3, 10), "AR"), (None, "AR")]
)
def test_a_revision_nobody_had_seen_ended_nothing(published_by: date | None, release: str) -> None:
    """A was announced to 2024-03-31; AR, published on 2024-03-10, took over from 2024-03-09, a day before that."""
    assert release_on([JANUARY, REVISED, APRIL], date(2024, 3, 20), published_by) == release
    assert release_on([JANUARY, REVISED, APRIL], date(2024, 3, 8), published_by) == "A"


def test_a_release_of_unknown_day_never_counts() -> None:
    """Nobody says when B was published: it answers without the clock, and under it on no day."""
    files = [JANUARY, REVISED, APRIL]
    assert release_on(files, date(2024, 5, 1), None) == "B"
    assert release_on(files, date(2024, 5, 1), date(2099, 1, 1)) is None
    assert Calendar.of(files, date(2099, 1, 1)).left_out() == "without B, whose day of publication is not known"
    later = "without AR (2024-03-10), published later"
    assert Calendar.of(files, date(2024, 3, 9)).left_out().startswith(later)
    assert Calendar.of([JANUARY], date(2024, 1, 1)).left_out() == ""


def test_a_release_counts_when_all_its_parts_do() -> None:
    """Two files make release A; the second came a month later."""
    later = file_of(
        3, "A", date(2024, 1, 1), date(2024, 3, 8), published=date(2024, 1, 1), announced_last=date(2024, 3, 31)
    )
    assert release_on([JANUARY, later], date(2024, 1, 15), date(2023, 12, 31)) is None
    assert release_on([JANUARY, later], date(2024, 1, 15), date(2024, 1, 1)) == "A"


def test_a_newer_dated_table_answers_for_earlier_days_too() -> None:
    """Both quarters' tables bear dates and keep deleted rows: from the day the newer one is out, it holds."""
    dated = {"dated": True, "history": True}
    one = file_of(0, "Q1", date(2026, 1, 1), date(2026, 3, 31), published=date(2025, 12, 1), **dated)
    two = file_of(1, "Q2", date(2026, 4, 1), date(2026, 6, 30), published=date(2026, 3, 1), **dated)
    for day in (date(2025, 6, 1), date(2026, 2, 1)):
        assert release_on([one, two], day, date(2026, 2, 28)) == "Q1"
        assert release_on([one, two], day, date(2026, 3, 1)) == "Q2"
    # Without the clock a day is answered by the release in force on it.
    assert release_on([one, two], date(2026, 2, 1), None) == "Q1"
    # A table without dates says nothing of the days before it.
    undated = file_of(2, "Q2", date(2026, 4, 1), date(2026, 6, 30), published=date(2026, 3, 1), history=True)
    assert release_on([one, undated], date(2026, 2, 1), date(2026, 3, 1)) == "Q1"


def test_the_pack_takes_the_day_as_a_pin() -> None:
    """RVU25D says of itself that it was released on 2025-09-11."""
    day = _days(date(2025, 11, 3))
    eve, out = (open_starter({PUBLISHED_BY: text}).calendars["schedule"] for text in ("2025-09-10", "2025-09-11"))
    assert eve.on(day).tolist() == [-1]
    assert out.releases[int(out.on(day)[0])].release == "RVU25D"
    with pytest.raises(UsageError, match="RVU25D was not published by 2025-09-10"):
        open_starter({PUBLISHED_BY: "2025-09-10", "schedule": "RVU25D"})
    assert open_starter({PUBLISHED_BY: "2025-09-11", "schedule": "RVU25D"}).calendars["schedule"].is_pinned
    with pytest.raises(UsageError, match="is not a day"):
        open_starter({PUBLISHED_BY: "September"})
