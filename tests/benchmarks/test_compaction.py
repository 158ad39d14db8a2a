"""A compacted set: the same answers as the extracted folders, nothing lost, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rates_files import write_extracted
from trocar.benchmarks.compaction import compact as compaction
from trocar.benchmarks.compaction import partitions
from trocar.benchmarks.compaction.compact import compact
from trocar.benchmarks.compaction.manifest import RatesSetError, read_manifest
from trocar.benchmarks.compaction.partitions import partition_name
from trocar.benchmarks.compaction.rates_set import RatesSet, open_rates
from trocar.benchmarks.folder import RatesError
from trocar.benchmarks.providers import load_providers
from trocar.benchmarks.shapes import benchmark_shape, rows_of, summary_shape
from trocar.benchmarks.summary import Question, summarise
from trocar.benchmarks.tables import TABLES
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.asked import Asked
from trocar.reference.store import Store

MEMORY = 1 << 30
SIX = [
    {"rate": str(amount), "provider_group_ids": [str(at)]} for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
]
QUESTIONS = (
    {}, {"state": "MD"}, {"component": "26"}, {"payers": ("bcbs",)}, {"each_state": True}, {"by_contract": True},
    {"kinds": ("gross", "cash")},
)  # fmt: skip


def answers(folder: Path, asked: Asked, questions: Sequence[Mapping[str, Any]] = QUESTIONS) -> str:
    """All that is told of 77012: benchmarks, funnel, flags, files, and each rate with its reasons."""
    told: list[Any] = []
    for asking in questions:
        summary = summarise(open_rates(folder), asked, Question("77012", **asking))
        told += [[benchmark_shape(entry) for entry in summary.benchmarks], summary_shape(summary)]
        told.append(list(rows_of(summary)))
    return json.dumps(told, indent=1, default=str)


def table(folder: Path, name: str) -> list[Any]:
    """The rows of a table in an order of their own, with all published columns."""
    columns = ", ".join(f'"{column}"' for column in TABLES[name].names)
    paths = f"{folder}/*/{name}.parquet" if not (folder / "set.json").exists() else ""
    if paths:
        return duckdb.execute(f"SELECT {columns} FROM read_parquet('{paths}') ORDER BY ALL").fetchall()
    manifest = read_manifest(folder)
    held = manifest.partitions if name == "rates" else manifest.tables[name]
    files = ", ".join(f"'{folder / path}'" for path in held)
    return duckdb.execute(
        f"SELECT {columns} FROM read_parquet([{files}], hive_partitioning=false) ORDER BY ALL"
    ).fetchall()


@pytest.fixture
def rates(tmp_path: Path) -> Callable[..., Path]:
    """Writes extracted files into the folder ``rates``."""
    return lambda *given, **more: write_extracted(tmp_path / "rates", *given, **more)


HOSPITAL = {
    "source_kind": "hospital", "payer": None, "hospital_id": "7 MD", "hospital_name": "H", "state": "MD",
    "negotiated_type": None, "arrangement": None, "billing_class": "facility", "setting": "outpatient",
    "modifiers": [], "place_of_service": [], "expiration_date": None,
}  # fmt: skip


def test_both_kinds_answer_the_same(rates: Callable[..., Path], tmp_path: Path, asked: Asked) -> None:
    """Payers known and unknown, a hospital in two files, a registry; the set's tables are the extracted ones."""
    rates("f1", [*SIX, {**SIX[0]}, {**SIX[1], "rate": "0.01"}], rejects=2)
    rates("f2", [{**rate, "provider_group_ids": ["1", "5"]} for rate in SIX], entity="CareFirst")
    rates("f3", [{**rate, "negotiated_type": "derived"} for rate in SIX], entity="BCBS TX")
    rates("f4", SIX, entity="Plan of ours: 100% / it's 'new'")
    own = [{"amount_kind": "gross", "rate": "900"}, {"amount_kind": "cash", "rate": "950"}]
    rates("h1", [{**HOSPITAL, **price} for price in own])
    folder = rates("h2", [{**HOSPITAL, "amount_kind": "gross", "rate": "940"}])
    npis = [1_000_000_000 + 100 * number for number in range(1, 7)]
    registry = {"npi": npis, "state": ["MD"] * 5 + ["VA"], "taxonomies": [["2085R0204X"]] * 5 + [["207N00000X"]]}
    pq.write_table(pa.table(registry), folder / "providers.parquet")
    done = compact(folder, tmp_path / "set", MEMORY)
    # aetna, carefirst, hcsc-texas, all others, hospitals' own prices
    assert asdict(done) == {"added": 6, "replaced": 0, "kept": 0, "rates": 29, "partitions": 5, "written": 5}
    assert isinstance(open_rates(tmp_path / "set"), RatesSet)
    assert answers(tmp_path / "set", asked) == answers(folder, asked)
    for name in TABLES:
        assert table(tmp_path / "set", name) == table(folder, name)


