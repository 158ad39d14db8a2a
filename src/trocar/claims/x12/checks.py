"""All checks of an X12 file, piece by piece, by the SNIP types that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Set

from trocar.claims.x12.findings import Finding
from trocar.claims.x12.snip.acknowledgments import AcknowledgmentBalance
from trocar.claims.x12.snip.claim_balance import claim_balances
from trocar.claims.x12.snip.codes import CodeChecks, CodeSets
from trocar.claims.x12.snip.elements import element_findings
from trocar.claims.x12.snip.envelopes import Envelopes
from trocar.claims.x12.snip.payment_balance import PaymentBalance
from trocar.claims.x12.snip.situations import payment_situations, situation_findings
from trocar.claims.x12.snip.usage import Usage
from trocar.claims.x12.snip.values import asked_findings, value_findings
from trocar.claims.x12.stream import Piece
from trocar.claims.x12.x277 import Acknowledgments
from trocar.claims.x12.x835 import Remittances
from trocar.claims.x12.x837 import Claims

EVERY_TYPE = frozenset({1, 2, 3, 4, 5})


class Checks:
    """The checks of one file; pieces must come in order. ``codes.not_checked`` says what type 5 could not judge."""

    def __init__(self, file: str, types: Set[int] = EVERY_TYPE, sets: CodeSets | None = None) -> None:
        self._types = types
        self._envelopes = Envelopes(file)
        self._usage = Usage()
        self._payments = PaymentBalance()
        self._acknowledgments = AcknowledgmentBalance()
        self.codes = CodeChecks(sets)

    def findings(
        self,
        piece: Piece,
        claims: dict[str, Claims] | None = None,
        remittances: Remittances | None = None,
        acknowledgments: Acknowledgments | None = None,
    ) -> tuple[Finding, ...]:
        """What is wrong with the new segments, in their order; tables that were not read are not checked."""
        found = [*piece.findings, *self._found(piece, claims or {}, remittances, acknowledgments)]
        return tuple(sorted(found, key=lambda one: (one.segment, one.rule, one.element)))

    def _found(
        self,
        piece: Piece,
        claims: dict[str, Claims],
        remittances: Remittances | None,
        acknowledgments: Acknowledgments | None,
    ) -> Iterator[Finding]:
        if 1 in self._types:
            yield from element_findings(piece)
            yield from self._envelopes.findings(piece)
        if 2 in self._types:
            yield from self._usage.findings(piece)
            yield from value_findings(piece)
            yield from asked_findings(piece)
        if 3 in self._types:
            yield from claim_balances(piece)
            if remittances is not None:
                yield from self._payments.findings(piece, remittances)
        if 4 in self._types:
            for guide, read in claims.items():
                yield from situation_findings(piece, guide, read)
            if remittances is not None:
                yield from payment_situations(piece, remittances.claims)
        if 5 in self._types:
            yield from self.codes.findings(piece)
        if acknowledgments is not None:
            yield from self._acknowledgments.findings(piece, acknowledgments, self._types)
