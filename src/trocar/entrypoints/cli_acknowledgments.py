"""``trocar acknowledgments``: what was taken in of the claims sent, by 277CA, 999, TA1."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trocar.claims.x12.acknowledged import Acknowledged, Batch
    from trocar.claims.x12.read import Part
    from trocar.denials.section import Section

EXAMPLE = "Example: trocar acknowledgments answer.277ca receipt.999 --claims sent.837"
_FINDINGS = 1


def acknowledgments_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="277CA, 999, TA1; gzip or zip; - is standard input.")
    ],
    claims: Annotated[list[Path], typer.Option("--claims", metavar="FILE", help="Claims as sent: 837 (repeat it).")],
    format_: FormatOption = Format.TEXT,
) -> None:
    """Join acknowledgments to the claims sent: accepted, rejected (never counted as denied), unanswered.

    Exit code 0: every claim was accepted. 1: a claim was rejected or not answered, or totals differ. 2: unreadable.
    """
    from trocar.claims.x12.acknowledged import Acknowledged
    from trocar.entrypoints.sections_text import show

    joined = Acknowledged()
    for path in claims:
        joined.sent(_parts(path))
    if not joined.batches:
        what = f"no claims in {', '.join(path.name for path in claims)}"
        raise UsageError(what, where="--claims", remedy="Name the 837 that was sent: a CSV holds no control numbers.")
    for path in files:
        joined.answered(_parts(path), path.name)
    sections = _sections(joined)
    show(sections, format_, "--format csv")
    if any(section.rows for section in sections if section.id in ("rejected", "other", "unanswered", "unsent")) or any(
        row["difference"] for section in sections if section.id == "batches" for row in section.rows
    ):
        raise typer.Exit(_FINDINGS)


def _parts(path: Path) -> Iterator[Part]:
    from trocar.claims.x12.read import read_x12
    from trocar.claims.x12.source import x12_sources

    for source in x12_sources(sys.stdin.buffer if str(path) == "-" else path):
        yield from read_x12(source, types=frozenset())


def _sections(joined: Acknowledged) -> list[Section]:
    from trocar.claims.x12.acknowledged import OTHER, REJECTED
    from trocar.denials.section import Section

    totals = ("claims", "charge", "accepted", "accepted_charge", "rejected", "rejected_charge", "other", "unanswered")
    money = ("charge", "accepted_charge", "rejected_charge")
    return [
        Section(
            "batches", "Transactions sent", ("batch_id", "transaction", *totals, "refused_by", "difference"),
            [_batch(batch) for batch in joined.batches], money,
        ),
        Section(
            "rejected", "Rejected: not taken in, to be mended and sent again (no denial)",
            ("claim_id", "batch_id", "charge", "by", "statuses"), list(_with(joined, REJECTED)), ("charge",),
        ),
        Section(
            "other", "Answered, neither accepted nor rejected", ("claim_id", "batch_id", "charge", "by", "statuses"),
            list(_with(joined, OTHER)), ("charge",),
        ),
        Section(
            "unanswered", "Sent and not answered", ("claim_id", "batch_id", "charge"), list(_unanswered(joined)),
            ("charge",),
        ),
        Section(
            "unsent", "Answered, but not among the claims sent", ("claim_id", "batch_id", "outcome"),
            [{name: row[name] for name in ("claim_id", "batch_id", "outcome")} for row in joined.unsent],
        ),
        Section(
            "transactions", "Transactions by 999", ("group", "transaction", "outcome", "claims"),
            [
                {
                    "group": row["group_control_number"], "transaction": row["transaction_control_number"],
                    "outcome": row["outcome"], "claims": row["claims"],
                }
                for row in joined.transactions
            ],
        ),
        Section(
            "interchanges", "Interchanges by TA1", ("interchange", "outcome", "note", "claims"),
            [
                {
                    "interchange": row["interchange_control_number"], "outcome": row["outcome"], "note": row["note"],
                    "claims": row["claims"],
                }
                for row in joined.interchanges
            ],
        ),
    ]  # fmt: skip


def _batch(batch: Batch) -> dict[str, Any]:
    from trocar.claims.x12.acknowledged import ACCEPTED, OTHER, REJECTED, UNANSWERED
    from trocar.core.money import dollars

    accepted, rejected = batch.total(ACCEPTED), batch.total(REJECTED)
    return {
        "batch_id": batch.id, "transaction": batch.transaction,
        "claims": len(batch.claims), "charge": dollars(sum(batch.claims.values())),
        "accepted": accepted[0], "accepted_charge": dollars(accepted[1]),
        "rejected": rejected[0], "rejected_charge": dollars(rejected[1]),
        "other": batch.total(OTHER)[0], "unanswered": batch.total(UNANSWERED)[0],
        "refused_by": batch.refused_by, "difference": _difference(batch),
    }  # fmt: skip


def _difference(batch: Batch) -> str:
    """What the totals of the 277CA say otherwise than the 837: accepted and rejected make what was sent."""
    from trocar.core.money import dollars

    stated = batch.stated
    if stated is None:
        return ""
    said = []
    counts = [stated["receiver_accepted"], stated["receiver_rejected"]]
    if any(counts) and sum(int(text) for text in counts if text and text.isdecimal()) != len(batch.claims):
        said.append(f"QTY {' + '.join(text or '0' for text in counts)} claims, {len(batch.claims)} sent")
    amounts = [stated["accepted_cents"], stated["rejected_cents"]]
    sent = sum(batch.claims.values())
    if any(amount is not None for amount in amounts) and sum(amount or 0 for amount in amounts) != sent:
        said.append(f"AMT {' + '.join(str(dollars(amount or 0)) for amount in amounts)}, {dollars(sent)} sent")
    return "; ".join(said)


def _with(joined: Acknowledged, outcome: str) -> Iterator[dict[str, Any]]:
    """The claims answered of an outcome, each with its statuses, or those of its transaction."""
    from trocar.core.money import dollars

    for batch in joined.batches:
        for claim, charge in batch.claims.items():
            if batch.outcome(claim) == outcome:
                answer = batch.answered.get(claim)
                statuses = ", ".join(map(_status, answer["statuses"] if answer else batch.refusal))
                by = "277CA" if answer else batch.refused_by
                yield {
                    "claim_id": claim, "batch_id": batch.id, "charge": dollars(charge), "by": by, "statuses": statuses,
                }  # fmt: skip


def _status(status: dict[str, Any]) -> str:
    code = ":".join(filter(None, (status["category"], status["status"], status["entity"])))
    return f"{code} on {status['hcpcs']}" if status["hcpcs"] else code


def _unanswered(joined: Acknowledged) -> Iterator[dict[str, Any]]:
    from trocar.claims.x12.acknowledged import UNANSWERED
    from trocar.core.money import dollars

    for batch in joined.batches:
        for claim, charge in batch.claims.items():
            if batch.outcome(claim) == UNANSWERED:
                yield {"claim_id": claim, "batch_id": batch.id, "charge": dollars(charge)}
