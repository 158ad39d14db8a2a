"""The guidance map: verdicts worked by hand from the edits of 2024Q3, the add-on file and the schedule."""

from __future__ import annotations

from datetime import date

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import UsageError
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.conflicts import disagreements, disagreements_of
from trocar.lookup.guidance_map import MODALITIES, MapCell, guidance_map, map_rows, mapped_procedures
from trocar.lookup.guidance_said import guidance_said
from trocar.lookup.guidance_verdict import Verdict
from trocar.lookup.statement import NotKnown, Statement
from trocar.reference.law import law
from trocar.reference.store import Store

IN_QUARTER = date(2024, 8, 15)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The starter pack."""
    return open_starter()


def cell(pack: Pack, procedure: str, guidance: str, day: date = IN_QUARTER, setting: str = "practitioner") -> MapCell:
    """One cell of the map."""
    row = guidance_map(pack, setting, procedure, day)
    return next(cell for cell in row.cells if cell.guidance == guidance)


@pytest.mark.parametrize(
    ("procedure", "guidance", "verdict"),
    [
        ("32408", "77012", Verdict.INCLUDED),  # row lung-core-biopsy; edit on line 1033938
        ("47000", "77012", Verdict.SEPARATE),  # no edit; 77012 is no add-on code
        ("20610", "77002", Verdict.SEPARATE),  # add-on file row 6736: a listed primary
        ("20610", "76942", Verdict.NOT_REPORTABLE),  # edit on line 421629: 20611 says it
        ("62284", "77003", Verdict.SEPARATE),  # a listed primary of 77003
        ("62284", "77002", Verdict.NOT_REPORTABLE),  # golden matrix: edited; and not a listed primary of 77002
        ("10005", "77012", Verdict.NOT_REPORTABLE),  # golden matrix: edited; ultrasound is inside, CT is not
        ("19000", "77002", Verdict.NOT_REPORTABLE),  # no edit, but not on the closed list of 77002
        ("36556", "76937", Verdict.SEPARATE),  # by contractor's list, usual
        ("36005", "77001", Verdict.NOT_REPORTABLE),  # the edit runs the other way: 77001 is paid
        ("47382", "77013", Verdict.SEPARATE),  # an ablation: its guidance has no edit
    ],
)
def test_verdicts(pack: Pack, procedure: str, guidance: str, verdict: Verdict) -> None:
    """What becomes of the guidance on a day of 2024Q3."""
    assert cell(pack, procedure, guidance).decision.verdict is verdict


def test_a_verdict_begins_with_the_code(pack: Pack) -> None:
    """RVU20D has no 32408, RVU21A has: nothing goes with it on 2020-12-31; all is inside from 2021-01-01."""
    (before, after) = cell(pack, "32408", "77012").spans
    assert (before.first, before.last, before.decision.verdict) == (
        date(2020, 1, 1), date(2020, 12, 31), Verdict.NOT_REPORTABLE,
    )  # fmt: skip
    assert (after.first, after.last, after.decision.verdict) == (date(2021, 1, 1), date(2026, 9, 30), Verdict.INCLUDED)
    assert cell(pack, "32408", "77012", date(2020, 12, 31)).decision == before.decision


def test_a_guidance_code_ends(pack: Pack) -> None:
    """77014 is in RVU25D and not in RVU26C: inside 77290 to 2025-12-31, not there on 2026-07-01."""
    assert cell(pack, "77290", "77014", date(2025, 12, 31)).decision.verdict is Verdict.INCLUDED
    assert cell(pack, "77290", "77014", date(2026, 7, 1)).decision.verdict is Verdict.NOT_REPORTABLE


def test_a_day_without_an_edit_table_is_not_checked_and_says_what_is_known(pack: Pack) -> None:
    """2024-10-01 to 2026-06-30: no practitioner table is held; 2024Q3 and 2026Q3 are, and their verdict is told."""
    found = cell(pack, "47000", "77012", date(2025, 11, 3))
    assert found.decision.verdict is Verdict.NOT_CHECKED
    assert [(span.first, span.last, str(span.decision.verdict)) for span in found.spans] == [
        (date(2020, 1, 1), date(2024, 9, 30), "separately reportable"),
        (date(2024, 10, 1), date(2026, 6, 30), "not checked"),
        (date(2026, 7, 1), date(2026, 9, 30), "separately reportable"),
    ]
    (said,) = [
        one
        for one in guidance_said(pack, Store(starter_store()), ["47000"], date(2025, 11, 3))
        if one.subject == "47000/77012"
    ]
    assert isinstance(said, NotKnown)
    assert "separately reportable 2026-07-01 to 2026-09-30" in said.not_checked


def test_the_nerve_blocks_of_2023_are_a_conflict(pack: Pack) -> None:
    """64415 and 77002: the label says imaging from RVU23A, the add-on file lists it, 2024Q3 has no edit: review."""
    decision = cell(pack, "64415", "77002").decision
    assert decision.verdict is Verdict.INCLUDED
    assert decision.strength == "review"
    assert set(decision.conflicts) == {"included-without-edit", "included-and-listed", "included-by-reading"}
    assert cell(pack, "64415", "77002", date(2022, 12, 31)).decision.verdict is Verdict.SEPARATE


def test_silence_is_said(pack: Pack) -> None:
    """47000 with 76942: neither file nor manual names the pair. 20610 with 77002 is on a list: no silence."""
    assert cell(pack, "47000", "76942").decision.conflicts == ("silent",)
    assert cell(pack, "20610", "77002").decision.conflicts == ()


def test_a_modality_speaks_with_the_code_that_can_be_reported(pack: Pack) -> None:
    """36556: ultrasound as 76937, fluoroscopy as 77001; the needle codes of both have edits."""
    row = guidance_map(pack, "practitioner", "36556", IN_QUARTER)
    spoken = {modality: row.of_modality(modality) for modality in MODALITIES}
    assert {modality: cell.guidance for modality, cell in spoken.items()} == {
        "ultrasound": "76937", "fluoroscopy": "77001", "CT": "77012", "MR": "77021",
    }  # fmt: skip
    assert all(cell.decision.verdict is Verdict.SEPARATE for cell in spoken.values())


def test_the_rows_behind_a_verdict_are_cited(pack: Pack) -> None:
    """32408/77012: edit line 1033938, MUE line 7111, schedule lines 9348 and 14495; with the hash of their file."""
    (said,) = [
        one
        for one in guidance_said(pack, Store(starter_store()), ["32408"], IN_QUARTER)
        if one.subject == "32408/77012"
    ]
    assert isinstance(said, Statement)
    assert [(citation.release, citation.line) for citation in said.citations] == [
        ("PTP2024Q3", 1033938), ("MUE2024Q3", 7111), ("RVU24C", 9348), ("RVU24C", 14495),
    ]  # fmt: skip
    assert all(len(citation.sha256) == 64 for citation in said.citations)


def test_a_passage_of_the_manual_has_its_page(pack: Pack) -> None:
    """62323/77003 rests on sheet 165 of the manual."""
    said = {one.subject: one for one in guidance_said(pack, Store(starter_store()), ["62323"], IN_QUARTER)}
    statement = said["62323/77003"]
    assert isinstance(statement, Statement)
    (passage,) = [proof for proof in statement.values["evidence"] if proof["kind"] == "manual"]
    assert "VIII-8" in passage["says"]
    assert "sheet 165" in passage["says"]


def test_the_map_covers_every_procedure_of_the_starter_pack(pack: Pack) -> None:
    """Also the needle procedures and the including ones; each with four cells at least; no visit, no mere guidance."""
    procedures = mapped_procedures(pack)
    held = {pack.codes[at].decode() for at in pack.in_scope().nonzero()[0]}
    assert (law().needle_procedures | law().included_primaries) & held <= set(procedures)
    assert not set(procedures) & (set(law().guidance) - law().included_primaries)
    assert "99213" not in procedures
    assert len(procedures) >= 223
    rows = map_rows(pack, "practitioner", procedures, IN_QUARTER)
    assert [row.procedure for row in rows] == procedures
    assert all(len(row.cells) >= len(MODALITIES) for row in rows)


@pytest.mark.parametrize("day", [IN_QUARTER, date(2025, 11, 3), date(2026, 4, 15), date(2026, 8, 15)])
@pytest.mark.parametrize("setting", ["practitioner", "hospital"])
def test_the_map_and_the_rules_agree(pack: Pack, day: date, setting: str) -> None:
    """Every inclusion of the map, billed as a claim: surely included where the map denies, perhaps where it reviews."""
    included = [
        one
        for row in map_rows(pack, setting, mapped_procedures(pack), day)
        for one in row.cells
        if one.decision.verdict is Verdict.INCLUDED
    ]
    lines = [
        ClaimLine(claim_id=str(number), line=line, service_date=day, hcpcs=code, setting=setting)
        for number, one in enumerate(included)
        for line, code in enumerate((one.said.procedure, one.guidance), 1)
    ]
    pair = Batch(claim_table(lines), pack).pair
    # Line 2 n is the procedure of claim n; an edit the other way round is a pair of its own.
    facts = pair.guidance_included & (pair.column_1 % 2 == 0)
    sure = dict(zip(pair.column_1[facts] // 2, pair.guidance_surely_included[facts], strict=True))
    assert len(sure) == len(included) > 500
    assert [sure[number] for number in range(len(included))] == [one.decision.strength == "deny" for one in included]


def test_guidance_is_no_procedure(pack: Pack) -> None:
    """77002 includes no other guidance: the error says where to look. 75989 includes 76942."""
    with pytest.raises(UsageError, match="77002 is guidance itself"):
        guidance_said(pack, Store(starter_store()), ["77002"], IN_QUARTER)
    assert cell(pack, "75989", "76942").decision.verdict is Verdict.INCLUDED


def test_a_code_outside_the_starter_pack_is_not_checked(pack: Pack) -> None:
    """Nothing is said of a procedure that the store does not hold."""
    (said,) = guidance_said(pack, Store(starter_store()), ["45378"], IN_QUARTER)
    assert isinstance(said, NotKnown)


def test_an_unknown_setting_is_refused(pack: Pack) -> None:
    """There are two tables."""
    with pytest.raises(UsageError, match="has no NCCI table"):
        guidance_said(pack, Store(starter_store()), ["32408"], IN_QUARTER, "asc")


@pytest.mark.parametrize("day", [IN_QUARTER, date(2025, 11, 3), date(2026, 8, 15)])
def test_no_disagreement_is_missed_by_asking_few_procedures(pack: Pack, day: date) -> None:
    """Those of the procedures that law or an add-on list names are those of all procedures."""
    rows = map_rows(pack, "practitioner", mapped_procedures(pack), day)
    every = disagreements_of(cell for row in rows for cell in row.cells)
    assert every
    assert disagreements(pack, "practitioner", day) == every


@pytest.mark.full_data
def test_a_placeholder_of_a_file_is_no_code(full_pack: Pack) -> None:
    """CCCCC (AOC_V2026Q2-MCR.xlsx, the contractor's primaries) and GXXX1 (PPRRVU2026_Jul) are not answered for."""
    held = full_pack.codes[full_pack.in_scope()]
    assert {b"CCCCC", b"GXXX1"} <= set(full_pack.codes.tolist())
    assert not {b"CCCCC", b"GXXX1"} & set(held.tolist())
    assert {b"77002", b"0232T", b"G0260"} <= set(held.tolist())
    found = disagreements(full_pack, "practitioner", IN_QUARTER)
    assert [one.guidance for one in found if "64415" in one.procedures] == ["76942", "77002", "77003", "77012", "77021"]


def test_the_short_verdict_says_where_a_person_decides(pack: Pack) -> None:
    """64415 from 2023 includes ultrasound by its label, without an edit (row of strength review); 32408 by its edit."""
    said = {
        procedure: next(iter(guidance_said(pack, Store(starter_store()), [procedure], IN_QUARTER)))
        for procedure in ("64415", "32408")
    }
    assert isinstance(said["64415"], Statement)
    assert isinstance(said["32408"], Statement)
    assert said["64415"].says == "ultrasound: included (for review)"
    assert said["32408"].says == "ultrasound: included"
