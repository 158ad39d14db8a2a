"""Claims that must be mended together: those that share a patient's day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trocar.claims.model import ClaimLine
from trocar.repair.change import Lines


def together(lines: Sequence[ClaimLine], wanted: Iterable[str]) -> list[Lines]:
    """The groups of claims, in order, that hold a wanted claim; a patient's claims of one day are in one group."""
    parent: dict[str, str] = {line.claim_id: line.claim_id for line in lines}

    def root(claim: str) -> str:
        while parent[claim] != claim:
            parent[claim] = parent[parent[claim]]
            claim = parent[claim]
        return claim

    first: dict[tuple[object, ...], str] = {}
    for line in lines:
        if line.patient_id is not None:
            other = first.setdefault((line.patient_id, line.service_date), line.claim_id)
            parent[root(line.claim_id)] = root(other)
    roots = {root(claim) for claim in wanted}
    groups: dict[str, list[ClaimLine]] = {}
    for line in lines:
        if (own := root(line.claim_id)) in roots:
            groups.setdefault(own, []).append(line)
    return [tuple(group) for group in groups.values()]
