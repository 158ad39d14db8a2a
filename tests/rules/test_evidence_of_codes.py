"""What CD001 and CD004 say beside the code: its successor, and the services that are paid instead."""

from __future__ import annotations

from datetime import date
from typing import Any

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter
from trocar.scrub.check import check


def evidence(rule: str, *lines: ClaimLine) -> list[dict[str, Any]]:
    """The evidence of each finding of a rule on one claim."""
    return [dict(one.evidence) for one in check(claim_table(lines), open_starter()).findings if one.rule == rule]


def line(number: int, hcpcs: str, day: date = date(2025, 11, 3), **more: Any) -> ClaimLine:
    """An office line."""
    return ClaimLine(claim_id="A", line=number, service_date=day, hcpcs=hcpcs, place_of_service="11", **more)


def test_a_code_that_ended_names_its_successor() -> None:
    """guidance_family.toml: 77014 ended on 2025-12-31, its successor is 77387; 20610-26 is a code in force."""
    (found,) = evidence("CD001", line(1, "77014", date(2026, 7, 15)))
    assert found["suggest"] == ["77387"]
    assert found["instead"].startswith(" 77014 ended on 2025-12-31")
    assert evidence("CD001", line(1, "20610", modifiers=("26",))) == []


def test_a_code_that_ended_without_successor_names_none() -> None:
    """37220 has no row in RVU26C, and the own table says nothing of it."""
    (found,) = evidence("CD001", line(1, "37220", date(2026, 7, 15)))
    assert "suggest" not in found
    assert found["instead"] == ""


def test_what_is_paid_beside_a_drawing_of_blood() -> None:
    """36591 (status T) is included in what the same practitioner is paid for that day, and in nothing else."""
    first, second = "1234567893", "1003000126"
    lines = [
        line(1, "36591", rendering_npi=first),
        line(2, "20610", rendering_npi=first),
        line(3, "49083", rendering_npi=second),
        line(4, "99070", rendering_npi=first),
    ]
    (found,) = evidence("CD004", *lines)
    assert found["others"] == "20610"


def test_what_is_denied_pays_for_nothing() -> None:
    """20610-26 is denied itself (MD001: no such row), so 36591 stands by itself."""
    lines = [line(1, "36591"), line(2, "20610", modifiers=("26",))]
    assert evidence("MD001", *lines)
    assert evidence("CD004", *lines) == []
