"""``trocar data diff`` and ``trocar rescan`` on the command line, with the starter pack."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "claims.csv"


def test_two_quarters_in_three_formats(run: Run) -> None:
    """77014 left the schedule: the row that had it is cited; each format has each change."""
    text = run("data diff 2025Q4 2026Q3 --table schedule")
    assert text.exit_code == 0
    assert "schedule: RVU25D to RVU26C:" in text.stdout
    rows = [
        json.loads(line) for line in run("data diff 2025Q4 2026Q3 --table schedule --format json").stdout.splitlines()
    ]
    (gone,) = (row for row in rows if row.get("key") == {"hcpcs": "77014", "modifier": ""})
    assert (gone["change"], [one["release"] for one in gone["citations"]]) == ("deleted", ["RVU25D"])
    counts = rows[-1]["summary"]["tables"][0]["counts"]
    assert sum(counts.values()) == len(rows) - 1
    table = list(csv.DictReader(io.StringIO(run("data diff 2025Q4 2026Q3 --table schedule --format csv").stdout)))
    assert len(table) == len(rows) - 1


def test_a_book_narrows_it_to_what_it_touches(run: Run) -> None:
    """Dearest first, in dollars a month."""
    text = run(f"data diff 2025Q4 2026Q3 --claims {EXAMPLES}")
    assert text.exit_code == 0
    assert "a month over 3 months" in text.stdout
    *rows, last = (
        json.loads(line)
        for line in run(f"data diff 2025Q4 2026Q3 --claims {EXAMPLES} --format json").stdout.splitlines()
    )
    amounts = [abs(float(row["a_month"])) for row in rows if row.get("a_month") is not None]
    assert amounts == sorted(amounts, reverse=True)
    assert last["summary"]["months"] == 3


def test_nothing_comparable_is_exit_code_3(run: Run) -> None:
    """No table of edits of units for either quarter: said, not passed over."""
    result = run("data diff 2021Q1 2021Q2 --table mue")
    assert result.exit_code == 3
    assert "not compared, no release for 2021Q1 and 2021Q2" in result.stdout
    assert run("data diff RVU99A RVU25D").exit_code == 2
    assert run("data diff 2025Q4 2026Q3 --table weather").exit_code == 2


@pytest.mark.parametrize("format_", ["text", "json", "csv"])
def test_a_rescan_says_what_it_could_not_compare(run: Run, format_: str) -> None:
    """Nobody says when the edits of the starter pack were published: lines of them are not compared, nothing flips."""
    result = run(f"rescan {EXAMPLES} --then 2025-09-10 --now 2026-07-01 --format {format_}")
    assert result.exit_code == 3
    if format_ == "text":
        assert "published between: RVU25D of schedule, published 2025-09-11" in result.stdout
    elif format_ == "json":
        (last,) = (json.loads(line) for line in result.stdout.splitlines())
        assert 0 < last["summary"]["not_compared"] <= last["summary"]["lines"] == 51


def test_a_rescan_goes_forward(run: Run) -> None:
    """The days are in order, or it is a slip of the pen."""
    assert run(f"rescan {EXAMPLES} --then 2026-07-01 --now 2026-07-01").exit_code == 2
    assert run(f"rescan {EXAMPLES} --then soon --now 2026-07-01").exit_code == 2
