"""Summaries: every figure counted by hand from five findings."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from trocar.book.merge import merge
from trocar.book.report import chart, write_page, write_workbook
from trocar.book.summary import BookLines, By, Group, percent, summarise
from trocar.book.summary_rows import rows, share
from trocar.claims.csv import ClaimReading
from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import UsageError
from trocar.scrub.findings_table import FINDINGS_SCHEMA, rows_table

JULY, AUGUST = date(2024, 7, 1), date(2024, 8, 31)


def finding(claim: str, line: int, rule: str, severity: str, amount: str | None, **more: Any) -> dict[str, Any]:
    of_line = {"service_date": JULY, "hcpcs": "77002", "payer": "Medicare", "rendering_npi": None}
    return {
        "claim_id": claim, "line": line, "rule": rule, "name": rule, "severity": severity, "message": "", "remedy": "",
        "carc": "", "amount_at_risk": amount, "evidence": {}, "citations": [], **of_line, **more,
    }  # fmt: skip


ROWS = [
    finding("A", 1, "NC002", "deny", "10.00"),
    finding("A", 1, "UN003", "review", "10.00"),
    finding("A", 2, "NC002", "deny", "2.50", hcpcs="20610", payer=None),
    finding("B", 1, "NC002", "deny", "7.25", service_date=AUGUST),
    finding("B", 1, "ID003", "info", "99.00", service_date=AUGUST),
    {
        "claim_id": "C", "line": 1, "not_checked": "no MUE", "needs": "mue", "rules": ["UN002", "UN003"],
        "service_date": AUGUST, "hcpcs": "20610", "payer": "Medicare", "rendering_npi": None,
    },
    {"claim_id": "D", "line": None, "not_checked": "bad cell", "needs": "readable input", "rules": [], "where": "x D3"},
]  # fmt: skip


@pytest.fixture
def findings(tmp_path: Path) -> Path:
    """The rows above as a findings file."""
    path = tmp_path / "findings.parquet"
    pq.write_table(rows_table(ROWS), path)
    return path


def groups(path: Path, by: By) -> dict[str, Group]:
    (summary,) = summarise(path, [by])
    return {group.name: group for group in summary.groups}


def test_all_together(findings: Path) -> None:
    """Line A1 stands under two rules and counts once: 10.00 + 2.50 + 7.25 = 19.75; an info puts nothing at risk."""
    (summary,) = summarise(findings, [By.CODE])
    assert summary.total == Group("all", 5, 3, 1, 1, 3, 2, Decimal("19.75"), 1)
    assert summary.unread == 1


def test_by_rule(findings: Path) -> None:
    """Each rule has its own lines, also those it could not check: UN003 found one and was held back on one."""
    by_rule = groups(findings, By.RULE)
    assert by_rule["NC002"] == Group("NC002", 3, 3, 0, 0, 3, 2, Decimal("19.75"), 0)
    assert by_rule["UN003"] == Group("UN003", 1, 0, 1, 0, 1, 1, Decimal("10.00"), 1)
    assert by_rule["UN002"] == Group("UN002", 0, 0, 0, 0, 0, 0, Decimal("0.00"), 1)
    assert by_rule["ID003"].at_risk == Decimal("0.00")


@pytest.mark.parametrize(
    ("by", "amounts"),
    [
        (By.CODE, {"77002": "17.25", "20610": "2.50"}),
        (By.PAYER, {"Medicare": "17.25", "(not given)": "2.50"}),
        (By.MONTH, {"2024-07": "12.50", "2024-08": "7.25"}),
        (By.PROVIDER, {"(not given)": "19.75"}),
    ],
)
def test_by_what_the_line_says(findings: Path, by: By, amounts: dict[str, str]) -> None:
    """10.00 + 7.25 = 17.25 on 77002 of Medicare; 10.00 + 2.50 = 12.50 in July; the groups add up to all."""
    assert {name: str(group.at_risk) for name, group in groups(findings, by).items()} == amounts


def test_csv_gives_the_same(findings: Path, tmp_path: Path) -> None:
    """A findings CSV sums up like the Parquet file it came from."""
    table = tmp_path / "findings.csv"
    merge(pq.read_table(findings).to_batches(), table, FINDINGS_SCHEMA, dict)
    assert summarise(table, list(By)) == summarise(findings, list(By))


def test_shares_of_the_book(findings: Path) -> None:
    """Two of the three lines of the book in July have a finding: 66.7% (2 of 3), half up from 66.66..."""
    lines = [ClaimLine(claim_id="A", line=number, service_date=JULY, hcpcs="77002") for number in (1, 2, 3)]
    book = BookLines.of([ClaimReading(claim_table(lines), (), 3)])
    (summary,) = summarise(findings, [By.MONTH], book)
    shown = {row["name"]: row for row in rows(summary)}
    assert shown["2024-07"]["share_of_lines"] == "66.7% (2 of 3)"
    assert shown["2024-08"]["share_of_lines"] == "1 of 0"
    # 3 of the 5 findings stand in July: 60.0%.
    assert shown["2024-07"]["share_of_findings"] == "60.0% (3 of 5)"


def test_a_share_is_rounded_half_up() -> None:
    """1 of 16 is 6.25%, shown as 6.3%; nothing is a share of nothing."""
    assert percent(1, 16) == "6.3%"
    assert share(0, 0) == "0 of 0"


def test_the_workbook(findings: Path, tmp_path: Path) -> None:
    """One sheet per summary, numbers as numbers."""
    path = tmp_path / "report.xlsx"
    write_workbook(path, summarise(findings, [By.RULE, By.MONTH]))
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["by rule", "by month"]
    table = list(workbook["by month"].iter_rows(values_only=True))
    at = table[0].index("dollars at risk")
    assert [(row[0], row[at]) for row in table[1:4]] == [("2024-07", 12.5), ("2024-08", 7.25), ("all", 19.75)]


def test_the_page_needs_no_network(findings: Path, tmp_path: Path) -> None:
    """Each chart has its words and its table beside it; no script, style or image is fetched."""
    path = tmp_path / "report.html"
    write_page(path, summarise(findings, [By.PAYER, By.CODE]))
    page = path.read_text("utf-8")
    assert page.count('role="img" aria-label="Dollars at risk by') == page.count("<thead><tr>") == 2
    own, *scripts = page.split("<script>")
    assert len(scripts) >= 4
    assert not re.search(r"<(script|img|link)[^>]+(src|href)=", own)
    assert "<td>17.25</td>" in page


def test_names_can_not_end_the_script(findings: Path, tmp_path: Path) -> None:
    """A payer with markup in its name stays text, in the table and in the chart's data."""
    hostile = "</script><script>alert(1)</script>"
    pq.write_table(rows_table([finding("A", 1, "NC002", "deny", "1.00", payer=hostile)]), findings)
    path = tmp_path / "report.html"
    write_page(path, summarise(findings, [By.PAYER]))
    assert hostile not in path.read_text("utf-8")


def test_the_chart_holds_exact_amounts(findings: Path) -> None:
    """Amounts go to the chart as text, largest first, and are read there."""
    (summary,) = summarise(findings, [By.CODE])
    spec = chart(summary)
    assert json.dumps(spec)
    assert [value["at_risk"] for value in spec["data"]["values"]] == ["17.25", "2.50"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file that is no findings table is said to be none, with what to do."""
    with pytest.raises(UsageError, match="no such file"):
        summarise(tmp_path / "missing.parquet", [By.RULE])
    claims = tmp_path / "claims.csv"
    claims.write_text("claim_id,line\nA,1\n", "utf-8")
    with pytest.raises(UsageError, match="not a findings table"):
        summarise(claims, [By.RULE])
    with pytest.raises(UsageError, match="can't be summed up"):
        summarise(tmp_path / "findings.json", [By.RULE])
