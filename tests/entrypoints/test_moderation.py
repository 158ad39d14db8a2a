"""``trocar serve moderation``: the queue, and decisions that publish or delete."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from community.forms import FORM
from trocar.community.limits import Limits
from trocar.community.reports import open_reports

from .conftest import Run, json_lines

NOTE = "paid after the order was sent"


def test_reports_with_notes_are_listed_and_decided(run: Run, tmp_path: Path) -> None:
    """Two wait; one is approved and no longer waits, one is deleted; a number that waits nowhere is an error."""
    url = f"sqlite:///{tmp_path / 'reports.sqlite3'}"
    with open_reports(url, limits=Limits()) as reports:
        for code in ("77002", "77012"):
            assert reports.submit(dict(FORM) | {"code": code, "note": NOTE}, None, date(2025, 4, 15)).stage == "queued"
    first, second = json_lines(run("serve moderation list --format json", "--reports", url))
    assert (first["code"], first["note"], first["reason"]) == ("77002", NOTE, "note")
    assert NOTE in run("serve moderation list --format csv", "--reports", url).stdout
    assert "approved" in run(f"serve moderation approve {first['id']}", "--reports", url).stdout
    assert "rejected and deleted" in run(f"serve moderation reject {second['id']}", "--reports", url).stdout
    assert run("serve moderation list", "--reports", url).stdout == "No report waits.\n"
    again = run(f"serve moderation reject {second['id']}", "--reports", url)
    assert again.exit_code == 2
    assert f"no report with the number {second['id']} waits" in again.stderr
