"""The command that joins acknowledgments to the claims sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from x12_files import changed, interchange, recounted, text_of, without

from .conftest import Run, json_lines


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent.837"
    path.write_text(text_of(interchange("837P")))
    return path


def _answer(tmp_path: Path, **changes: str) -> Path:
    path = tmp_path / "answer"
    path.write_text(text_of(changed(interchange("277CA"), **changes)))
    return path


def test_accepted_rejected_and_totals(run: Run, sent: Path, tmp_path: Path) -> None:
    result = run(f"acknowledgments {_answer(tmp_path)} --claims {sent} --format json")
    assert result.exit_code == 1
    batch, rejected = json_lines(result)
    assert (batch["claims"], batch["charge"], batch["difference"]) == (2, "590.50", "")
    assert (batch["accepted_charge"], batch["rejected_charge"]) == ("490.50", "100.00")
    assert (rejected["claim_id"], rejected["charge"], rejected["by"]) == ("B200", "100.00", "277CA")
    assert rejected["statuses"] == "A7:562:85, A7:507 on 99213"


def test_totals_that_are_not_those_of_the_837(run: Run, sent: Path, tmp_path: Path) -> None:
    answer = _answer(tmp_path, **{"QTY*AA*1": "QTY*AA*2", "AMT*YU*490.5": "AMT*YU*490.4"})
    batch = json_lines(run(f"acknowledgments {answer} --claims {sent} --format json"))[0]
    assert batch["difference"] == "QTY 1 + 2 claims, 2 sent; AMT 490.40 + 100.00, 590.50 sent"


def test_all_accepted_is_clear(run: Run, sent: Path, tmp_path: Path) -> None:
    accepted = {"STC*A7:562:85*20250302*U*100": "STC*A2:20*20250302*WQ*100", "QTY*90*1": "QTY*90*2"}
    accepted |= {"AMT*YU*490.5": "AMT*YU*590.5"}
    segments = changed(interchange("277CA"), **accepted)
    segments = recounted(without(segments, "QTY*AA", "AMT*YY", "SVC*HC:99213", "STC*A7:507"))
    path = tmp_path / "answer"
    path.write_text(text_of(segments))
    result = run(f"acknowledgments {path} --claims {sent}")
    assert result.exit_code == 0, result.stdout
    assert "no denial" in result.stdout


def test_standard_input_and_a_claim_without_an_answer(run: Run, sent: Path) -> None:
    receipt = text_of(changed(interchange("999"), **{"IK5*R*5": "IK5*A"}))
    rows = json_lines(run(f"acknowledgments - --claims {sent} --format json", input=receipt))
    assert [row["claim_id"] for row in rows if row["section"] == "unanswered"] == ["A100", "B200"]


def test_claims_that_are_none(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("claim_id\n")
    result = run(f"acknowledgments {_answer(tmp_path)} --claims {path}")
    assert result.exit_code == 2
    assert "no claims" in result.stderr


def test_a_transaction_rejected_as_a_whole_rejects_its_claims(run: Run, sent: Path, tmp_path: Path) -> None:
    """STC in 2200B with category A8 and no claims below: both claims are rejected, not unanswered."""
    whole = interchange("277CA")
    end = next(at for at, segment in enumerate(whole) if segment.startswith("HL*3*"))
    segments = [*whole[:end], *whole[-3:]]
    path = tmp_path / "answer"
    path.write_text(text_of(recounted(changed(segments, **{"STC*A1:20*20250302*WQ": "STC*A8:746:40*20250302*U"}))))
    result = run(f"acknowledgments {path} --claims {sent} --format json")
    assert result.exit_code == 1
    rows = [row for row in json_lines(result) if row["section"] in ("rejected", "unanswered")]
    assert [(row["section"], row["claim_id"], row["by"], row["statuses"]) for row in rows] == [
        ("rejected", "A100", "277CA", "A8:746:40"),
        ("rejected", "B200", "277CA", "A8:746:40"),
    ]


def test_what_is_neither_accepted_nor_rejected_is_not_clear(run: Run, sent: Path, tmp_path: Path) -> None:
    """F1 belongs to the answer of a status request: nothing says that the claim was taken in."""
    answer = _answer(tmp_path, **{"STC*A7:562:85*20250302*U*100": "STC*F1:65*20250302*WQ*100"})
    result = run(f"acknowledgments {answer} --claims {sent} --format json")
    assert result.exit_code == 1
    (row,) = [row for row in json_lines(result) if row["section"] == "other"]
    assert (row["claim_id"], row["charge"], row["statuses"]) == ("B200", "100.00", "F1:65, A7:507 on 99213")


def test_a_file_without_acknowledgments_is_refused(run: Run, sent: Path, tmp_path: Path) -> None:
    """The claims themselves, or nothing at all: that is no answer in which nothing was acknowledged."""
    (tmp_path / "empty").write_text("")
    for path in (sent, tmp_path / "empty"):
        result = run(f"acknowledgments {path} --claims {sent}")
        assert result.exit_code == 2
        assert "the file holds no acknowledgment" in result.stderr
