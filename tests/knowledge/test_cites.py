"""From a citation to its row: lines found by hand in the publishers' files (grep -n, and the sheet row of the xlsx)."""

from __future__ import annotations

from datetime import date

import pytest

from trocar.engine.starter import open_starter, starter_store
from trocar.knowledge.cites import Source, Sources
from trocar.knowledge.errors import KnowledgeFileError
from trocar.reference.store import Store

PACK = open_starter()
STORE = Store(starter_store())
DAY = date(2024, 8, 15)


def source(code: str, cite: str, day: date = DAY) -> Source:
    """What a citation names on a day."""
    return Sources(PACK, STORE, day).of(code, cite)


def places(found: Source) -> list[tuple[str, int]]:
    """Release and line of each row."""
    return [(citation.release, citation.line) for citation in found.citations]


def test_an_authority() -> None:
    """The manual's ch. IX sec. G item 3 has no line; it is named by its key, title and place."""
    found = source("77002", "guidance-one-unit")
    assert found.authorities == ("guidance-one-unit",)
    assert found.citations == ()
    assert "ch. IX, sec. G, item 3" in found.title
    assert found.is_found


@pytest.mark.parametrize(
    ("code", "cite", "day", "expected"),
    [
        # grep -n ^77002 PPRRVU2025_Oct.csv: global, 26, TC
        ("77002", "store:schedule", date(2025, 11, 3), [("RVU25D", 8751), ("RVU25D", 8752), ("RVU25D", 8753)]),
        ("20610", "store:schedule:77002", date(2025, 11, 3), [("RVU25D", 8751), ("RVU25D", 8752), ("RVU25D", 8753)]),
        # grep -n ^77002 of the practitioner and the outpatient MUE file
        ("77002", "store:mue", DAY, [("MUE2024Q3", 7108), ("MUE2024Q3", 7108)]),
        # ccipra-2024q3.txt; ccipra-2026q3-active.txt
        ("20610", "store:ncci_ptp:20610/76942", DAY, [("PTP2024Q3", 421629)]),
        ("20610", "store:ncci_ptp:20610/76942", date(2026, 7, 15), [("PTP2026Q3", 97570)]),
        # the sheet row with add-on 77002 and primary 20610, whichever of the two the file describes
        ("20610", "store:addon:77002", DAY, [("AOC2026Q2", 6736)]),
        ("77002", "store:addon:20610", DAY, [("AOC2026Q2", 6736)]),
        ("77002", "store:reason_code:97", date(2024, 6, 30), [("CARC2024-06", 103)]),
        ("77002", "store:taxonomy:2085R0204X", date(2025, 11, 3), [("NUCC25.1", 226)]),
        ("77012", "store:icd10:N2889", date(2025, 11, 3), [("ICD10CM2026", 25014)]),
        ("77002", "store:opps_status", date(2025, 11, 3), [("OPPS2025Q4", 8281)]),
    ],
)
def test_rows_of_the_day(code: str, cite: str, day: date, expected: list[tuple[str, int]]) -> None:
    """A release is in force on the day and has the rows: nothing to remark."""
    found = source(code, cite, day)
    assert places(found) == expected
    assert found.note == ""


def test_a_row_of_another_release_says_so() -> None:
    """No edit table covers 2025-11-03; 77014 is not in the schedule of July 2026; reason codes end in June 2024."""
    edit = source("20610", "store:ncci_ptp:20610/76942", date(2025, 11, 3))
    assert places(edit) == [("PTP2024Q3", 421629)]
    assert edit.note.startswith("no release of the edit table (practitioner) in the store covers 2025-11-03")
    ended = source("77014", "store:schedule", date(2026, 7, 15))
    assert [line for _, line in places(ended)] == [8766, 8767, 8768]
    assert ended.note == "not in RVU26C, in force on 2026-07-15; the row is of RVU25D (2025-10-01 to 2025-12-31)"
    assert "covers 2024-07-01" in source("77002", "store:reason_code:97", date(2024, 7, 1)).note


def test_the_edit_tells_its_indicator_and_days() -> None:
    """76000/77002 was deleted on 2008-09-30 (the file has no first days)."""
    says = source("77002", "store:ncci_ptp:76000/77002").says
    assert says == "edit 76000/77002 (practitioner): indicator 1, first day not in the file to 2008-09-30"


def test_a_row_that_no_release_has() -> None:
    """20610 with 77002 is no edit: not found, and said."""
    found = source("20610", "store:ncci_ptp:20610/99499")
    assert not found.is_found
    assert "no release of the edit table in the store has 20610/99499" in found.note


def test_own_tables() -> None:
    """Rows of includes_guidance.toml, guidance_family.toml, modifiers.toml and place_of_service.toml."""
    # ccipra-2024q3.txt lines 1033935 and 1033937 to 1033939: 32408 with 76942, 77002, 77012, 77021
    assert places(source("77002", "law:includes_guidance/lung-core-biopsy")) == [("PTP2024Q3", 1033937)]
    family = source("77012", "law:guidance_family/77002")
    assert family.says == "Fluoroscopy to lead a needle, beside one of its listed primaries."
    assert source("77002", "law:modifiers/59").authorities == ("ptp-modifier-misuse",)
    assert source("77002", "law:place_of_service").authorities == ("place-of-service",)


@pytest.mark.parametrize(
    "cite",
    [
        "guidance-once-upon-a-time", "law:modifiers/ZZ", "law:nothing/59", "store:nothing", "store:ncci_ptp:20610",
        "store:taxonomy", "web:example",
    ],
)  # fmt: skip
def test_a_citation_that_names_nothing(cite: str) -> None:
    """A wrong key or form is an error of the file, not a missing row."""
    with pytest.raises(KnowledgeFileError, match="names nothing") as error:
        source("77002", cite)
    assert cite in error.value.what
