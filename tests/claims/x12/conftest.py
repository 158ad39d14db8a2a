"""Fixtures for X12 tests: a key of the test, and the samples of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trocar.claims import patient_key


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key of the test, so that none is kept for the user who runs it."""
    patient_key.patient_key.cache_clear()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "a key for tests alone")
    yield
    patient_key.patient_key.cache_clear()


@pytest.fixture(scope="session")
def samples(cms_files: Path) -> Path:
    """The folder of third-party samples beside the publishers' files; skips visibly when it is not here."""
    folder = cms_files.parent / "x12"
    if not folder.is_dir():
        pytest.skip(f"full-data test: no X12 samples at {folder}")
    return folder
