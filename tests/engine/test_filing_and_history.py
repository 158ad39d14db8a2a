"""The last day to file, and the days that an operation covers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.starter import open_starter

OPERATED = date(2025, 11, 3)


@pytest.mark.parametrize(
    ("service", "last"),
    [
        ("2024-06-03", "2025-06-03"),
        ("2024-02-29", "2025-02-28"),  # no 29 February in 2025
        ("2023-02-28", "2024-02-28"),  # and not the 29th that 2024 has
        ("2024-12-31", "2025-12-31"),
        ("2023-03-01", "2024-03-01"),
    ],
)
def test_the_last_day_is_the_same_day_of_the_next_year(service: str, last: str) -> None:
    """One calendar year, ends of February included."""
    line = ClaimLine(claim_id="a", line=1, service_date=date.fromisoformat(service), hcpcs="20610")
    batch = Batch(claim_table([line]), open_starter())
    assert [iso_day(day) for day in batch.filing.last_day.tolist()] == [last]


def covered(code: str, days: int, *, npi: str = "1111111112", modifiers: tuple[str, ...] = ()) -> bool:
    """Whether a visit so many days after an operation of 3 November 2025 stands in its global period."""
    asked = [
        ClaimLine(
            claim_id="a", line=1, service_date=OPERATED, hcpcs=code, modifiers=modifiers, patient_id="P",
            rendering_npi="1111111112",
        ),
        ClaimLine(
            claim_id="b", line=1, service_date=OPERATED + timedelta(days), hcpcs="99213", patient_id="P",
            rendering_npi=npi,
        ),
    ]  # fmt: skip
    batch = Batch(claim_table(asked), open_starter())
    return bool(batch.history.after_operation[1])


def test_an_operation_covers_the_days_of_its_period() -> None:
    """RVU25D: 36561 has 010, 36830 has 090, 47000 has 000; the day itself is another rule's."""
    assert [covered("36561", days) for days in (0, 1, 10, 11)] == [False, True, True, False]
    assert [covered("36830", days) for days in (1, 57, 58)] == [True, True, True]  # 2025-12-31 is the 58th day
    assert not covered("47000", 1)
    assert not covered("36561", 1, npi="1234567893")
    assert not covered("36561", 1, modifiers=("54",))
    assert not covered("36561", 1, modifiers=("80",))
