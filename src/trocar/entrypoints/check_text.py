"""The answer to a check for people: claim by claim, then the releases used and the sum of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from trocar.core.finding import Finding, Severity
from trocar.entrypoints.render import cited

if TYPE_CHECKING:
    from trocar.entrypoints.check_answer import CheckAnswer
    from trocar.scrub.check import ClaimAnswer

_COLOURS = {Severity.DENY: "red", Severity.REVIEW: "yellow", Severity.INFO: "blue"}


def print_answer(answer: CheckAnswer) -> None:
    """Every claim, then the summary."""
    for claim in answer.claims():
        _print_claim(claim)
        typer.echo("")
    print_summary(answer.summary)


def print_summary(summary: dict[str, Any]) -> None:
    """The counts, the money, the releases used, the notes."""
    for text in _summary(summary):
        typer.echo(text)


def _print_claim(claim: ClaimAnswer) -> None:
    colour = "red" if claim.to_fix else "yellow" if claim.not_checked else "green"
    name = claim.claim_id or "(no claim id)"
    typer.echo(f"{typer.style(name, bold=True)}  {typer.style(claim.verdict, fg=colour, bold=True)}")
    for line in claim.priced:
        typer.echo(f"  {_priced(line)}")
    for finding in claim.findings:
        _print_finding(finding)
    for text in _not_checked(claim):
        typer.echo(f"  {typer.style('not checked', fg='yellow')} {text}")


def _priced(line: dict[str, Any]) -> str:
    name = "-".join([line["hcpcs"], *line["modifiers"]])
    reason = f" ({'; '.join(line['reasons'])})" if line["reasons"] and line["allowed"] is None else ""
    return f"line {line['line']:<3} {name:<14} {line['allowed'] or line['status'].replace('_', ' '):>10}{reason}"


def _print_finding(finding: Finding) -> None:
    severity = typer.style(f"{finding.severity.value:<6}", fg=_COLOURS[finding.severity], bold=True)
    typer.echo(f"  {severity} line {finding.line}: {finding.message}")
    money = f"at risk {finding.amount_at_risk} · " if finding.amount_at_risk is not None else ""
    carc = f"CARC {finding.carc} · " if finding.carc else ""
    typer.echo(f"         {money}{carc}{finding.rule} {finding.name}")
    typer.echo(f"         fix: {finding.remedy}")
    for citation in finding.citations:
        typer.echo(f"         {cited(citation.to_dict())}")


def _not_checked(claim: ClaimAnswer) -> Iterator[str]:
    """What was not checked, once for all the lines it holds for."""
    lines: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for entry in claim.not_checked:
        lines.setdefault((entry.not_checked, entry.rules), []).append(entry.line)
    for (why, rules), numbers in lines.items():
        known = [str(number) for number in numbers if number]
        where = f"line{'s' if len(known) > 1 else ''} {', '.join(known)}: " if known else ""
        held = [rule for rule in rules if rule != "price"]
        yield f"{where}{why}" + (f" ({', '.join(held)})" if held else "")


def _summary(summary: dict[str, Any]) -> Iterator[str]:
    findings = summary["findings"]
    unread = summary["rows_not_readable"]
    yield (
        f"{summary['rows_read']} rows read: {summary['lines']} lines of {summary['claims']} claims"
        + (f", {unread} row{'s' if unread > 1 else ''} not readable" if unread else "")
    )
    counts = ", ".join(f"{count} {severity}" for severity, count in findings.items())
    yield f"findings: {counts}; at risk {summary['amount_at_risk']}"
    yield f"lines with something not checked: {summary['lines_not_checked']}"
    yield from suppressed_words(summary)
    releases = "; ".join(f"{table} {' '.join(names)}" for table, names in summary["releases"].items())
    yield f"releases used: {releases or 'none'}"
    yield from (f"note: {note}" for note in summary["notes"])


def suppressed_words(summary: dict[str, Any]) -> Iterator[str]:
    """What the suppressions took from the findings; one that is unused, or whose end has passed, is said by itself."""
    if "suppressed" not in summary:
        return
    told = summary["suppressed"]
    yield f"suppressed: {told['silenced']} findings silenced, {told['lowered']} lowered"
    for entry in told["entries"]:
        if entry["expired"]:
            yield f"suppression ended {entry['until']}: {entry['expired']} findings after it stand ({entry['where']})"
        elif not entry["applied"]:
            yield f"suppression unused: {entry['rule']} ({entry['where']})"
