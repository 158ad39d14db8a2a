"""The tables of docs/formats/x12.md: every rule is promised there, every test that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

from trocar.claims.x12.findings import rules

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "formats" / "x12.md").read_text("utf-8")


def test_every_rule_is_promised() -> None:
    assert [rule for rule in rules() if rule not in PAGE] == []


def test_every_rule_that_is_promised_is_one() -> None:
    assert set(re.findall(r"XS\d{3}", PAGE)) <= set(rules())


def test_every_test_named_exists() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


def test_every_reason_of_a_difference_is_explained() -> None:
    stated = (ROOT / "bench" / "x12_differences.toml").read_text("utf-8")
    page = (ROOT / "docs" / "differences.md").read_text("utf-8")
    assert [name for name in re.findall(r'^id = "(.+)"', stated, re.MULTILINE) if f"`{name}`" not in page] == []
