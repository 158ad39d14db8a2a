"""Charts as data: what a line shows where nothing is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trocar.entrypoints.web.charts import through_releases
from trocar.entrypoints.web.context import Context
from trocar.entrypoints.web.pages.code_blocks import release_words
from trocar.lookup.over_time import InRelease, changes

DAY = date(2024, 10, 1)


def _release(name: str, first: date, last: date, allowed: str | None, **values: object) -> InRelease:
    return InRelease(name, first, last, None if allowed is None else Decimal(allowed), "priced", values or None, ())


def test_the_line_of_releases_breaks_where_none_is_held() -> None:
    """A to B follow each other; between B and C a quarter is missing, and C is the last day known."""
    history = [
        _release("A", date(2024, 1, 1), date(2024, 3, 31), "10.00"),
        _release("B", date(2024, 4, 1), date(2024, 6, 30), "11.00"),
        _release("C", date(2024, 10, 1), date(2024, 12, 31), "12.00"),
    ]
    values = through_releases(history)["data"]["values"]
    assert [(value["first"], value["allowed"]) for value in values] == [
        ("2024-01-01", "10.00"),
        ("2024-04-01", "11.00"),
        ("2024-07-01", "11.00"),
        ("2024-07-01", None),
        ("2024-10-01", "12.00"),
        ("2025-01-01", "12.00"),
        ("2025-01-01", None),
    ]
    assert [value["release"] for value in values if "release" in value] == ["A", "B", "C"]
    assert release_words(history, Context(DAY)).endswith("The line breaks where no release is held.")
    assert "breaks" not in release_words(history[:2], Context(DAY))


def test_a_release_that_lacks_the_code_is_a_gap() -> None:
    """Its days are between two ends of the line."""
    history = [
        _release("A", date(2024, 1, 1), date(2024, 3, 31), "10.00"),
        _release("B", date(2024, 4, 1), date(2024, 6, 30), None),
        _release("C", date(2024, 7, 1), date(2024, 9, 30), "12.00"),
    ]
    values = through_releases(history)["data"]["values"]
    assert [value["first"] for value in values if value["allowed"] is None] == ["2024-04-01", "2024-10-01"]


def test_changes_are_named_in_words() -> None:
    """Columns of the file and true or false are no words of billing."""
    before = _release("A", date(2024, 1, 1), date(2024, 3, 31), "1", facility_pe="2.90", facility_na=False)
    after = _release("B", date(2024, 4, 1), date(2024, 6, 30), "1", facility_pe="2.83", facility_na=True)
    assert [(change.what, change.before, change.after) for change in changes([before, after])] == [
        ("marked NA in a facility", "no", "yes"),
        ("practice expense RVU, facility", "2.90", "2.83"),
    ]
