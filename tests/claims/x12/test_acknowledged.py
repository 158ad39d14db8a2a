"""What was acknowledged is joined to what was sent, and a rejection is never a denial."""

from __future__ import annotations

from collections.abc import Sequence

from trocar.claims.x12.acknowledged import Acknowledged
from trocar.claims.x12.read import Part
from x12_files import PROFESSIONAL, changed, interchange, read, recounted


def joined(*answers: Sequence[str] | list[Part], sent: Sequence[str] | None = None) -> Acknowledged:
    """The answers joined to the professional claims: A100 of 490.50 and B200 of 100.00 in the batch B1."""
    answer = Acknowledged()
    answer.sent(read(sent or interchange("837P"), types=()))
    for one in answers:
        answer.answered(read(one, types=()), "answer")  # type: ignore[arg-type]
    return answer


def test_a_claim_is_joined_by_its_number_and_its_batch() -> None:
    (batch,) = joined(interchange("277CA")).batches
    assert (batch.id, batch.transaction, batch.group, batch.interchange) == ("B1", "0001", "1", "000000001")
    assert batch.claims == {"A100": 49050, "B200": 10000}
    assert (batch.outcome("A100"), batch.outcome("B200")) == ("accepted", "rejected")
    assert (batch.total("accepted"), batch.total("rejected")) == ((1, 49050), (1, 10000))
    assert [(one["category"], one["status"], one["hcpcs"]) for one in batch.answered["B200"]["statuses"]] == [
        ("A7", "562", None),
        ("A7", "507", "99213"),
    ]
    assert batch.stated is not None
    assert (batch.stated["accepted_cents"], batch.stated["rejected_cents"]) == (49050, 10000)


def test_one_claim_number_in_two_batches_is_told_apart() -> None:
    other = changed(PROFESSIONAL, **{"BHT*0019*00*B1": "BHT*0019*00*B2"})
    sent = interchange("837P", PROFESSIONAL, other)
    first, second = joined(interchange("277CA"), sent=sent).batches
    assert (first.id, second.id) == ("B1", "B2")
    assert first.outcome("A100") == "accepted"
    assert second.outcome("A100") == "unanswered"
    unknown = changed(interchange("277CA"), **{"TRN*2*B1": "TRN*2*B9"})
    answer = joined(unknown, sent=sent)
    # Which of the two B9 means nobody knows: told, not guessed.
    assert [row["claim_id"] for row in answer.unsent] == ["A100", "B200"]


def test_an_unknown_batch_with_a_number_sent_once_is_joined() -> None:
    unknown = changed(interchange("277CA"), **{"TRN*2*B1": "TRN*2*B9"})
    (batch,) = joined(unknown).batches
    assert batch.outcome("A100") == "accepted"


def test_a_claim_that_was_never_sent_is_told() -> None:
    answer = joined(changed(interchange("277CA"), **{"TRN*2*A100": "TRN*2*Z900"}))
    assert [(row["claim_id"], row["batch_id"], row["outcome"]) for row in answer.unsent] == [("Z900", "B1", "accepted")]
    assert answer.batches[0].outcome("A100") == "unanswered"


def test_a_rejected_transaction_rejects_its_claims() -> None:
    answer = joined(interchange("999"))
    (batch,) = answer.batches
    assert batch.refused_by == "999"
    assert batch.total("rejected") == (2, 59050)
    assert answer.transactions[0]["claims"] == 2
    accepted = recounted(changed(interchange("999"), **{"IK5*R*5": "IK5*A"}))
    assert joined(accepted).batches[0].total("unanswered") == (2, 59050)
    of_another_group = changed(interchange("999"), **{"AK1*HC*1*": "AK1*HC*2*"})
    assert joined(of_another_group).batches[0].refused_by == ""


def test_a_rejected_interchange_rejects_its_claims() -> None:
    segments = interchange("999")
    refused = [segments[0], "TA1*000000001*250301*1200*R*006", *segments[-1:]]
    answer = joined(changed(refused, **{"IEA*1*": "IEA*0*"}))
    assert answer.interchanges[0]["note"] == "006"
    assert answer.batches[0].refused_by == "TA1"
    assert answer.batches[0].total("rejected") == (2, 59050)
