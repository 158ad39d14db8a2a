"""What a toolkit says: amounts worked by hand, edits with their direction, and what is not known for the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from trocar.core.errors import InvalidCodeError, UsageError
from trocar.engine.pack import Pack
from trocar.knowledge import knowledge
from trocar.reference.store import Store
from trocar.toolkit.document import Checklist, Document
from trocar.toolkit.kit import question_of
from trocar.toolkit.question import Question

from .conftest import every_says, rows, section, words

IN_2025 = date(2025, 11, 3)
IN_QUARTER = date(2024, 8, 15)
AFTER_ALL = date(2030, 1, 2)
SECTIONS = [
    "At a glance", "Payment table", "What usual mistakes cost", "Edit cheat-sheet", "Documentation checklists",
    "Modifier card", "Denial triggers and prevention", "Sources",
]  # fmt: skip


def test_sections_in_their_order(made: Callable[..., Document]) -> None:
    """The heading says codes, day, place, releases and the day of the run."""
    document = made("77002 77012", IN_2025)
    assert [part.title for part in document.sections] == SECTIONS
    facts = dict(document.facts)
    assert (facts["codes"], facts["date of service"]) == ("77002, 77012", "2025-11-03")
    assert facts["prices for"] == "national amounts (all indices 1)"
    assert "RVU25D" in facts["releases used"].split(", ")
    assert facts["printed"].startswith("2025-12-01, Trocar ")


def test_global_and_professional_amounts(made: Callable[..., Document]) -> None:
    """PPRRVU2025_Oct.csv, lines 8751 to 8753 and 8760 to 8762, conversion factor 32.3465, all indices 1."""
    table = rows(section(made("77002 77012", IN_2025), "Payment table"))
    not_payable = "not payable (a)"
    # 77002: (0.54 + 2.83 + 0.04) x 32.3465 = 3.41 x 32.3465 = 110.3016 -> 110.30
    assert ("77002", "global", "$110.30", not_payable, not_payable) in table
    # 26: (0.54 + 0.22 + 0.03) x 32.3465 = 0.79 x 32.3465 = 25.5537 -> 25.55, the same at all three places
    assert ("", "26 professional component", "$25.55", "$25.55", "$25.55") in table
    # TC: (0.00 + 2.61 + 0.01) x 32.3465 = 2.62 x 32.3465 = 84.7478 -> 84.75
    assert ("", "TC technical component", "$84.75", not_payable, not_payable) in table
    # 77012: 3.78 x 32.3465 = 122.2698 -> 122.27; 26: 2.06 x 32.3465 = 66.6338 -> 66.63
    assert ("77012", "global", "$122.27", not_payable, not_payable) in table
    # 110.30 - 25.55 = 84.75, 25.55 / 110.30 = 0.2316; 122.27 - 66.63 = 55.64, 66.63 / 122.27 = 0.5449
    assert ("77002", "$110.30", "$25.55", "$84.75", "23% of the global amount") in table
    assert ("77012", "$122.27", "$66.63", "$55.64", "54% of the global amount") in table


def test_amounts_are_of_the_day(made: Callable[..., Document]) -> None:
    """The last day of RVU24C and the first of the quarter without a release."""
    known = rows(section(made("77002", date(2024, 9, 30)), "Payment table"))
    # PPRRVU24_JUL.csv line 14488: (0.54 + 0.22 + 0.03) x 33.2875 = 0.79 x 33.2875 = 26.2971 -> 26.30
    assert ("", "26 professional component", "$26.30", "$26.30", "$26.30") in known
    unknown = rows(section(made("77002", date(2024, 10, 1)), "Payment table"))
    why = "Not known: no physician fee schedule release in the store covers 2024-10-01."
    assert unknown == [("77002", why, "", "", "")]


def test_an_edit_with_its_direction(made: Callable[..., Document]) -> None:
    """Line 2201194 of ccipra-2024q3.txt: 77012/77002, indicator 1; there is no row the other way round."""
    sheet = rows(section(made("77002 77012", IN_QUARTER), "Edit cheat-sheet"))
    (edit,) = [row for row in sheet if row[0] == "77012 / 77002"]
    assert "77012 is paid, 77002 is denied" in edit[1]
    assert ("77012", "CT to guide a needle", "77012", "77002", "may help (1)") in sheet  # beside 77002
    assert ("77002", "Fluoroscopy to guide a needle", "77012", "77002", "may help (1)") in sheet  # beside 77012


def test_no_edit_in_either_direction(made: Callable[..., Document]) -> None:
    """20610/77002 is not in ccipra-2024q3.txt in either order; 77002 lists 20610 as a primary."""
    sheet = rows(section(made("20610 77002", IN_QUARTER), "Edit cheat-sheet"))
    assert ("20610 / 77002", "No edit in either direction (PTP2024Q3).") in sheet
    assert any(row[0] == "77002 / 20610" and "one of its primaries" in row[1] for row in sheet)


def test_what_is_perhaps_inside_is_not_said_to_be(made: Callable[..., Document]) -> None:
    """includes_guidance.toml, row nerve-block-imaging-2023: from 2023-01-01, strength review."""
    lists = {
        day: [says.text for says in every_says(made("77002", day)) if "not described here" in says.text]
        for day in (date(2022, 12, 31), date(2023, 1, 1))
    }
    assert not any("64415" in text for text in lists[date(2022, 12, 31)])
    (perhaps,) = [text for text in lists[date(2023, 1, 1)] if "64415" in text]
    assert perhaps.startswith("77002 is perhaps also inside 7 procedures")  # 64415 to 64417, 64445 to 64448


def test_no_table_of_edits_is_said_once(made: Callable[..., Document]) -> None:
    """PTP2024Q3 ends on 2024-09-30; after it the edits among three codes are not known, and no row says none."""
    document = made("77002 77012 20610", IN_2025)
    told = [says.text for says in every_says(document) if says.text.startswith("Edits not known")]
    of_codes = "Edits not known: no NCCI PTP (practitioner) release in the store covers 2025-11-03."
    assert told == [of_codes.removesuffix(".") + " (all pairs).", of_codes, of_codes, of_codes]
    assert not any("No edit in either direction" in says.text for says in every_says(document))


def test_every_number_leads_to_one_source(made: Callable[..., Document]) -> None:
    """Each reference has its entry, each entry is used, and no two share a number."""
    document = made("77002 77012 64483", IN_QUARTER)
    used = {number for says in every_says(document) for number in says.refs}
    anchors = [says.anchor for says in every_says(document) if says.anchor]
    assert sorted(anchors) == sorted(f"source-{number}" for number in used)


def test_sources_give_file_line_and_hash(made: Callable[..., Document]) -> None:
    """The schedule row of 77002 is line 8751 of PPRRVU2025_Oct.csv, and the first thing cited."""
    first = rows(section(made("77002", IN_2025), "Sources"))[0]
    assert first[0] == ("RVU25D PPRRVU2025_Oct.csv 8af460f38bf982b79b07269fbc8b7256 a8ef3bd3aa025a9c5cb71c1e52523c56")
    assert first[1].startswith("1:\u00a08751;")


def test_a_box_for_everything_the_record_needs(made: Callable[..., Document]) -> None:
    """Each element of the code's own words in force on the day, with why."""
    known = knowledge("77002")
    assert known is not None
    (checklist,) = [
        block for block in section(made("77002", IN_2025), "Documentation checklists") if isinstance(block, Checklist)
    ]
    assert [what.text.removesuffix(" (experience, not law)") for what, _ in checklist.items] == [
        element.text for element in known.on(IN_2025).documentation
    ]
    assert all(what.refs or what.text.endswith("(experience, not law)") for what, _ in checklist.items)


