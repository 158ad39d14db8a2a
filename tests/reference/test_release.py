"""Release names and days from the publisher's words."""

from __future__ import annotations

import pytest

from trocar.reference.release import outpatient_release, release_of_name, schedule_release


@pytest.mark.parametrize(
    ("title", "name", "period"),
    [
        (
            "2025 National Physician Fee Schedule Relative Value File October Release",
            "RVU25D",
            "2025-10-01..2025-12-31",
        ),
        (
            "2024 National Physician Fee Schedule Relative Value File January Release",
            "RVU24A",
            "2024-01-01..2024-03-08",
        ),
        (
            "2024 National Physician Fee Schedule Relative Value File January Revised Release",
            "RVU24AR",
            "2024-03-09..2024-03-31",
        ),
        ("2026 National Physician Fee Schedule Relative Value File July Release", "RVU26C", "2026-07-01..2026-09-30"),
    ],
)
def test_a_title_names_its_release(title: str, name: str, period: str) -> None:
    """Quarter by month; the two releases of the first quarter of 2024 share it at 9 March."""
    release = schedule_release(f",,{title},,")
    assert release is not None
    assert (release.name, str(release.period)) == (name, period)


def test_names_of_files_that_hold_no_title() -> None:
    """The fixed-width schedule and Addendum B are named by year and month; other names say nothing."""
    text, addendum = release_of_name("PPRRVU2025_Oct.txt"), outpatient_release("OPPS_AddendumB_2025Jan_12.31.24.csv")
    assert text is not None
    assert addendum is not None
    assert (text.name, addendum.name) == ("RVU25D", "OPPS2025Q1")
    assert release_of_name("schedule.txt") is None
    assert outpatient_release("AddendumB.csv") is None
