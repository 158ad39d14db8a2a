"""A checked set of claims as the claim desk shows it: strip, fix list, claims with their matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trocar.claims.rows import RowProblem
from trocar.core.finding import Finding, NotChecked, Severity
from trocar.entrypoints.check_answer import CheckAnswer
from trocar.scrub.check import ClaimAnswer

# What a page can be read with; all of it is in the exports.
MOST_FIXES = 200
MOST_CLAIMS = 50
_TOGETHER = frozenset({"NC", "GD"})


@dataclass(frozen=True, slots=True)
class StripCell:
    """One count of the verdict strip, in words and with a sign that does not rest on colour."""

    kind: str
    icon: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a finding, and why; kept in the export, nowhere else."""

    choice: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A finding of the fix list with the decision taken."""

    key: str
    finding: Finding
    claim_number: int
    decision: str
    reason: str

    @property
    def anchor(self) -> str:
        """The place of the finding on the page."""
        return f"fix-{self.claim_number}-{self.finding.line}-{self.finding.rule}"


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one code of a claim does to another."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The lines of a claim against each other."""

    heads: tuple[str, ...]
    rows: tuple[tuple[MatrixCell, ...], ...]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim on the page."""

    number: int
    claim_id: str
    kind: str
    verdict: str
    day: str
    lines: tuple[dict[str, Any], ...]
    matrix: Matrix | None
    not_checked: tuple[NotChecked, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the result shows."""

    lines: int
    claims: int
    at_risk: Decimal
    allowed: Decimal
    notes: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    strip: tuple[StripCell, ...]
    fixes: tuple[Fix, ...]
    more_fixes: int
    shown: tuple[ClaimCard, ...]
    more_claims: int


def key_of(finding: Finding) -> str:
    """The name of a finding in a form; the other line of a pair tells two findings of one rule apart."""
    other = finding.evidence.get("column_1_line", "")
    return f"{finding.claim_id}|{finding.line}|{finding.rule}|{other}"


def desk_of(answer: CheckAnswer, decisions: Mapping[str, Decision]) -> Desk:
    """The result of a check, claims in the order of money at risk."""
    claims = list(answer.claims())
    days = _days(answer)
    ranked = sorted(enumerate(claims, 1), key=lambda pair: (-_at_risk(pair[1]), pair[0]))
    found = [(number, finding) for number, claim in ranked for finding in claim.findings]
    found.sort(key=lambda pair: (pair[1].severity is Severity.INFO, -(pair[1].amount_at_risk or Decimal(0))))
    fixes = tuple(_fix(number, finding, decisions) for number, finding in found[:MOST_FIXES])
    allowed = (Decimal(line["allowed"]) for claim in claims for line in claim.priced if line["allowed"] is not None)
    return Desk(
        lines=answer.result.summary["lines"],
        claims=len(claims),
        at_risk=Decimal(answer.summary["amount_at_risk"]),
        allowed=sum(allowed, Decimal("0.00")),
        notes=tuple(answer.summary["notes"]),
        problems=answer.reading.problems,
        strip=tuple(_strip(claims)),
        fixes=fixes,
        more_fixes=len(found) - len(fixes),
        shown=tuple(_card(number, claim, days.get(claim.claim_id, "")) for number, claim in ranked[:MOST_CLAIMS]),
        more_claims=max(len(ranked) - MOST_CLAIMS, 0),
    )


def _days(answer: CheckAnswer) -> dict[str, str]:
    table = answer.reading.table.select(["claim_id", "service_date"]).to_pydict()
    return {claim: day.isoformat() for claim, day in zip(table["claim_id"], table["service_date"], strict=True)}


def _at_risk(claim: ClaimAnswer) -> Decimal:
    return max((finding.amount_at_risk or Decimal(0) for finding in claim.findings), default=Decimal(-1))


def _fix(number: int, finding: Finding, decisions: Mapping[str, Decision]) -> Fix:
    decided = decisions.get(key_of(finding), Decision())
    return Fix(key_of(finding), finding, number, decided.choice, decided.reason)


def _kind(claim: ClaimAnswer) -> str:
    """ready, deny, review or unknown: how a claim looks."""
    severities = {finding.severity for finding in claim.findings}
    if Severity.DENY in severities:
        return "deny"
    if Severity.REVIEW in severities:
        return "review"
    return "unknown" if claim.not_checked else "ready"


def cannot_bill_together(claim: ClaimAnswer) -> bool:
    """Whether a code of the claim is denied because of another one."""
    return any(f.severity is Severity.DENY and "column_1_line" in f.evidence for f in claim.findings)


def _strip(claims: Sequence[ClaimAnswer]) -> Iterator[StripCell]:
    yield StripCell("ready", "✓", sum(_kind(claim) == "ready" for claim in claims), "ready")
    yield StripCell("deny", "✕", sum(claim.to_fix > 0 for claim in claims), "to fix")
    yield StripCell("review", "⇄", sum(map(cannot_bill_together, claims)), "with codes that can't be billed together")
    yield StripCell("unknown", "?", sum(bool(claim.not_checked) for claim in claims), "with something not checked")


def _card(number: int, claim: ClaimAnswer, day: str) -> ClaimCard:
    verdict = "Cannot bill together" if cannot_bill_together(claim) else ""
    words = f"{verdict}: {claim.verdict}" if verdict else claim.verdict
    return ClaimCard(
        number, claim.claim_id, _kind(claim), words, day, claim.priced, _matrix(claim), tuple(_apart(claim.not_checked))
    )


def _apart(entries: Iterable[NotChecked]) -> Iterator[NotChecked]:
    """Each reason once; the first line it holds for stands for the others."""
    seen: set[str] = set()
    for entry in entries:
        if entry.not_checked not in seen:
            seen.add(entry.not_checked)
            yield entry


def _matrix(claim: ClaimAnswer) -> Matrix | None:
    """None for a claim of one line."""
    numbers = [line["line"] for line in claim.priced]
    if len(numbers) < 2:
        return None
    unknown = {entry.line for entry in claim.not_checked if entry.needs == "ncci_ptp"}
    ties = {
        (finding.evidence["column_1_line"], finding.line): finding
        for finding in claim.findings
        if "column_1_line" in finding.evidence
    }
    heads = tuple(f"{line['hcpcs']} (line {line['line']})" for line in claim.priced)
    rows = tuple(tuple(_cell(one, two, ties, unknown) for two in numbers) for one in numbers)
    return Matrix(heads, rows)


def _cell(one: int, two: int, ties: Mapping[tuple[int, int], Finding], unknown: set[int]) -> MatrixCell:
    if one == two:
        return MatrixCell("none", "·")
    if (one, two) in ties:
        finding = ties[(one, two)]
        return MatrixCell(finding.severity.value, f"{finding.severity.value}: {finding.rule}")
    if two in unknown or one in unknown:
        return MatrixCell("unknown", "not checked")
    return MatrixCell("none", "no finding")
