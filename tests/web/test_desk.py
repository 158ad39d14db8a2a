"""The claim desk: verdict, fix list, matrix, exports; nothing kept."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from fastapi.testclient import TestClient

from trocar.entrypoints.render import csv_for_spreadsheets
from web.conftest import text_of

CLAIM = """claim_id,line,service_date,hcpcs,modifiers,units,place_of_service,locality
K1,1,2024-08-15,32408,,1,22,NATIONAL
K1,2,2024-08-15,77012,26,1,22,NATIONAL
"""


def _send(pages: TestClient, address: str, **fields: str):  # type: ignore[no-untyped-def]
    token = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/check").text)
    assert token is not None
    return pages.post(address, data={"csrf_token": token[1], "claims": CLAIM} | fields)


def test_a_claim_is_answered(pages: TestClient) -> None:
    """32408 includes its CT guidance (ccipra-2024q3: 32408/77012): line 2 is denied, and the strip says so."""
    answer = _send(pages, "/check")
    assert answer.status_code == 200
    words = text_of(answer.text)
    assert "1 to fix" in words
    assert "1 with codes that can't be billed together" in words
    assert re.search(r"<strong>K1</strong>|K1", answer.text)


def test_the_form_of_another_page_is_refused(pages: TestClient) -> None:
    assert pages.post("/check", data={"claims": CLAIM}).status_code == 403


def test_claims_that_cannot_be_read_are_said(pages: TestClient) -> None:
    answer = _send(pages, "/check", claims="nothing,here\n1,2\n")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_json_list_says_what_is_read_instead(pages: TestClient) -> None:
    """JSON lines are read; a list of the same objects is no CSV with a broken quote."""
    line = '{"service_date": "2024-08-15", "hcpcs": "77002", "place_of_service": "11"}'
    assert _send(pages, "/check", claims=f"{line}\n").status_code == 200
    answer = _send(pages, "/check", claims=f"[{line},\n {line}]")
    assert answer.status_code == 422
    words = text_of(answer.text)
    assert "this is one JSON list of objects" in words
    assert "Write one object per line" in words


def test_decisions_go_into_the_exports(pages: TestClient) -> None:
    """The key of a decision is that of its finding; the reason stands in every export."""
    page = _send(pages, "/check").text
    key = re.search(r'name="decision ([^"]+)"', page)
    assert key is not None
    decided = {f"decision {key[1]}": "override", f"reason {key[1]}": "two separate lesions"}
    findings = json.loads(_send(pages, "/check/export?to=json", **decided).content)["findings"]
    assert [(row["decision"], row["reason"]) for row in findings if row["decision"]] == [
        ("override", "two separate lesions")
    ]
    assert "two separate lesions" in _send(pages, "/check/export?to=csv", **decided).text
    book = openpyxl.load_workbook(io.BytesIO(_send(pages, "/check/export?to=xlsx", **decided).content))
    assert book.sheetnames == ["findings", "not checked", "lines"]
    assert any("two separate lesions" in str(cell.value) for row in book["findings"].iter_rows() for cell in row)
    assert _send(pages, "/check/export?to=pdf", **decided).content.startswith(b"%PDF")


@pytest.mark.parametrize("address", ["/check", "/check/export?to=csv"])
def test_an_override_says_why(pages: TestClient, address: str) -> None:
    """A decision against a finding without a reason is asked back, with its claim, line and rule."""
    answer = _send(pages, address, **{"decision K1|2|NC002|1": "override", "reason K1|2|NC002|1": "  "})
    assert answer.status_code == 422
    words = text_of(answer.text)
    assert "claim K1 line 2 rule NC002: a finding is overridden without a reason" in words
    assert "Say why beside the decision" in words


def test_no_text_of_a_claim_runs_in_a_spreadsheet(pages: TestClient) -> None:
    """A claim id and a reason that a spreadsheet would take for formulas; a number with its sign stays one."""
    claim = CLAIM.replace("K1", "@SUM(A1)")
    decided = {"decision @SUM(A1)|2|NC002|1": "override", "reason @SUM(A1)|2|NC002|1": '=HYPERLINK("http://a.example")'}
    content = _send(pages, "/check/export?to=csv", claims=claim, **decided).content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["claim_id"] for row in rows} == {"'@SUM(A1)"}
    assert [row["reason"] for row in rows if row["reason"]] == ['\'=HYPERLINK("http://a.example")']
    told = csv_for_spreadsheets(("amount", "text"), [{"amount": "-98.97", "text": "-2+3"}])
    assert told.decode("utf-8-sig") == "amount,text\n-98.97,'-2+3\n"


def test_an_unknown_export_is_refused(pages: TestClient) -> None:
    assert _send(pages, "/check/export?to=docx").status_code == 422
