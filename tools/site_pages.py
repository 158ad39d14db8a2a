"""Hook of mkdocs: the pages and files beside ``docs/`` join the site, and links between them keep leading somewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

REPOSITORY = Path(__file__).resolve().parent.parent
# Where a file of the repository stands in the site, when not under its own path. The README is the first page.
_MOVED = {"README.md": "index.md"}
_BESIDE = (
    "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "THIRD_PARTY.md", "LICENSE",
    "changelog.d/README.md", "src/trocar/reference/licence.txt",
)  # fmt: skip
_LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add what stands beside ``docs/``: the pages of the top folder, the examples, the licences."""
    examples = sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "examples").glob("*.*"))
    for name in (*_BESIDE, *examples):
        files.append(File.generated(config, _in_site(name), abs_src_path=str(REPOSITORY / name)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page with its relative links as they are in the site; one that leads outside it fails the build."""
    uri = page.file.src_uri
    here = PurePosixPath(_in_repository(uri)).parent

    def moved(link: re.Match[str]) -> str:
        target = os.path.normpath(here / link[2])
        relative = os.path.relpath(_in_site(target), PurePosixPath(uri).parent)
        return f"{link[1]}{relative}{link[3] or ''})"

    return _LINK.sub(moved, markdown)


def _in_site(name: str) -> str:
    """The site's path of a file of the repository."""
    return _MOVED.get(name, name.removeprefix("docs/"))


def _in_repository(uri: str) -> str:
    """The repository's path of a page of the site."""
    beside = {_in_site(name): name for name in _BESIDE}
    if uri in beside or uri.startswith("examples/"):
        return beside.get(uri, uri)
    return f"docs/{uri}"
