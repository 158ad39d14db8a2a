"""Every page answers without JavaScript: the words and figures are in the HTML the server sends."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from trocar.entrypoints.options import today
from web.conftest import text_of

CODE = "/codes/77002?on=2025-11-03&zip=10001&pos=11&payer=medicare"


def test_the_code_page_prices_and_cites(pages: TestClient) -> None:
    """77002 global, Manhattan (13202-01), 2025: work 0.54 x 1.065 + PE 2.83 x 1.166 + MP 0.04 x 1.656, x 32.3465.

    0.5751 + 3.29978 + 0.06624 = 3.94112; x 32.3465 = 127.4814 -> 127.48
    """
    answer = pages.get(CODE)
    assert answer.status_code == 200
    words = text_of(answer.text)
    assert "$127.48 allowed" in words
    assert "PPRRVU2025_Oct.csv · line 8751" in words
    assert "GPCI2025.csv" in words


def test_components_by_setting(pages: TestClient) -> None:
    """National 26: (0.54 + 0.22 + 0.03) x 32.3465 = 25.5537 -> 25.55 in every place; global is not payable at 22."""
    words = text_of(pages.get("/codes/77002?on=2025-11-03&pos=11").text)
    assert words.count("$25.55") >= 3
    assert "the technical component is not payable to a practitioner for a facility patient; bill 26" in words


def test_the_context_bar_offers_its_choices(pages: TestClient) -> None:
    """Each choice is a word that the URL takes, and the one asked for is chosen; blocks below have other names."""
    bar = re.search(r'<select[^>]*name="payer".*?</select>', pages.get(CODE).text, re.DOTALL)
    assert bar is not None
    assert re.findall(r'<option value="([^"]*)"', bar[0]) == ["", "medicare", "other"]
    assert re.search(r'<option value="medicare"[^>]*selected', bar[0])
    assert "{" not in bar[0]


def test_every_block_stands_in_the_page(pages: TestClient) -> None:
    """The order of the issue: price, settings, localities, releases, edits, guidance, units, ... sources."""
    anchors = re.findall(r'<section id="([a-z]+)"', pages.get(CODE).text)
    assert anchors == [
        "calculator", "settings", "localities", "releases", "edits", "guidance", "units", "about", "documentation",
        "modifiers", "diagnoses", "taxonomies", "related", "tips", "denials", "benchmarks", "changes", "sources",
    ]  # fmt: skip


def test_nothing_is_silently_defaulted(pages: TestClient) -> None:
    """Without a context the page says what it took: today, national amounts, no place of service."""
    assert "date of service not given: today" in text_of(pages.get("/codes/77002").text)
    words = text_of(pages.get("/codes/77002?on=2025-11-03").text)
    assert "component not given: global is used" in words
    assert "place of service not given: charts and tips show 11 office" in words
    assert "payer not given: Medicare's rules are used" in words
    whole = text_of(pages.get(f"{CODE}&component=global").text)
    assert "not given:" not in whole
    assert "component not given:" not in text_of(pages.get(f"{CODE}&modifiers=26").text)
    assert "the place of service is missing; the fee depends on it" in words
    assert "locality NATIONAL used: no ZIP or locality given" in words


def test_a_locality_beside_a_zip_is_the_more_precise(pages: TestClient) -> None:
    """Manhattan (13202-01) beside a ZIP of Arkansas (71601): 127.48 as in Manhattan, and the page says which."""
    words = text_of(pages.get("/codes/77002?on=2025-11-03&zip=71601&locality=13202-01&pos=11").text)
    assert "$127.48 allowed" in words
    assert "participating practitioner, locality 13202-01." in words
    alone = pages.get("/codes/77002?on=2025-11-03&locality=01&pos=11")
    assert alone.status_code == 400
    assert "Write contractor and number" in text_of(alone.text)


def test_the_permanent_link_names_the_day(pages: TestClient) -> None:
    """A page asked for without a day is answered for today; its link says which day that was."""
    link = re.search(r'Permanent link: <a href="([^"]+)"', pages.get("/codes/77002?zip=10001").text)
    assert link is not None
    assert link[1].endswith(f"zip=10001&amp;on={today().isoformat()}")


def test_a_day_without_a_schedule_is_not_a_code_without_one(pages: TestClient) -> None:
    """No schedule is held for 2026-02-01: not checked. That of 2026-07 has no 77014: that is known."""
    without = text_of(pages.get("/codes/77002?on=2026-02-01&zip=10001&pos=11").text)
    assert without.count("not checked: no physician fee schedule release in the store covers 2026-02-01") >= 4
    assert "in force on 2026-02-01 has" not in without
    ended = text_of(pages.get("/codes/77014?on=2026-08-15&zip=10001&pos=11").text)
    assert "77014 is not in the fee schedule in force on 2026-08-15" in ended
    outside = text_of(pages.get("/codes/27447?on=2025-11-03&zip=10001&pos=21").text)
    assert outside.count("not checked: 27447 is outside the starter pack") >= 3


def test_the_status_is_that_of_the_component(pages: TestClient) -> None:
    """PPRRVU24_JUL lines 14423 and 14425: 76940 is C, its row 26 is A, and the amount beside the verdict is 26's."""
    words = text_of(pages.get("/codes/76940?on=2024-08-15&zip=10001&pos=22&component=26").text)
    assert "Status C = contractor priced; of 26 it is A = active" in words


