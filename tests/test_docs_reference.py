"""The generated reference pages are as fresh as the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def test_subject_and_rule_pages_are_fresh() -> None:
    """Every page under docs/subjects and docs/rules says what the code says now."""
    command = [sys.executable, str(REPOSITORY / "tools" / "docs_reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
