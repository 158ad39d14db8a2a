"""Everything known of one code: facts read from the publishers' files by hand, each with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.code import code_facts
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.store import Store

DAY = date(2024, 8, 15)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The starter pack."""
    return open_starter()


def ask(pack: Pack, code: str, day: date = DAY) -> list[Said]:
    """Everything said of a code."""
    return code_facts(pack, Store(starter_store()), code, day)


def of(said: list[Said], topic: str, subject: str = "77002") -> list[Any]:
    """What is said on one topic of one subject."""
    return [entry for entry in said if entry.topic == topic and entry.subject == subject]


def test_status_indicators_and_values_with_their_line(pack: Pack) -> None:
    """PPRRVU2025_Oct.csv lines 8751-8752: 77002 A, PCTC 1, ZZZ, 0.54/2.83/2.83 NA/0.04; 26: 0.54/0.22/0.22/0.03."""
    said = ask(pack, "77002", date(2025, 11, 3))
    (status,) = of(said, "status")
    assert (status.values["status"], [citation.line for citation in status.citations]) == ("A", [8751])
    assert of(said, "pctc")[0].values == {"pctc": "1"}
    assert of(said, "global_days")[0].values == {"global_days": "ZZZ"}
    (whole,) = of(said, "relative_values")
    assert (whole.values["facility_pe"], whole.values["facility_na"], whole.values["malpractice"]) == (
        "2.83", True, "0.04",
    )  # fmt: skip
    (professional,) = of(said, "relative_values", "77002-26")
    assert (professional.values["work"], professional.values["facility_pe"]) == ("0.54", "0.22")
    assert [citation.line for citation in professional.citations] == [8752]


def test_prices_in_both_settings(pack: Pack) -> None:
    """National, CF 32.3465: office 3.41 x CF = 110.3016 -> 110.30; facility only 26: 0.79 x CF = 25.5537 -> 25.55."""
    said = ask(pack, "77002", date(2025, 11, 3))
    prices = {(entry.subject, entry.values["place"]): entry.values for entry in said if entry.topic == "price"}
    assert prices["77002", "office"]["allowed"] == "110.30"
    assert prices["77002", "facility"]["status"] == "not_payable"
    assert prices["77002-26", "facility"]["allowed"] == "25.55"


def test_mue_in_both_settings(pack: Pack) -> None:
    """DERIVED_mue_2024Q3_prac.csv line 7108: 77002, 1, MAI 3, CMS Policy; _out.csv line 7108: Clinical: Data."""
    practitioner, hospital = of(ask(pack, "77002"), "mue")
    assert (practitioner.values["value"], practitioner.values["adjudication"]) == (1, 3)
    assert (practitioner.values["rationale"], hospital.values["rationale"]) == ("CMS Policy", "Clinical: Data")
    assert [citation.line for citation in practitioner.citations] == [7108]


def test_add_on_type_and_primaries_in_force(pack: Pack) -> None:
    """77002 is type 1 with 73 primaries on 2024-08-15 (DOMAIN B3), 20610 among them and 76942 not."""
    (addon,) = of(ask(pack, "77002"), "addon")
    assert addon.values["type"] == 1
    assert len(addon.values["primaries"]) == 73
    assert "20610" in addon.values["primaries"]
    assert "76942" not in addon.values["primaries"]
    (other,) = of(ask(pack, "76942"), "addon", "76942")
    assert other.values["is_addon"] is False


def test_a_code_that_ended(pack: Pack) -> None:
    """77014 is last in RVU25D (to 2025-12-31) and not in RVU26C."""
    said = ask(pack, "77014", date(2026, 7, 15))
    assert of(said, "status", "77014")[0].values["in_force"] is False
    assert of(said, "releases", "77014")[0].values["last"] == "RVU25D"


def test_what_no_release_covers_is_said(pack: Pack) -> None:
    """No NCCI, MUE or OPPS table of 2023Q1 is held; the schedule is."""
    said = ask(pack, "77002", date(2023, 2, 1))
    assert {entry.needs for entry in said if isinstance(entry, NotKnown)} == {"mue", "ncci_ptp", "opps_status"}
    assert isinstance(of(said, "status")[0], Statement)


def test_a_small_store_confesses_its_counts(pack: Pack) -> None:
    """The starter pack can't count all edits of a code, and says within what it counts."""
    assert all("within the starter pack" in entry.says for entry in of(ask(pack, "77002"), "edits"))


@pytest.mark.full_data
def test_edits_are_counted(full_store: Path) -> None:
    """awk over ccipra-2024q3.txt, not deleted and not 9: column 1 25, column 2 2082; ccioph: 16 and 2082."""
    said = code_facts(Pack.open(full_store), Store(full_store), "77002", DAY)
    counts = [(entry.values["column_1"], entry.values["column_2"]) for entry in of(said, "edits")]
    assert counts == [(25, 2082), (16, 2082)]


@pytest.mark.full_data
def test_an_unknown_code_gets_suggestions(full_store: Path) -> None:
    """77099 is in no release; codes one character away are offered."""
    with pytest.raises(UsageError, match="no release in the store has the code 77099") as error:
        code_facts(Pack.open(full_store), Store(full_store), "77099", DAY)
    assert "77092" in error.value.remedy
