"""Suppressions: taken out after the rules, to the day, counted, never clear; in memory and in a book alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import UsageError
from trocar.core.finding import Severity
from trocar.engine.starter import open_starter
from trocar.scrub.check import check
from trocar.scrub.suppression import Suppressions
from trocar.scrub.suppression_file import read_suppressions, suppressions_of
from trocar.scrub.together import check_together

PACK = open_starter()
LAST = date(2024, 8, 15)


def claim(claim_id: str = "A", **more: Any) -> list[ClaimLine]:
    """A joint injection with ultrasound: ccipra-2024q3 line 421629, 20610/76942, indicator 1."""
    line = ClaimLine(
        claim_id=claim_id, line=1, service_date=LAST, hcpcs="20610", place_of_service="11", locality="NATIONAL",
        payer="Blue", billing_npi="1000000905",
    )  # fmt: skip
    return [replace(line, **more), replace(line, line=2, hcpcs="76942", **more)]


def entries(**more: Any) -> Suppressions:
    """One suppression of the edit for a payer to the day of the claim."""
    entry = {"rule": "NC002", "payer": "Blue", "reason": "agreed in writing", "until": LAST} | more
    return suppressions_of([entry], "trocar.toml")


def rules_found(lines: list[ClaimLine], asked: Suppressions) -> set[tuple[int, str, str]]:
    """Line, rule and severity of each finding that is left."""
    result = check(claim_table(lines), PACK, suppressions=asked)
    return {(finding.line, finding.rule, finding.severity.value) for finding in result.findings}


def test_a_silenced_finding_is_gone_and_counted_and_not_clear() -> None:
    """The finding is no more; the claim is not Ready, and the rule does not count the line as clear."""
    assert (2, "NC002", "deny") in rules_found(claim(), Suppressions())
    result = check(claim_table(claim()), PACK, suppressions=entries())
    assert not [finding for finding in result.findings if finding.rule == "NC002"]
    (answer,) = result.claims()
    assert (answer.silenced, answer.verdict) == (1, "1 suppressed")
    summary = result.summary
    assert summary["rules"]["NC002"] == {"found": 0, "clear": 1, "not_checked": 0, "suppressed": 1}
    assert (summary["suppressed"]["silenced"], summary["suppressed"]["lowered"]) == (1, 0)
    (told,) = summary["suppressed"]["entries"]
    assert (told["applied"], told["expired"], told["reason"]) == (1, 0, "agreed in writing")


def test_a_lowered_finding_stays_with_the_other_severity() -> None:
    """It is found still, as review, with its evidence and citation, and no denial."""
    result = check(claim_table(claim()), PACK, suppressions=entries(lower_to="review"))
    (finding,) = [finding for finding in result.findings if finding.rule == "NC002"]
    assert (finding.severity, finding.line) == (Severity.REVIEW, 2)
    assert finding.evidence["column_1"] == "20610"
    assert [citation.line for citation in finding.citations] == [421629]
    assert result.summary["rules"]["NC002"] == {"found": 1, "clear": 1, "not_checked": 0, "suppressed": 0}
    assert result.summary["suppressed"]["lowered"] == 1


def test_the_end_is_the_last_date_of_service() -> None:
    """On the day it ends it holds; on the day after, the finding stands and the end is said. The clock has no say."""
    next_day = claim(service_date=date(2024, 8, 16))
    result = check(claim_table(next_day), PACK, suppressions=entries())
    assert [finding.line for finding in result.findings if finding.rule == "NC002"] == [2]
    (told,) = result.summary["suppressed"]["entries"]
    assert (told["applied"], told["expired"]) == (0, 1)


@pytest.mark.parametrize(
    ("scope", "silenced"),
    [
        ({"payer": "Blue"}, True), ({"payer": "Red"}, False), ({"payer": "Blue", "code": "76942"}, True),
        ({"code": "20610"}, False), ({"place_of_service": "11"}, True), ({"place_of_service": "22"}, False),
        ({"facility_npi": "1000000905"}, True), ({"facility_npi": "1000000038"}, False),
    ],
)  # fmt: skip
def test_it_is_limited_to_payer_site_and_code(scope: dict[str, str], silenced: bool) -> None:
    """All that an entry names must fit the line of the finding."""
    entry = {"rule": "pair-without-bypass-modifier", "reason": "agreed", "until": LAST} | scope
    found = rules_found(claim(), suppressions_of([entry], "trocar.toml"))
    assert ((2, "NC002", "deny") not in found) is silenced


def test_each_book_of_a_batch_counts_its_own() -> None:
    """Two requests answered together: each summary is the one it would get alone."""
    tables = [claim_table(claim()), claim_table(claim("B", payer="Red")), claim_table(claim() + claim("C"))]
    parts = check_together(tables, PACK, entries())
    alone = [check(table, PACK, suppressions=entries()).summary for table in tables]
    assert [part.summary for part in parts] == alone
    assert [part.summary["suppressed"]["silenced"] for part in parts] == [1, 0, 2]


def test_without_suppressions_nothing_is_said_of_them() -> None:
    """The summary of who has none is as it was."""
    summary = check(claim_table(claim()), PACK).summary
    assert "suppressed" not in summary
    assert set(summary["rules"]["NC002"]) == {"found", "clear", "not_checked"}


ENTRY = '[[suppress]]\nrule = "NC002"\npayer = "Blue"\nreason = "agreed"\nuntil = 2024-08-15\n'


@pytest.mark.parametrize(
    ("change", "key", "line", "says"),
    [
        (lambda text: text.replace('reason = "agreed"\n', ""), "reason", 1, "reason must be a text"),
        (lambda text: text.replace('"agreed"', '" "'), "reason", 4, "reason must be a text"),
        (lambda text: text.replace("until = 2024-08-15", ""), "until", 1, "last date of service"),
        (lambda text: text.replace("2024-08-15", '"2024-08-15"'), "until", 5, "last date of service"),
        (lambda text: text.replace("NC002", "NC999"), "rule", 2, "there is no rule"),
        (lambda text: text.replace('payer = "Blue"\n', ""), "", 1, "must be limited"),
        (lambda text: text + 'lower_to = "deny"\n', "lower_to", 6, "can't be lowered"),
        (lambda text: text + "player = 1\n", "player", 6, "not a key"),
        (lambda text: text + 'code = "7694"\n', "code", 6, ""),
    ],
)
def test_an_error_names_the_key_and_its_line(
    tmp_path: Path, change: Callable[[str], str], key: str, line: int, says: str
) -> None:
    """The second entry of two is wrong: its TOML address, and the line in the file."""
    path = tmp_path / "trocar.toml"
    path.write_text(f"{ENTRY}\n{change(ENTRY)}", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_suppressions(path)
    assert says in caught.value.what
    # The first entry has five lines, and an empty one follows.
    assert caught.value.where == f"trocar.toml suppress[1]{'.' if key else ''}{key}, line {6 + line}"
