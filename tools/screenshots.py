"""Take the pictures of docs/web.md from the real pages: ``uv run python tools/screenshots.py``.

Serves the starter pack on loopback, drives Debian's Chromium, and writes docs/images/*.png with few colours.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "examples"))
import generate_edi  # noqa: E402

IMAGES = REPOSITORY / "docs" / "images"
COLOURS = 96
CODE = "/codes/77002?on=2025-11-03&zip=10001&pos=11&payer=medicare"
DATED = "/codes/77012?on=2024-08-15&zip=10001&pos=22&component=26"
CLAIM = """claim_id,line,service_date,hcpcs,modifiers,units,place_of_service,zip,diagnoses
K1,1,2024-08-15,32408,,1,22,10001,R91.1
K1,2,2024-08-15,77012,26,1,22,10001,R91.1
"""


@dataclass(frozen=True)
class Picture:
    """One picture: the page, the element at its upper edge, how large, and what is done before."""

    name: str
    address: str
    top: str = ""
    height: int = 860
    width: int = 1200
    scheme: str = "light"
    before: Callable[[Page], None] = lambda page: None


def _check_the_claim(page: Page) -> None:
    page.locator("textarea[name=claims]").fill(CLAIM)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("heading", name="Fix list, by money").wait_for()


def _analyse_remittances(page: Page) -> None:
    with tempfile.TemporaryDirectory() as folder:
        generate_edi.generate(Path(folder), 300, rate=0.15)
        page.locator("input[name=remittances]").set_input_files(Path(folder) / "era.835")
        page.locator("input[name=claims]").set_input_files(Path(folder) / "sent.837")
        page.locator("input[name=on]").fill("2024-09-01")
        page.get_by_role("button", name="Analyse").click()
        page.get_by_role("heading", name="Overview").wait_for()
    page.locator("#causes svg").wait_for()
    page.locator("#payers svg").wait_for()


def _wait_for_charts(page: Page) -> None:
    page.locator("#localities").scroll_into_view_if_needed()
    page.locator("#localities svg").wait_for()


PICTURES = (
    Picture("home", "/", height=640),
    Picture("code", CODE, height=1000),
    Picture("code-settings", CODE, top="#settings", height=420),
    Picture("code-charts", CODE, top="#localities", height=760, before=_wait_for_charts),
    Picture("code-edits", f"{DATED}&edits_with=32408+76942", top="#edits", height=460),
    Picture("code-modifiers", DATED, top="#modifiers", height=620),
    Picture("edits", "/edits?codes=20610+77002+76942&on=2024-08-15", height=760),
    Picture("check", "/check", height=1100, before=_check_the_claim),
    Picture("remittances", "/remittances", height=1240, before=_analyse_remittances),
    Picture("report", "/denials/report?code=77002", height=820),
    Picture("toolkit", "/toolkit", height=820),
    Picture("phone-dark", CODE, width=390, height=844, scheme="dark"),
)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a server of the starter pack whose reports lie in ``folder``."""
    program = Path(sys.executable).with_name("trocar")
    reports = f"sqlite:///{folder / 'reports.sqlite3'}"
    arguments = [str(program), "serve", "--port", "0", "--workers", "1", "--reports", reports]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder
    ) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            if address is None:
                raise SystemExit("trocar serve named no address")
            yield address[0]
        finally:
            server.terminate()


def _taken(browser: Browser, site: str, picture: Picture) -> bytes:
    context = browser.new_context(
        base_url=site,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(picture.address)
    page.wait_for_load_state("networkidle")
    picture.before(page)
    if picture.top:
        page.locator(picture.top).evaluate("element => element.scrollIntoView({block: 'start'})")
    shot = page.screenshot()
    context.close()
    return shot


def _small(shot: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main() -> None:
    """Write every picture, or those named, and say how large all of them are."""
    wanted = [picture for picture in PICTURES if not sys.argv[1:] or picture.name in sys.argv[1:]]
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium; apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    total = 0
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in wanted:
            image = _small(_taken(browser, site, picture))
            (IMAGES / f"{picture.name}.png").write_bytes(image)
            total += len(image)
        browser.close()
    print(f"{len(wanted)} pictures, {total:,} bytes")


if __name__ == "__main__":
    main()
