"""Write docs/cli.md from the command line's own declarations; ``--check`` only says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from trocar.entrypoints.cli import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = """\
# The command line

This page is generated from the program by `tools/docs_cli.py`; a test fails when it is stale.

**Which store.** Every command that looks something up takes `--store DIR` (or the variable `TROCAR_STORE`). Without
one it uses the embedded starter pack: the image-guidance family and the procedures around it. A code outside it is
*not checked*, and the answer says how to load the rest. `--pin TABLE=RELEASE` uses one release on every day, and the
answers say so.

**Which day.** Everything is answered as of a date of service. Only the command line may default it: without `--on`,
today's date is used and printed on standard error.

**Formats.** `--format text` for people; `json` prints one object per line; `csv` prints rows under a header. Money is
always text with two decimals. The rows of `check` are described in [formats/findings.md](formats/findings.md), the
claim file in [formats/claims-csv.md](formats/claims-csv.md).

**Exit codes.** 0 clear, or answered. 1 findings to deny or review (`check`, `demo`), or a mismatch that no warning
owns up to (`data verify`). 2 usage error or unreadable input. 3 something was not checked, and nothing was found.

**Errors** have one shape, on standard error as text (`error:`, `where:`, `what now:`) and, with `--format json`, on
standard output as `{"error", "where", "remedy", "docs"}`. See [errors.md](errors.md).
"""


def page() -> str:
    """The whole page."""
    sections = "\n".join(_section(path, command) for path, command in _commands("trocar", get_command(app)))
    return f"{HEAD}\n{sections}"


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, in the order it is listed in."""
    children = getattr(command, "commands", None)
    if not children or command.invoke_without_command:
        yield path, command
    for name, child in (children or {}).items():
        yield from _commands(f"{path} {name}", child)


def _section(path: str, command: Any) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join([path, *(_argument(argument) for argument in arguments), "[OPTIONS]" if options else ""]).strip()
    example = command.epilog.removeprefix("Example: ")
    rows = [f"| `{_argument(argument)}` | {_cell(argument.help)} |" for argument in arguments]
    rows += [f"| `{_option(option)}` | {_cell(option.help)}{_variable(option)} |" for option in options]
    table = "\n".join(["| | |", "|---|---|", *rows])
    body = "\n\n".join(" ".join(paragraph.split()) for paragraph in command.help.strip().split("\n\n"))
    return f"## {path}\n\n{body}\n\n```\n{usage}\n\n{example}\n```\n\n{table}\n"


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = " / ".join([", ".join(option.opts), *option.secondary_opts])
    if option.secondary_opts or getattr(option, "is_flag", False):
        return names
    return f"{names} {option.metavar or option.name.strip('_').upper()}"


def _variable(option: Any) -> str:
    return f" Variable: `{option.envvar}`." if option.envvar else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page, or check it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            sys.exit(f"{PAGE.name} is stale: run tools/docs_cli.py")
        return
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
