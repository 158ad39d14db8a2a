"""Findings worded all at once say what each of them says by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from trocar.claims.model import ClaimLine
from trocar.core.cite import Citation
from trocar.rules.cites import Cited
from trocar.rules.evidence import Evidence
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule
from trocar.scrub.check import CheckResult
from trocar.scrub.evidence import objects, plain


def words_of(line: ClaimLine) -> dict[str, Any]:
    """What sentences may name of a line, from the claim as it was written."""
    return {
        "hcpcs": line.hcpcs,
        "modifiers": " ".join(line.modifiers),
        "units": line.units or 1,
        "line": line.line,
        "service_date": line.service_date.isoformat(),
        "place_of_service": line.place_of_service or "",
    }


def rule_in_force(rule_id: str, day: date) -> Rule:
    """The declaration of a rule that speaks of a day."""
    (rule,) = (
        rule
        for rule in all_rules()
        if rule.id == rule_id and rule.first <= day and (rule.last is None or day <= rule.last)
    )
    return rule


def test_sentences_are_filled_from_the_line_and_the_evidence(
    example_lines: list[ClaimLine], examples_checked: CheckResult
) -> None:
    """Every finding of every example: Python's own format, one sentence at a time, from the claim as written."""
    lines = {(line.claim_id, line.line): line for line in example_lines}
    spoken = set()
    for finding in examples_checked.findings:
        line = lines[finding.claim_id, finding.line]
        rule = rule_in_force(finding.rule, line.service_date)
        words = words_of(line) | finding.evidence
        assert finding.message == rule.message.format(**words)
        assert finding.remedy == rule.remedy.format(**words)
        spoken.add(rule.id)
    assert len(spoken) > 40


def test_findings_stand_by_row_then_rule_then_message(
    example_lines: list[ClaimLine], examples_checked: CheckResult
) -> None:
    """The order of the input rows; on one row that of ids, and of messages where a rule speaks twice."""
    row = {(line.claim_id, line.line): at for at, line in enumerate(example_lines)}
    told = [(row[one.claim_id, one.line], one.rule, one.message) for one in examples_checked.findings]
    assert told == sorted(told)


def cited_by(result: CheckResult, cited: Cited, entry: int) -> list[Citation]:
    """What one entry cites."""
    at = np.flatnonzero(cited.entry == entry)
    pack = result.batch.line.pack
    return [pack.cite_line(int(cited.file_id[one]), int(cited.line[one])) for one in at]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.id} from {rule.first}")
def test_an_entry_says_the_same_alone_and_among_others(rule: Rule, examples_checked: CheckResult) -> None:
    """Evidence and citations of all entries at once, in any order, are those of each entry asked alone."""
    (outcome,) = (outcome for outcome in examples_checked.outcomes if outcome.rule is rule)
    batch, entries = examples_checked.batch, outcome.entries[::-1]

    def said(evidence: Evidence, length: int) -> list[dict[str, Any]]:
        return objects(plain(evidence), length)

    together, cited = said(rule.evidence(batch, entries), len(entries)), rule.cites(batch, entries)
    assert (np.diff(cited.entry) >= 0).all()
    for at, entry in enumerate(entries):
        alone = entries[at : at + 1]
        assert said(rule.evidence(batch, alone), 1) == [together[at]], entry
        assert cited_by(examples_checked, rule.cites(batch, alone), 0) == cited_by(examples_checked, cited, at)
