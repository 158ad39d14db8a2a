"""Write the list of modules in ARCHITECTURE.md from their docstrings: ``uv run python tools/architecture_page.py``."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "ARCHITECTURE.md"
PACKAGE = REPOSITORY / "src" / "trocar"
BEGIN, END = "<!-- modules: begin -->\n", "<!-- modules: end -->\n"


def module_list() -> str:
    """Every package with its modules, each with the first line of its docstring."""
    text = ""
    paths = sorted(PACKAGE.rglob("*.py"), key=lambda path: (path.parent.parts, path.name))
    for folder, modules in groupby(paths, key=lambda path: path.parent):
        name = folder.relative_to(PACKAGE.parent).as_posix()
        files = {path.name: _first_line(path) for path in modules}
        text += f"\n### `{name}`\n\n{files.pop('__init__.py')}\n\n"
        text += "".join(f"- `{file}`: {line}\n" for file, line in files.items())
    return text.replace("\n\n\n", "\n\n")


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def page() -> str:
    """The page with the list as it should be."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{module_list()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
