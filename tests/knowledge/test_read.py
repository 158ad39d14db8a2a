"""Reading a knowledge file: what it gives, and what is refused, each with its address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from trocar.knowledge import knowledge
from trocar.knowledge.errors import KnowledgeFileError
from trocar.knowledge.impact import Ask, AtRisk, Compare, Together
from trocar.knowledge.read import read_knowledge

SOURCE = resources.files("trocar.knowledge").joinpath("codes", "77012.toml").read_text("utf-8")


def test_a_file_becomes_typed_statements() -> None:
    """77012.toml: own words with white space made single, codes without their point, dates, both kinds of support."""
    known = read_knowledge(SOURCE, "77012.toml")
    assert (known.code, known.kind, known.modality) == ("77012", "guidance", "ct")
    assert known.reviewed_against == date(2026, 1, 1)
    assert "\n" not in known.summary[0].text
    assert "  " not in known.summary[0].text
    assert known.diagnoses[0].icd10 == "N2889"
    assert known.vignette.editorial
    assert known.vignette.cite == ()
    assert known.history.predecessor == ("76360",)


def test_every_kind_of_impact_is_read() -> None:
    """Compare, at risk and together, with lines as code and modifiers."""
    impacts = {type(tip.impact): tip.impact for tip in read_knowledge(SOURCE, "77012.toml").tips}
    assert impacts[Compare] == Compare(Ask("10009"), Ask("10021"), "22")
    assert impacts[AtRisk] == AtRisk(Ask("74150", ("26",)), "22")
    assert impacts[Together] == Together((Ask("32408"), Ask("77012", ("26",))), Ask("77012", ("26",)), "22")
    assert str(Ask("77012", ("26",))) == "77012-26"


def test_only_statements_in_force_on_the_day() -> None:
    """The lung biopsy of the old code is told to 2020-12-31, the edits with fascial blocks from 2026-07-01."""
    known = read_knowledge(SOURCE, "77012.toml")
    old, new = date(2020, 12, 31), date(2021, 1, 1)
    assert len(known.on(old).indications) == 7
    assert len(known.on(new).indications) == 6
    assert len(known.on(date(2026, 6, 30)).guidelines) == len(known.on(date(2026, 7, 1)).guidelines) - 1


def test_a_diagnosis_that_was_replaced_stays_with_its_successors() -> None:
    """D48.1 was divided on 2023-10-01; on a later day the page shows by what."""
    kept = {each.icd10: each for each in read_knowledge(SOURCE, "77012.toml").on(date(2025, 11, 3)).diagnoses}
    assert "D48110" in kept["D481"].successors


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ('modality = "ct"', 'modality = "CT"', "77012.toml.modality", "is none of"),
        ('modality = "ct"', 'modality = "ct"\ncolour = "red"', "77012.toml colour", "'colour' is not known"),
        ('modality = "ct"', "", "77012.toml", "'modality' is missing"),
        ('code = "77012"', 'code = "7701"', "77012.toml.code", "is not a HCPCS code"),
        ('code = "77012"', 'code = "77013"', "77012.toml", "it describes 77013"),
        ('cite = ["guidance-one-unit"]', "", "77012.toml.summary[2]", "neither cited nor editorial"),
        ('cite = ["guidance-one-unit"]', "cite = []", "77012.toml.summary[2].cite", "no list of values"),
        (
            'cite = ["guidance-one-unit"]', 'cite = ["guidance-one-unit"]\neditorial = true', "77012.toml.summary[2]",
            "both cited and editorial",
        ),
        ("editorial = true", "editorial = false", "77012.toml.vignette.editorial", "says nothing"),
        (
            "first = 2021-01-01", "first = 2021-01-01\nlast = 2020-12-31", "77012.toml.summary[3]",
            "ends on 2020-12-31 before it begins",
        ),
        ("first = 2021-01-01", 'first = "soon"', "77012.toml.summary[3].first", "is no date"),
        ("first = 2021-01-01", "first = 2021-01-01T00:00:00", "77012.toml.summary[3].first", "is no date"),
        ('kind = "at_risk"', 'kind = "huge"', "77012.toml.tips[3].impact", "is no impact"),
        ('denied = "77012-26"', 'denied = "77012"', "77012.toml.tips[1].impact.denied", "none of the lines"),
        ('rules = ["PS001"]', 'rules = ["PS1"]', "77012.toml.tips[2].rules[1]", "is not the id of a rule"),
        ('places = ["19", "22"]', 'places = ["19", "19"]', "77012.toml.sites[1].places", "stands there twice"),
        ('modifier = "59"', 'modifier = "26"', "77012.toml.modifiers[1]", "derived from the fee schedule"),
        ("last = 2023-09-30", "", "77012.toml.diagnoses[10]", "successors of a code that does not end"),
        ("[vignette]", "[[vignette]]", "77012.toml.vignette", "no statement"),
        ('title = "CT to guide a needle"', 'title = "CT', "77012.toml", "not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_address(old: str, new: str, where: str, what: str) -> None:
    """One thing wrong at a time: the error names block and number, and says what to do."""
    assert old in SOURCE
    with pytest.raises(KnowledgeFileError) as error:
        read_knowledge(SOURCE.replace(old, new, 1), "77012.toml")
    assert error.value.where == where
    assert what in error.value.what
    assert error.value.remedy


def test_no_file_no_knowledge() -> None:
    """99213 is not described; a code that is described is read once."""
    assert knowledge("99213") is None
    assert knowledge("77012") is knowledge("77012")


def test_statements_are_values() -> None:
    """Frozen, and equal when they say the same."""
    known = read_knowledge(SOURCE, "77012.toml")
    assert known == read_knowledge(SOURCE, "77012.toml")
    assert replace(known.summary[0], text="other") != known.summary[0]
