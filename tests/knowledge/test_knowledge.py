"""Every knowledge file: its shape, and that each code, reason, modifier and citation it names is real on its days.

One file alone: ``pytest tests/knowledge -k 77012``.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from knowledge.files import DAY, all_texts, described, held
from trocar.core.codes import Taxonomy
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.knowledge import known_codes
from trocar.knowledge.cites import Sources
from trocar.knowledge.model import Statement
from trocar.reference.law import law
from trocar.reference.store import Store
from trocar.rules.registry import all_rules

ISSUE_FAMILY = "76937 76940 76942 76998 77001 77002 77003 77011 77012 77013 77014 77021 77022 75989 77387"
ISSUE_PROCEDURES = "20610 20611 10005 10009 32408 47000 49083 49180 50200 60100 62323 64483"
MANUAL_EDITION = date(2026, 1, 1)
# How many statements a page needs to be of use, and where it becomes a heap (docs/formats/knowledge.md).
BANDS = {
    "summary": (2, 4), "what_it_is": (3, 6), "what_it_is_not": (3, 8), "sites": (2, 5), "indications": (4, 8),
    "steps": (5, 9), "guidelines": (6, 14), "documentation": (6, 10), "tips": (4, 7), "denials": (4, 8),
    "specialties": (3, 6), "diagnoses": (6, 12), "related": (6, 14), "modifiers": (2, 12),
}  # fmt: skip
# Money, shares and relative values belong to the store; so do the values of indicators and unit limits.
TYPED_FIGURE = re.compile(
    r"\$|%|\bper ?cent\b|\bRVUs?\b|\bdollars?\b|(?<![A-Z0-9.])\d+\.\d{2}\b|"
    r"\bindicator (?:is |of )?\d|\bMUE (?:is |of )?\d",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Miss)\b|\d{6,}|\b\d{1,3}[- ]year|\b\d{1,2}/\d{1,2}\b|@|\b(?:19|20)\d{2}-\d{2}|"
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
# A capital inside a sentence that is not an abbreviation could be a name.
NAME = re.compile(r"(?<![.?!:] )(?<!^)\b[A-Z][a-z]+\b")

files = pytest.mark.parametrize("code", known_codes())


@cache
def starter() -> tuple[Pack, Store]:
    """The starter pack and its store, whose diagnoses, taxonomies and reason codes are complete."""
    return open_starter(), Store(starter_store())


@cache
def reason_codes() -> dict[str, tuple[str, date, date | None]]:
    """Kind, first and last day of every adjustment reason and remark code."""
    table = starter()[1].table("reason_code")
    return {
        row["code"]: (row["kind"], row["first"], row["last"]) for row in table.to_pylist() if row["kind"] != "Group"
    }


def test_the_codes_of_the_issue_are_described() -> None:
    """The whole guidance family and the twelve procedures around it."""
    assert set(known_codes()) >= set((ISSUE_FAMILY + " " + ISSUE_PROCEDURES).split())


@files
def test_a_file_is_complete_and_no_heap(code: str) -> None:
    """Each list has a useful number of statements; the edition of the manual is the one held."""
    known = described(code)
    for name, statements in known.blocks().items():
        low, high = BANDS[name]
        assert low <= len(statements) <= high, f"{name}: {len(statements)} statements"
    assert known.reviewed_against == MANUAL_EDITION
    assert (known.kind == "guidance") == (code in law().guidance), "kind against guidance_family.toml"


@files
def test_nothing_is_said_twice(code: str) -> None:
    """No text, related code, diagnosis, specialty or modifier stands twice in a file."""
    known = described(code)
    said = [statement.text for statement in known.statements()]
    assert sorted(said) == sorted(set(said))
    for named in (
        [each.code for each in known.related],
        [each.icd10 for each in known.diagnoses],
        [each.taxonomy for each in known.specialties],
        [each.modifier for each in known.modifiers],
    ):
        assert len(named) == len(set(named)), named
    assert code not in {each.code for each in known.related}


@files
def test_no_figure_is_typed(code: str) -> None:
    """Amounts, shares, relative values, indicators and unit limits are derived from the store on the day."""
    found = {match.group() for text in all_texts(described(code)) for match in TYPED_FIGURE.finditer(text)}
    assert found == set()


@files
def test_the_vignette_identifies_nobody(code: str) -> None:
    """No title, date, exact age, number of six digits or name; it says that it is no law."""
    vignette = described(code).vignette
    assert vignette.editorial
    assert not IDENTIFIER.search(vignette.text)
    assert not NAME.search(vignette.text), NAME.findall(vignette.text)


@files
def test_every_citation_names_something(code: str) -> None:
    """Authorities and rows of the own tables exist; what the starter pack lacks, the full store has (below)."""
    sources = Sources(*starter(), DAY)
    for statement in described(code).statements():
        for cite in statement.cite:
            sources.of(code, cite)


@files
def test_every_rule_named_exists(code: str) -> None:
    """Tips and denials name rules by their ids."""
    known = described(code)
    ids = {rule.id for rule in all_rules()}
    assert {name for entry in (*known.tips, *known.denials) for name in entry.rules} <= ids


@files
def test_every_place_and_modifier_exists(code: str) -> None:
    """Places of service are assigned; modifiers are in the own table, or the note is editorial."""
    known = described(code)
    places = law().facility_places | law().nonfacility_places
    assert {place for site in known.sites for place in site.places} <= places
    asked = {tip.impact.place_of_service for tip in known.tips if tip.impact} - {None}
    assert asked <= places
    for note in known.modifiers:
        assert note.modifier in law().modifiers or note.editorial, note.modifier


@files
def test_every_reason_code_is_in_use(code: str) -> None:
    """CARC and RARC are of the list, and their last day, if they have one, is not over while the denial is in force."""
    for denial in described(code).denials:
        for kind, reason in (("CARC", denial.carc), ("RARC", denial.rarc)):
            if reason is not None:
                listed, _, last = reason_codes()[reason]
                assert (listed, reason) == (kind, reason)
                assert last is None or (denial.last is not None and denial.last <= last), reason


@files
def test_every_taxonomy_exists(code: str) -> None:
    """Each specialty is in every NUCC release held of its days."""
    pack, _ = starter()
    codes = pack.column("taxonomy", "codes").tolist()
    lines = pack.column("taxonomy", "lines")
    for specialty in described(code).specialties:
        assert Taxonomy.parse(specialty.taxonomy)
        at = codes.index(specialty.taxonomy.encode())
        assert all(lines[ordinal, at] > 0 for ordinal in held(specialty, "taxonomy", pack)), specialty.taxonomy


@files
def test_every_diagnosis_is_billable_on_its_days(code: str) -> None:
    """Billable in every release held of its days; after its last day its successors are, and it isn't."""
    for diagnosis in described(code).diagnoses:
        during = held(diagnosis, "icd10", starter()[0])
        assert all(billable(diagnosis.icd10, ordinal) for ordinal in during), diagnosis.icd10
        assert during or diagnosis.successors, f"{diagnosis.icd10}: no release held of its days"
        if diagnosis.last is not None:
            later = Statement(text="after", editorial=True, first=date.fromordinal(diagnosis.last.toordinal() + 1))
            after = held(later, "icd10", starter()[0])
            assert diagnosis.successors, diagnosis.icd10
            assert after, diagnosis.icd10
            for ordinal in after:
                assert not billable(diagnosis.icd10, ordinal), diagnosis.icd10
                assert all(billable(each, ordinal) for each in diagnosis.successors), diagnosis.successors


def billable(icd10: str, ordinal: int) -> bool:
    """Whether a release of ICD-10-CM has the code, valid on a claim."""
    pack, _ = starter()
    found = pack.column("icd10", "codes").searchsorted(icd10.encode())
    codes = pack.column("icd10", "codes")
    return bool(codes[found] == icd10.encode() and pack.column("icd10", "billable")[ordinal, found])
