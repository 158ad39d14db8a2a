"""The sample plug-in, found as an installed package is: by its entry point, in a process of its own, offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGIN = REPOSITORY / "examples" / "plugin"
CLAIMS = """\
claim_id,line,service_date,hcpcs,place_of_service,locality,payer
N,1,2024-08-15,60100,11,NATIONAL,Northwind Health Plan
N,2,2024-08-15,76942,11,NATIONAL,Northwind Health Plan
"""
EXAMPLES = """\
from northwind_rules import ultrasound_without_side as rule
from trocar.engine.starter import open_starter
from trocar.testing.examples import examples_of, outcome

told = [(example.expect, outcome(example, rule.RULES, open_starter)) for example in examples_of(rule)]
assert all(one == other for one, other in told), told
print(sorted({one for one, _ in told}), len(told))
"""


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment whose path holds the package, and the metadata that installing it would write."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    information = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (information / "METADATA").write_text(head, "utf-8")
    points = project["entry-points"]["trocar.rules"]
    body = "".join(f"{name} = {value}\n" for name, value in points.items())
    (information / "entry_points.txt").write_text(f"[trocar.rules]\n{body}", "utf-8")
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(PLUGIN / "src"), str(tmp_path)]), "NO_COLOR": "1"}


def run(installed: dict[str, str], *words: str, given: str = "") -> str:
    """Standard output of Python with some arguments."""
    done = subprocess.run(
        [sys.executable, *words], env=installed, input=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_its_examples_hold(installed: dict[str, str]) -> None:
    """As trocar.testing.examples runs them: found and clear, and both sides of its first day."""
    assert run(installed, "-c", EXAMPLES) == "['clear', 'found'] 5\n"


def test_it_is_a_rule_as_any_other(installed: dict[str, str]) -> None:
    """Its card names the payer's paper, its finding is among the findings, and a repair leaves it to a person."""
    card = run(installed, "-m", "trocar", "rule", "NW001")
    assert "NW001 ultrasound-without-side" in card
    assert "Northwind policy 12" in card
    rows = run(installed, "-m", "trocar", "check", "-", "--format", "json", given=CLAIMS).splitlines()
    found = [row for row in map(json.loads, rows) if row.get("rule") == "NW001"]
    assert [(row["line"], row["severity"]) for row in found] == [(2, "review")]


def test_it_is_not_found_where_it_is_not_installed() -> None:
    """Without its entry point there is no such rule."""
    done = subprocess.run([sys.executable, "-m", "trocar", "rule", "NW001"], capture_output=True, check=False)
    assert done.returncode == 2
