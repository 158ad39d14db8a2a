"""Fixtures of published rates: files written row by row, and the real hospital prices."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.writer import written_folder
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.asked import Asked
from trocar.reference.store import Store

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "trocar-rates"
Rate = Mapping[str, Any]
DAY = date(2025, 11, 3)
WriteFile = Callable[..., Path]


@pytest.fixture(scope="session")
def asked() -> Asked:
    """The starter pack on 2025-11-03."""
    return Asked(open_starter(), Store(starter_store()), DAY)


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes a payer's file of rates into one folder: ``write_file("f1", rates, groups, entity)`` gives the folder."""

    def write(file_id: str, rates: Sequence[Rate], *given: Any, **more: Any) -> Path:
        """As ``write_extracted``."""
        return write_extracted(tmp_path, file_id, rates, *given, **more)

    return write


def write_extracted(
    folder: Path,
    file_id: str,
    rates: Sequence[Rate],
    groups: Mapping[str, Sequence[str]] | None = None,
    entity: str = "Aetna",
    rejects: int = 0,
) -> Path:
    """A file's folder as ``trocar rates extract`` leaves it; a rate has the columns that differ from the usual.

    ``groups``: tax numbers by provider group; without any, groups 1 to 9 are the tax numbers 100 to 900.
    """
    held = groups if groups is not None else {str(number): [f"{number}00"] for number in range(1, 10)}
    with written_folder(folder, file_id) as writer:
        for number, rate in enumerate(rates):
            row = {
                "source_kind": "in_network", "file_id": file_id, "payer": entity, "code_type": "CPT",
                "code": "77012", "modifiers": ["26"], "negotiated_type": "negotiated", "amount_kind": "dollar",
                "arrangement": "ffs", "billing_class": "professional", "place_of_service": ["22"],
                "expiration_date": date(9999, 12, 31), "offset": 1000 + number, "ordinal": 0, **rate,
            }  # fmt: skip
            if isinstance(row.get("rate"), str):
                row["rate"] = Decimal(row["rate"])
            writer.add("rates", row)
        for group, tins in held.items():
            for ordinal, tin in enumerate(tins):
                entry = {"file_id": file_id, "provider_group_id": group, "ordinal": ordinal, "offset": 1}
                npis = [1_000_000_000 + int(tin)]
                writer.add("groups", {**entry, "tin_type": "ein", "tin": tin, "npis": npis})
        for number in range(rejects):
            writer.add("rejects", {"file_id": file_id, "offset": number, "where": "file", "reason": "no number"})
        counts = {"rates": len(rates), "groups": sum(map(len, held.values())), "rejects": rejects}
        writer.add("files", _file(file_id, entity) | counts)
    return folder


def _file(file_id: str, entity: str) -> dict[str, Any]:
    return {
        "file_id": file_id, "sha256": "0" * 64, "name": f"{file_id}.json", "location": "x", "size": 1,
        "kind": "in_network", "format": "json", "compression": "none", "entity": entity, "items": 1,
        "items_wanted": 1, "references": 0, "references_remote": 0,
        "references_unresolved": 0, "complete": True,
    }  # fmt: skip


@pytest.fixture(scope="session")
def hospital_rates(mrf_files: Path) -> Path:
    """The real hospital prices of about 65 codes, extracted once into the cache; nothing of them is kept in Git."""
    source = mrf_files / "hospital_cash_gross_needle_codes.csv.gz"
    digest = sha256(source.read_bytes()).hexdigest()
    folder = CACHE / f"hospital-{digest[:16]}"
    if not folder.exists():
        building = CACHE / f"building-{os.getpid()}"
        (outcome,) = extract([str(source)], Extraction(building, None))
        assert outcome.file
        assert outcome.file["complete"]
        building.rename(folder)
    return folder
