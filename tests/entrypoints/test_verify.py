"""``--receipt`` and ``trocar verify``: written, verified, tampered with; and the second clock on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from trocar.engine.compile import compile_pack
from trocar.engine.starter import starter_store
from trocar.reference.seal import seal

Run = Callable[..., Result]
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "claims.csv"


@pytest.fixture
def receipt(run: Run, tmp_path: Path) -> Path:
    """The receipt of a check of the example claims."""
    path = tmp_path / "receipt.json"
    result = run(f"check {EXAMPLES} --format json --receipt {path}")
    assert result.exit_code == 1
    assert f"written to {path}" in result.stderr
    return path


def test_a_check_is_verified_both_ways(run: Run, receipt: Path) -> None:
    """From the lines in the receipt, and from the file given again."""
    alone, again = run(f"verify {receipt}"), run(f"verify {receipt} --claims {EXAMPLES}")
    assert (alone.exit_code, again.exit_code) == (0, 0)
    assert ": equal (" in alone.stdout
    (verdict,) = (json.loads(line) for line in run(f"verify {receipt} --format json").stdout.splitlines())
    assert verdict["verdict"] == "equal"


def test_ids_of_claims_are_in_it_on_demand_alone(run: Run, receipt: Path, tmp_path: Path) -> None:
    """The example claims have ids that begin with C; the receipt has none of them unless asked."""
    ids = {line.split(",")[0].encode() for line in EXAMPLES.read_text().splitlines()[1:]}
    assert not any(b'"' + one + b'"' in receipt.read_bytes() for one in ids)
    other = tmp_path / "with.json"
    run(f"check {EXAMPLES} --receipt {other} --with-patient-fields")
    assert all(b'"' + one + b'"' in other.read_bytes() for one in ids)


def test_a_tampered_receipt_differs(run: Run, receipt: Path) -> None:
    """One amount changed: exit code 1, and the line is named."""
    body = json.loads(receipt.read_text())
    at = next(number for number, line in enumerate(body["priced"]) if line["allowed"])
    body["priced"][at]["allowed"] = "1.00"
    receipt.write_text(json.dumps(body))
    result = run(f"verify {receipt}")
    assert result.exit_code == 1
    priced = body["priced"][at]
    assert f"price {priced['claim_id']} line {priced['line']}" in result.stdout
    assert "the receipt was changed after it was written" in result.stdout
    csv = run(f"verify {receipt} --format csv")
    assert csv.stdout.splitlines()[0] == "kind,what,receipt,here,missing"


def test_one_changed_byte_is_named_by_both_commands(run: Run, receipt: Path, tmp_path: Path) -> None:
    """``trocar data verify`` and ``trocar verify`` name the file of the store, each with exit code 1."""
    store = tmp_path / "store"
    shutil.copytree(starter_store(), store)
    compile_pack(store)
    seal(store)
    assert run(f"verify {receipt} --store {store}").exit_code == 0
    assert run(f"data verify --store {store}").exit_code == 3
    path = store / "gpci.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for command in (f"verify {receipt} --store {store}", f"data verify --store {store}"):
        result = run(command)
        assert result.exit_code == 1
        assert "gpci.parquet was changed" in result.stdout


def test_a_price_has_a_receipt_too(run: Run, tmp_path: Path) -> None:
    """0.79 x 32.3465 = 25.5537 -> 25.55, alone and out of a file."""
    path = tmp_path / "price.json"
    assert run(f"price 77002-26 --on 2025-11-03 --national --pos 22 --receipt {path}").exit_code == 0
    assert json.loads(path.read_text())["priced"][0]["allowed"] == "25.55"
    assert run(f"verify {path}").exit_code == 0
    run(f"price --file {EXAMPLES} --receipt {path}")
    assert run(f"verify {path} --claims {EXAMPLES}").exit_code == 0


@pytest.mark.parametrize("line", ["check - --receipt r.json", "price --file - --receipt r.json"])
def test_what_can_not_be_given_again_has_no_receipt(run: Run, line: str) -> None:
    """Standard input is gone when the answer is there."""
    assert run(line, input="").exit_code == 2


def test_what_is_no_receipt_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    """Usage or unreadable input."""
    (tmp_path / "r.json").write_text("{}")
    assert run(f"verify {tmp_path / 'r.json'}").exit_code == 2
    assert run(f"verify {tmp_path / 'none.json'}").exit_code == 2


@pytest.mark.parametrize(("day", "code"), [("2025-09-10", 3), ("2025-09-11", 0)])
def test_a_price_by_what_was_published(run: Run, day: str, code: int) -> None:
    """RVU25D was released on 2025-09-11 (its own header): the eve has no price for November."""
    result = run(f"price 77002-26 --on 2025-11-03 --national --pos 22 --as-published-by {day} --format json")
    assert result.exit_code == code
    (answer,) = (json.loads(line) for line in result.stdout.splitlines())
    if code:
        assert f"as published by {day} covers 2025-11-03" in answer["reasons"][0]
    else:
        assert answer["allowed"] == "25.55"


def test_a_check_code_and_edits_confess_the_clock(run: Run) -> None:
    """Each says which releases were left out, and why."""
    checked = run(f"check {EXAMPLES} --as-published-by 2025-09-11 --format json")
    summary = json.loads(checked.stdout.splitlines()[-1])["summary"]
    assert "schedule as published by 2025-09-11: without RVU26C (2026-06-30), published later" in " ".join(
        summary["notes"]
    )
    assert summary["releases"]["schedule"] == ["RVU25D"]
    for command in ("code 77002", "edits 20610 77002"):
        said = run(f"{command} --on 2025-11-03 --as-published-by 2025-09-11").stdout
        assert "as published by 2025-09-11" in said
        assert "whose day of publication is not known" in said
    assert run("price 77002 --on 2025-11-03 --as-published-by soon").exit_code == 2
