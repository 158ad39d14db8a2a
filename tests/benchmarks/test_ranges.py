"""A plain file read in byte ranges gives the tables of the file read in one go, wherever it is cut."""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.conftest import SAMPLES, quiet, sample
from benchmarks.test_in_network import FILE, GROUP, ITEM, LAYOUTS, PRICE, RATE
from trocar.benchmarks import in_network, ranges
from trocar.benchmarks.dealt import Answers, Begin, Join, Part, Task, extract_dealt, processes
from trocar.benchmarks.extract import Extraction, Outcome, extract
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.ranges import Place, Range, RangeStream, proposed
from trocar.benchmarks.tables import TABLES

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from generate_rates import pieces

CODES = frozenset({"77012", "77002", "76942", "10021"})
# Only a file that was cut has them.
OF_A_CUT = {"ranges", "whole_because"}


class Dealt:
    """Runs the tasks here, one by one; ``seen`` are those that ran."""

    def __init__(self, asked: Extraction) -> None:
        self.asked = asked
        self.seen: list[Task] = []

    def __call__(self, tasks: Sequence[Task]) -> list[Answers]:
        self.seen += tasks
        return [task.answers(self.asked) for task in tasks]


def tables(output: Path, outcome: Outcome) -> dict[str, Any]:
    """Every table of a file; rejects stand in no promised order."""
    assert outcome.file, outcome.problem
    found = {name: pq.read_table(output / outcome.file["file_id"] / f"{name}.parquet").to_pylist() for name in TABLES}
    found["rejects"].sort(key=repr)
    (file,) = found["files"]
    found["files"] = {name: value for name, value in file.items() if name not in OF_A_CUT}
    return found


def both(folder: Path, content: bytes, size: int, **asked: Any) -> tuple[Outcome, Dealt]:
    """Extract a file in one go and in ranges of at most ``size`` bytes, and compare; gives the outcome in ranges."""
    path = folder / "rates.json"
    path.write_bytes(content)
    whole, cut = (
        Extraction(folder / name, **{"codes": CODES, **asked}, pause=0, range_size=size) for name in ("whole", "cut")
    )
    dealt = Dealt(cut)
    (here,) = extract([str(path)], whole, quiet(folder))
    (there,) = extract_dealt([str(path)], cut, dealt)
    assert tables(cut.output, there) == tables(whole.output, here)
    assert not (cut.output / ".pieces").exists()
    return there, dealt


def told(outcome: Outcome) -> tuple[int | None, str | None]:
    """In how many ranges it was read, or why it was read whole."""
    assert outcome.file
    return outcome.file.get("ranges"), outcome.file.get("whole_because")


