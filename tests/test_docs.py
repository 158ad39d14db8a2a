"""The documentation says what is so: commands print what is shown, links lead somewhere, no module goes unnamed."""

from __future__ import annotations

import inspect
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from trocar.core import errors
from trocar.core.errors import TrocarError
from trocar.engine.starter import starter_store
from trocar.reference.store import Store

REPOSITORY = Path(__file__).resolve().parent.parent
CONSOLE = runpy.run_path(str(REPOSITORY / "tools" / "console_blocks.py"))
PAGES = CONSOLE["pages"]()
COMMANDS = [command for page in PAGES for command in CONSOLE["commands"](page)]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
# The shape of a release name, so that one the pack does not hold is noticed.
_RELEASE = re.compile(r"[A-Z]+\d+(CM)?[0-9A-Z.-]*$")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the compiled starter pack, so that it is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.page.name}: {command.text}")
def test_a_shown_command_prints_what_is_shown(command: Any, cache: Path) -> None:
    """Every command of a console block is run at the top of the repository, and its output compared."""
    printed = command.run(cache)
    assert command.agrees(printed), f"{command.page.name} shows another output; run: make docs\n{printed}"


def test_the_readme_shows_commands() -> None:
    """The first page is not without its session."""
    assert sum(command.page.name == "README.md" for command in COMMANDS) >= 5


def test_the_first_session_is_short_and_complete() -> None:
    """On the first screen: a finding, its money and its citation, in at most eight lines."""
    shown = next(command.shown for command in COMMANDS if command.page.name == "README.md")
    assert len(shown.splitlines()) <= 8
    assert re.search(r"deny .*at risk \d+\.\d\d.*line \d+ · sha256", shown, re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """A link within the repository names a file that is there."""
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Every page is in the menu or its list, every link and anchor leads somewhere, nothing comes from elsewhere."""
    built = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(built)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert "<h1" in (built / "index.html").read_text("utf-8")
    loaded = re.compile(r"<(?:script|img|iframe)[^>]* src=\"(?:https?:)?//|<link[^>]* href=\"(?:https?:)?//")
    assert [page.name for page in built.rglob("*.html") if loaded.search(page.read_text("utf-8"))] == []


def test_the_pictures_are_shown_and_small() -> None:
    """Each picture of docs/images stands on a page, and all of them together stay below 1.5 MB."""
    pictures = sorted((REPOSITORY / "docs" / "images").glob("*.png"))
    tour = (REPOSITORY / "docs" / "web.md").read_text("utf-8")
    assert pictures
    assert [picture.name for picture in pictures if f"(images/{picture.name})" not in tour] == []
    assert sum(picture.stat().st_size for picture in pictures) <= 1_500_000


def test_every_module_is_in_the_architecture() -> None:
    """ARCHITECTURE.md names every module under src/trocar with the first line of its docstring."""
    tool = runpy.run_path(str(REPOSITORY / "tools" / "architecture_page.py"))
    assert (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8") == tool["page"](), "run: make docs"


def test_every_error_is_on_its_page() -> None:
    """docs/errors.md names each error class, and the page each of them points to is there."""
    text = (REPOSITORY / "docs" / "errors.md").read_text("utf-8")
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, TrocarError):
            assert f"| `{name}` |" in text
            assert (REPOSITORY / kind.docs).exists(), f"{name} points to {kind.docs}"


def test_coverage_names_what_the_starter_pack_holds() -> None:
    """The tables of docs/coverage.md name each release of the pack and no other, and how many codes it has."""
    text = (REPOSITORY / "docs" / "coverage.md").read_text("utf-8")
    catalog = Store(starter_store()).catalog
    held = {file.release for file in catalog.files}
    rows = [line.split("|") for line in text.splitlines() if line.startswith("|") and line.count("|") == 4]
    named = {word for row in rows for word in row[2].replace(",", " ").split() if word in held or _RELEASE.match(word)}
    assert named == held
    assert f"holds {len(catalog.scope)} codes" in text


def test_a_changelog_fragment_names_dates_of_service() -> None:
    """Each fragment begins with the dates of service it affects, and its name says of which kind it is."""
    for fragment in sorted((REPOSITORY / "changelog.d").glob("*.md")):
        if fragment.name != "README.md":
            assert fragment.read_text("utf-8").startswith("**Dates of service:**"), fragment.name
            assert re.fullmatch(r"[a-z0-9-]+\.(rule|price|data|feature|fix|doc)\.md", fragment.name)


def test_every_decision_is_listed() -> None:
    """docs/decisions/README.md links every decision, and each says what was decided and why."""
    folder = REPOSITORY / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for path in sorted(folder.glob("0*.md")):
        assert f"({path.name})" in listed
        text = path.read_text("utf-8")
        assert "**Decided.**" in text
        assert "**Why.**" in text
