"""NC002 says which code is better where the own table knows one, and nothing where it knows none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter
from trocar.scrub.check import check


def evidence(*codes: str) -> dict[str, Any]:
    """The evidence of the one NC002 on a claim of some codes."""
    lines = [
        ClaimLine(claim_id="A", line=line, service_date=date(2024, 8, 15), hcpcs=code, place_of_service="11")
        for line, code in enumerate(codes, 1)
    ]
    (found,) = [one for one in check(claim_table(lines), open_starter()).findings if one.rule == "NC002"]
    return dict(found.evidence)


@pytest.mark.parametrize(("injection", "twin"), [("20600", "20604"), ("20605", "20606"), ("20610", "20611")])
def test_the_hint_names_the_twin_with_ultrasound(injection: str, twin: str) -> None:
    """guidance_family.toml, use_instead: each injection beside 76942 is its twin alone."""
    found = evidence(injection, "76942")
    assert found["suggest"] == [twin]
    assert f"is {twin} alone" in found["hint"]
    assert (found["column_1"], found["column_1_line"]) == (injection, 1)


def test_an_edit_without_a_better_code_has_no_hint() -> None:
    """32408/77012: nothing to bill instead; the procedure has the guidance in it."""
    found = evidence("32408", "77012")
    assert (found["suggest"], found["hint"]) == ([], "")
    assert (found["column_1"], found["column_1_line"]) == ("32408", 1)


def test_a_visit_is_told_its_modifier() -> None:
    """ccipra-2024q3 line 421698: 20610/99213, indicator 1; the manual (I-13) says a visit of its own with 25."""
    found = evidence("20610", "99213")
    assert (found["suggest"], "said with 25" in found["hint"]) == ([], True)
