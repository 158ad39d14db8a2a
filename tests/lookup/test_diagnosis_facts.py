"""Diagnoses on a day: lines of the order files found by hand (grep -n)."""

from __future__ import annotations

from datetime import date

import pytest

from trocar.engine.starter import open_starter, starter_store
from trocar.knowledge.model import Diagnosis
from trocar.lookup.asked import Asked
from trocar.lookup.diagnosis_facts import Validity, diagnosis_on_day, examples_on_day
from trocar.reference.store import Store

PACK = open_starter()
DESMOID = Diagnosis(
    text="divided", editorial=True, icd10="D481", successors=("D48110", "D4819"), last=date(2023, 9, 30)
)


def asked(day: date) -> Asked:
    """The starter pack on a day."""
    return Asked(PACK, Store(starter_store()), day)


@pytest.mark.parametrize(
    ("code", "day", "validity", "lines"),
    [
        # icd10cm_order_2023.txt line 3374, 1; icd10cm_order_2024.txt line 3378, 0
        ("D481", date(2023, 9, 30), Validity.VALID, [3374]),
        ("D481", date(2023, 10, 1), Validity.HEADER, [3378]),
        # icd10cm_order_2024.txt line 3380; not in the file of 2023
        ("D48110", date(2023, 9, 30), Validity.ABSENT, []),
        ("D48110", date(2023, 10, 1), Validity.VALID, [3380]),
        # icd10cm_order_2026.txt line 20086, 0
        ("M545", date(2025, 11, 3), Validity.HEADER, [20086]),
        # the first release held begins on 2022-10-01
        ("M545", date(2021, 9, 30), Validity.NOT_CHECKED, []),
    ],
)
def test_one_code_on_a_day(code: str, day: date, validity: Validity, lines: list[int]) -> None:
    """Valid, a heading, absent, or not checked; with its line where it has one."""
    found = diagnosis_on_day(asked(day), code)
    assert found.validity is validity
    assert [citation.line for citation in found.citations] == lines
    assert (found.note == "") == (validity is Validity.VALID)


def test_successors_stand_in_from_the_day_after() -> None:
    """On 2023-09-30 the code itself; on 2023-10-01 what it was divided into."""
    (before,) = examples_on_day(asked(date(2023, 9, 30)), [DESMOID])
    (after,) = examples_on_day(asked(date(2023, 10, 1)), [DESMOID])
    assert before.instead == ()
    assert [(each.dotted, each.validity) for each in after.instead] == [
        ("D48.110", Validity.VALID),
        ("D48.19", Validity.VALID),
    ]
    assert after.on_day.dotted == "D48.1"
