"""Mend claims: a claim table in, the repaired table out, and for each claim what was changed and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from trocar.claims.model import ClaimLine, claim_table, lines_of
from trocar.core.finding import Finding, Severity
from trocar.engine.pack import Pack
from trocar.repair.answer import Amounts, ClaimRepair, Undecided, amounts_of, claim_of
from trocar.repair.change import LineKey, key_of
from trocar.repair.claims import together
from trocar.repair.judge import FindingKey, Judge, finding_key
from trocar.repair.search import Mended, mend
from trocar.scrub.check import ClaimAnswer, check
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions


@dataclass(frozen=True)
class Repair:
    """The claims in the order in which the input first names them, and every line of it as repaired, in its order."""

    claims: tuple[ClaimRepair, ...]
    lines: tuple[ClaimLine, ...]

    @property
    def table(self) -> pa.Table:
        """The repaired claims as a claim table (``CLAIM_SCHEMA``)."""
        return claim_table(self.lines)


def repair(table: pa.Table, pack: Pack, suppressions: Suppressions = NO_SUPPRESSIONS) -> Repair:
    """Clear the findings of severity deny of every claim with the fewest changes the law allows.

    Findings that a suppression silences or lowers are not mended. A modifier that states a fact (59, X{EPSU}, 25) is
    never put on a line: it is an option under that fact. The repaired claims are checked again as a whole; whatever
    is denied then is undecided, so that a claim said to be repaired is one.
    """
    lines = tuple(lines_of(table))
    judge = Judge.of(pack, suppressions)
    denied = {finding.claim_id for finding in check(table, pack, judge.rules, suppressions).deny}
    mended = [mend(group, judge) for group in together(lines, denied)]
    repaired: dict[LineKey, ClaimLine] = {key_of(line): line for one in mended for line in one.now.lines}
    now = tuple(repaired.get(key_of(line), line) for line in lines)
    by_claim = {line.claim_id: one for one in mended for line in one.came.lines}
    rechecked = check(claim_table(now), pack, suppressions=suppressions)
    return Repair(tuple(_claims(rechecked.claims(), by_claim)), now)


def _claims(answers: Iterable[ClaimAnswer], mended: dict[str, Mended]) -> Iterable[ClaimRepair]:
    for answer in answers:
        claim_id, missing = answer.claim_id, len(answer.not_checked)
        one = mended.get(claim_id)
        if one is None:
            yield ClaimRepair(claim_id, (), (), _undecided(answer.findings, {}), _as_it_came(answer), missing)
            continue
        yield ClaimRepair(
            claim_id,
            tuple(step for step in one.taken if claim_of(step) == claim_id),
            tuple(offered for offered in one.offered if offered.about[0] == claim_id),
            _undecided(answer.findings, {key: words for key, words in one.decide.items() if key[0] == claim_id}),
            amounts_of(claim_id, one),
            missing,
            one.least,
        )


def _undecided(findings: Iterable[Finding], decide: dict[FindingKey, str]) -> tuple[Undecided, ...]:
    """What is still denied, with what a person must decide: the rule's remedy where the search did not see it."""
    return tuple(
        Undecided(finding, decide.get(finding_key(finding), finding.remedy))
        for finding in findings
        if finding.severity is Severity.DENY
    )


def _as_it_came(answer: ClaimAnswer) -> Amounts:
    """The money of a claim in which nothing was changed."""
    allowed = sum((Decimal(line["allowed"]) for line in answer.priced if line["allowed"]), Decimal("0.00"))
    return Amounts((allowed, allowed), (allowed, allowed))
