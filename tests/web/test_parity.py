"""What other pages get wrong is not in ours: each error of docs/parity.md, looked for on our page of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from web.conftest import text_of

PARITY = Path(__file__).resolve().parents[2] / "docs" / "parity.md"
GUIDANCE = ("76937", "76940", "76942", "76998", "77001", "77002", "77003", "77011", "77012", "77013", "77014", "77021",
            "77022", "75989", "77387")  # fmt: skip
# nucc_taxonomy_251.csv: two are no codes at all, three belong to others (lines 231, 4 and 531).
WRONG_TAXONOMIES = ("2085R0200X", "2086S0122X", "207K00000X", "246M00000X", "363A00000X")
# icd10cm_order_2026.txt: headings, not billable (lines 20086, 19777, 24173).
HEADINGS = ("M54.5", "M48.06", "M89.75")


def _markup(pages: TestClient, address: str, anchor: str) -> str:
    found = re.search(rf'<section id="{anchor}"[^>]*>(.*?)</section>', pages.get(address).text, re.DOTALL)
    assert found is not None, (address, anchor)
    return found[1]


def section(pages: TestClient, address: str, anchor: str) -> str:
    """The words of one section of a page."""
    return text_of(_markup(pages, address, anchor))


def rows(pages: TestClient, address: str, anchor: str) -> dict[str, str]:
    """The rows of a section's table by their first cell: the words of the others."""
    each = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', _markup(pages, address, anchor), re.DOTALL)
    return {text_of(head).strip(): text_of(cells).strip() for head, cells in each}


@pytest.mark.parametrize("code", GUIDANCE)
def test_no_wrong_specialty_and_no_heading_as_a_diagnosis(pages: TestClient, code: str) -> None:
    address = f"/codes/{code}?on=2025-11-03"
    words = text_of(pages.get(address).text)
    assert [taxonomy for taxonomy in WRONG_TAXONOMIES if taxonomy in words] == []
    diagnoses = rows(pages, address, "diagnoses")
    assert diagnoses
    assert [icd for icd in HEADINGS if diagnoses.get(icd, "not valid").startswith("valid")] == []


@pytest.mark.parametrize("code", GUIDANCE)
def test_no_share_of_denials_is_claimed(pages: TestClient, code: str) -> None:
    """Nobody publishes shares of denials: none of theirs, and none of ours."""
    words = text_of(pages.get(f"/codes/{code}?on=2025-11-03&pos=11").text)
    assert not re.search(r"\b\d+ ?(%|percent) of (\d{5} )?(denials|claims|audits)", words)
    assert "recoup" not in words


def test_what_26_gives_away_is_computed(pages: TestClient) -> None:
    """26 instead of global pays 25.55 / 110.30 = 23.2 percent: 76.8 percent less, not 84."""
    tips = section(pages, "/codes/77002?on=2025-11-03&pos=11", "tips")
    assert "77002-26 25.55 against 77002 110.30" in tips
    assert "77002-26 25.55 is 23% of 110.30" in tips
    assert "84%" not in tips


def test_the_price_has_a_place_and_a_day(pages: TestClient) -> None:
    """110.30 is neither Manhattan's amount nor that of July 2026: 3.63 x 33.4009 = 121.2453 -> 121.25."""
    manhattan = section(pages, "/codes/77002?on=2025-11-03&zip=10001&pos=11", "calculator")
    later = section(pages, "/codes/77002?on=2026-08-03&pos=11", "calculator")
    assert "$110.30" not in manhattan
    assert "$110.30" not in later
    assert "$121.25" in later