def test_a_file_twice_is_once_and_new_files_add(rates: Callable[..., Path], tmp_path: Path, asked: Asked) -> None:
    """Step by step the set is what it would be at once; the partition of the other payer is not written again."""
    folder = rates("f2", SIX, entity="Cigna")
    target = tmp_path / "set"
    compact(folder, target, MEMORY)
    cigna = read_manifest(target).rates["payer-cigna"]
    before = read_manifest(target)
    again = compact(folder, target, MEMORY)
    assert (again.added, again.kept, again.written) == (0, 1, 0)
    assert read_manifest(target) == before
    rates("f3", SIX[:3])
    rates("f1", SIX)
    more = compact(folder, target, MEMORY)
    assert (more.added, more.kept, more.written, more.rates) == (2, 1, 1, 15)
    assert read_manifest(target).rates["payer-cigna"] == cigna
    assert answers(target, asked) == answers(folder, asked)
    named = {target / path for path in read_manifest(target).paths()}
    assert set(target.rglob("*.parquet")) == named


def test_an_extraction_anew_takes_the_place(rates: Callable[..., Path], tmp_path: Path, asked: Asked) -> None:
    """A file extracted anew: its rates, groups and rejects replace those that were there."""
    folder = rates("f1", SIX, rejects=1)
    rates("f2", SIX)
    target = tmp_path / "set"
    compact(folder, target, MEMORY)
    rates("f1", [*SIX, {**SIX[0], "code": "77002"}], {"1": ["100"], "2": ["999"]}, rejects=3)
    done = compact(folder, target, MEMORY)
    assert (done.added, done.replaced, done.kept, done.rates) == (0, 1, 1, 13)
    assert answers(target, asked) == answers(folder, asked)
    for name in TABLES:
        assert table(target, name) == table(folder, name)


def test_a_payer_that_grows_gets_its_own_partition(
    rates: Callable[..., Path], tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of unknown payers one with 10 rates and more stands by itself; its earlier rates move there."""
    monkeypatch.setattr(partitions, "OWN_FROM", 10)
    folder = rates("f1", SIX, entity="Acme/../Health")
    rates("f2", SIX[:2], entity="Other")
    target = tmp_path / "set"
    compact(folder, target, MEMORY)
    assert set(read_manifest(target).rates) == {"other-payers"}
    rates("f3", SIX[:4], entity="ACME/../HEALTH")
    compact(folder, target, MEMORY)
    assert read_manifest(target).rows == {"payer-acme%2F..%2Fhealth": 10, "other-payers": 2}
    assert answers(target, asked) == answers(folder, asked)


def test_what_questions_read_grows_by_runs(rates: Callable[..., Path], tmp_path: Path, asked: Asked) -> None:
    """A little that comes is written beside the much that is there; partitions written again count in one run alone."""
    folder, target = rates("f1", SIX[:3]), tmp_path / "set"

    def after(*given: Any) -> list[tuple[int, list[str]]]:
        """The runs after one more file: rates when written, and the payers that count."""
        if given:
            rates(*given)
        compact(folder, target, MEMORY)
        assert answers(target, asked) == answers(folder, asked)
        held = read_manifest(target)
        payers = {path: name.removeprefix("payer-") for name, path in held.rates.items()}
        return [(run.rates, sorted(payers[path] for path in run.partitions if path in payers)) for run in held.by_code]

    rates("f2", [*SIX, *SIX, *SIX], None, "Cigna")
    assert after() == [(21, ["aetna", "cigna"])]
    much = read_manifest(target).by_code[0]
    # 21 is twice 3 and more: it stays.
    assert after("f3", SIX[:3], None, "CareFirst") == [(21, ["aetna", "cigna"]), (3, ["carefirst"])]
    # Aetna, 4 now, is written again; with it go the 3, less than twice 4. Of the 21 there are 18, twice 7 and more.
    assert after("f4", SIX[:1]) == [(21, ["cigna"]), (7, ["aetna", "carefirst"])]
    assert read_manifest(target).by_code[0] == much
    # No rates: nothing is written.
    assert after("f5", [], None, "Humana") == [(21, ["cigna"]), (7, ["aetna", "carefirst"])]
    # Aetna again, 5 now: of the 7 there are 3.
    assert after("f6", SIX[5:]) == [(21, ["cigna"]), (8, ["aetna", "carefirst"])]
    # 12: the 8 are less than twice 12, the 18 less than twice 20.
    everyone = ["aetna", "carefirst", "cigna", "hcsc-texas"]
    assert after("f7", [*SIX, *SIX], None, "BCBS TX") == [(38, everyone)]


def test_names_of_partitions_stay_within_their_folder() -> None:
    """Slashes, dots, quotes, other scripts and length: a plain name of a folder, another for another payer."""
    names = ["../x", "a/b", "a b", "a%20b", "ü'\"", ".", "x" * 500, "x" * 501, "aetna"]
    made = [partition_name(name) for name in names]
    assert len(set(made)) == len(names)
    assert all("/" not in name and name.startswith("payer-") and len(name) < 200 for name in made)


def test_a_compaction_that_fails_leaves_the_set_as_it_was(
    rates: Callable[..., Path], tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken at its proof: no new file is left, the answers are those of before; a first one leaves no folder."""
    folder, target = rates("f1", SIX), tmp_path / "set"
    compact(folder, target, MEMORY)
    before, files = answers(target, asked), set(target.rglob("*"))
    rates("f2", SIX)

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compaction, "verify", broken)
    with pytest.raises(KeyboardInterrupt):
        compact(folder, target, MEMORY)
    assert set(target.rglob("*")) == files
    assert answers(target, asked) == before
    with pytest.raises(KeyboardInterrupt):
        compact(folder, tmp_path / "first", MEMORY)
    assert not (tmp_path / "first").exists()


