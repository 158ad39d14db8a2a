"""Pages in a real browser: live, without JavaScript, by keyboard, on a phone, in the dark, and for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

CODE = "/codes/77012?on=2024-08-15&zip=10001&pos=22&component=26"
PAGES = (
    "/", CODE, "/codes/20610?on=2025-13-03", "/edits?codes=76942+77002+20610&on=2024-08-15", "/check?sample=1",
    "/denials", "/denials/report?code=77002", "/remittances", "/toolkit", "/rules", "/rules/NC001", "/releases",
    "/search?q=liver+biopsy",
)  # fmt: skip
SERIOUS = {"serious", "critical"}


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a desktop; a message in its console is a failed test."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    told: list[str] = []
    opened.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: told.append(str(error)))
    yield opened
    context.close()
    assert told == []


def test_a_changed_context_answers_live_and_stands_in_the_address(page: Page) -> None:
    """77012-26, national, RVU24C: (1.50 + 0.51 + 0.09) ... the amount changes with the place, the address with both."""
    page.goto(CODE)
    before = page.locator(".figures .main dd").inner_text()
    page.get_by_label("ZIP").fill("71601")
    page.get_by_label("ZIP").press("Tab")
    expect(page.locator(".figures .main dd")).not_to_have_text(before)
    assert "zip=71601" in page.url


def test_the_context_and_the_calculator_keep_each_other(page: Page) -> None:
    """Whichever form is changed, the address keeps the fields of the others, as does the search box."""
    page.goto("/codes/77002?on=2024-08-15&zip=10001&pos=11&payer=medicare&component=global")
    page.get_by_label("units").fill("2")
    page.get_by_label("units").press("Tab")
    page.wait_for_url("**units=2**")
    page.get_by_label("paste the codes of your claim").fill("20611")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**edits_with=20611**")
    assert "units=2" in page.url
    page.get_by_label("ZIP").fill("71601")
    page.get_by_label("ZIP").press("Tab")
    page.wait_for_url("**zip=71601**")
    assert "units=2" in page.url
    assert "edits_with=20611" in page.url
    page.get_by_label("Search codes or words").fill("77012")
    page.keyboard.press("Enter")
    page.wait_for_url("**/codes/77012**")
    assert "zip=71601" in page.url
    assert "on=2024-08-15" in page.url


def test_a_release_begins_on_its_day_west_of_greenwich(browser: Browser, site: str) -> None:
    """RVU24C begins on 2024-07-01, in California too, where that day in London is still June."""
    context = browser.new_context(base_url=site, timezone_id="America/Los_Angeles")
    page = context.new_page()
    page.goto(CODE)
    page.locator("#releases").scroll_into_view_if_needed()
    page.locator("#releases svg").wait_for()
    points = page.locator("#releases .mark-symbol path")
    told = [points.nth(number).get_attribute("aria-label") or "" for number in range(points.count())]
    (mine,) = [label for label in told if "RVU24C" in label]
    assert "from: 2024-07-01" in mine
    assert "Jun" not in mine
    context.close()


def test_charts_are_drawn_and_have_their_words(page: Page) -> None:
    page.goto(CODE)
    page.locator("#localities").scroll_into_view_if_needed()
    expect(page.locator("#localities svg")).to_be_visible()
    assert "localities allow from" in (page.locator("#localities figcaption").inner_text())


def test_a_claim_is_checked_live(page: Page) -> None:
    page.goto("/check?sample=1")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="Fix list, by money")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    assert download.value.suggested_filename == "trocar-check.xlsx"


def test_a_file_is_checked_and_stays_chosen_for_the_export(page: Page, sample: Path) -> None:
    page.goto("/check")
    page.get_by_label("or a file").set_input_files(sample)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#claim-1")).to_contain_text("K1")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert "K1" in Path(download.value.path()).read_text("utf-8")


def test_a_file_dropped_on_the_desk_is_chosen(page: Page, sample: Path) -> None:
    """Beside the file field too, where a browser left alone would open the file instead of the page."""
    page.goto("/check")
    files = page.evaluate_handle(
        "(text) => { const moved = new DataTransfer();"
        ' moved.items.add(new File([text], "dropped.csv")); return moved; }',
        sample.read_text(),
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": files})
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#claim-1")).to_contain_text("K1")
    assert page.locator("input[type=file]").evaluate("(field) => field.files[0].name") == "dropped.csv"


def test_an_override_asks_for_its_reason(page: Page) -> None:
    """Before anything is sent: the field of the reason is asked for, and the claim stays in the page."""
    page.goto("/check?sample=1")
    page.get_by_role("button", name="Check", exact=True).click()
    decision = page.locator(".decision").first
    decision.get_by_label("override").check()
    page.get_by_role("button", name="CSV", exact=True).click()
    assert decision.get_by_label("reason").evaluate("(field) => field.matches(':invalid:focus')")
    decision.get_by_label("reason").fill("another knee")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert "another knee" in Path(download.value.path()).read_text("utf-8-sig")


def test_an_error_is_shown_in_the_place_of_the_answer(browser: Browser, site: str, tmp_path: Path) -> None:
    """A file that is no remittance: refused, and said so, where an answer before it would have stayed."""
    wrong = tmp_path / "sent.csv"
    wrong.write_text("claim_id\nA1\n")
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/remittances")
    page.locator("input[name=remittances]").set_input_files(wrong)
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator("#result")).to_contain_text("holds no remittance")
    expect(page.get_by_role("button", name="Analyse")).to_be_visible()
    context.close()


def test_everything_works_without_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search codes or words").fill("77002")
    page.get_by_role("button", name="Search").click()
    assert page.url.endswith("/codes/77002")
    page.locator("#context input[name=zip]").fill("10001")
    page.get_by_role("button", name="Answer").click()
    assert "zip=10001" in page.url
    page.goto("/check?sample=1")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="Fix list, by money")).to_be_visible()
    context.close()


def test_the_keyboard_is_enough(page: Page) -> None:
    """Skip link first, then the search box; a code typed and sent with Enter."""
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("76942")
    page.keyboard.press("Enter")
    page.wait_for_url("**/codes/76942")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", PAGES)
def test_accessible_and_never_wider_than_the_screen(
    browser: Browser, site: str, address: str, width: int, scheme: str
) -> None:
    """axe-core finds nothing serious (WCAG 2.2 AA), and no page scrolls sideways."""
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).response
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


@pytest.mark.parametrize(("day", "release"), [("2024-08-15", "RVU24C"), ("2025-11-03", "RVU25D")])
def test_the_code_page_prints_on_one_page(browser: Browser, site: str, tmp_path: Path, day: str, release: str) -> None:
    """Letter size, with the release and the time of the run on it; what was not given stays empty."""
    from pypdf import PdfReader

    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto(f"/codes/77002?on={day}&zip=10001&pos=11&payer=medicare")
    target = tmp_path / "page.pdf"
    page.pdf(path=target, prefer_css_page_size=True)
    sheets = PdfReader(target).pages
    assert len(sheets) == 1
    words = sheets[0].extract_text()
    assert release in words
    assert re.search(r"printed from a run of \d{4}-\d\d-\d\d \d\d:\d\d", words)
    assert "13202-01" not in words
    context.close()
