"""Run the commands of the documentation's ``console`` blocks: ``uv run python tools/console_blocks.py [--write]``.

A line that starts with ``$ `` is a command, the lines up to the next one are what it prints. As in doctest, ``...``
stands for any text. Without ``--write`` the blocks that differ are shown; with it they are brought up to date.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command of a page, and the output the page shows."""

    page: Path
    text: str
    shown: str
    source: str

    def run(self, cache: Path) -> str:
        """What it prints (standard output and errors together), run at the top of the repository."""
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "TROCAR_CACHE": str(cache),
        }
        done = subprocess.run(
            ["bash", "-c", self.text],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return _trimmed(done.stdout)

    def agrees(self, printed: str) -> bool:
        """Whether the output shown is what was printed, up to ``...``."""
        pattern = ".*?".join(re.escape(part) for part in self.shown.split("..."))
        return re.fullmatch(pattern, printed, re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def pages() -> list[Path]:
    """Every page whose console blocks are run."""
    found = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "examples").rglob("*.md")]
    return sorted(found)


def commands(page: Path) -> list[Command]:
    """The commands of a page, in order."""
    found = []
    for block in _BLOCK.findall(page.read_text("utf-8")):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            text, _, shown = entry.partition("\n")
            found.append(Command(page, text, _trimmed(shown), f"$ {entry}"))
    return found


def main() -> None:
    """Show or mend every block that differs from what its command prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the output into the pages")
    write = parser.parse_args().write
    differing = 0
    with tempfile.TemporaryDirectory() as cache:
        for page in pages():
            for command in commands(page):
                printed = command.run(Path(cache))
                if command.agrees(printed):
                    continue
                differing += 1
                print(f"{page.relative_to(REPOSITORY)}: $ {command.text}\n{printed}\n")
                if write:
                    mended = page.read_text("utf-8").replace(command.source, f"$ {command.text}\n{printed}\n", 1)
                    page.write_text(mended, "utf-8")
    raise SystemExit(1 if differing and not write else 0)


if __name__ == "__main__":
    main()
