"""What a store says of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from trocar.reference.build import build
from trocar.reference.status import status
from trocar.reference.store import Store


def test_quarters_without_a_release_are_gaps(tmp_path: Path, write_schedule: Any) -> None:
    """January and October 2025 held: April and July are missing between them, nothing before or after."""
    for month in ("January", "October"):
        write_schedule(tmp_path / "s" / month, month=month)
    build(tmp_path / "s", tmp_path / "store", scope={"20002"})
    rows = status(Store(tmp_path / "store"))
    assert [row.release for row in rows] == ["RVU25A", "no release for 2025Q2, 2025Q3", "RVU25D"]
    gap = rows[1]
    assert gap.gap
    assert (gap.first, gap.last) == (date(2025, 4, 1), date(2025, 9, 30))
