"""Denial reports through the pages: taken, counted, refused where they name a person, withdrawn."""

from __future__ import annotations

import re
from datetime import date

from fastapi.testclient import TestClient

from trocar.entrypoints.options import today
from web.conftest import text_of


def _month() -> str:
    now: date = today()
    return f"{now:%Y-%m}"


def _report(pages: TestClient, **changed: str):  # type: ignore[no-untyped-def]
    token = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/denials/report").text)
    assert token is not None
    form = {
        "csrf_token": token[1], "code": "77012", "modifiers": "26", "payer": "aetna", "state": "MD", "carc": "97",
        "outcome": "pending", "rarc": "", "month": _month(), "place_of_service": "22", "note": "", "token": "",
    }  # fmt: skip
    return pages.post("/denials/report", data=form | changed)


def test_a_report_gives_a_token_that_takes_it_back(pages: TestClient) -> None:
    answer = _report(pages)
    assert answer.status_code == 200
    token = re.search(r"Your token: <code>([^<]+)</code>", answer.text)
    assert token is not None
    assert "1 of 5 contributors so far for 77012" in text_of(answer.text)
    form = re.search(r'name="csrf_token" value="([^"]+)"', pages.get("/denials/withdraw").text)
    assert form is not None
    gone = pages.post("/denials/withdraw", data={"csrf_token": form[1], "token": token[1]})
    assert "1 report deleted" in text_of(gone.text)


def test_a_note_that_names_a_person_is_refused_and_not_given_back(pages: TestClient) -> None:
    answer = _report(pages, code="76942", note="patient Mary Smith, born 03/04/1958, was denied")
    assert answer.status_code == 422
    words = text_of(answer.text)
    assert "the note seems to hold" in words
    assert "Mary Smith" not in answer.text


def test_five_contributors_make_the_first_figures(pages: TestClient) -> None:
    """Five reports of 20611 by five contributors, decided 3 paid of 5: Wilson 95% of 3/5 is 23% to 88%.

    p = 0.6, n = 5, z = 1.96, 1 + z^2/n = 1.76832: centre (0.6 + 0.38416) / 1.76832 = 0.5565, half width
    1.96 x sqrt(0.048 + 0.038416) / 1.76832 = 0.3258.
    """
    outcomes = ["paid_on_appeal"] * 3 + ["written_off"] * 2
    for outcome in outcomes:
        assert _report(pages, code="20611", modifiers="", outcome=outcome).status_code == 200
    words = text_of(pages.get("/denials/20611").text)
    assert "5 reports, published as of" in words
    assert "60% (n = 5, 23% to 88%)" in words


def test_below_five_nothing_is_shown(pages: TestClient) -> None:
    words = text_of(pages.get("/denials/76998").text)
    assert "0 of 5 contributors so far" in words
    assert "By payer" not in words