def shuffled(value: Any, draw: random.Random) -> Any:
    """The same with the keys of every object in some order."""
    if isinstance(value, dict):
        keys = draw.sample(list(value), len(value))
        return {key: shuffled(value[key], draw) for key in keys}
    return [shuffled(entry, draw) for entry in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """About 200 kB of our own generator."""
    return json.loads("".join(pieces(0.2, 12, seed=3)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("last", [False, True], ids=["references first", "references last"])
@pytest.mark.parametrize("layout", [*sorted(LAYOUTS), "shuffled"])
def test_the_tables_of_one_go(layout: str, last: bool, generated: dict[str, Any], tmp_path: Path) -> None:
    order = sorted(generated, key=lambda key: (key == "provider_references") == last)
    document = {key: generated[key] for key in order} | {"in_network": generated["in_network"][::6]}
    text = json.dumps(shuffled(document, random.Random(1))) if layout == "shuffled" else LAYOUTS[layout](document)
    outcome, dealt = both(tmp_path, text.encode(), len(text) // 9)
    read, because = told(outcome)
    assert because is None
    assert read is not None
    assert sum(isinstance(task, Part) for task in dealt.seen) >= read > 1
    assert outcome.file
    assert outcome.file["rates"] > 100


NASTY = st.text(alphabet='a{}[]",:\\ \n\té☃0-e', max_size=12)
KEYS = ("negotiation_arrangement", "billing_code", "provider_group_id", "negotiated_rates", "unknown")
# Objects that look like the elements of a section, where no element is.
DECOYS = st.recursive(
    NASTY | st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """In-network files with names, unknown fields and groups of any kind, sections and keys in any order."""
    ids = st.integers(1, 6) | st.sampled_from([1.5, "2", 690.5])
    groups = st.lists(
        st.sampled_from([GROUP, {**GROUP, "npi": [0]}, {"NPI": ["1234567893"], "tin": {}}, 7]), max_size=2
    )
    prices = st.lists(
        st.sampled_from(
            [PRICE, {**PRICE, "negotiated_rate": "$1,025.50"}, {**PRICE, "x": 1}, {**PRICE, "negotiated_rate": None}]
        ),
        max_size=3,
    )
    rates = st.builds(
        lambda prices, named, inline, extra: {
            **extra, "negotiated_prices": prices, "provider_references": named, "provider_groups": inline,
        },
        prices, st.lists(ids, max_size=3), groups, st.dictionaries(st.just("odd"), DECOYS, max_size=1),
    )  # fmt: skip
    items = st.builds(
        lambda code, name, rates, more: {**ITEM, "billing_code": code, "name": name, "negotiated_rates": rates, **more},
        st.sampled_from(["77012", "77002", "99213", "77012 AND 77002"]), NASTY, st.lists(rates, max_size=4),
        st.dictionaries(st.sampled_from(["odd", "bundled_codes"]), DECOYS, max_size=1),
    )  # fmt: skip
    references = st.builds(
        lambda id_, groups, extra: {"provider_group_id": id_, "provider_groups": groups, **extra},
        ids, groups, st.dictionaries(st.sampled_from(["network_name", "odd"]), DECOYS, max_size=1),
    )  # fmt: skip
    parts: dict[str, Any] = {
        "reporting_entity_name": draw(NASTY),
        "plan_name": draw(NASTY),
        "in_network": draw(st.lists(items, max_size=10)),
        "provider_references": draw(st.lists(references, max_size=8)),
        "odd": draw(DECOYS),
    }
    return shuffled(parts, random.Random(draw(st.integers(0, 99))))  # type: ignore[no-any-return]


@given(
    document=documents(),
    layout=st.sampled_from(["compact", "pretty", "CRLF", "BOM"]),
    count=st.integers(2, 7),
    chunk=st.sampled_from([7, 60, 2000]),
    limit=st.sampled_from([150, 1 << 20]),
)
@settings(max_examples=40, deadline=None)
def test_the_tables_of_one_go_wherever_it_is_cut(
    document: dict[str, Any], layout: str, count: int, chunk: int, limit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = LAYOUTS[layout](document).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_network, "Stream", partial(Stream, limit=limit))
        patch.setattr(ranges, "RangeStream", partial(RangeStream, chunk=chunk, limit=limit))
        both(tmp_path_factory.mktemp("file"), content, len(content) // count, codes=frozenset({"77012"}))


@pytest.mark.parametrize(
    "name", ["in_network", "provider_references", "negotiated_rates", "provider_group_id", "twice"]
)
def test_what_departs_in_ranges(name: str, tmp_path: Path) -> None:
    """Keys in capitals, or twice in one object: the same rows and the same counts."""
    items = [{**ITEM, "billing_code": code, "negotiated_rates": [RATE] * 9} for code in ("77012", "77002", "77021")] * 9
    text = json.dumps({**FILE, "in_network": items}).replace(f'"{name}"', f'"{name.upper()}"')
    if name == "twice":
        text = text.replace('"negotiated_rate": 25.5', '"negotiated_rate": 25.5, "negotiated_rate": 30')
    outcome, _ = both(tmp_path, text.encode(), len(text) // 7)
    assert outcome.file
    assert outcome.file["rates"] == 18 * 9
    assert outcome.file["repairs"]


def test_a_wrong_proposal_is_found_and_read_again(tmp_path: Path) -> None:
    """Objects of an unknown field look like items; a range in their midst begins at one of them."""
    decoys = [{**ITEM, "negotiated_rates": [RATE] * 3}] * 40
    document = {**FILE, "in_network": [{**ITEM, "odd": decoys}, ITEM, {**ITEM, "negotiated_rates": [RATE] * 2}]}
    content = json.dumps(document).encode()
    outcome, dealt = both(tmp_path, content, len(content) // 3)
    (join,) = [task for task in dealt.seen if isinstance(task, Join)]
    first, *others = join.pieces
    assert first.end
    assert all(piece.start and piece.start.offset < first.end.offset for piece in others)  # all lie within the item
    assert outcome.file
    assert outcome.file["rates"] == 4  # 1 + 1 + 2: none of the decoys
    assert told(outcome) == (2, None)  # the first, and the last, read again from the second item on


def test_an_element_larger_than_a_range(tmp_path: Path) -> None:
    content = json.dumps({**FILE, "in_network": [ITEM, {**ITEM, "negotiated_rates": [RATE] * 200}, ITEM]}).encode()
    outcome, _ = both(tmp_path, content, len(content) // 20)
    read, because = told(outcome)
    assert because is None
    assert read is not None
    assert 2 <= read < 20  # those within the item have nothing of their own


@pytest.mark.parametrize(
    ("damage", "because"),
    [
        (lambda text: text[: int(len(text) * 0.7)], "the text ends within"),
        (lambda text: text.replace('"77021"', "NaN", 1), "invalid character"),
        (lambda text: text + "x", "something follows the end"),
        (lambda text: text[:-1] + ',"plan_name": "a", "plan_name": "b"}', "stands twice"),
        (lambda text: text[:-1] + ',"in_network": [' + json.dumps(ITEM) + "]}", "stands twice"),
        (lambda text: text[:-1] + ',"last_updated_on" 1}', "is missing"),
    ],
    ids=["truncated", "no JSON", "more", "a key twice", "a section twice", "no colon"],
)
def test_what_is_damaged_is_read_in_one_go(damage: Callable[[str], str], because: str, tmp_path: Path) -> None:
    items = [{**ITEM, "billing_code": code, "negotiated_rates": [RATE] * 9} for code in ("77012", "77002", "77021")] * 9
    text = damage(json.dumps({**FILE, "in_network": items}))
    outcome, _ = both(tmp_path, text.encode(), len(text) // 7)
    read, reason = told(outcome)
    assert read is None
    assert reason is not None
    assert because in reason


def test_groups_that_stand_in_several_ranges_count_once(tmp_path: Path) -> None:
    """With what departs in them: one repair and one reject each, however many ranges name them."""
    groups = [{"NPI": ["1234567893"], "tin": {"type": "ein", "value": "1"}}, 7]
    rate = {"negotiated_prices": [PRICE], "provider_groups": groups}
    content = json.dumps({**FILE, "in_network": [{**ITEM, "negotiated_rates": [rate] * 5}] * 30}).encode()
    outcome, _ = both(tmp_path, content, -(-len(content) // 7))
    assert outcome.file
    assert (outcome.file["groups"], outcome.file["rejects"], told(outcome)[0]) == (1, 1, 7)


def test_remote_references(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"provider_groups": [GROUP]}))
    references = [{"provider_group_id": number, "location": "one.json"} for number in range(20)]
    items = [{**ITEM, "negotiated_rates": [{**RATE, "provider_references": [n]}]} for n in range(20)]
    content = json.dumps({**FILE, "provider_references": references, "in_network": items}).encode()
    for fetch in (True, False):
        folder = tmp_path / str(fetch)
        folder.mkdir()
        (folder / "one.json").write_bytes((tmp_path / "one.json").read_bytes())
        outcome, _ = both(folder, content, len(content) // 5, fetch_references=fetch)
        assert outcome.file
        assert outcome.file["references_unresolved"] == (0 if fetch else 20)


def test_a_file_cut_or_not_is_kept(tmp_path: Path) -> None:
    content = json.dumps({**FILE, "in_network": [ITEM] * 50}).encode()
    outcome, dealt = both(tmp_path, content, len(content) // 4)
    (again,) = extract_dealt([str(tmp_path / "rates.json")], dealt.asked, dealt)
    assert again.kept
    assert again.file
    assert outcome.file
    assert again.file | outcome.file == again.file
    (join,) = [task for task in dealt.seen if isinstance(task, Join)]  # none in the second run
    # A task whose answer was lost is run again, though its pieces are gone.
    (late,) = join.answers(dealt.asked).outcomes
    assert late.file == again.file


def test_small_files_and_other_kinds_are_not_cut(tmp_path: Path) -> None:
    content = json.dumps(FILE).encode()
    path = tmp_path / "rates.json"
    path.write_bytes(content)
    asked = Extraction(tmp_path / "out", CODES, pause=0, range_size=len(content) // 2 + 1)
    dealt = Dealt(asked)
    assert told(next(extract_dealt([str(path)], asked, dealt))) == (None, None)
    # Of the size of a file that was extracted: it is identified first, and is another one.
    small = Extraction(tmp_path / "out", CODES, pause=0, range_size=len(content) // 3)
    path.write_bytes(content.replace(b"25.5", b"26.5"))
    (other,) = extract_dealt([str(path)], small, Dealt(small))
    assert (other.kept, told(other)) == (False, (None, None))
    (tmp_path / "index.json").write_text(json.dumps({"reporting_structure": [], "odd": "x" * 999}))
    list(extract_dealt([str(tmp_path / "index.json")], asked, dealt))
    assert all(isinstance(task, Begin) for task in dealt.seen)


def test_official_examples_and_the_real_file(tmp_path: Path) -> None:
    names = list(SAMPLES.glob("cms-tic-v*/examples/in-network-rates/*.json"))
    real = gzip.decompress(sample("dolthub/carefirst_in_network.json.gz").read_bytes())
    outcome, _ = both(tmp_path, real, -(-len(real) // 5), codes=frozenset({"32408", "47000", "49180", "50200"}))
    assert told(outcome) == (5, None)
    for number, path in enumerate(sorted(names)):
        folder = tmp_path / str(number)
        folder.mkdir()
        content = path.read_bytes()
        both(folder, content, len(content) // 3, codes=None)


def test_processes_of_one_machine(tmp_path: Path, generated: dict[str, Any]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(generated))
    (tmp_path / "b.json").write_text(json.dumps(FILE))
    locations = [str(tmp_path / name) for name in ("a.json", "missing.json", "b.json")]
    alone, cut = (Extraction(tmp_path / name, CODES, pause=0, range_size=60_000) for name in ("alone", "cut"))
    here = list(extract(locations, alone))
    with processes(2, cut) as deal:
        there = list(extract_dealt(locations, cut, deal))
    assert [outcome.location for outcome in there] == [outcome.location for outcome in here]
    for one, other in zip(here, there, strict=True):
        assert (one.problem, one.file is None) == (other.problem, other.file is None)
        if one.file:
            assert tables(cut.output, other) == tables(alone.output, one)
    read = told(there[0])[0]
    assert read is not None
    assert read > 1


@pytest.mark.parametrize("begin", range(0, 120, 7))
def test_what_is_proposed_begins_an_element(begin: int, tmp_path: Path) -> None:
    """Whatever the first key: here the one that items share with the codes of a bundle."""
    bundled = {"billing_code_type": "CPT", "billing_code": "1", "billing_code_type_version": "1", "description": "d"}
    item = {"billing_code": "77012", "bundled_codes": [bundled], "name": '{"billing_code": 1', "negotiated_rates": []}
    content = b'{"in_network": [' + b", ".join([json.dumps(item).encode()] * 9) + b"]}"
    path = tmp_path / "f.json"
    path.write_bytes(content)
    begins = [16 + number * (len(json.dumps(item)) + 2) for number in range(9)]
    with path.open("rb") as file:
        found = proposed(path, file, Range(1, begin + 1, len(content)))
    assert found == Place("in_network", min(at for at in begins if at > begin))
