"""``/toolkit``: the forms, the PDFs they give, errors on the page; and the PDF of the claim desk."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from .conftest import text_of

CLAIMS = """\
claim_id,line,service_date,hcpcs,units,place_of_service,locality,rendering_npi
A,1,2024-08-15,20610,1,11,NATIONAL,1234567893
A,2,2024-08-15,76942,1,11,NATIONAL,1234567893
"""


def token(client: TestClient, page: str) -> str:
    """The token of a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def test_the_form_keeps_what_was_asked(client: TestClient) -> None:
    """Codes and date of the URL stand in the fields."""
    page = client.get("/toolkit", params={"codes": "77002 77012", "on": "2025-11-03"})
    assert page.status_code == 200
    assert 'value="77002 77012"' in page.text
    assert 'value="2025-11-03"' in page.text


def test_a_pdf_to_take_away(client: TestClient) -> None:
    """With a name that says what it is."""
    answer = client.get("/toolkit.pdf", params={"codes": "77002,g6001", "on": "2025-11-03"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="toolkit-77002-G6001-2025-11-03.pdf"' in answer.headers["content-disposition"]
    # 0.79 x 32.3465 = 25.5537 -> 25.55
    assert "$25.55" in text_of(answer.content)


def test_errors_are_said_on_the_page(client: TestClient) -> None:
    """A wrong code, no code, a wrong date: the form again, with what is wrong."""
    for params, why in (
        ({"codes": "7700"}, "is not a HCPCS code"),
        ({"codes": ""}, "no code was given"),
        ({"codes": "77002", "on": "2025-13-03"}, "2025-13-03"),
        ({"codes": "77002", "zip": "1"}, "ZIP"),
    ):
        answer = client.get("/toolkit.pdf", params=params)
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"].startswith("text/html")
        assert why in answer.text


def test_a_letter(client: TestClient) -> None:
    """From claims that are sent along; patient and provider stay out of it."""
    fields = {"csrf_token": token(client, "/toolkit"), "claims": CLAIMS, "claim": "A", "line": "2"}
    answer = client.post("/toolkit/appeal.pdf", data=fields)
    assert answer.status_code == 200, answer.text
    text = text_of(answer.content)
    assert "76942 is column 2 of the NCCI edit 20610/76942" in text
    assert "1234567893" not in text


def test_a_letter_needs_a_finding(client: TestClient) -> None:
    """Said on the page, with claim and line kept."""
    fields = {"csrf_token": token(client, "/toolkit"), "claims": CLAIMS, "claim": "A", "line": "1x"}
    for line, why in (("1x", "is not a line number"), ("7", "the line has no finding")):
        answer = client.post("/toolkit/appeal.pdf", data=fields | {"line": line})
        assert 400 <= answer.status_code < 500
        assert why in answer.text
        assert f'value="{line}"' in answer.text


def test_a_letter_needs_the_token(client: TestClient) -> None:
    """As every form that sends claims."""
    answer = client.post("/toolkit/appeal.pdf", data={"claims": CLAIMS, "claim": "A", "line": "2"})
    assert answer.status_code == 403


def test_the_claim_desk_as_a_pdf(client: TestClient) -> None:
    """Finding with decision and row, lines with amounts."""
    key = "A|2|NC002|1"
    fields = {
        "csrf_token": token(client, "/check"), "claims": CLAIMS, f"decision {key}": "fix", f"reason {key}": "one joint",
    }  # fmt: skip
    answer = client.post("/check/export", params={"to": "pdf"}, data=fields)
    assert answer.status_code == 200, answer.text
    text = text_of(answer.content)
    assert "claims: 1 lines: 2 found: 1 deny, 0 review, 1 info" in text
    assert "76942 is column 2 of the NCCI edit 20610/76942" in text
    assert "fix one joint" in text
    assert re.search(r"\d+: 421629;", text)
    assert "lines: 2, findings: 2" in text
