"""The embedded starter pack: small, without descriptors, wide enough for the examples, and built from the files."""

from __future__ import annotations

import runpy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trocar.claims.csv import read_claims_csv
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import CACHE_VARIABLE, open_starter, starter_store
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price
from trocar.reference.law import law
from trocar.reference.store import Store
from trocar.reference.tables import TABLES
from trocar.rules.registry import declared
from trocar.testing.examples import examples_of

REPOSITORY = Path(__file__).resolve().parent.parent
TOOL = REPOSITORY / "tools" / "build_starter.py"
# Texts the pack may hold besides codes and indicators: CMS's reasons for an edit, which describe no code.
REASONS = {"rationale", "instruction"}


@pytest.fixture(scope="module")
def store() -> Store:
    """The pack as a store."""
    return Store(starter_store())


@pytest.fixture(scope="module")
def scope(store: Store) -> set[str]:
    """The codes the pack answers for."""
    return set(store.catalog.scope)


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """The pack, compiled into a cache of its own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return open_starter()


def test_it_is_small() -> None:
    """The whole folder stays within six megabytes."""
    assert sum(path.stat().st_size for path in starter_store().iterdir()) <= 6_000_000


def test_it_holds_no_description(store: Store) -> None:
    """No table has a column beyond the schema of a store, no text in it is long enough to describe a service."""
    for path in sorted(store.path.glob("*.parquet")):
        rows = store.table(path.stem)
        assert rows.schema.names == TABLES[path.stem].names
        for column in rows.schema:
            if pa.types.is_string(column.type) and column.name not in REASONS | {"name"}:
                longest = pc.max(pc.utf8_length(rows[column.name])).as_py()
                assert longest <= 10, (path.stem, column.name)


def test_its_texts_are_reasons_of_edits(store: Store) -> None:
    """The few sentences in it are CMS's reasons for edits: a handful of distinct ones, not one per code."""
    for table, column in (("ncci_ptp", "rationale"), ("mue", "rationale"), ("addon", "instruction")):
        assert len(store.table(table)[column].unique()) <= 20


def test_every_code_of_the_example_claims_is_inside(scope: set[str]) -> None:
    """The example claims are answered by the pack that ships with the program."""
    reading = read_claims_csv(REPOSITORY / "examples" / "claims.csv")
    assert set(reading.table["hcpcs"].to_pylist()) <= scope


def test_every_code_of_the_rule_examples_is_inside(scope: set[str]) -> None:
    """A rule's example says that it needs the full data, or all its codes are in the pack."""
    outside = {
        (example.name, line.hcpcs)
        for module in {module for _, module in declared()}
        for example in examples_of(module)
        if not example.needs_full_data
        for line in example.lines
        if line.hcpcs not in scope
    }
    assert not outside, f"build the pack again (make starter): {sorted(outside)}"


def test_the_guidance_family_and_its_procedures_are_inside(scope: set[str]) -> None:
    """Guidance codes, and the needle procedures around them."""
    assert set(law().guidance) <= scope
    assert law().needle_procedures <= scope


def test_an_addon_code_has_all_its_primaries(store: Store, scope: set[str]) -> None:
    """77002 stands in 77 rows of AOC_V2026Q2-MCR.xlsx, each with another primary (ended ones too): all are inside."""
    rows = store.table("addon")
    primaries = rows.filter(pc.equal(rows["addon"], "77002"))["primary"].to_pylist()
    assert len(primaries) == len(set(primaries)) == 77
    assert set(primaries) <= scope


def test_what_it_leaves_out_is_left_out_of_its_catalog(store: Store) -> None:
    """Each file of the catalog has its rows in the pack, as many as the catalog says."""
    for file in store.catalog.files:
        rows = store.table(file.table)
        assert pc.sum(pc.equal(rows["file_id"], file.file_id)).as_py() == file.rows, file


def test_it_prices_to_the_cent(pack: Pack) -> None:
    """77002-26 on 2025-11-03, national: 0.79 x 32.3465 = 25.5537 -> 25.55, line 8752 of the file."""
    line = ClaimLine(
        claim_id="A",
        line=1,
        service_date=date(2025, 11, 3),
        hcpcs="77002",
        modifiers=("26",),
        place_of_service="22",
        locality="NATIONAL",
    )
    (answer,) = explain_all(price(Batch(claim_table([line]), pack).line))
    assert Decimal(str(answer["allowed"])) == Decimal("25.55")
    cited: Any = answer["citations"]
    assert (cited[0]["release"], cited[0]["file"], cited[0]["line"]) == ("RVU25D", "PPRRVU2025_Oct.csv", 8752)


def test_it_opens_the_same_the_second_time(pack: Pack) -> None:
    """The compiled pack is kept: a second opening maps the same folder."""
    assert open_starter().folder == pack.folder


def test_a_code_outside_is_not_checked(pack: Pack) -> None:
    """Knee replacement (27447) is in no table of the pack: it is not priced, and the answer says what to load."""
    line = ClaimLine(
        claim_id="A",
        line=1,
        service_date=date(2025, 11, 3),
        hcpcs="27447",
        place_of_service="22",
        locality="NATIONAL",
    )
    (answer,) = explain_all(price(Batch(claim_table([line]), pack).line))
    assert answer["status"] == "not_checked"
    assert "trocar data build" in " ".join(answer["reasons"])


@pytest.mark.full_data
def test_it_is_what_the_files_make(cms_files: Path, tmp_path: Path) -> None:
    """Built again from the publishers' files, the pack comes out byte for byte as it is in the repository."""
    build_starter = runpy.run_path(str(TOOL))["build_starter"]
    build_starter(cms_files, tmp_path / "starter")
    built = {path.name: path.read_bytes() for path in (tmp_path / "starter").iterdir()}
    assert built == {path.name: path.read_bytes() for path in starter_store().iterdir()}
