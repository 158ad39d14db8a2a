"""docs/conflicts.md: every conflict of the guidance map, as the tool writes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def test_the_page_of_conflicts_is_up_to_date() -> None:
    """docs/conflicts.md is what tools/conflicts_page.py writes."""
    tool = [sys.executable, str(REPOSITORY / "tools" / "conflicts_page.py"), "--check"]
    result = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_conflicts_known_by_hand_are_on_the_page() -> None:
    """Nerve blocks of 2023: AOC lists 64415 for 77002. Devices of the manual of 2026: 2026Q3 has no edit with 76937."""
    rows = (REPOSITORY / "docs" / "conflicts.md").read_text("utf-8").splitlines()
    blocks = [row for row in rows if row.startswith("| 64415-64417 64445-64448 | 77002 |")]
    assert any("2024-07-01" in row and "`included-and-listed`" in row for row in blocks)
    devices = [row for row in rows if "| 76937 | 2026-07-01 |" in row and "(`device-and-electrophysiology`)" in row]
    assert any("`included-without-edit`" in row for row in devices)
