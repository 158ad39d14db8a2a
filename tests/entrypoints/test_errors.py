"""Errors: one shape over all commands, exit code 2, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run

# A command line that can't be obeyed, per command and kind of mistake.
MISTAKES = (
    "price",
    "price 7702 --on 2025-11-03",
    "price 77002 --on 2025-13-03",
    "price 77002 --on 2025-11-03 --units 0",
    "price 77002 --on 2025-11-03 --charge -5",
    "price 77002 --on 2025-11-03 --zip 10001 --national",
    "price 77002 --on 2025-11-03 --zip 1001",
    "price 77002 --on 2025-11-03 --locality Manhattan",
    "price 77002 --on 2025-11-03 --pin schedule",
    "price 77002 --on 2025-11-03 --pin schedule=RVU99Z",
    "price 77002 --on 2025-11-03 --store no-such-folder",
    "price --file no-such-file.csv",
    "price 77002 --no-such-option",
    "check",
    "check no-such-file.csv",
    "check no-such-file.csv -o findings.xlsx",
    "check no-such-file.csv -o no-such-folder/findings.csv",
    "code 770O2 --on 2025-11-03",
    "edits 77002 --on 2025-11-03",
    "edits 77002 77002 --on 2025-11-03",
    "edits 20610 77002 --on 2025-11-03 --setting elsewhere",
    "rule XX999",
    "data build no-such-folder -o store",
    "data status --store no-such-folder",
    "data verify --store no-such-folder",
    "demo --store no-such-folder",
    "no-such-command",
)


@pytest.mark.parametrize("line", MISTAKES)
def test_an_error_has_the_one_shape(run: Run, line: str) -> None:
    """As JSON: one object with error, where, remedy and docs on standard output, and exit code 2."""
    result = run(line, "--format", "json")
    assert result.exit_code == 2
    shape = json.loads(result.stdout)
    assert list(shape) == ["error", "where", "remedy", "docs"]
    assert all(shape.values()), shape


@pytest.mark.parametrize("line", MISTAKES)
def test_an_error_says_what_where_and_what_now(run: Run, line: str) -> None:
    """As text: three lines on standard error, nothing on standard output."""
    result = run(line)
    assert result.exit_code == 2
    assert result.stdout == ""
    starts = [text.partition(":")[0] for text in result.stderr.splitlines() if not text.startswith("--on")]
    assert starts == ["error", "where", "what now"]


def test_the_page_an_error_names_is_there(run: Run) -> None:
    """The documentation an error points to is in the repository."""
    repository = Path(__file__).resolve().parents[2]
    for line in MISTAKES:
        page = json.loads(run(line, "--format", "json").stdout)["docs"]
        assert (repository / page).is_file(), page


def test_a_build_without_the_licence_is_refused(run: Run, tmp_path: Path) -> None:
    """Without a recorded acceptance nothing is built, and the error names the option."""
    (tmp_path / "files").mkdir()
    result = run(f"data build {tmp_path / 'files'} -o {tmp_path / 'store'}")
    assert result.exit_code == 2
    assert "--accept-ama-license" in result.stderr
    assert not (tmp_path / "store" / "catalog.json").exists()
