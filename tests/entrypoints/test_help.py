"""Every command explains itself, and the page made of those explanations is up to date."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from trocar.entrypoints.cli import app

from .conftest import Run

REPOSITORY = Path(__file__).resolve().parents[2]


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
    for name, child in (children or {}).items():
        yield from _commands(f"{path} {name}".strip(), child)


COMMANDS = list(_commands("", get_command(app)))


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_help_has_an_example(run: Run, path: str, command: Any) -> None:
    """--help works, every option says what it is, and the example begins with the command itself."""
    result = run(f"{path} --help")
    assert result.exit_code == 0
    assert f"Example: trocar {path}" in command.epilog
    assert all(parameter.help for parameter in command.params)


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    """docs/cli.md is what tools/docs_cli.py writes."""
    tool = [sys.executable, str(REPOSITORY / "tools" / "docs_cli.py"), "--check"]
    result = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_help_loads_no_engine() -> None:
    """The command line is listed without NumPy, Arrow or Rich's tables being asked for by us: answers stay quick."""
    program = (
        "import sys, trocar.entrypoints.cli\n"
        "heavy = {'numpy', 'pyarrow', 'duckdb', 'openpyxl'} & set(sys.modules)\n"
        "sys.exit(' '.join(sorted(heavy)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""


def test_the_installed_command_runs(tmp_path: Path) -> None:
    """The console script answers, from any folder."""
    trocar = Path(sys.executable).parent / "trocar"
    line = [str(trocar), "rule", "NC001"]
    result = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("NC001 pair-never-together\n")