def test_a_lost_rate_is_found(rates: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partition written without one of its rates is not taken."""
    folder = rates("f1", SIX)
    write = partitions.write_partition

    def loses(database: duckdb.DuckDBPyConnection, name: str, *given: Any) -> int:
        count = write(database, name, *given)
        path = given[-1]
        database.execute(f"COPY (SELECT * FROM '{path}' OFFSET 1) TO '{path}.less' (FORMAT parquet)")
        Path(f"{path}.less").replace(path)
        return count - 1

    monkeypatch.setattr(compaction, "write_partition", loses)
    with pytest.raises(RatesSetError, match="f1 has not all its rates"):
        compact(folder, tmp_path / "set", MEMORY)


def test_what_is_damaged_or_foreign_is_refused(rates: Callable[..., Path], tmp_path: Path) -> None:
    """Each with its folder and what to do; the set is not begun."""
    folder, target = rates("f1", SIX), tmp_path / "set"
    (folder / "notes").mkdir()
    with pytest.raises(RatesSetError, match=r"no folder of an extracted file: there is no rates\.parquet"):
        compact(folder, target, MEMORY)
    (folder / "notes").rmdir()
    rates("f2", SIX)
    held = pq.read_table(folder / "f2" / "rates.parquet")
    pq.write_table(held.slice(1), folder / "f2" / "rates.parquet")
    with pytest.raises(RatesSetError, match="has 5 rows, extracted were 6"):
        compact(folder, target, MEMORY)
    pq.write_table(held.drop_columns(["offset"]), folder / "f2" / "rates.parquet")
    with pytest.raises(RatesSetError, match="column offset is missing"):
        compact(folder, target, MEMORY)
    (folder / "f2" / "rates.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(RatesSetError, match="can't be read"):
        compact(folder, target, MEMORY)
    shutil.rmtree(folder / "f2")
    shutil.copytree(folder / "f1", folder / "f9")
    with pytest.raises(RatesSetError, match="of another file"):
        compact(folder, target, MEMORY)
    shutil.rmtree(folder / "f9")
    assert not target.exists()
    with pytest.raises(RatesSetError, match="can't lie among the files"):
        compact(folder, folder / "set", MEMORY)
    target.mkdir()
    (target / "letter.txt").write_text("x", "utf-8")
    with pytest.raises(RatesSetError, match="holds something else"):
        compact(folder, target, MEMORY)
    with pytest.raises(RatesError, match="no extracted rates"):
        compact(tmp_path / "nowhere", target, MEMORY)
    compact(folder, tmp_path / "good", MEMORY)
    with pytest.raises(RatesSetError, match="a compacted set already"):
        compact(tmp_path / "good", tmp_path / "other", MEMORY)


def test_a_set_with_a_file_missing_is_refused(rates: Callable[..., Path], tmp_path: Path) -> None:
    """Not answered with what is left."""
    target = tmp_path / "set"
    compact(rates("f1", SIX), target, MEMORY)
    (target / read_manifest(target).rates["payer-aetna"]).unlink()
    with pytest.raises(RatesSetError, match="a file of the set is missing"):
        open_rates(target)


def test_other_definitions_are_worked_out_anew(
    rates: Callable[..., Path], tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set of an earlier table of payers answers by today's; compacting it needs all of its files again."""
    folder, target = rates("f1", [*SIX, SIX[0]]), tmp_path / "set"
    monkeypatch.setattr(compaction, "definitions", lambda: "of old")
    compact(folder, target, MEMORY)
    monkeypatch.undo()
    assert not RatesSet(target).has_facts
    assert answers(target, asked) == answers(folder, asked)
    other = write_extracted(tmp_path / "other", "f2", SIX)
    with pytest.raises(RatesSetError, match="rests on other definitions"):
        compact(other, target, MEMORY)
    assert compact(folder, target, MEMORY).replaced == 1
    assert RatesSet(target).has_facts


def test_the_registry_of_a_set(rates: Callable[..., Path], tmp_path: Path, asked: Asked) -> None:
    """Loaded into the set it counts at once; put there by hand, from the next question on."""
    folder, target = rates("f1", SIX), tmp_path / "set"
    compact(folder, target, MEMORY)
    state, taxonomy = "Provider Business Practice Location Address State Name", "Healthcare Provider Taxonomy Code_1"
    lines = [f"{1_000_000_000 + 100 * at},{'VA' if at == 6 else 'md'},2085R0204X" for at in range(1, 7)]
    (tmp_path / "npi.csv").write_text(f"NPI,{state},{taxonomy}\n" + "\n".join(lines), "utf-8")
    assert load_providers(open_rates(target), tmp_path / "npi.csv", None).providers == 6
    held = RatesSet(target)
    assert held.manifest.registry["providers.parquet"]
    (entry,) = summarise(held, asked, Question("77012", state="MD")).benchmarks
    assert entry.providers == 5
    shutil.copy(target / "providers.parquet", folder)
    assert answers(target, asked) == answers(folder, asked)
    table = pq.read_table(target / "providers.parquet").slice(0, 5)
    for where in (target, folder):
        pq.write_table(table, where / "providers.parquet")
    assert answers(target, asked) == answers(folder, asked)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


AMOUNTS = st.sampled_from(("0.01", "60", "70", "70.5", "80", "120", "5000", "999999999"))
RATE = st.fixed_dictionaries(
    {
        "rate": AMOUNTS,
        "code": st.sampled_from(("77012", "77012", "77002", "10005")),
        "code_type": st.sampled_from(("CPT", "CPT", "HCPCS", "LOCAL")),
        "provider_group_ids": st.lists(st.sampled_from(("1", "2", "3", "unknown")), max_size=3),
        "modifiers": st.sampled_from((["26"], ["26"], [], ["TC"], ["26", "59"])),
        "place_of_service": st.sampled_from((["22"], ["11"], [], ["11", "22"])),
        "negotiated_type": st.sampled_from(("negotiated", "derived", "per diem")),
        "expiration_date": st.sampled_from((date(9999, 12, 31), date(2025, 11, 2))),
    }
)
PRICE = st.fixed_dictionaries({"amount_kind": st.sampled_from(("gross", "cash", "minimum")), "rate": AMOUNTS}).map(
    lambda price: {**HOSPITAL, **price}
)
FILES = st.lists(
    st.tuples(
        st.sampled_from(("Aetna", "CareFirst", "BCBS TX", "Acme", "ACME", "it's ours")),
        st.lists(RATE, max_size=8),
        st.lists(PRICE, max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=FILES, registry=st.booleans(), at_once=st.booleans())
def test_any_files_answer_the_same(
    files: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]], registry: bool, at_once: bool
) -> None:
    """Whatever files, in whatever steps: every answer about a code is that of the extracted folders."""
    asked = Asked(open_starter(), Store(starter_store()), date(2025, 11, 3))
    with scratch() as folder:
        groups = {"1": ["100"], "2": ["200", "300"], "3": ["100", "400"]}
        for number, (entity, published, prices) in enumerate(files):
            write_extracted(folder / "rates", f"f{number}", [*published, *prices], groups, entity)
            if not at_once:
                compact(folder / "rates", folder / "set", MEMORY)
        if registry:
            known = {"npi": [1_000_000_100, 1_000_000_300], "state": ["MD", None], "taxonomies": [["207N00000X"], []]}
            table = pa.table(known).cast(pa.schema([("npi", pa.int64()), ("state", pa.string()),
                                                    ("taxonomies", pa.list_(pa.string()))]))  # fmt: skip
            pq.write_table(table, folder / "rates" / "providers.parquet")
        compact(folder / "rates", folder / "set", MEMORY)
        some = ({"state": "MD"}, {"by_contract": True}, {})
        assert answers(folder / "set", asked, some) == answers(folder / "rates", asked, some)


def test_votes_are_exact_beyond_floating_point(rates: Callable[..., Path], asked: Asked) -> None:
    """Amounts of four decimals come out as published."""
    folder = rates("f1", [{**rate, "rate": f"{70 + at}.1234"} for at, rate in enumerate(SIX)])
    (entry,) = summarise(open_rates(folder), asked, Question("77012")).benchmarks
    vote = entry.percentile(50)
    assert vote
    assert vote.amount == Decimal("72.1234")
    assert [entry.at_or_below(Decimal(text)) for text in ("72.1233", "72.1234")] == [2, 3]
