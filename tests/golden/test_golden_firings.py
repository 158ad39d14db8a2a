"""The counts that rule cards show are those of the golden cases as they are answered now."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.full_data
def test_the_counts_are_fresh(golden_files: Path, full_store: Path) -> None:
    """``make docs`` writes the file; a rule that fires elsewhere, or other cases, make it stale."""
    tool = runpy.run_path(str(REPOSITORY / "tools" / "golden_firings.py"))
    written = tool["FILE"].read_text("utf-8")
    assert written == tool["firings"](golden_files / "scrub_cases.csv", full_store), "stale; run: make docs"
