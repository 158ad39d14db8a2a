"""Every knowledge file against the store of all the publishers' files: each row cited, each code named on its days."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from knowledge.files import CODE_IN_TEXT, DAY, all_texts, described, held, texts_of
from trocar.core.period import day_number
from trocar.engine.keys import CODE_BITS, COMPONENTS, UNDATED, release_key
from trocar.engine.pack import Pack
from trocar.knowledge import all_knowledge, known_codes
from trocar.knowledge.cites import Sources
from trocar.knowledge.model import Statement
from trocar.reference.store import Store

pytestmark = pytest.mark.full_data
files = pytest.mark.parametrize("code", known_codes())
# A text that names a code outside its days says so.
SAYS_OTHERWISE = re.compile(r"\bend(?:s|ed)?\b|\buntil\b|\b20[0-9]{2}\b|\bgone\b|\bhabit\b")


@pytest.fixture(scope="module")
def store(full_store: Path) -> Store:
    """The store of all files."""
    return Store(full_store)


@files
def test_every_row_cited_is_in_the_store(code: str, full_pack: Pack, store: Store) -> None:
    """Each citation comes down to an authority, a row of the own tables or a line of a publisher's file."""
    sources = Sources(full_pack, store, DAY)
    for statement in described(code).statements():
        for cite in statement.cite:
            source = sources.of(code, cite)
            assert source.is_found, f"{cite}: {source.note} ({statement.text})"


@files
def test_every_edit_cited_was_in_force_while_the_statement_is(code: str, full_pack: Pack) -> None:
    """An edit that no day of the statement has seen in force may be cited only to say that it ended."""
    for statement in described(code).statements():
        for cite in statement.cite:
            if cite.startswith("store:ncci_ptp:"):
                one, two = cite.rpartition(":")[2].split("/")
                met = any(overlaps(statement, *days) for days in edit_periods(full_pack, one, two))
                assert met or SAYS_OTHERWISE.search(statement.text), f"{cite}: {statement.text}"


def overlaps(statement: Statement, first: int, last: int) -> bool:
    """Whether the days of a row and of a statement meet."""
    begins = day_number(statement.first) if statement.first else UNDATED
    ends = day_number(statement.last) if statement.last else day_number(date.max)
    return begins <= last and first <= ends


def edit_periods(pack: Pack, one: str, two: str) -> Iterator[tuple[int, int]]:
    """First and last day of every row of an ordered pair that was ever in force, in either setting."""
    number_1, number_2 = pack.code_numbers([one, two]).tolist()
    for setting in ("practitioner", "hospital"):
        table = f"ncci_ptp_{setting}"
        releases = len(pack.calendars[table].releases)
        keys = release_key(np.arange(releases), np.full(releases, (number_1 << CODE_BITS) | number_2))
        for first, count in zip(*pack.rows_between(table, keys, 0), strict=True):
            for row in range(first, first + count):
                if pack.column(table, "modifier_indicator")[row] != 9:
                    yield int(pack.column(table, "effective")[row]), int(pack.column(table, "deletion")[row])


@files
def test_every_related_code_is_on_the_schedule_on_its_days(code: str, full_pack: Pack) -> None:
    """A related code has a row in every release held of the statement's days."""
    for related in described(code).related:
        assert missing_releases(full_pack, related.code, related) == [], related.code


@files
def test_every_code_named_exists_on_its_days(code: str, full_pack: Pack) -> None:
    """A code in a text is on the schedule on the statement's days, or the text says that it ended or when it began."""
    for statement in described(code).statements():
        for text in texts_of(statement):
            for named in set(CODE_IN_TEXT.findall(text)) - {code}:
                assert full_pack.code_numbers([named])[0] >= 0, f"{named} is no code of the store: {text}"
                if missing_releases(full_pack, named, statement):
                    assert SAYS_OTHERWISE.search(text), f"{named}: {text}"


@files
def test_predecessors_and_successors_are_codes_of_the_store(code: str, full_pack: Pack) -> None:
    """Each is known from a schedule or an edit table; a successor is on the last schedule held."""
    history = described(code).history
    assert all(full_pack.code_numbers([each])[0] >= 0 for each in (*history.predecessor, *history.successor))
    last = full_pack.calendars["schedule"].releases[-1].release
    for each in history.successor:
        assert last not in missing_releases(full_pack, each, Statement(text="any day", editorial=True))


def missing_releases(pack: Pack, code: str, statement: Statement) -> list[str]:
    """The schedule releases of the statement's days that lack the code."""
    releases = pack.calendars["schedule"].releases
    number = int(pack.code_numbers([code])[0])
    rows = pack.find("schedule", np.arange(len(releases)), np.full(len(releases), number * len(COMPONENTS)))
    return [releases[at].release for at in held(statement, "schedule", pack) if rows[at] < 0]


@files
def test_no_short_descriptor_is_copied(code: str, cms_files: Path) -> None:
    """Neither title nor any text holds the short descriptor of a code that it speaks of."""
    known = described(code)
    for text in all_texts(known):
        named = {code, *CODE_IN_TEXT.findall(text)}
        for label in set().union(*(descriptors(cms_files).get(each, set()) for each in named)):
            assert label not in text.casefold(), f"{label!r} of the fee schedule: {text}"
    everyones = set().union(*descriptors(cms_files).values())
    assert known.title.casefold() not in everyones
    assert not {words.casefold() for words in known.search} & everyones


@cache
def descriptors(folder: Path) -> dict[str, set[str]]:
    """The DESCRIPTION column of the fee schedule files by code, case folded; labels of one word say nothing."""
    wanted = {related.code for known in all_knowledge() for related in known.related} | set(known_codes())
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("rvu*/PPRRVU*.csv")):
        with path.open(encoding="latin-1", newline="") as file:
            for row in csv.reader(file):
                if row and row[0] in wanted and len(row[2].split()) > 1:
                    found.setdefault(row[0], set()).add(row[2].strip().casefold())
    assert found, "no fee schedule file was read"
    return found
