"""The appeal letter: the finding's own words and rows, brackets for the rest, and refusals that say why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from trocar.core.errors import UsageError
from trocar.toolkit.appeal import appeal
from trocar.toolkit.appealed import Appealed, appealed
from trocar.toolkit.layout import pdf_of

from .conftest import PRINTED, every_says, text_of

SHA256 = "6611c4cc9cebb52a63775cb5cc4bba8dce8cb5c59653e67e622f020eec03d69f"
ROW = {
    "release": "PTP2024Q3", "file": "2024q3_practitioner_ptp.zip/ccipra-2024q3.txt", "line": 421629, "sha256": SHA256,
}  # fmt: skip


def finding(**changed: Any) -> dict[str, Any]:
    """A finding of an edit between 20610 and 76942 in the JSON shape, with some values changed."""
    return {
        "claim_id": "A", "line": 2, "rule": "NC002", "name": "pair-without-bypass-modifier", "severity": "deny",
        "message": "76942 is column 2 of the NCCI edit 20610/76942, indicator 1, without an NCCI modifier",
        "remedy": "Remove line 2, unless the record shows a separate site, side or session: then say which.",
        "carc": "236", "amount_at_risk": "65.93", "evidence": {"column_1": "20610", "column_1_line": 1},
        "citations": [ROW],
    } | changed  # fmt: skip


def letter(about: Appealed) -> str:
    """The text of the whole PDF."""
    return text_of(pdf_of(appeal(about, PRINTED)))


def test_the_finding_and_its_rows() -> None:
    """Rule, message, amount, and the row by release, file, line and the whole hash."""
    text = letter(appealed([finding()], "A", 2))
    assert "Rule NC002: 76942 is column 2 of the NCCI edit 20610/76942, indicator 1" in text
    assert "$65.93 allowed, as computed [confirm]" in text
    assert "PTP2024Q3 2024q3_practitioner_ptp.zip/ccipra-2024q3.txt 421629" in text
    assert f"{SHA256[:32]} {SHA256[32:]}" in text
    assert "unless an NCCI modifier rightly separates them" in text  # the authority ptp-columns in own words


def test_what_is_not_known_stands_in_brackets() -> None:
    """Findings of ``trocar check --format json`` have no code and no date: neither is made up."""
    text = letter(appealed([finding()], "A", 2))
    for field in ("[name and Medicare number]", "[date of service]", "[procedure code]", "[236: confirm]"):
        assert field in text
    assert "[amount]" in letter(appealed([finding(amount_at_risk=None)], "A", 2))


def test_what_the_record_must_show_when_the_code_is_known() -> None:
    """The elements of the code's own words, as boxes; the letter never says that the record has them."""
    about = replace(appealed([finding()], "A", 2), hcpcs="76942", service_date=date(2024, 8, 15))
    text = letter(about)
    assert "[page] A kept image that shows the needle, or the target with the needle's path." in text
    assert "76942 on 2024-08-15" in text
    assert "[procedure code]" not in text


def test_law_of_the_day() -> None:
    """Only the declaration of NC002 in force on the day is cited; every number leads to one entry."""
    about = replace(appealed([finding()], "A", 2), service_date=date(2024, 8, 15))
    document = appeal(about, PRINTED)
    used = {number for says in every_says(document) for number in says.refs}
    anchors = [says.anchor for says in every_says(document) if says.anchor]
    assert sorted(anchors) == sorted(f"source-{number}" for number in used)


def test_a_provider_is_never_taken_from_the_finding() -> None:
    """Evidence and columns that name one are left out."""
    given = finding(rendering_npi="1234567893", evidence={"column_1": "20610", "rendering_npi": "1234567893"})
    text = letter(appealed([given], "A", 2))
    assert "1234567893" not in text
    assert "column 1 20610" in text


def test_deny_before_review_and_the_dearest_first() -> None:
    """The others of the line are named on the worksheet; one of them can be chosen by its rule."""
    rows = [
        finding(rule="NC003", severity="review", amount_at_risk="90.00"),
        finding(rule="GD003", amount_at_risk="10.00"),
        finding(),
        finding(rule="GD008", severity="info", amount_at_risk=None),
    ]
    about = appealed(rows, "A", 2)
    assert about.finding["rule"] == "NC002"
    assert {row["rule"] for row in about.others} == {"NC003", "GD003", "GD008"}
    assert "Also found on this line" in letter(about)
    assert appealed(rows, "A", 2, "nc003").finding["rule"] == "NC003"


def test_date_and_code_of_a_finding_that_has_them() -> None:
    """Columns of the findings table."""
    about = appealed([finding(service_date="2024-08-15", hcpcs="76942")], "A", 2)
    assert (about.service_date, about.hcpcs) == (date(2024, 8, 15), "76942")


@pytest.mark.parametrize(
    ("rows", "line", "rule", "why"),
    [
        ([finding()], 1, None, "the line has no finding"),
        ([finding(claim_id="B")], 2, None, "no finding has this claim"),
        ([finding()], 2, "NC001", "the line has no finding of NC001"),
        ([finding(severity="info")], 2, None, "a payer denies nothing"),
        ([finding(rule="ID001", severity="review")], 2, None, "a finding on who bills is not for an appeal"),
        (
            [{"claim_id": "A", "line": 2, "not_checked": "no MUE release", "needs": "mue", "rules": ["UN001"]}],
            2,
            None,
            "not all of it was checked: no MUE release",
        ),
    ],
)
def test_nothing_to_appeal(rows: list[dict[str, Any]], line: int, rule: str | None, why: str) -> None:
    """Each says why, and where."""
    with pytest.raises(UsageError, match=why) as error:
        appealed(rows, "A", line, rule, where="findings.json")
    assert error.value.where == f"findings.json: claim A, line {line}"
    assert error.value.remedy
