"""The golden guidance matrix of 2024Q3, written by somebody else, against the guidance map of the full store."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from trocar.engine.pack import Pack
from trocar.lookup.guidance_files import FilesSay, files_say
from trocar.lookup.guidance_map import mapped_procedures
from trocar.lookup.guidance_verdict import Verdict, decide
from trocar.reference.law import law

pytestmark = pytest.mark.full_data

DAY = date(2024, 8, 15)


@pytest.fixture(scope="module")
def matrix(golden_files: Path) -> list[dict[str, str]]:
    """The 223 rows."""
    with (golden_files / "guidance_matrix_2024q3.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def answers(matrix: list[dict[str, str]], full_pack: Pack) -> dict[tuple[str, str], FilesSay]:
    """What law and files say of each cell of the matrix."""
    columns = [name.removeprefix("ptp_") for name in matrix[0] if name.startswith("ptp_")]
    questions = [(row["column1"], guidance, DAY) for row in matrix for guidance in columns]
    found = files_say(full_pack, "practitioner", questions)
    return {(said.procedure, said.guidance): said for said in found}


def test_every_edit_of_the_matrix_is_the_map_s(
    matrix: list[dict[str, str]], answers: dict[tuple[str, str], FilesSay], full_pack: Pack
) -> None:
    """All 223 x 15 cells: an edit with that indicator in force, or none."""
    indicators = full_pack.column("ncci_ptp_practitioner", "modifier_indicator")
    assert len(answers) == 223 * 15
    for row in matrix:
        for (procedure, guidance), said in answers.items():
            if procedure == row["column1"]:
                found = str(indicators[said.edit]) if said.edit >= 0 else ""
                assert found == row[f"ptp_{guidance}"], (procedure, guidance)


def test_every_listed_primary_of_the_matrix_is_the_map_s(
    matrix: list[dict[str, str]], answers: dict[tuple[str, str], FilesSay]
) -> None:
    """The add-on codes that list the procedure, among the columns of the matrix."""
    for row in matrix:
        listing = {said.guidance for (one, _), said in answers.items() if one == row["column1"] and said.listed >= 0}
        assert listing == set(row["aoc_primary_for"].replace(";", " ").split()), row["column1"]


def test_the_verdicts_follow_from_the_matrix(
    matrix: list[dict[str, str]], answers: dict[tuple[str, str], FilesSay]
) -> None:
    """An edit: included or not reportable, and never reportable. No edit: included only where the map names a conflict;
    a listed primary without an edit is separately reportable, but for the nerve blocks of 2023."""
    for row in matrix:
        for guidance in law().guidance:
            said = answers.get((row["column1"], guidance))
            if said is None:
                continue
            decision = decide(said)
            pair = (row["column1"], guidance)
            if row[f"ptp_{guidance}"]:
                assert decision.verdict in (Verdict.INCLUDED, Verdict.NOT_REPORTABLE), pair
                is_reading = said.fact is not None and said.fact.strength == "review"
                assert decision.strength == ("review" if is_reading else "deny"), pair
            elif decision.verdict is Verdict.INCLUDED:
                assert "included-without-edit" in decision.conflicts, pair
                assert said.fact is not None
                assert said.fact.row == "nerve-block-imaging-2023", pair
            elif guidance in row["aoc_primary_for"]:
                assert decision.verdict is Verdict.SEPARATE, pair


def test_every_procedure_of_the_matrix_is_one_of_the_map(matrix: list[dict[str, str]], full_pack: Pack) -> None:
    """All 223."""
    procedures = {row["column1"] for row in matrix}
    assert len(procedures) == 223
    assert procedures <= set(mapped_procedures(full_pack))
