"""Which finding an appeal is about: of a check's rows, the one of the claim's line that a payer would act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trocar.core.errors import UsageError

# Who bills is mended by a corrected claim; a letter would have to tell a provider's number, which it never does.
_IDENTITY = "ID"
_SEVERITIES = ("deny", "review")


@dataclass(frozen=True)
class Appealed:
    """A finding (the JSON shape), the others of its line, and what is known of the line; None where it is not."""

    finding: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...]
    hcpcs: str | None = None
    service_date: date | None = None


def appealed(
    rows: Iterable[Mapping[str, Any]], claim: str, line: int, rule: str | None = None, *, where: str = ""
) -> Appealed:
    """The finding of a line that a payer would deny, else review, the dearest first; ``rule`` chooses by id.

    ``rows`` are findings and what was not checked (JSON shapes). Raises ``UsageError`` where there is nothing to
    appeal, and says why.
    """
    of_claim = [row for row in rows if row.get("claim_id") == claim]
    of_line = [row for row in of_claim if row.get("line") == line]
    found = [row for row in of_line if "rule" in row and row["rule"] and "not_checked" not in row]
    chosen = [row for row in found if rule is None or row["rule"] == rule.strip().upper()]
    open_to_appeal = sorted(
        (row for row in chosen if row["severity"] in _SEVERITIES and not row["rule"].startswith(_IDENTITY)), key=_order
    )
    if not open_to_appeal:
        raise _nothing(claim, line, rule, of_claim, of_line, found, chosen, where)
    finding = open_to_appeal[0]
    others = tuple(row for row in found if row is not finding)
    day = finding.get("service_date")
    return Appealed(finding, others, finding.get("hcpcs"), date.fromisoformat(day) if isinstance(day, str) else day)


def _order(row: Mapping[str, Any]) -> tuple[int, Decimal]:
    return _SEVERITIES.index(row["severity"]), -Decimal(row.get("amount_at_risk") or 0)


def _nothing(
    claim: str,
    line: int,
    rule: str | None,
    of_claim: Sequence[Mapping[str, Any]],
    of_line: Sequence[Mapping[str, Any]],
    found: Sequence[Mapping[str, Any]],
    chosen: Sequence[Mapping[str, Any]],
    where: str,
) -> UsageError:
    """Why there is nothing to appeal."""
    at = f"claim {claim}, line {line}"
    where = f"{where}: {at}" if where else at
    if any(row["rule"].startswith(_IDENTITY) for row in chosen):
        what, remedy = "a finding on who bills is not for an appeal", "Send a corrected claim."
    elif chosen:
        what, remedy = "the findings of the line are informative: a payer denies nothing for them", "Nothing to appeal."
    elif found:
        names = ", ".join(dict.fromkeys(row["rule"] for row in found))
        what, remedy = f"the line has no finding of {rule}", f"It has {names}: give one of them with --rule."
    elif of_line:
        reasons = "; ".join(dict.fromkeys(str(row["not_checked"]) for row in of_line))
        what, remedy = f"the line has no finding, and not all of it was checked: {reasons}", "Load the table it needs."
    elif of_claim:
        lines = ", ".join(str(number) for number in dict.fromkeys(row.get("line") for row in of_claim))
        what, remedy = "the line has no finding", f"Lines of the claim with something said of them: {lines}."
    else:
        what, remedy = "no finding has this claim", "Check claim id and line; a clear claim has no findings."
    return UsageError(what, where=where, remedy=remedy)
