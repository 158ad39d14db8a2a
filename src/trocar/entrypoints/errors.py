"""One error shape for every command: what, where, what now; exit code 2 and never a traceback."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup

from trocar.core.errors import TrocarError, UsageError

# Typer's own errors (a missing option, an unknown command) share this root in every version of it.
_ParserError: type[Exception] = typer.BadParameter.__mro__[2]
UNREADABLE = 2


class Commands(TyperGroup):
    """The root command: runs a command line and shows whatever error comes out of it in the one shape."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and exit with the command's code; with 2 after an error."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(words, prog_name, complete_var, False, windows_expand_args, **extra)
        except TrocarError as error:
            code = show_error(error, as_json=asks_json(words))
        except _ParserError as error:
            code = show_error(_of_parser(error), as_json=asks_json(words))
        except typer.Abort:
            code = 130
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            what = error.strerror or str(error)
            remedy = "Check the path, and that you may read or write there."
            code = show_error(
                UsageError(what, where=str(error.filename or ""), remedy=remedy), as_json=asks_json(words)
            )
        sys.exit(code or 0)


def asks_json(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON; read from its words, since parsing them may be what failed."""
    return "--format=json" in words or any(pair == ("--format", "json") for pair in pairwise(words))


def show_error(error: TrocarError, *, as_json: bool) -> int:
    """Print the error (JSON on standard output, text on standard error); gives the exit code."""
    if as_json:
        typer.echo(json.dumps(error.to_dict(), ensure_ascii=False))
        return UNREADABLE
    typer.echo(f"{typer.style('error:', fg='red', bold=True)} {error.what}", err=True)
    if error.where:
        typer.echo(f"where: {error.where}", err=True)
    if error.remedy:
        typer.echo(f"what now: {error.remedy}", err=True)
    return UNREADABLE


def _of_parser(error: Any) -> UsageError:
    """The parser's error in our shape."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "trocar"
    # Where help was asked for by saying nothing, Typer has printed it and has no words of its own.
    what = error.format_message().replace("Value error, ", "").rstrip(".") or "no command is named"
    return UsageError(what, where=command, remedy=f"See {command} --help.")
