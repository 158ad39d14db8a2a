"""Small published files, and where the larger samples are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trocar.benchmarks.extract import Extraction, Outcome, extract
from trocar.files.fetch import Fetcher

SAMPLES = Path(os.environ.get("TROCAR_RATE_FILES", Path(__file__).parents[3] / "shared" / "mrf"))


def sample(name: str) -> Path:
    """A sample that is not part of the repository; the test is skipped without it."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} is not here (TROCAR_RATE_FILES)")
    return path


@pytest.fixture
def extract_text(tmp_path: Path) -> Callable[..., Outcome]:
    """Writes a text to a file and extracts it."""

    def run(content: bytes | str, codes: set[str] | None = None, name: str = "rates.json", **asked: Any) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        extraction = Extraction(tmp_path / "out", frozenset(codes) if codes else None, **asked)
        (outcome,) = extract([str(path)], extraction, quiet(tmp_path))
        return outcome

    return run


def quiet(folder: Path) -> Fetcher:
    """A fetcher that does not wait."""
    return Fetcher(folder / "fetched", pause=0, sleep=lambda seconds: None)
