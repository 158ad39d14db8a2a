"""Receipts of the example claims, written once from the starter pack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from trocar.claims.csv import read_claims_csv
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter, starter_store
from trocar.receipts.receipt import Evidence, receipt_of
from trocar.reference.store import Store

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "claims.csv"


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """The starter pack, to answer from and to show rows of."""
    return Evidence(open_starter(), Store(starter_store()), {})


@pytest.fixture(scope="session")
def claims() -> pa.Table:
    """The lines of the example claims, and one whose row is known by heart."""
    line = ClaimLine(
        claim_id="known", line=1, service_date=date(2025, 11, 3), hcpcs="77002", modifiers=("26",),
        place_of_service="22", locality="NATIONAL",
    )  # fmt: skip
    return pa.concat_tables([read_claims_csv(EXAMPLES).table, claim_table([line])]).combine_chunks()


@pytest.fixture(scope="session")
def receipt(claims: pa.Table, evidence: Evidence) -> dict[str, Any]:
    """The receipt of a check of the example claims."""
    return receipt_of("check", claims, evidence, [EXAMPLES], 0)