def test_a_day_without_tables_says_so_and_leads_on(pages: TestClient) -> None:
    """2025-11-03 has no PTP and no MUE table in the store: the page says it and names the nearest days."""
    html = pages.get(CODE).text
    assert "Not everything is answered on 2025-11-03" in text_of(html)
    assert "on=2024-09-30" in html
    assert "on=2026-07-01" in html


def test_edits_of_the_claim_in_hand(pages: TestClient) -> None:
    """ccipra-2024q3: 76942 (column 1) / 77002 (column 2), indicator 1, in force; nothing between 77002 and 20610."""
    words = text_of(pages.get("/codes/77002?on=2024-08-15&edits_with=20610+76942").text)
    assert "1 with 20610, 76942" in words
    assert "an NCCI modifier may lift it when the facts support it" in words


@pytest.mark.parametrize(
    ("query", "field"),
    [("on=2025-13-03", "date of service"), ("zip=1000", "ZIP"), ("pos=999", "place of service"), ("units=0", "units")],
)
def test_a_context_that_cannot_be_read_says_where_and_what_now(pages: TestClient, query: str, field: str) -> None:
    answer = pages.get(f"/codes/77002?{query}")
    assert answer.status_code == 400
    assert re.search(rf'role="alert".*?<strong>{field}: ', answer.text, re.DOTALL)


def test_an_unknown_code_leads_on(pages: TestClient) -> None:
    answer = pages.get("/codes/7702")
    assert answer.status_code == 422
    assert "is not a HCPCS code" in text_of(answer.text)


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("77012", "/codes/77012"),
        ("20610 77002", "/edits?codes=20610+77002"),
        ("20610,77002,76942", "/edits?codes=20610+77002+76942"),
        ("20610; 77002 / 76942", "/edits?codes=20610+77002+76942"),
        ("77002 77002", "/codes/77002"),
        ("(77002)", "/codes/77002"),
        ("g0260", "/codes/G0260"),
        ("77002-26", "/codes/77002?component=26"),
        ("77012tc", "/codes/77012?component=TC"),
        ("77002 26-59", "/codes/77002?component=26&modifiers=59"),
        ("how much does CPT 77002 pay?", "/codes/77002"),
        ("can I bill 20610-RT and 77002-26 together", "/edits?codes=20610+77002"),
    ],
)
def test_codes_in_the_search_box(pages: TestClient, asked: str, address: str) -> None:
    answer = pages.get("/search", params={"q": asked})
    assert (answer.status_code, answer.headers["location"]) == (303, address)


def test_a_search_keeps_the_context_of_its_page(pages: TestClient) -> None:
    """The form in the head of a page carries its day and place; the code found is asked there."""
    head = re.search(r'<form class="search".*?</form>', pages.get(CODE).text, re.DOTALL)
    assert head is not None
    context = dict(re.findall(r'name="(\w+)" value="([^"]+)"', head[0]))
    assert context == {"on": "2025-11-03", "zip": "10001", "pos": "11", "payer": "medicare"}
    found = pages.get("/search", params={"q": "77012", **context})
    assert found.headers["location"] == "/codes/77012?on=2025-11-03&zip=10001&pos=11&payer=medicare"
    listed = pages.get("/search", params={"q": "liver biopsy", **context}).text
    assert "/codes/47000?on=2025-11-03&amp;zip=10001" in listed


