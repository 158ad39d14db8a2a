"""docs/manual.md: every row has an answer that exists, and pages that are the document's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trocar.knowledge.load import knowledge_of
from trocar.rules.registry import all_rules

PAGE = Path(__file__).parent.parent / "docs" / "manual.md"
# The sheet before a chapter's first printed page (I-1 is sheet 17).
BEFORE = {
    "I": 16, "II": 52, "III": 66, "IV": 82, "V": 102, "VI": 125, "VII": 141, "VIII": 157, "IX": 179, "X": 199,
    "XI": 221, "XII": 261, "XIII": 276, "Intro": 7,
}  # fmt: skip
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and line.count(" | ") == 4 and not line.startswith("| statement")
]
each_row = pytest.mark.parametrize("row", [pytest.param(row, id=row[0][:60]) for row in ROWS])


@each_row
def test_rules_and_elements_named_exist(row: list[str]) -> None:
    """A row names rules that there are, elements of a code's documentation, or says why it is out of scope."""
    answer = row[4]
    quoted = re.findall(r'report: ([0-9A-Z]{5}) "([^"]+)"', answer)
    rules = re.findall(r"\b[A-Z]{2}[0-9]{3}\b", re.sub(r"report: .*", "", answer))
    out_of_scope = answer.startswith("out of scope: ") and len(answer) > len("out of scope: ") + 10
    assert rules or quoted or out_of_scope
    assert set(rules) <= {rule.id for rule in all_rules()}
    assert answer.count("report:") == len(quoted)
    for code, text in quoted:
        elements = [element.text for element in knowledge_of(code).documentation]
        assert any(element.startswith(text) for element in elements), (code, text, elements)


@each_row
def test_printed_pages_and_sheets_agree(row: list[str]) -> None:
    """Each printed page is the sheet beside it."""
    pages, sheets = row[2].split(", "), [int(sheet) for sheet in row[3].split(", ")]
    counted = [BEFORE[chapter] + int(number) for chapter, number in (page.split("-") for page in pages)]
    assert counted == sheets


def test_every_chapter_is_there_and_every_stated_rule() -> None:
    """No chapter is left out, and each rule that rests on a statement of the manual alone is answered for."""
    chapters = {page.split("-")[0] for row in ROWS for page in row[2].split(", ")}
    assert chapters == set(BEFORE)
    assert len(ROWS) >= 150
    named = set(re.findall(r"\b[A-Z]{2}[0-9]{3}\b", PAGE.read_text("utf-8")))
    assert {rule.id for rule in all_rules() if rule.id.startswith(("NC", "GD", "UN"))} - {"UN004", "UN011"} <= named
