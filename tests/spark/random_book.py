"""A few thousand random claims of patients that come several times, in no order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pyarrow as pa

from trocar.claims.model import ClaimLine, claim_table
from trocar.reference.law import law

# One practitioner sees one patient on few days, so that guidance of several claims meets in one encounter.
DAYS = tuple(date(2024, 8, 12) + timedelta(days=after) for after in range(4))
PRACTITIONERS = ("1234567893", "1003000126")
MODIFIERS = ((), (), (), ("26",), ("RT",), ("59",), ("XE",))


def random_book(claims: int = 3_000, seed: int = 20_261_121) -> pa.Table:
    """Claims of 1 to 4 lines; one claim names two patients, one names its patient on one line only."""
    draw = Random(seed)
    codes = [*sorted(law().guidance), *sorted(law().needle_procedures)[:20], "99213"]
    lines = []
    for number in range(claims):
        patient, day = f"P{draw.randrange(claims // 3)}", draw.choice(DAYS)
        for line in range(1, draw.randint(1, 4) + 1):
            lines.append(
                ClaimLine(
                    claim_id=f"C{number}",
                    line=line,
                    service_date=day,
                    hcpcs=draw.choice(codes),
                    modifiers=draw.choice(MODIFIERS),
                    units=draw.choice((1, 1, 1, 2)),
                    place_of_service=draw.choice(("11", "22")),
                    locality="NATIONAL",
                    rendering_npi=draw.choice(PRACTITIONERS),
                    patient_id=patient,
                )
            )
    lines += two_patients(lines[0], "several patients", ("P1", "P2", "P3"))
    lines += two_patients(lines[0], "patient once", ("P4", None, None))
    draw.shuffle(lines)
    return claim_table(lines)


def two_patients(like: ClaimLine, claim_id: str, patients: tuple[str | None, ...]) -> list[ClaimLine]:
    """A claim with a line of guidance for each patient given."""
    return [
        replace(like, claim_id=claim_id, line=line, hcpcs="76942", patient_id=patient, where="")
        for line, patient in enumerate(patients, 1)
    ]


def sorted_bytes(findings: pa.Table) -> bytes:
    """Every column of every row, sorted: two tables hold the same rows when these are the same bytes."""
    return "\n".join(sorted(map(repr, findings.to_pylist()))).encode()
