"""``trocar x12``: an X12 file segment by segment, with what is wrong with it in place."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import ClaimInputError, UsageError
from trocar.entrypoints.options import Format, FormatOption, StoreOption, store_folder
from trocar.entrypoints.render import csv_text, json_line

if TYPE_CHECKING:
    from trocar.claims.x12.findings import Finding
    from trocar.claims.x12.read import Part
    from trocar.claims.x12.source import X12Source

EXAMPLE = "Example: trocar x12 claims.837"
_WHERE = ("file", "segment", "byte", "element", "loop", "rule", "snip_type", "severity", "message", "value")
_COLUMNS = (*_WHERE, "claim_id", "remedy", "source", "citations")
_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_FINDINGS, _NOT_CHECKED = 1, 3


def x12_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="837P, 837I, 835, 277CA, 999; gzip or zip; - reads stdin.")
    ],
    types: Annotated[
        str, typer.Option("--types", metavar="LIST", help="SNIP types to check, such as 1,3.")
    ] = "1,2,3,4,5",
    findings_only: Annotated[
        bool, typer.Option("--findings-only", help="Leave out segments without a finding (text).")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first error, with exit code 2.")] = False,
    keep_phi: Annotated[
        bool,
        typer.Option("--keep-phi", help="Show names, ids, birth dates, addresses and notes of persons as they stand."),
    ] = False,
    store: StoreOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Read X12 files: every segment with its loop, and under it what SNIP types 1 to 5 say is wrong.

    Exit code 0: nothing found; 1: findings; 2: no X12 at all; 3: nothing found, but codes that no loaded table could
    judge.
    """
    from trocar.claims.x12.read import read_x12
    from trocar.claims.x12.source import x12_sources
    from trocar.lookup.code_sets import StoreCodeSets
    from trocar.reference.store import Store

    wanted = _types(types)
    sets = StoreCodeSets(Store(store_folder(store))) if 5 in wanted else None
    if keep_phi:
        typer.echo("names, ids, birth dates, addresses and notes of persons are shown: this output is PHI", err=True)
    tally = _Tally()
    if format_ is Format.CSV:
        typer.echo(csv_text(_COLUMNS, ()), nl=False)
    for path in files:
        for source in x12_sources(sys.stdin.buffer if str(path) == "-" else path):
            for part in read_x12(source, types=wanted, sets=sets, strict=strict):
                tally.add(part)
                _show(part, source, format_, findings_only=findings_only, keep_phi=keep_phi)
    if not tally.segments:
        names = ", ".join(path.name for path in files)
        remedy = "Give an 837, 835, 277CA or 999, plain, gzip or zip."
        raise ClaimInputError("no X12 interchange was read", where=names, remedy=remedy)
    _end(tally, format_)
    raise typer.Exit(tally.exit_code)


@dataclass
class _Tally:
    """What was read and found in all files."""

    segments: int = 0
    unread: int = 0
    claims: int = 0
    payments: int = 0
    by_severity: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    not_checked: Counter[str] = field(default_factory=Counter)

    def add(self, part: Part) -> None:
        piece = part.piece
        self.segments += len(piece.segments) - piece.segments.known
        self.unread += len(piece.new_rows(0))
        self.claims += sum(read.claims.num_rows for read in part.claims.values())
        if part.tables is not None:
            self.claims += part.tables.claims.num_rows
            self.payments += part.tables.payments.num_rows
        self.by_severity.update(one.severity for one in part.findings)
        self.by_rule.update(one.rule for one in part.findings)
        self.not_checked.update(part.not_checked)

    @property
    def exit_code(self) -> int:
        if self.by_severity["error"] or self.by_severity["warning"]:
            return _FINDINGS
        return _NOT_CHECKED if self.not_checked or self.by_severity["info"] else 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "segments": self.segments, "segments_without_a_place": self.unread, "claims": self.claims,
            "payments": self.payments, "findings": dict(sorted(self.by_severity.items())),
            "rules": dict(sorted(self.by_rule.items())), "not_checked": dict(sorted(self.not_checked.items())),
        }  # fmt: skip


def _types(text: str) -> frozenset[int]:
    asked = [part.strip() for part in text.split(",") if part.strip()]
    if not asked or any(part not in {"1", "2", "3", "4", "5"} for part in asked):
        raise UsageError(f"{text!r} is no list of SNIP types", where="--types", remedy="Name some of 1,2,3,4,5.")
    return frozenset(int(part) for part in asked)


def _show(part: Part, source: X12Source, format_: Format, *, findings_only: bool, keep_phi: bool) -> None:
    if format_ is Format.JSON:
        for one in part.findings:
            typer.echo(json_line(one.to_dict()))
    elif format_ is Format.CSV:
        rows = (one.to_dict() for one in part.findings)
        typer.echo(csv_text(_COLUMNS, rows).partition("\n")[2], nl=False)
    else:
        for line in _text(part, source, findings_only=findings_only, keep_phi=keep_phi):
            typer.echo(line)


def _text(part: Part, source: X12Source, *, findings_only: bool, keep_phi: bool) -> Iterator[str]:
    from trocar.claims.x12.annotate import annotated

    if findings_only and not part.findings:
        return
    for segment in annotated(part, keep_phi=keep_phi):
        if findings_only and not segment.findings:
            continue
        if segment.number == 1:
            yield typer.style(source.name, bold=True)
        yield f"{segment.number:>8} {segment.loop:<7} {segment.text}"
        for one in segment.findings:
            yield from _finding(one)


def _finding(one: Finding) -> Iterator[str]:
    head = " ".join(part for part in ("!!", one.severity, one.rule, one.element) if part)
    yield f"{'':>9}{typer.style(head, fg=_COLOURS[one.severity])}: {one.message}"
    yield f"{'':>12}{one.remedy} [{one.source}]"


def _end(tally: _Tally, format_: Format) -> None:
    if format_ is Format.JSON:
        typer.echo(json_line({"summary": tally.to_dict()}))
    if format_ is not Format.TEXT:
        return
    found = ", ".join(f"{count} {severity}" for severity, count in sorted(tally.by_severity.items())) or "nothing found"
    typer.echo(f"{tally.segments} segments, {tally.claims} claims, {tally.payments} payments: {found}")
    if tally.unread:
        typer.echo(f"{tally.unread} segments have no place in their guide: kept and not read")
    for reason, count in sorted(tally.not_checked.items()):
        typer.echo(f"not checked: {count} codes, {reason}")
