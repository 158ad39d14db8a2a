"""Inclusion by the own table against the files of the day: where they contradict each other a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.included import facts_in_force
from trocar.engine.starter import open_starter
from trocar.reference.law import IncludedGuidance, Law, law
from trocar.rules.guidance import guidance_included_in_procedure, guidance_perhaps_included


def own_law(procedure: str, guidance: str) -> Law:
    """The law with one more pair that surely includes its guidance."""
    fact = IncludedGuidance("test", procedure, guidance, date(2020, 1, 1), None, "deny", "for the test")
    return replace(law(), included=(*law().included, fact))


def verdict(procedure: str, guidance: str, day: date, setting: str = "practitioner") -> str:
    """Which of the two rules fires on the pair."""
    lines = [
        ClaimLine(claim_id="A", line=line, service_date=day, hcpcs=code, setting=setting)
        for line, code in enumerate((procedure, guidance), 1)
    ]
    batch = Batch(claim_table(lines), open_starter(), own_law(procedure, guidance))
    surely, perhaps = (rule.fires(batch).any() for rule in (guidance_included_in_procedure, guidance_perhaps_included))
    assert not (surely and perhaps)
    return "deny" if surely else "review" if perhaps else "clear"


@pytest.mark.parametrize(
    ("procedure", "guidance", "day", "expected"),
    [
        # ccipra-2024q3.txt has no row 47000/76942: the table of the day contradicts.
        ("47000", "76942", date(2024, 8, 15), "review"),
        # The last day of the table, and the day after, for which none is held: a missing table contradicts nothing.
        ("47000", "76942", date(2024, 9, 30), "review"),
        ("47000", "76942", date(2024, 10, 1), "deny"),
        # The table keeps its deleted rows, so it also proves that there was no edit the year before.
        ("47000", "76942", date(2023, 8, 15), "review"),
        # Line 421629: 20610/76942 is an edit in force; and 76942 is no add-on.
        ("20610", "76942", date(2024, 8, 15), "deny"),
        # Before the quarter the row is there without its first day: it may have been in force.
        ("20610", "76942", date(2023, 8, 15), "deny"),
        # AOC_V2026Q2 row 6736: 77002 lists 20610, also on a day without an edit table; after 2026-06-30 it is not held.
        ("20610", "77002", date(2025, 11, 3), "review"),
        ("20610", "77002", date(2026, 6, 30), "review"),
    ],
)
def test_an_inclusion_that_the_files_contradict_is_for_review(
    procedure: str, guidance: str, day: date, expected: str
) -> None:
    """Sure where no file says otherwise, for review where one does."""
    assert verdict(procedure, guidance, day) == expected


def test_each_setting_is_judged_by_its_own_table() -> None:
    """ccioph-2024q3.txt line 333847 is 20610/76942; in 2026Q3 only the practitioner table is held."""
    assert verdict("20610", "76942", date(2024, 8, 15), "hospital") == "deny"
    assert verdict("47000", "76942", date(2024, 8, 15), "hospital") == "review"
    assert verdict("47000", "76942", date(2026, 8, 1), "hospital") == "deny"
    assert verdict("47000", "76942", date(2026, 8, 1)) == "review"


def facts_on(day: date) -> list[int]:
    """The facts in force of three claims: two of a pair with two facts, one with one, one with none."""
    pairs = (("20610", "76942"), ("32408", "77012"), ("47000", "77012"))
    facts = (
        IncludedGuidance("early", "20610", "76942", date(2021, 1, 1), date(2021, 12, 31), "deny", ""),
        IncludedGuidance("always", "32408", "77012", date(2021, 6, 1), None, "deny", ""),
        IncludedGuidance("late", "20610", "76942", date(2023, 1, 1), date(2023, 12, 31), "deny", ""),
        IncludedGuidance("other", "10030", "76942", date(2020, 1, 1), None, "deny", ""),
    )
    lines = [
        ClaimLine(claim_id=str(claim), line=line, service_date=day, hcpcs=code)
        for claim, pair in enumerate(pairs)
        for line, code in enumerate(pair, 1)
    ]
    line = Batch(claim_table(lines), open_starter(), replace(law(), included=facts)).line
    return facts_in_force(line, np.array([0, 2, 4]), np.array([1, 3, 5])).tolist()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 12, 31), [-1, -1, -1]),
        (date(2021, 1, 1), [0, -1, -1]),
        (date(2021, 12, 31), [0, 1, -1]),
        (date(2022, 1, 1), [-1, 1, -1]),
        (date(2022, 12, 31), [-1, 1, -1]),
        (date(2023, 1, 1), [2, 1, -1]),
        (date(2023, 12, 31), [2, 1, -1]),
        (date(2024, 1, 1), [-1, 1, -1]),
    ],
)
def test_a_fact_is_in_force_from_its_first_day_to_its_last(day: date, expected: list[int]) -> None:
    """Two facts of one pair, one after the other with a year between; one pair with one, one with none."""
    assert facts_on(day) == expected