def test_20610_goes_with_fluoroscopy_and_20611_does_not(pages: TestClient) -> None:
    """20610 is a primary of 77002 (AOC line 6736) with no edit; ccipra-2024q3 line 421999 is 20611/77002."""
    html = pages.get("/edits?codes=20610+20611+77002&on=2024-08-15").text
    heads = ("20610", "20611", "77002")
    table = {
        code: [text_of(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        for code, row in re.findall(r'<tr><th scope="row">(\d+)</th>(.*?)</tr>', html, re.DOTALL)
    }
    assert not table["20610"][heads.index("77002")].startswith("denied")
    assert not table["77002"][heads.index("20610")].startswith("denied")
    assert table["20611"][heads.index("77002")] == "denied, a modifier may help"


def test_77002_is_an_add_on_with_a_list_that_reaches_the_spine(pages: TestClient) -> None:
    """Add-on, type 1 (AOC); 62268 and 62269, cord and spine, stand on its list (lines 6774, 6775)."""
    address = "/codes/77002?on=2024-08-15"
    edits = section(pages, address, "edits")
    assert "add-on code, type 1" in edits
    assert "62268, 62269" in edits
    assert "except the spine" not in text_of(pages.get(address).text)


@pytest.mark.parametrize("code", ["76942", "77002", "77003", "77012", "77021"])
def test_one_unit_at_one_encounter(pages: TestClient, code: str) -> None:
    """Manual, ch. IX, sec. G, item 3 (sheets 194 and 195); MUE 1, indicator 3, in the practitioner table 2024Q3."""
    address = f"/codes/{code}?on=2024-08-15"
    assert "MUE 1, adjudication indicator 3" in section(pages, address, "units")
    assert "at one patient encounter" in section(pages, address, "about")
    modifiers = section(pages, address, "modifiers")
    assert "XE : A separate encounter of the same date" in modifiers
    assert "XU :" not in modifiers


@pytest.mark.parametrize("modifier", ["50", "51", "62", "QX"])
def test_modifiers_without_effect_on_77012(pages: TestClient, modifier: str) -> None:
    """PPRRVU2025_Oct line 8760: bilateral 0, multiple procedures 0, co-surgeons 0; QX is of anesthesia."""
    shown = rows(pages, "/codes/77012?on=2025-11-03", "modifiers")
    answer = next(words for head, words in shown.items() if modifier in head.split())
    assert answer.startswith("does not apply")


def test_repeats_discontinued_and_assistants_on_77012(pages: TestClient) -> None:
    """76 and 77 lift no edit (manual, sheet 30); 53 has no row of its own; AS assists at surgery, indicator 0."""
    shown = rows(pages, "/codes/77012?on=2025-11-03", "modifiers")
    assert "lifts no edit" in shown["76 77"]
    assert "the contractor reviews and prices" in shown["53"]
    assert shown["80 81 82 AS"].startswith("when the record shows it assistant at surgery 0")


@pytest.mark.parametrize("code", ["77002", "77012", "77021"])
def test_only_26_is_paid_for_a_facility_patient(pages: TestClient, code: str) -> None:
    """The facility technical part is NA (PPRRVU2025_Oct lines 8751, 8760, 8769): 26 alone at 22 and 24."""
    shown = rows(pages, f"/codes/{code}?on=2025-11-03", "settings")
    assert shown["global"].count("not payable") >= 2
    assert shown["TC technical"].count("not payable") >= 2
    assert "packaged" in shown["facility's claim"]


def test_77021_is_more_than_the_reading(pages: TestClient) -> None:
    """12.47 x 32.3465 = 403.3609 -> 403.36 global; 2.10 x 32.3465 = 67.9277 -> 67.93 the reading alone."""
    shown = rows(pages, "/codes/77021?on=2025-11-03", "settings")
    assert shown["global"].startswith("$403.36")
    assert shown["26 professional"].startswith("$67.93")
    assert "Not the physician's reading alone" in section(pages, "/codes/77021?on=2025-11-03", "about")


def test_lung_biopsy_contains_its_guidance(pages: TestClient) -> None:
    """32408 includes it (ccipra-2024q3 line 1033938), 32405 ended on 2020-12-31: neither is a companion of 77012."""
    address = "/codes/77012?on=2025-11-03"
    related = section(pages, address, "related")
    assert "32405" not in related
    assert "32408 Lung core biopsy: contains its guidance" in related
    assert "99070" not in text_of(pages.get(address).text)
    indications = section(pages, address, "about")
    assert "Core biopsy of the lung" not in indications


def test_32405_is_not_in_force(pages: TestClient) -> None:
    """PPRRVU20_OCT line 8214 is its last row."""
    words = text_of(pages.get("/codes/32405?on=2025-11-03").text)
    assert "not in the fee schedule in force on this day" in words


def test_77022_is_no_ct_and_no_radiation(pages: TestClient) -> None:
    words = section(pages, "/codes/77022?on=2025-11-03", "about")
    assert "ablation" in words
    assert "Not CT, and not guidance of radiation fields" in words
    assert "77022" not in section(pages, "/codes/77012?on=2025-11-03", "related")


def test_77014_has_nothing_to_do_with_a_needle(pages: TestClient) -> None:
    """Fields of radiation therapy, ended on 2025-12-31 (manual, sheet 193); the needle is 77012."""
    before, after = (f"/codes/77014?on={day}" for day in ("2025-11-03", "2026-08-03"))
    for address in (before, after):
        assert "It had nothing to do with a needle" in section(pages, address, "about")
        named = rows(pages, address, "diagnoses")
        assert not {"R91.1", "K68.11", "J86.9", "D48.5", "N28.89", *HEADINGS} & set(named)
    assert "$115.80" in section(pages, f"{before}&pos=11", "calculator")  # 3.58 x 32.3465 = 115.8005
    assert "not in the fee schedule in force on this day" in section(pages, f"{after}&pos=11", "calculator")
    assert "77387" in section(pages, after, "related")


def test_a_growth_of_the_skin_is_no_target_of_ct(pages: TestClient) -> None:
    """D48.5 is of the skin, D48.9 of no site: valid both, and examples of nothing here."""
    for code in ("77012", "77014"):
        assert not {"D48.5", "D48.9"} & set(rows(pages, f"/codes/{code}?on=2025-11-03", "diagnoses"))


def test_the_two_guidance_codes_of_one_needle_have_a_direction(pages: TestClient) -> None:
    """ccipra-2024q3: 76942/77012, 77021/77012 and 77012/77002 (lines 2200010, 2201259, 2201194)."""
    html = pages.get("/codes/77012?on=2024-08-15&edits_with=76942+77021+77002").text
    words = text_of(html)
    for one, two in (("76942", "77012"), ("77021", "77012"), ("77012", "77002")):
        assert re.search(rf"\b{one}\b[^|]{{0,40}}\b{two}\b 1 : an NCCI modifier may lift it", words), (one, two)


def test_every_error_looked_for_is_in_the_list() -> None:
    """The page of parity and this test speak of the same errors."""
    text = PARITY.read_text("utf-8")
    wrong = (*WRONG_TAXONOMIES, *HEADINGS, "D48.5", "D48.9", "32405", "99070", "84%", "40%", "$110.30", "XU", "QX")
    assert [error for error in wrong if error not in text] == []
