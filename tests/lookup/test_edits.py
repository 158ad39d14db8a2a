"""Edits between codes: direction, indicator, dates, rationale; rows read from ccipra-2024q3.txt by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.edits import edits_between, modifiers_that_help
from trocar.lookup.statement import NotKnown, Statement
from trocar.reference.store import Store

IN_QUARTER = date(2024, 8, 15)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The starter pack."""
    return open_starter()


def ask(pack: Pack, *codes: str, day: date = IN_QUARTER, setting: str = "practitioner") -> dict[str, list[Any]]:
    """What is said of each ordered pair about edits."""
    answer: dict[str, list[Any]] = {}
    for said in edits_between(pack, Store(starter_store()), codes, day, setting):
        if said.topic == "edit":
            answer.setdefault(said.subject, []).append(said)
    return answer


def test_direction_is_law(pack: Pack) -> None:
    """Line 421629: 20610/76942, indicator 1, not deleted; there is no row the other way round."""
    answer = ask(pack, "20610", "76942")
    (edit,) = answer["20610/76942"]
    assert edit.values["in_force"] is True
    assert edit.values["indicator"] == 1
    assert edit.values["rationale"] == "CPT Manual or CMS manual coding instruction"
    assert [citation.line for citation in edit.citations] == [421629]
    (reverse,) = answer["76942/20610"]
    assert reverse.values["in_force"] is False


def test_indicator_0_has_no_modifier_that_helps(pack: Pack) -> None:
    """Line 2205276: 77301/77014, indicator 0."""
    (edit,) = ask(pack, "77014", "77301")["77301/77014"]
    assert (edit.values["indicator"], edit.values["helps"]) == (0, {})
    assert "no modifier lifts it" in edit.says


def test_indicator_9_was_never_an_edit(pack: Pack) -> None:
    """Line 2200004: 76942/76536, indicator 9, deleted 2016-01-01; the reverse, line 2196766, is in force."""
    answer = ask(pack, "76942", "76536")
    (never,) = answer["76942/76536"]
    assert never.values["in_force"] is False
    assert "never applied" in never.says
    assert answer["76536/76942"][0].values["in_force"] is True


def test_a_deleted_edit_says_when_it_ended(pack: Pack) -> None:
    """Line 2007604: 64520/77003 was deleted on 2016-12-31."""
    (ended,) = ask(pack, "64520", "77003")["64520/77003"]
    assert (ended.values["in_force"], ended.values["last"]) == (False, "2016-12-31")
    assert [citation.line for citation in ended.citations] == [2007604]


def test_the_first_and_last_day_the_table_is_known_for(pack: Pack) -> None:
    """PTP2024Q3 is in force 2024-07-01..2024-09-30; its edits carry no first day, so the day before is not known."""
    assert isinstance(ask(pack, "20610", "76942", day=date(2024, 7, 1))["20610/76942"][0], Statement)
    assert isinstance(ask(pack, "20610", "76942", day=date(2024, 9, 30))["20610/76942"][0], Statement)
    assert isinstance(ask(pack, "20610", "76942", day=date(2024, 6, 30))["20610/76942"][0], NotKnown)
    assert isinstance(ask(pack, "20610", "76942", day=date(2024, 10, 1))["20610/76942"][0], NotKnown)


def test_no_row_in_a_table_that_keeps_its_deleted_rows_proves_there_was_no_edit(pack: Pack) -> None:
    """20610/77002 is not in ccipra-2024q3.txt, which keeps deleted rows: no edit in 2023 either."""
    (edit,) = ask(pack, "20610", "77002", day=date(2023, 8, 15))["20610/77002"]
    assert edit.values["in_force"] is False


def test_a_code_outside_the_starter_pack_is_not_checked(pack: Pack) -> None:
    """Nothing is said of a pair of which one code is not held."""
    assert all(isinstance(said, NotKnown) for said in ask(pack, "20610", "45378")["20610/45378"])


def test_add_on_ties_and_included_guidance_are_said(pack: Pack) -> None:
    """77002 lists 20610 as a primary; 64483 includes fluoroscopy (77003), and the own table names its evidence."""
    store = Store(starter_store())
    ties = [said for said in edits_between(pack, store, ["20610", "77002"], IN_QUARTER) if said.topic == "addon"]
    assert [(said.subject, said.values["listed"]) for said in ties if isinstance(said, Statement)] == [
        ("77002/20610", True)
    ]
    said = edits_between(pack, store, ["64483", "77003"], IN_QUARTER)
    (fact,) = [entry for entry in said if entry.topic == "included_guidance"]
    assert isinstance(fact, Statement)
    assert fact.subject == "64483/77003"
    assert fact.values["evidence"]


def test_the_hospital_has_a_table_of_its_own(pack: Pack) -> None:
    """ccioph-2024q3.txt line 333847 is 20610/76942; for 2026Q3 only the practitioner table is held."""
    (edit,) = ask(pack, "20610", "76942", setting="hospital")["20610/76942"]
    assert [citation.line for citation in edit.citations] == [333847]
    later = ask(pack, "20610", "76942", setting="hospital", day=date(2026, 8, 1))
    assert isinstance(later["20610/76942"][0], NotKnown)


def test_59_counts_on_either_column_from_july_2019() -> None:
    """CR 11168: on 2019-06-30 on column 2 only, on 2019-07-01 on either."""
    assert "59" not in modifiers_that_help("20610", "76942", 1, date(2019, 6, 30))["20610"]
    assert "59" in modifiers_that_help("20610", "76942", 1, date(2019, 7, 1))["20610"]
    assert "59" in modifiers_that_help("20610", "76942", 1, date(2019, 6, 30))["76942"]


def test_a_pinned_release_confesses_itself() -> None:
    """PTP2024Q3 pinned answers for 2025-11-03, and says that it is not in force."""
    said = edits_between(
        open_starter({"ncci_ptp": "PTP2024Q3"}), Store(starter_store()), ["20610", "76942"], date(2025, 11, 3)
    )
    assert said[0].topic == "pinned"
    assert any(isinstance(entry, Statement) and entry.values.get("in_force") for entry in said)


def test_one_code_is_no_pair(pack: Pack) -> None:
    """Two different codes are needed."""
    with pytest.raises(UsageError, match="two codes"):
        edits_between(pack, Store(starter_store()), ["77002", "77002"], IN_QUARTER)