def test_a_search_that_says_nothing_or_too_much(pages: TestClient) -> None:
    assert "All codes described here" in text_of(pages.get("/search?q=").text)
    long = pages.get("/search", params={"q": "77002 " * 40})
    assert long.status_code == 422
    assert "Give at most 200" in text_of(long.text)
    assert "<script>alert" not in pages.get("/search", params={"q": "<script>alert(1)</script>"}).text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ct guided lung biopsy", "32408"),
        ("ultrasound guided knee injection", "20611"),
        ("fluoro needle guidance", "77002"),
        ("liver biopsy", "47000"),
        ("paracentesis with imaging", "49083"),
        ("lumbar epidural injection with imaging", "62323"),
        ("biospy of the livr", "47000"),
        ("ct giuded lung biopsy", "32408"),
        ("paracentisis", "49083"),
        ("knee, and 77002", "77002"),
        ("770", "77002"),
    ],
)
def test_plain_words_find_the_code(pages: TestClient, words: str, code: str) -> None:
    """The code that the words mean is among the first three."""
    found = re.findall(r'class="code" href="/codes/([0-9]{5})', pages.get("/search", params={"q": words}).text)
    assert code in found[:3]


def test_a_word_nobody_uses_is_not_read_as_another(pages: TestClient) -> None:
    """Marrow is no narrow, thoracentesis no arthrocentesis (20610, 20611)."""
    words = text_of(pages.get("/search", params={"q": "bone marrow biopsy"}).text)
    assert "narrow" not in words
    found = re.findall(r'class="code" href="/codes/([0-9]{5})', pages.get("/search?q=thoracentesis").text)
    assert not {"20610", "20611"} & set(found)


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ("77002 soon", "'SOON' is not a HCPCS code"),
        (" ".join(str(code) for code in range(77001, 77014)), "13 codes are too many"),
    ],
)
def test_codes_that_cannot_be_compared(pages: TestClient, codes: str, says: str) -> None:
    answer = pages.get("/edits", params={"codes": codes, "on": "2024-08-15"})
    assert answer.status_code == 400
    assert says.casefold() in text_of(answer.text).casefold()


def test_a_claim_pasted_among_the_edits_may_have_modifiers(pages: TestClient) -> None:
    """20611/77002 is in force (ccipra-2024q3 line 421999); what is no code is said, not looked up."""
    found = text_of(pages.get("/codes/77002?on=2024-08-15&edits_with=20611-RT,+77002-26").text)
    assert "1 with 20611, 77002" in found
    wrong = pages.get("/codes/77002?on=2024-08-15&edits_with=20611+KNEE")
    assert wrong.status_code == 400
    assert "'knee' is not a hcpcs code" in text_of(wrong.text).casefold()


def test_the_edit_matrix_has_a_direction(pages: TestClient) -> None:
    """76942 pays and 77002 is denied; the other way round there is no edit (DOMAIN B5)."""
    html = pages.get("/edits?codes=76942+77002&on=2024-08-15").text
    rows = re.findall(r'<tr><th scope="row">(\d+)</th>(.*?)</tr>', html, re.DOTALL)
    cells = {
        code: [text_of(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for code, row in rows
    }
    assert cells["76942"][1] == "denied, a modifier may help"
    assert cells["77002"][0] == "no edit"


def test_rules_and_releases_are_listed(pages: TestClient) -> None:
    assert "NC001" in pages.get("/rules").text
    assert "Two codes of one claim-day" in pages.get("/rules/NC001").text
    assert "PPRRVU2025_Oct.csv" in pages.get("/releases").text


def test_no_page_holds_inline_script_or_style(pages: TestClient) -> None:
    """The content security policy forbids both."""
    for address in ("/", CODE, "/edits?codes=76942+77002&on=2024-08-15", "/check", "/denials", "/rules", "/releases"):
        html = pages.get(address).text
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html), address
        assert " style=" not in html, address
        assert "<style" not in html, address
