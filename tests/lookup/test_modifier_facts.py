"""Which modifiers apply: indicators read by hand from PPRRVU2025_Oct.csv and PPRRVU2026_Jul_nonQPP.csv."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.asked import Asked
from trocar.lookup.modifier_facts import Answer, modifiers_of
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.store import Store

PACK = open_starter()
DAY = date(2025, 11, 3)
YES, PAPERS, NO = Answer.APPLIES, Answer.DOCUMENTATION, Answer.NO


def said(code: str, day: date = DAY) -> list[Said]:
    """Everything said of the modifiers of a code."""
    return list(modifiers_of(Asked(PACK, Store(starter_store()), day), code))


def by_modifier(code: str, day: date = DAY) -> dict[str, Statement]:
    """The statement on each modifier."""
    statements = [entry for entry in said(code, day) if isinstance(entry, Statement)]
    return {modifier: entry for entry in statements for modifier in entry.values["modifiers"]}


def answers(code: str, *modifiers: str, day: date = DAY) -> list[Answer]:
    """The answers for some modifiers."""
    found = by_modifier(code, day)
    return [found[modifier].values["answer"] for modifier in modifiers]


def test_guidance_of_a_needle() -> None:
    """77002, line 8751: PCTC 1, ZZZ, MULT 0, BILAT 0, ASST 0, CO 0, TEAM 0; components on lines 8752 and 8753."""
    assert answers("77002", "26", "TC", "50", "51", "62", "66") == [YES, YES, NO, NO, NO, NO]
    assert answers("77002", "80", "81", "82", "AS", "59", "XE", "76", "52", "53", "78") == [PAPERS] * 10
    assert answers("77002", "QX", "AA") == [NO, NO]
    found = by_modifier("77002")
    assert [citation.line for citation in found["26"].citations] == [8752]
    assert [citation.line for citation in found["TC"].citations] == [8753]
    assert [citation.line for citation in found["50"].citations] == [8751]
    assert found["50"].values["bilateral"] == "0"
    assert "no second unit of needle guidance" in found["59"].says


def test_a_joint_injection() -> None:
    """20610, line 1644: PCTC 0, 000, MULT 2, BILAT 1, ASST 1, CO 0, TEAM 0."""
    assert answers("20610", "26", "TC", "50", "LT", "RT", "51") == [NO, NO, YES, YES, YES, YES]
    assert answers("20610", "80", "AS", "78", "62") == [NO, NO, PAPERS, NO]


def test_an_epidural_has_no_side() -> None:
    """62323, line 6798: BILAT 9, so neither 50 nor a side."""
    assert answers("62323", "50", "LT", "RT") == [NO, NO, NO]


def test_a_component_that_is_bundled() -> None:
    """77387 on 2026-07-15, lines 9031 to 9033: PCTC 1, 26 status A, TC status B."""
    day = date(2026, 7, 15)
    assert answers("77387", "26", "TC", day=day) == [YES, NO]
    technical = by_modifier("77387", day)["TC"]
    assert "the row of TC has status B" in technical.says
    assert [citation.line for citation in technical.citations] == [9033]


def test_components_of_their_own_status() -> None:
    """76940, lines 8688 to 8690: global and TC contractor priced (C), 26 active (A)."""
    found = by_modifier("76940")
    assert answers("76940", "26", "TC") == [YES, YES]
    assert "status A" in found["26"].says
    assert "status C" in found["TC"].says


def test_no_modifier_helps_a_code_that_is_not_paid() -> None:
    """77387 in 2025, line 8919: status I. 77014 is not in the release of July 2026."""
    (statement,) = said("77387")
    assert isinstance(statement, Statement)
    assert (statement.values["modifiers"], statement.values["answer"]) == ([], NO)
    assert "status I" in statement.says
    (ended,) = said("77014", date(2026, 7, 15))
    assert isinstance(ended, Statement)
    assert ended.says == "not in the fee schedule in force on 2026-07-15 (RVU26C): no modifier applies"


def test_the_unit_limit_decides_on_repeats() -> None:
    """DERIVED_mue_2024Q3_prac.csv: 77002 (line 7108) has indicator 3, 64493 has 2; none is held for 2025-11-03."""
    found = by_modifier("77002", date(2024, 8, 15))["76"]
    assert (found.values["adjudication"], [citation.line for citation in found.citations]) == (3, [7108])
    assert "added up" in found.says
    assert by_modifier("64493", date(2024, 8, 15))["77"].values["adjudication"] == 2
    assert "no MUE (practitioner) release in the store covers 2025-11-03" in by_modifier("77002")["76"].says


def test_what_is_not_known() -> None:
    """No schedule is held for 2026-02-01; 45378 is not in the starter pack."""
    for code, day, why in (("77002", date(2026, 2, 1), "covers 2026-02-01"), ("45378", DAY, "outside the starter")):
        (entry,) = said(code, day)
        assert isinstance(entry, NotKnown)
        assert why in entry.not_checked


@pytest.mark.full_data
def test_a_discontinued_procedure_with_a_row_of_its_own(full_store: Path, full_pack: Pack) -> None:
    """45378-53, line 5358; and 00100 is an anesthesia code (status J)."""
    asked = Asked(full_pack, Store(full_store), DAY)
    found = {
        modifier: entry
        for entry in modifiers_of(asked, "45378")
        if isinstance(entry, Statement)
        for modifier in entry.values["modifiers"]
    }
    assert found["53"].values["answer"] == YES
    assert [citation.line for citation in found["53"].citations] == [5358]
    (anesthesia,) = modifiers_of(asked, "00100")
    assert isinstance(anesthesia, Statement)
    assert anesthesia.values["answer"] == YES
    assert "QX" in anesthesia.values["modifiers"]