def test_denials_have_reason_and_prevention(made: Callable[..., Document]) -> None:
    """CARC 5 is the place of service, which rule PS001 finds beforehand."""
    table = rows(section(made("77002", IN_2025), "Denial triggers and prevention"))
    (place,) = [row for row in table if row[0].startswith("CARC 5 ")]
    assert (place[0], place[2], place[3]) == ("CARC 5 RARC M97", "26 in every facility place.", "PS001")


def test_modifiers_by_the_schedule(made: Callable[..., Document]) -> None:
    """Line 8751: PC/TC 1, bilateral 0."""
    answers = {row[0]: row[1] for row in rows(section(made("77002", IN_2025), "Modifier card"))}
    assert (answers["26"], answers["TC"], answers["50"]) == ("applies", "applies", "does not apply")


def test_nothing_held_on_the_day(made: Callable[..., Document], question: Callable[..., Question]) -> None:
    """A day after every release: no amount, no edit, no crash, and each gap said."""
    document = made("77002 77012", AFTER_ALL)
    assert not any("$" in says.text for says in every_says(document))
    text = " ".join(says.text for says in every_says(document))
    for table in ("physician fee schedule", "MUE (practitioner)", "NCCI PTP (practitioner)", "OPPS addendum B"):
        assert f"o {table} release in the store covers 2030-01-02" in text
    assert question("77002", IN_2025).is_answered
    assert not question("77002", AFTER_ALL).is_answered


def test_a_code_outside_the_starter_pack(made: Callable[..., Document], question: Callable[..., Question]) -> None:
    """Nothing is said of its edits or amounts: not known, never none."""
    document = made("45378", IN_QUARTER)
    assert not question("45378", IN_QUARTER).is_answered
    assert any("outside the starter pack" in words for _, words, *_ in rows(section(document, "Payment table")))
    text = " ".join(says.text for says in every_says(document))
    assert "Edits not known: 45378 is outside the starter pack" in text
    assert "edits in force" not in text


def test_a_code_that_nobody_described_is_still_priced(made: Callable[..., Document]) -> None:
    """71250 is in the starter pack and has no knowledge file."""
    assert knowledge("71250") is None
    document = made("71250", IN_2025)
    assert any(row[0] == "71250" and row[2].startswith("$") for row in rows(section(document, "Payment table")))
    assert words(section(document, "Documentation checklists")[1]).startswith("Nobody has described 71250")  # type: ignore[arg-type]


def test_codes_that_can_not_be_read(question: Callable[..., Question]) -> None:
    """What is no code, none, and too many."""
    with pytest.raises(InvalidCodeError, match="7700"):
        question("7700", IN_2025)
    with pytest.raises(UsageError, match="no code was given"):
        question("", IN_2025)
    with pytest.raises(UsageError, match="9 codes are too many"):
        question("77001 77002 77003 77011 77012 77013 77021 77022 76942", IN_2025)


@pytest.mark.full_data
def test_a_code_that_no_release_has(full_pack: Pack, full_store: Path) -> None:
    """A full store knows which codes there are."""
    with pytest.raises(UsageError, match="no release in the store has the code 99999"):
        question_of(full_pack, Store(full_store), ["99999"], IN_2025)


def test_a_code_given_twice_is_one_code(question: Callable[..., Question]) -> None:
    """In either case of its letters."""
    assert question("g6001 77002 G6001", IN_2025).codes == ("G6001", "77002")
