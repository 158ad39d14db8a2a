"""Which waiting reports are published together: batches of five or more reports of five or more contributors.

Every published figure is a sum over whole batches, and a report is in one batch at most, for ever. So whatever is
computed from published figures, of one day or of several, is computed from batches: the smallest thing that can come
out is a batch. docs/formats/denial-reports.md gives the method and its argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

THRESHOLD = 5
# Releases that a report waits for others of its own payer and reason before it is counted with less detail.
PATIENCE = 3

# Details that a batch can keep, the most telling first; None of a detail means it was given up.
_EAGER = (("payer", "carc", "decided", "quarter"), ("payer", "carc", "decided"))
_PATIENT = (
    ("payer", "decided", "quarter"),
    ("carc", "decided", "quarter"),
    ("payer", "decided"),
    ("carc", "decided"),
    ("decided", "quarter"),
    ("decided",),
    (),
)


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """What decides on batches: ``waited`` counts releases that passed it by; ``decided`` is paid or written off."""

    id: int
    contributor: int
    payer: str
    carc: str
    quarter: str
    decided: bool
    waited: int


@dataclass(frozen=True, slots=True)
class NewBatch:
    """Reports of one code published together; a detail that is None was given up."""

    payer: str | None
    carc: str | None
    quarter: str | None
    decided: bool | None
    reports: tuple[int, ...]


def new_batches(waiting: Iterable[WaitingReport], anything_shown: bool) -> list[NewBatch]:
    """The batches of one code that a release can make of what waits.

    Details are given up only for reports that waited ``PATIENCE`` releases, unless nothing is shown of the code yet.
    Deterministic in the order of ids; the figures of a report never decide, only how many are alike.
    """
    left = sorted(waiting, key=lambda report: report.id)
    made: list[NewBatch] = []
    for details in (*_EAGER, *_PATIENT):
        candidates = left
        if details in _PATIENT and anything_shown:
            candidates = [report for report in left if report.waited >= PATIENCE]
        for cell in _cells(candidates, details):
            for members in _split(cell):
                first = members[0]
                kept = {detail: getattr(first, detail) for detail in details}
                ids = tuple(sorted(report.id for report in members))
                made.append(
                    NewBatch(kept.get("payer"), kept.get("carc"), kept.get("quarter"), kept.get("decided"), ids)
                )
        taken = {id_ for batch in made for id_ in batch.reports}
        left = [report for report in left if report.id not in taken]
    return made


def _cells(reports: list[WaitingReport], details: tuple[str, ...]) -> Iterator[list[WaitingReport]]:
    def alike(report: WaitingReport) -> tuple[str | bool, ...]:
        return tuple(getattr(report, detail) for detail in details)

    for _, cell in groupby(sorted(reports, key=alike), key=alike):
        yield list(cell)


def _split(cell: list[WaitingReport]) -> Iterator[list[WaitingReport]]:
    """As many batches as there are fives of contributors, so that a withdrawal takes few reports along.

    All reports of a contributor in the cell stay together: no batch can be told from another by who is in both.
    """
    contributors = list(dict.fromkeys(report.contributor for report in cell))
    parts = len(contributors) // THRESHOLD
    for part in range(parts):
        members = set(contributors[part::parts])
        yield [report for report in cell if report.contributor in members]
