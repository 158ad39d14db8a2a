"""The page of remittances: figures, causes, worklist, balance; exports; and nothing kept."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from denials.conftest import HEADER, Payment, claim, era
from web.conftest import text_of
from web.test_browser import SERIOUS

# ccipra-2024q3.txt line 2205276: 77301/77014, indicator 0. 500 - 100 = 400 paid.
SENT = (
    f"{HEADER}B1,1,2024-08-15,77301,26,22,NATIONAL,C61,1,500.00,M,P1\n"
    "B1,2,2024-08-15,77014,26,22,NATIONAL,C61,1,100.00,M,P1\n"
)
PAID = "77301:26*500*400**1~DTM*472*20240815~CAS*CO*45*100"
DENIED = "77014:26*100*0**1~DTM*472*20240815~CAS*CO*236*100~LQ*HE*M15"
ERA = era(Payment("400", [claim("B1*1*600*400*0*CI*ICN1*22*1", PAID, DENIED)], payer_id="ACME1"))
# 80% of 500 is 400: as paid.
CONTRACTS = '[[contract]]\nname = "ACME"\npayer = "acme1"\nfees = "acme.csv"\nappeal_days = 60\n'
FEES = "hcpcs,amount\n77301,450\n77014,60\n"


def _send(pages: TestClient, address: str = "/remittances", **more: tuple[str, str]) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/remittances").text)
    assert token is not None
    files = [("remittances", ("era.835", ERA)), ("claims", ("sent.csv", SENT)), *((k, v) for k, v in more.items())]
    return pages.post(address, data={"csrf_token": token[1], "on": "2024-10-01"}, files=files)


def test_a_remittance_is_explained(pages: TestClient) -> None:
    """77014 is denied as part of 77301; the rule that says so is named, with its page."""
    answer = _send(pages)
    assert answer.status_code == 200
    words = text_of(answer.text)
    assert "1 of 2 (50.0%)" in words
    assert "explained by a public rule" in words
    assert 'href="/rules/NC001"' in answer.text
    assert "$400.00" in words


def test_contracts_bring_what_was_allowed_too_little(pages: TestClient) -> None:
    """The contract says 450.00 for 77301 and 400.00 was allowed: 50.00 short."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/remittances").text)
    assert token is not None
    files = [
        ("remittances", ("era.835", ERA)),
        ("contracts", ("contracts.toml", CONTRACTS)),
        ("contracts", ("acme.csv", FEES)),
    ]
    answer = pages.post("/remittances", data={"csrf_token": token[1]}, files=files)
    assert re.search(r"underpaid.*\$450\.00.*\$400\.00.*\$50\.00|\$450\.00 \$400\.00 \$50\.00", text_of(answer.text))
    files.pop()
    refused = pages.post("/remittances", data={"csrf_token": token[1]}, files=files)
    assert refused.status_code == 422
    assert "acme.csv" in refused.text


def test_exports_hold_every_table(pages: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_send(pages, "/remittances/export?to=xlsx").content))
    assert {"overview", "worklist", "leave", "code_pairs", "balance", "provider"} <= set(book.sheetnames)
    rows = list(csv.DictReader(io.StringIO(_send(pages, "/remittances/export?to=csv").content.decode("utf-8-sig"))))
    (denied,) = [row for row in rows if row["section"] == "lines"]
    assert (denied["claim_id"], denied["line"], denied["rule"]) == ("B1", "2", "NC001")
    assert _send(pages, "/remittances/export?to=docx").status_code == 422


@pytest.mark.parametrize(
    ("files", "said"),
    [([], "there is no remittance"), ([("remittances", ("sent.csv", SENT))], "holds no remittance")],
)
def test_what_is_no_remittance_is_said(pages: TestClient, files: Any, said: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/remittances").text)
    assert token is not None
    answer = pages.post("/remittances", data={"csrf_token": token[1]}, files=files or {"x": ("", "")})
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("live", [True, False])
def test_the_answer_is_accessible_with_and_without_javascript(
    browser: Browser, site: str, tmp_path: Path, width: int, scheme: str, live: bool
) -> None:
    """axe-core finds nothing serious, nothing scrolls sideways, charts are drawn or said in words."""
    (tmp_path / "era.835").write_text(ERA)
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce",
        java_script_enabled=live,
    )  # fmt: skip
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.goto("/remittances")
    page.locator("input[name=remittances]").set_input_files(tmp_path / "era.835")
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.locator("#causes figcaption")).to_contain_text("most denied")
    if live:
        page.locator("#causes").scroll_into_view_if_needed()
        expect(page.locator("#causes svg")).to_be_visible()
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).response
        assert [one["id"] for one in found["violations"] if one["impact"] in SERIOUS] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert told == []
    context.close()
