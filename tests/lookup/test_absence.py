"""The proof of absence: neighbours found by hand in ccipra-2024q3.txt, and a property of them on any pair."""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.engine.keys import CODE_BITS, NO_CODE
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.edits import edits_between
from trocar.lookup.statement import Statement
from trocar.reference.store import Store

IN_QUARTER = date(2024, 8, 15)
PRACTITIONER = "2024q3_practitioner_ptp.zip"


def proof(pack: Pack, store: Store, pair: str, day: date = IN_QUARTER, setting: str = "practitioner") -> Any:
    """The values of the proof for an ordered pair; None where an edit is in force or not known."""
    one, two = pair.split("/")
    said = [
        said for said in edits_between(pack, store, [one, two], day, setting)
        if said.topic == "absence" and said.subject == pair
    ]  # fmt: skip
    assert len(said) <= 1
    return said[0].values if said and isinstance(said[0], Statement) else None


def short(row: dict[str, Any] | None) -> tuple[str, int] | None:
    """A row as its pair and its line."""
    return row and (f"{row['column_1']}/{row['column_2']}", row["citation"]["line"])


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The starter pack."""
    return open_starter()


@pytest.mark.full_data
def test_the_neighbours_in_the_real_file(full_pack: Pack, full_store: Path) -> None:
    """Read by hand with sed and grep: the lines beside the empty place, with nothing between them."""
    store = Store(full_store)
    for pair, before, after in (
        ("20610/77002", ("20610/77001", 421632), ("20610/90760", 421633)),
        # A pair that the file has, deleted: its own line 2007604 stands between.
        ("64520/77003", ("64520/77002", 2007603), ("64520/90760", 2007605)),
        ("77003/64520", ("77003/36592", 2201152), ("77003/76000", 2201153)),
        # The last row of the file is U0003/U0004, line 2546020: three lines of heading before 2,546,017 rows.
        ("U0004/U0003", ("U0003/U0004", 2546020), None),
    ):
        found = proof(full_pack, store, pair)["neighbours"]
        assert (short(found["before"]), short(found["after"])) == (before, after)


@pytest.mark.full_data
def test_what_was_searched(full_pack: Pack, full_store: Path) -> None:
    """The counts of the manifest: 2,546,017 rows of which 1,669,820 not deleted; 1,728,585; 1,775,818."""
    searched = proof(full_pack, Store(full_store), "20610/77002")["searched"]
    told = [(one["setting"], one["release"], one["rows"], one["answers"]) for one in searched]
    assert told == [
        ("practitioner", "PTP2024Q3", 2_546_017, True),
        ("practitioner", "PTP2026Q3", 1_728_585, False),
        ("hospital", "PTP2024Q3", 1_775_818, False),
    ]
    assert searched[0]["in_force"] == 1_669_820
    assert len(searched[0]["sha256"]) == 64


@pytest.mark.full_data
def test_neighbours_are_adjacent_lines_of_the_file(full_pack: Pack, full_store: Path, cms_files: Path) -> None:
    """For pairs without a row: the cited lines follow each other, and hold what is said of them."""
    pairs = ["20610/77002", "47000/77012", "47000/76942", "77012/32408", "10005/20610"]
    cited: dict[int, str] = {}
    for pair in pairs:
        found = proof(full_pack, Store(full_store), pair)["neighbours"]
        before, after = short(found["before"]), short(found["after"])
        assert before is not None
        assert after is not None
        assert after[1] == before[1] + 1, pair
        cited |= {line: text for text, line in (before, after)}
    with zipfile.ZipFile(cms_files / "ncci" / PRACTITIONER) as archive, archive.open(archive.namelist()[0]) as raw:
        for number, line in enumerate(io.TextIOWrapper(raw, encoding="latin-1"), 1):
            if number in cited:
                assert "/".join(line.split("\t")[:2]) == cited.pop(number)
            if not cited:
                break
    assert not cited


def test_a_deleted_edit_and_both_near_misses(pack: Pack) -> None:
    """64520/77003 ended on 2016-12-31 in both tables (lines 2007604 and 1422250); told from either direction."""
    store = Store(starter_store())
    found = proof(pack, store, "64520/77003")
    assert [(row["last"], row["citation"]["line"]) for row in found["deleted"]] == [("2016-12-31", 2007604)]
    assert [(row["setting"], row["last"]) for row in found["elsewhere"]] == [("hospital", "2016-12-31")]
    assert found["reverse"] == []
    other_way = proof(pack, store, "77003/64520")
    assert other_way["deleted"] == []
    assert [short(row) for row in other_way["reverse"]] == [("64520/77003", 2007604), ("64520/77003", 1422250)]


def test_the_reverse_in_force_is_named(pack: Pack) -> None:
    """76942/20610 is no edit; 20610/76942 is one: line 421629, and hospital line 333847."""
    found = proof(pack, Store(starter_store()), "76942/20610")
    lines = {(row["setting"], row["release"], row["citation"]["line"]): row["last"] for row in found["reverse"]}
    assert lines["practitioner", "PTP2024Q3", 421629] is None
    assert lines["hospital", "PTP2024Q3", 333847] is None


def test_there_is_no_proof_where_there_is_an_edit_or_no_table(pack: Pack) -> None:
    """In force; in force or not, unknown; no table. The last day of the quarter and the day after."""
    store = Store(starter_store())
    assert proof(pack, store, "20610/76942") is None
    assert proof(pack, store, "20610/76942", date(2023, 8, 15)) is None
    assert proof(pack, store, "20610/77002", date(2024, 9, 30)) is not None
    assert proof(pack, store, "20610/77002", date(2024, 10, 1)) is None


def test_a_table_of_another_setting_is_a_near_miss(pack: Pack) -> None:
    """A pair of the hospital table alone, found by comparing both tables: told as elsewhere, not as deleted."""
    hospital, practitioner = (dict(active_pairs(pack, setting)) for setting in ("hospital", "practitioner"))
    pair = min(set(hospital) - set(practitioner))
    found = proof(pack, Store(starter_store()), "/".join(pair))
    assert [row["setting"] for row in found["elsewhere"] if row["release"] == "PTP2024Q3"] == ["hospital"]
    assert found["deleted"] == []


def active_pairs(pack: Pack, setting: str) -> Iterator[tuple[tuple[str, str], int]]:
    """The pairs of the 2024Q3 table of a setting, row by row, in plain Python, with their row."""
    table = f"ncci_ptp_{setting}"
    ordinal = [file.release for file in pack.calendars[table].releases].index("PTP2024Q3")
    for row, key in enumerate(pack.column(table, "key").tolist()):
        if key >> 40 == ordinal:
            yield (pack.codes[(key >> CODE_BITS) & NO_CODE].decode(), pack.codes[key & NO_CODE].decode()), row


@pytest.fixture(scope="module")
def pairs(pack: Pack) -> list[tuple[str, str]]:
    """All pairs of the starter pack's practitioner table of 2024Q3, sorted as text."""
    return sorted({pair for pair, _ in active_pairs(pack, "practitioner")})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_neighbours_bracket_the_pair(data: st.DataObject, pairs: list[tuple[str, str]]) -> None:
    """For any two codes of the pack: before < pair < after, and no row of the table lies between."""
    pack = open_starter()
    codes = st.sampled_from(pack.catalog.scope)
    one, two = data.draw(codes), data.draw(codes)
    if one == two:
        return
    found = proof(pack, Store(starter_store()), f"{one}/{two}")
    if found is None:
        assert (one, two) in pairs
        return
    at = bisect_left(pairs, (one, two))
    following = at + ((one, two) == pairs[at] if at < len(pairs) else 0)
    for place, expected in (("before", at - 1), ("after", following)):
        row = found["neighbours"][place]
        wanted = pairs[expected] if 0 <= expected < len(pairs) else None
        assert (row and (row["column_1"], row["column_2"])) == wanted
