"""Claims as sent joined to what was acknowledged of them: by claim (277CA), transaction (999), interchange (TA1).

A 277CA names a claim by CLM01 (2200D TRN02) within a transaction of the 837 by its BHT03 (2200B TRN02); a 999 names a
transaction by GS06 and ST02, a TA1 an interchange by ISA13. Who rejects a claim has not taken it in: it is no denial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from trocar.claims.x12.columns import from_above
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.read import CLAIM_GUIDES, Part
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import or_null
from trocar.claims.x12.x277 import REJECTED as REFUSING
from trocar.core.errors import ClaimInputError

# What may have become of a claim; "other" is neither, such as a category that belongs to a status request.
ACCEPTED, REJECTED, OTHER, UNANSWERED = "accepted", "rejected", "other", "unanswered"
_REFUSED_TRANSACTIONS = frozenset({"M", "R", "W", "X"})
_REFUSED_INTERCHANGE = "R"
# What an 837 says of the transaction a claim stands in: column, loop, segment, element.
_OF_TRANSACTION = (
    ("interchange", "envelope", "ISA", "ISA", 13),
    ("group", "envelope", "GS", "GS", 6),
    ("transaction", "", "ST", "ST", 2),
    ("batch_id", "", "ST", "BHT", 3),
)


@dataclass(slots=True)
class Batch:
    """One transaction of an 837 (its BHT03 is the batch): the claims sent in it, and what was said of them.

    Money is in cents; ``stated`` holds the totals that a 277CA says of it, ``refused_by`` the 277CA, 999 or TA1 that
    refused the whole, ``refusal`` the statuses with which a 277CA did.
    """

    id: str
    interchange: str
    group: str
    transaction: str
    claims: dict[str, int] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    stated: dict[str, Any] | None = None
    refused_by: str = ""
    refusal: list[dict[str, Any]] = field(default_factory=list)

    def outcome(self, claim: str) -> str:
        """What became of a claim; one that a 277CA does not answer shares the fate of its transaction."""
        if claim in self.answered:
            return str(self.answered[claim]["outcome"])
        return REJECTED if self.refused_by else UNANSWERED

    def total(self, outcome: str) -> tuple[int, int]:
        """How many of the claims had an outcome, and what they charge as sent."""
        charges = [charge for claim, charge in self.claims.items() if self.outcome(claim) == outcome]
        return len(charges), sum(charges)


class Acknowledged:
    """Follows what was sent, then what came back; files may come in any order within each."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.unsent: list[dict[str, Any]] = []
        self.transactions: list[dict[str, Any]] = []
        self.interchanges: list[dict[str, Any]] = []
        self._by_id: dict[str, Batch] = {}
        self._of_claim: dict[str, list[Batch]] = defaultdict(list)

    def sent(self, parts: Iterable[Part]) -> None:
        """Add the claims of an 837."""
        by_transaction: dict[tuple[str, ...], Batch] = {}
        for part in parts:
            for guide in CLAIM_GUIDES:
                for place, claim, charge in _claims_of(part, guide):
                    batch = by_transaction.get(place)
                    if batch is None:
                        interchange, group, transaction, id_ = place
                        batch = by_transaction[place] = Batch(id_, interchange, group, transaction)
                        self.batches.append(batch)
                        self._by_id[id_] = batch
                    batch.claims[claim] = charge
                    self._of_claim[claim].append(batch)

    def answered(self, parts: Iterable[Part], name: str) -> None:
        """Add what a 277CA, a 999 or a TA1 says; raises ``ClaimInputError`` when the file ``name`` holds none."""
        batches: dict[int, dict[str, Any]] = {}
        answers = 0
        for part in parts:
            said = part.acknowledgments
            if said is None:
                continue
            batches |= {row["batch"]: row for row in said.batches.to_pylist()}
            answers += said.batches.num_rows + said.transactions.num_rows + said.interchanges.num_rows
            statuses: dict[int, list[dict[str, Any]]] = defaultdict(list)
            for status in said.statuses.to_pylist():
                if status["claim"] is not None:
                    statuses[status["claim"]].append(status)
                elif status["level"] == "batch" and status["category"] in REFUSING:
                    self._refused(batches.get(status["batch"], {}), status)
            for row in said.claims.to_pylist():
                self._claim(row | {"statuses": statuses[row["claim"]]}, batches.get(row["batch"], {}))
            for row in said.batches.to_pylist():
                if row["batch_id"] in self._by_id:
                    self._by_id[row["batch_id"]].stated = row
            for row in said.transactions.to_pylist():
                self._transaction(row)
            for row in said.interchanges.to_pylist():
                self._interchange(row)
        if not answers:
            remedy = "Give a 277CA, 999 or TA1; the claims that were sent go with --claims."
            raise ClaimInputError("the file holds no acknowledgment", where=name, remedy=remedy)

    def _refused(self, batch: dict[str, Any], status: dict[str, Any]) -> None:
        """A 277CA may reject a transaction as a whole (2200B), and then names none of its claims."""
        if (named := self._by_id.get(batch.get("batch_id") or "")) is not None:
            named.refused_by = "277CA"
            named.refusal.append(status)

    def _claim(self, row: dict[str, Any], batch: dict[str, Any]) -> None:
        id_, named = row["claim_id"] or "", self._by_id.get(batch.get("batch_id") or "")
        candidates = [named] if named else self._of_claim.get(id_, [])
        found = [one for one in candidates if id_ in one.claims]
        if len(found) == 1:
            found[0].answered[id_] = row
        else:
            self.unsent.append(row | {"batch_id": batch.get("batch_id")})

    def _transaction(self, row: dict[str, Any]) -> None:
        number, group = row["transaction_control_number"], row["group_control_number"]
        found = [batch for batch in self.batches if (batch.transaction, batch.group) == (number, group)]
        self.transactions.append(row | {"claims": sum(len(batch.claims) for batch in found)})
        for batch in found:
            if row["outcome"] in _REFUSED_TRANSACTIONS:
                batch.refused_by = "999"

    def _interchange(self, row: dict[str, Any]) -> None:
        found = [batch for batch in self.batches if batch.interchange == row["interchange_control_number"]]
        self.interchanges.append(row | {"claims": sum(len(batch.claims) for batch in found)})
        for batch in found:
            if row["outcome"] == _REFUSED_INTERCHANGE:
                batch.refused_by = "TA1"


def _claims_of(part: Part, guide: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Of each claim: interchange, group, transaction and batch it stands in; its number; its charge in cents."""
    read = part.claims.get(guide)
    if read is None:
        return
    places = [_above(part.piece, guide, read.rows, place) for place in _OF_TRANSACTION]
    own = read.claims["claim_id"].to_pylist(), read.claims["charge_cents"].to_pylist()
    for *place, claim, charge in zip(*places, *own, strict=True):
        yield tuple(text or "" for text in place), claim or "", charge or 0


def _above(piece: Piece, guide: str, rows: Rows, place: tuple[str, str, str, str, int]) -> list[str | None]:
    _, own_guide, loop, segment, element = place
    begins = piece.rows(node_of(own_guide or guide, loop, segment).index)
    texts: pa.Array = or_null(piece.segments.element(begins, element))
    return list(from_above(texts, owners(begins, rows)).to_pylist())
