"""Lines kept on a claim without being billed: the claim is answered as if they were not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies import claims, codes_of_store
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter, starter_store
from trocar.scrub.check import check

PACK = open_starter()
CODES = codes_of_store(starter_store())


def said(lines: list[ClaimLine]) -> dict[int, tuple[Any, ...]]:
    """What is said of each line: its price, findings and gaps."""
    result = check(claim_table(lines), PACK)
    answer: dict[int, tuple[Any, ...]] = {line["line"]: (line, [], []) for line in result.priced}
    for finding in result.findings:
        answer[finding.line][1].append(finding)
    for entry in result.not_checked:
        answer[entry.line][2].append(entry)
    return answer


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(lines=claims(CODES), data=st.data())
def test_the_other_lines_are_answered_as_if_alone(lines: list[ClaimLine], data: st.DataObject) -> None:
    """No pair, day, encounter, ranking or claim counts a line that is not billed, and nothing is said of it."""
    kept = data.draw(st.sets(st.sampled_from([line.line for line in lines])))
    marked = [replace(line, not_billed=True) if line.line in kept else line for line in lines]
    answers = said(marked)
    for number in kept:
        price, findings, missing = answers.pop(number)
        assert (price["status"], price["allowed"], findings, missing) == ("not_billed", None, [], [])
    assert answers == said([line for line in lines if line.line not in kept])
