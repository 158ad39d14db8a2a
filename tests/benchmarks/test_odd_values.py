"""Any value of any published file may be of another kind than its schema says: nothing crashes, no loss goes untold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchmarks.conftest import quiet
from benchmarks.test_extract_files import ALLOWED, PLANS
from benchmarks.test_in_network import FILE, GROUP, ITEM, PRICE, RATE, REFERENCE
from trocar.benchmarks.extract import Extraction, Outcome, extract

CODE = {"billing_code_type": "CPT", "billing_code_type_version": "1", "billing_code": "77002", "description": "d"}
FULL_PRICE = {**PRICE, "service_code": ["11"], "billing_code_modifier": ["26"], "setting": "outpatient"}
INLINE = {"negotiated_prices": [FULL_PRICE], "provider_groups": [GROUP]}
IN_NETWORK = {
    **FILE,
    "plan_name": "p",
    "provider_references": [{**REFERENCE, "network_name": ["n"]}],
    "in_network": [
        {**ITEM, "bundled_codes": [CODE], "negotiated_rates": [INLINE]},
        {**ITEM, "negotiated_rates": [RATE]},
    ],
}  # fmt: skip
INDEX = {
    "reporting_entity_name": "E",
    "reporting_structure": [
        {
            "reporting_plans": PLANS,
            "in_network_files": [{"description": "d", "location": "one.json"}],
            "allowed_amount_file": {"description": "d", "location": "allowed.json"},
        }
    ],
}
# What says nothing is no loss: an empty object or list, or null.
EMPTY: list[Any] = [None, {}, [{}]]
ODD: list[Any] = [*EMPTY, 7, "x", [[7]]]
TOLD = ("rejects", "unknown_fields", "repairs", "references_unresolved")


def changed(value: Any, odd: Any) -> Iterator[Any]:
    """The value, with each part of it in turn replaced."""
    yield odd
    if isinstance(value, dict):
        for key in value:
            yield from ({**value, key: inner} for inner in changed(value[key], odd))
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from ([*value[:place], inner, *value[place + 1 :]] for inner in changed(entry, odd))


def sizes(folder: Path, file: dict[str, Any]) -> dict[str, int]:
    """How many rows each table has."""
    path = folder / "out" / file["file_id"]
    return {
        name: pq.read_metadata(path / f"{name}.parquet").num_rows for name in ("rates", "groups", "plans", "listed")
    }


def run(folder: Path, document: Any) -> Outcome:
    """Extract a document, for all codes."""
    path = folder / "odd.json"
    path.write_text(json.dumps(document))
    (outcome,) = extract([str(path)], Extraction(folder / "out", None, follow=False), quiet(folder))
    return outcome


@pytest.mark.parametrize("document", [IN_NETWORK, ALLOWED, INDEX], ids=["in-network", "allowed amounts", "index"])
def test_a_value_of_another_kind(document: dict[str, Any], tmp_path: Path) -> None:
    whole = run(tmp_path, document)
    assert whole.file
    assert not any(whole.file[name] for name in TOLD)
    held, untold = sizes(tmp_path, whole.file), []
    for odd in ODD:
        for other in changed(document, odd):
            outcome = run(tmp_path, other)
            if outcome.problem or not outcome.file or outcome.file["kind"] != whole.file["kind"]:
                continue  # the root is of another kind, and said to be
            less = [name for name, rows in sizes(tmp_path, outcome.file).items() if rows < held[name]]
            if less and odd not in EMPTY and not any(outcome.file[name] for name in TOLD):
                untold.append((less, json.dumps(other)))
    assert not untold
