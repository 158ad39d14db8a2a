"""The sample claims that come with Trocar: 28 fictional claims, one lesson each."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def sample_path() -> Path:
    """The file of the sample claims."""
    return Path(str(resources.files("trocar").joinpath("data", "sample", "claims.csv")))


def sample_claims() -> str:
    """The sample claims as CSV text."""
    return sample_path().read_text("utf-8")
