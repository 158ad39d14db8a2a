"""``POST /api/v1/fix`` and suppressions of the settings: as on the command line."""

from __future__ import annotations

from datetime import date

from fastapi.testclient import TestClient

from trocar.entrypoints.http.api.lines import EXAMPLE

from .conftest import Make, lines

API = "/api/v1"
SUPPRESS = {"rule": "NC002", "payer": "Blue", "reason": "agreed in writing", "until": date(2024, 12, 31)}


def test_claims_are_mended_and_sent_back(client: TestClient) -> None:
    """The steps, and the lines as repaired: sent to be checked, nothing is denied of them."""
    answer = client.post(f"{API}/fix", json=EXAMPLE).json()
    (claim,) = answer["claims"]
    assert claim["verdict"] == "repaired"
    assert [entry["rule"] for entry in claim["steps"][0]["clears"]] == ["NC002"]
    # 20610 at the office, national: 1.96 x 33.2875 = 65.2435 -> 65.24 (PPRRVU24_JUL.csv line 7408)
    assert claim["payable"] == {"before": "65.24", "after": "65.24"}
    assert answer["lines"][1]["not_billed"] == "yes"
    checked = client.post(f"{API}/check", json={"lines": answer["lines"]}).json()
    assert not [finding for finding in checked["findings"] if finding["severity"] == "deny"]


def test_a_line_that_cannot_be_read_is_said(client: TestClient) -> None:
    """It is among the not checked, and not among the lines sent back."""
    answer = client.post(f"{API}/fix", json=lines("20610", "7701")).json()
    assert [line["hcpcs"] for line in answer["lines"]] == ["20610"]
    assert [entry["line"] for entry in answer["not_checked"]] == [2]


def test_the_server_s_suppressions_hold_and_are_counted(make: Make) -> None:
    """Alone and in a batch of requests: the finding is silent and the summary says so."""
    with TestClient(make(suppress=[SUPPRESS])) as client:
        answer = client.post(f"{API}/check", json=lines("20610", "76942", payer="Blue")).json()
        other = client.post(f"{API}/check", json=lines("20610", "76942", payer="Red")).json()
        fixed = client.post(f"{API}/fix", json=lines("20610", "76942", payer="Blue")).json()
    assert "NC002" not in {finding["rule"] for finding in answer["findings"]}
    assert answer["summary"]["suppressed"]["silenced"] == 1
    assert "NC002" in {finding["rule"] for finding in other["findings"]}
    assert other["summary"]["suppressed"]["silenced"] == 0
    assert fixed["claims"][0]["verdict"] == "clear"
