"""Shared fixtures: where the publishers' own files are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def cms_files() -> Path:
    """The folder of the publishers' own files; skips visibly when they are not here."""
    folder = Path(os.environ.get("TROCAR_CMS_FILES", REPOSITORY.parent / "shared" / "cms"))
    if not folder.is_dir():
        pytest.skip(f"full-data test: no publishers' files at {folder}; set TROCAR_CMS_FILES")
    return folder
