"""``trocar toolkit``: the Revenue Protection Toolkit of some codes, and the appeal of a finding, as PDFs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.asking import NOT_ASKED, Asking, with_asking
from trocar.entrypoints.options import today

if TYPE_CHECKING:
    from trocar.toolkit.appealed import Appealed
    from trocar.toolkit.document import Document

EXAMPLE = "Example: trocar toolkit 77002 77012 --on 2025-11-03 --zip 10001 -o toolkit.pdf"
NOT_CHECKED = 3
_FINDINGS = (".json", ".ndjson", ".jsonl")


@with_asking
def toolkit_command(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE...", help="HCPCS codes, 1 to 8, such as 77002 77012.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Write the PDF to FILE.")] = Path(
        "toolkit.pdf"
    ),
    asking: Asking = NOT_ASKED,
    appeal: Annotated[
        Path | None,
        typer.Option(
            "--appeal", metavar="FILE", help="An appeal letter instead: findings as JSON, or claims to be checked."
        ),
    ] = None,
    claim: Annotated[str | None, typer.Option("--claim", metavar="ID", help="The claim of the appeal.")] = None,
    line: Annotated[int | None, typer.Option("--line", metavar="N", help="Its line.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RULE", help="Which finding of the line; default: the dearest.")
    ] = None,
) -> None:
    """A PDF to print: payment table, edits, documentation, modifiers, denials and sources of some codes on a day.

    With --appeal FILE --claim ID --line N, a letter from a finding: its rule, its rows, the authority in own words and
    what the record must show. What the finding does not say stands in square brackets; provider and patient always do.

    Exit code 3 when no table of the store answers for any of the codes on that day; the PDF says so too.
    """
    if appeal is None:
        _toolkit(codes or [], output, asking)
        return
    if codes or claim is None or line is None:
        what = "an appeal is of one line of one claim" if not codes else "an appeal takes no codes"
        raise UsageError(what, where="--appeal", remedy="Give --appeal FILE --claim ID --line N.")
    from trocar.toolkit.appeal import appeal as letter_of

    about = _appealed(appeal, claim, line, rule, asking)
    if asking.on is not None:
        about = replace(about, service_date=asking.day())
    _write(letter_of(about, today()), output)


def _toolkit(codes: list[str], output: Path, asking: Asking) -> None:
    from trocar.lookup.quotes import NATIONAL
    from trocar.toolkit.kit import question_of, toolkit

    opened, place = asking.opened(), asking.place
    question = question_of(opened.pack, opened.store, codes, asking.day(), place or NATIONAL)
    _write(toolkit(question, today()), output)
    if not question.is_answered:
        raise typer.Exit(NOT_CHECKED)


def _write(document: Document, output: Path) -> None:
    """Write the PDF, and say what it is."""
    from trocar.toolkit.layout import pdf_of

    body = pdf_of(document)
    output.write_bytes(body)
    typer.echo(f"{output}: {document.title}, {document.subtitle} ({len(body):,} bytes)")


def _appealed(file: Path, claim: str, line: int, rule: str | None, asking: Asking) -> Appealed:
    """The finding out of a file of findings, or out of a check of a file of claims."""
    from trocar.toolkit.appealed import appealed

    if (findings := _findings(file)) is not None:
        return appealed(findings, claim, line, rule, where=file.name)
    from trocar.entrypoints.appealed_line import appealed_line
    from trocar.entrypoints.check_answer import CheckAnswer
    from trocar.entrypoints.claims_input import read_files

    answer = CheckAnswer.of(read_files([file]), asking.opened().pack)
    return appealed_line(answer, claim, line, rule, where=file.name)


def _findings(file: Path) -> list[dict[str, Any]] | None:
    """The rows of a file that ``trocar check`` or the claim desk wrote as JSON; None for a file of anything else."""
    if file.suffix.lower() not in _FINDINGS:
        return None
    text = file.read_text("utf-8")
    try:
        whole = json.loads(text) if text.lstrip().startswith("{") and "\n{" not in text.strip() else None
        rows = [json.loads(row) for row in text.splitlines() if row.strip()] if whole is None else [whole]
    except ValueError:
        return None
    if len(rows) == 1 and isinstance(rows[0], dict) and isinstance(rows[0].get("findings"), list):
        return [*rows[0]["findings"], *rows[0].get("not_checked", [])]
    told = [row for row in rows if isinstance(row, dict) and ("rule" in row or "not_checked" in row)]
    return told if told or any("summary" in row for row in rows if isinstance(row, dict)) else None
