"""Published samples of Blue Button 1 to 3 and AB2D: every item is a line or a problem."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims import patient_key
from trocar.claims.books import open_book
from trocar.core.errors import ClaimInputError

pytestmark = pytest.mark.full_data


@pytest.fixture
def samples(cms_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of FHIR samples beside the publishers' files; skips visibly when it is not here."""
    folder = cms_files.parent / "fhir"
    if not folder.is_dir():
        pytest.skip(f"full-data test: no FHIR samples at {folder}")
    patient_key.patient_key.cache_clear()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "a key for tests alone")
    yield folder
    patient_key.patient_key.cache_clear()


def _claims(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if resource["resourceType"] == "Bundle":
        for entry in resource["entry"]:
            yield from _claims(entry["resource"])
    elif resource["resourceType"] in ("Claim", "ExplanationOfBenefit"):
        yield resource


def _is_pharmacy(claim: dict[str, Any]) -> bool:
    return any(coding["code"] == "pharmacy" for coding in claim["type"]["coding"])


def test_every_item_of_every_sample_is_a_line_or_a_problem(samples: Path) -> None:
    """Counted by hand from the JSON: each item once; a pharmacy claim as a whole once."""
    counted = 0
    for path in sorted(samples.glob("*/*.json")):
        claims = list(_claims(json.loads(path.read_text("utf-8"))))
        if not claims:  # refused: nothing to check is not clear
            with pytest.raises(ClaimInputError, match="no claims in this FHIR file"):
                list(open_book([path]).chunks())
            continue
        items = sum(1 if _is_pharmacy(claim) else len(claim["item"]) for claim in claims)
        (found,) = open_book([path]).chunks()
        assert found.table.num_rows + len(found.problems) == items, path.name
        assert found.rows_read == items
        counted += items
    assert counted > 50


def test_a_version_3_line_carries_its_pricing_locality(samples: Path) -> None:
    """Item 1 of the carrier sample: locality 42 of contractor 10312, participating, three units, 50.11 dollars."""
    (path,) = samples.glob("eob/*ExplanationOfBenefit-Carrier.json")
    (found,) = open_book([path]).chunks()
    row = found.table.to_pylist()[0]
    assert (row["hcpcs"], row["service_date"], row["units"], row["charge_cents"]) == (
        "99213",
        date(2025, 1, 1),
        3,
        5011,
    )
    assert (row["mac"], row["locality"], row["participating"], row["place_of_service"]) == ("10312", "42", True, "07")
    assert row["diagnoses"] == ["M48062"]


def test_versions_1_and_2_say_the_same_of_a_carrier_claim(samples: Path) -> None:
    """STU3 and R4 of one claim: the same line, where both say it."""
    rows = []
    for version in ("v1", "v2"):
        (path,) = samples.glob(f"eob/*{version}_eobReadCarrier.json")
        (found,) = open_book([path]).chunks()
        rows.append(found.table.to_pylist()[0])
    for column in (
        "claim_id",
        "line",
        "service_date",
        "hcpcs",
        "modifier_1",
        "units",
        "charge_cents",
        "mac",
        "locality",
    ):
        assert rows[0][column] == rows[1][column], column
    assert rows[0]["patient_id"] == rows[1]["patient_id"]
