"""A summary as rows of text: the same columns in the terminal, CSV, JSON, the workbook and the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trocar.book.summary import Group, Summary, percent

TITLES = {
    "by": "by",
    "name": "",
    "findings": "findings",
    "share_of_findings": "of all findings",
    "deny": "deny",
    "review": "review",
    "info": "info",
    "lines": "lines with a finding",
    "share_of_lines": "of the lines in the book",
    "claims": "claims with a finding",
    "at_risk": "dollars at risk",
    "share_of_at_risk": "of all at risk",
    "not_checked_lines": "lines not checked",
}
ALL = "all"


def rows(summary: Summary) -> Iterator[dict[str, Any]]:
    """The groups, then all together. A share is text such as ``12.5% (5 of 40)``: never without its n."""
    for group in summary.groups:
        yield _row(summary, group)
    yield _row(summary, summary.total)


def _row(summary: Summary, group: Group) -> dict[str, Any]:
    total = summary.total
    return {
        "by": summary.by.value,
        "name": group.name,
        "findings": group.findings,
        "share_of_findings": share(group.findings, total.findings),
        "deny": group.deny,
        "review": group.review,
        "info": group.info,
        "lines": group.lines,
        "share_of_lines": "" if group.book_lines is None else share(group.lines, group.book_lines),
        "claims": group.claims,
        "at_risk": str(group.at_risk),
        "share_of_at_risk": share(group.at_risk, total.at_risk),
        "not_checked_lines": group.not_checked_lines,
    }


def share(part: Any, whole: Any) -> str:
    """A percentage with its numerator and denominator."""
    return f"{percent(part, whole)} ({part} of {whole})" if whole else f"{part} of {whole}"


def in_words(summary: Summary) -> str:
    """What a chart of the summary shows, for those who don't see it."""
    first = [f"{group.name} {group.at_risk}" for group in summary.groups[:5]]
    return (
        f"Dollars at risk by {summary.by.value}, {len(summary.groups)} groups, {summary.total.at_risk} in all. "
        f"Largest: {'; '.join(first) or 'none'}. The table below holds every figure."
    )


def notes(summary: Summary) -> list[str]:
    """How the figures are to be read."""
    answer = [
        "At risk: per line the largest amount that any deny or review finding puts at stake."
        + (
            " A line under two rules counts under both, so the groups may add up to more than all."
            if _overlaps(summary)
            else ""
        ),
    ]
    if summary.unread:
        answer.append(f"{summary.unread} rows of the claim files could not be read and stand in no group.")
    if summary.total.book_lines is None:
        answer.append("Shares of the book's lines need the claims: --claims FILES.")
    return answer


def _overlaps(summary: Summary) -> bool:
    return summary.by.value == "rule"
