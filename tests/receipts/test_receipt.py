"""A receipt: what it holds, what it never holds, and what verifying it says."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.core.errors import ClaimInputError, ReceiptError
from trocar.engine.compile import compile_pack
from trocar.engine.pack import PUBLISHED_BY, Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.receipts import verify
from trocar.receipts.canonical import canonical
from trocar.receipts.claim_lines import line_shapes, table_of, without_patients
from trocar.receipts.code import LAYERS, layer_hashes, rule_hashes
from trocar.receipts.files import read_receipt, write_receipt
from trocar.receipts.receipt import Evidence, receipt_of, sealed
from trocar.receipts.verify import Difference, Inputs, differences
from trocar.reference.catalog import Catalog
from trocar.reference.seal import broken, seal
from trocar.reference.store import Store
from trocar.rules.registry import all_rules
from trocar.scrub.check import check

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "claims.csv"
Receipt = dict[str, Any]


def kinds(found: list[Difference]) -> set[str]:
    """What kinds of things differ."""
    return {one.kind for one in found}


def test_it_is_equal_on_another_machine(receipt: Receipt, evidence: Evidence, claims: pa.Table, tmp_path: Path) -> None:
    """Written, read back and answered again: from its own lines, and from the file given again."""
    write_receipt(receipt, tmp_path / "receipt.json")
    read = read_receipt(tmp_path / "receipt.json")
    assert read == receipt
    assert differences(read, evidence, []) == []
    assert differences(read, evidence, [], Inputs([EXAMPLES], claims, 0)) == []


def test_the_same_check_gives_the_same_bytes(receipt: Receipt, claims: pa.Table, evidence: Evidence) -> None:
    """Nothing of the hour or the machine is in it."""
    assert canonical(receipt_of("check", claims, evidence, [EXAMPLES], 0)) == canonical(receipt)


def test_it_says_what_the_check_says(receipt: Receipt, claims: pa.Table, evidence: Evidence) -> None:
    """Numbered claims in the place of their ids, and else the findings of the check itself, in its order."""
    result = check(claims, evidence.pack)
    assert [_nameless(finding.to_dict()) for finding in result.findings] == [*map(_nameless, receipt["findings"])]
    assert [_nameless(line) for line in result.priced] == [*map(_nameless, receipt["priced"])]
    assert [_nameless(entry.to_dict()) for entry in result.not_checked] == [*map(_nameless, receipt["not_checked"])]
    assert receipt["findings"]


def _nameless(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if name != "claim_id"}


def test_a_cited_row_stands_in_it_as_the_store_has_it(receipt: Receipt) -> None:
    """77002-26 in RVU25D, line 8752: work 0.54, practice expense 0.22, malpractice 0.03; the factor 32.3465."""
    (row,) = (row for row in receipt["rows"] if (row["file"], row["line"]) == ("PPRRVU2025_Oct.csv", 8752))
    (values,) = row["values"]
    assert (values["hcpcs"], values["modifier"], values["status"]) == ("77002", "26", "A")
    assert (values["work"], values["facility_pe"], values["malpractice"]) == (54, 22, 3)
    assert values["conversion_factor"] == 323465


def test_every_citation_has_its_row(receipt: Receipt) -> None:
    """What a finding or a price cites, once; and the release of each."""
    cited = {
        (one["release"], one["file"], one["line"])
        for answer in (*receipt["findings"], *receipt["priced"])
        for one in answer["citations"]
    }
    assert {(row["release"], row["file"], row["line"]) for row in receipt["rows"]} == cited
    assert len(receipt["rows"]) == len(cited)
    assert all(row["values"] for row in receipt["rows"])
    assert {row["release"] for row in receipt["rows"]} <= {one["release"] for one in receipt["releases"]}


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.uuids().map(str), st.uuids().map(str)),
        min_size=52, max_size=52,
    )
)  # fmt: skip
def test_no_id_of_a_claim_or_a_patient_is_in_it(
    claims: pa.Table, evidence: Evidence, receipt: Receipt, ids: list[tuple[str, str]]
) -> None:
    """Whatever the ids are, none of them is in the text, and the receipt is the same but for the hash of the file."""
    renamed = {
        name: {one: pair[at] for one, pair in zip(sorted(set(claims[name].to_pylist()) - {None}), ids, strict=False)}
        for at, name in enumerate(("claim_id", "patient_id"))
    }
    table = claims
    for name, words in renamed.items():
        if len(set(words.values())) < len(words):
            return
        column = pa.array([text and words[text] for text in table[name].to_pylist()], pa.string())
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    text = canonical(receipt_of("check", table, evidence, [EXAMPLES], 0))
    assert not any(one.encode() in text for words in renamed.values() for one in words.values())
    assert text == canonical(receipt)


def test_patient_fields_are_in_it_when_asked_for(claims: pa.Table, evidence: Evidence) -> None:
    """Ids, addresses and the file's name; it verifies as well."""
    kept = receipt_of("check", claims, evidence, [EXAMPLES], 0, patient_fields=True)
    assert kept["inputs"][0]["input"] == "claims.csv"
    assert {line["claim_id"] for line in kept["lines"]} == set(claims["claim_id"].to_pylist())
    assert differences(kept, evidence, []) == []
    assert differences(kept, evidence, [], Inputs([EXAMPLES], claims, 0)) == []


def test_lines_come_back_as_they_were(claims: pa.Table) -> None:
    """Line to JSON and back: every column but the addresses."""
    lines = without_patients(claims)
    assert table_of(json.loads(canonical(line_shapes(lines)))).equals(lines)


def test_a_line_that_is_none_is_refused() -> None:
    """Said with its number."""
    with pytest.raises(ClaimInputError, match="claim line 1"):
        table_of([{"claim_id": "1", "line": 1, "hcpcs": "77002", "service_date": "someday"}])
    with pytest.raises(ClaimInputError, match="nickname"):
        table_of([{"claim_id": "1", "line": 1, "hcpcs": "77002", "service_date": "2025-11-03", "nickname": "x"}])


def changed(receipt: Receipt, change: Callable[[Receipt], None], *, resealed: bool) -> Receipt:
    """A receipt somebody has been at, with or without its hash made anew."""
    other = copy.deepcopy(receipt)
    change(other)
    return sealed(other) if resealed else other


def _drop_finding(receipt: Receipt) -> None:
    receipt["findings"].pop(0)


def _raise_price(receipt: Receipt) -> None:
    next(line for line in receipt["priced"] if line["allowed"])["allowed"] = "9999.99"


def _change_row(receipt: Receipt) -> None:
    row = next(row for row in receipt["rows"] if row["table"] == "schedule")
    row["values"][0]["work"] += 1


def _other_rule(receipt: Receipt) -> None:
    receipt["rules"]["NC001"] = "0" * 64


def _other_release(receipt: Receipt) -> None:
    next(one for one in receipt["releases"] if one["release"] == "RVU25D")["sha256"] = "1" * 64


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_drop_finding, "answer", "finding claim"),
        (_raise_price, "answer", "price claim"),
        (_change_row, "row", "PPRRVU"),
        (_other_rule, "rule", "NC001 is another version"),
        (_other_release, "release", "RVU25D"),
    ],
)
def test_what_was_tampered_with_is_named(
    receipt: Receipt, evidence: Evidence, change: Callable[[Receipt], None], kind: str, words: str
) -> None:
    """By the hash of the receipt, and where that was made anew, by answering again."""
    told = differences(changed(receipt, change, resealed=False), evidence, [])
    assert kinds(told) == {"receipt", kind}
    (one,) = differences(changed(receipt, change, resealed=True), evidence, [])
    assert (one.kind, one.missing) == (kind, False)
    assert words in one.what


def test_a_rule_of_another_version_here_is_named(
    receipt: Receipt, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: the program that verifies has another rule, and a layer it does not have."""
    monkeypatch.setattr(verify, "rule_hashes", lambda: rule_hashes() | {"NC001": "0" * 64, "XX999": "1" * 64})
    monkeypatch.setattr(verify, "layer_hashes", lambda: layer_hashes() | {"pricing": "2" * 64})
    found = {(one.kind, one.what) for one in differences(receipt, evidence, [])}
    assert found == {
        ("rule", "NC001 is another version"),
        ("rule", "XX999 is only on one side"),
        ("code", "pricing is another version"),
    }


def test_other_inputs_are_named(receipt: Receipt, evidence: Evidence, claims: pa.Table, tmp_path: Path) -> None:
    """Another file, one line less, one row that can't be read."""
    other = tmp_path / "claims.csv"
    other.write_bytes(EXAMPLES.read_bytes() + b"\n")
    (one,) = differences(receipt, evidence, [], Inputs([other], claims, 0))
    assert one.kind == "input"
    found = differences(receipt, evidence, [], Inputs([EXAMPLES], claims.slice(1), 1))
    assert kinds(found) >= {"input", "line", "answer"}


@pytest.fixture
def own_store(tmp_path: Path) -> Path:
    """The starter pack as a store of one's own, compiled and sealed."""
    folder = tmp_path / "store"
    shutil.copytree(starter_store(), folder)
    compile_pack(folder)
    seal(folder)
    return folder


def test_one_changed_byte_of_a_store_is_named(receipt: Receipt, own_store: Path) -> None:
    """Another machine, a store with a bad byte in a column that no claim here needs: named all the same."""
    path = own_store / "pack" / "addon.effective.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    evidence = Evidence(Pack.open(own_store), Store(own_store), {})
    found = differences(receipt, evidence, broken(own_store))
    assert [(one.kind, one.what.split(" ")[0]) for one in found if one.kind == "store file"] == [
        ("store file", "pack/addon.effective.npy")
    ]


def test_a_changed_value_in_a_table_is_found_by_the_row_and_the_answer(receipt: Receipt, own_store: Path) -> None:
    """Somebody seals the store again after changing a work value: the cited row no longer is what was cited."""
    path = own_store / "schedule.parquet"
    rows = pq.read_table(path)
    lines, files = rows["line"].to_pylist(), rows["file_id"].to_pylist()
    rvu25d = next(file.file_id for file in Store(own_store).catalog.files if file.release == "RVU25D")
    work = [
        value + 1 if (line, file) == (8752, rvu25d) else value
        for value, line, file in zip(rows["work"].to_pylist(), lines, files, strict=True)
    ]
    field = rows.schema.field("work")
    pq.write_table(rows.set_column(rows.schema.get_field_index("work"), field, pa.array(work, field.type)), path)
    compile_pack(own_store)
    seal(own_store)
    found = differences(receipt, Evidence(Pack.open(own_store), Store(own_store), {}), broken(own_store))
    assert kinds(found) == {"row", "answer"}
    assert "RVU25D PPRRVU2025_Oct.csv line 8752" in {one.what for one in found}


def test_a_release_that_is_not_held_leaves_the_answers_unchecked(receipt: Receipt, own_store: Path) -> None:
    """Without RVU25D nothing is compared, and nothing is called different."""
    store = Store(own_store)
    files = tuple(file for file in store.catalog.files if file.release != "RVU25D")
    lacking = Store(own_store)
    lacking.__dict__["catalog"] = replace(store.catalog, files=files)
    found = differences(receipt, Evidence(open_starter(), lacking, {}), [])
    assert found
    assert all(one.missing and one.kind == "release" and "RVU25D" in one.what for one in found)


def test_pins_and_the_clock_are_part_of_it(claims: pa.Table) -> None:
    """The options are in the receipt, and answering with them is equal; without them it is not."""
    pins = {PUBLISHED_BY: "2026-01-01", "schedule": "RVU25D"}
    with_pins = Evidence(open_starter(pins), Store(starter_store()), pins)
    receipt = receipt_of("price", claims, with_pins, [], 0)
    assert receipt["options"] == {"pins": pins}
    assert receipt["findings"] == []
    assert differences(receipt, with_pins, []) == []
    without = differences(receipt, Evidence(open_starter(), Store(starter_store()), {}), [])
    assert kinds(without) == {"answer"}


def test_hashes_are_of_every_rule_and_layer() -> None:
    """One per rule id, one per layer and one for what the rules share."""
    assert set(rule_hashes()) == {rule.id for rule in all_rules()}
    assert set(layer_hashes()) == {*LAYERS, "rules"}
    assert len(set(layer_hashes().values())) == len(LAYERS) + 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"receipt": 2}', '{"receipt": 1, "job": "check"}', '{"receipt": 1, "trocar": 1.5}'],
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, text: str) -> None:
    """Said as such, before anything is answered."""
    (tmp_path / "receipt.json").write_text(text)
    with pytest.raises(ReceiptError):
        read_receipt(tmp_path / "receipt.json")


def test_a_receipt_with_a_damaged_part_is_refused(tmp_path: Path, receipt: Receipt) -> None:
    """The part is named."""
    for change in ({"priced": [{}]}, {"rows": ["x"]}, {"more": 1}, {"job": "guess"}):
        write_receipt(receipt | change, tmp_path / "receipt.json")
        with pytest.raises(ReceiptError, match=next(iter(change))):
            read_receipt(tmp_path / "receipt.json")


def test_the_catalog_of_the_starter_pack_is_sealed() -> None:
    """The embedded pack has its own sums, and they hold."""
    assert broken(starter_store()) == []
    assert Catalog.read(starter_store() / "catalog.json").scope


@pytest.mark.full_data
def test_a_full_store_and_the_starter_pack_give_the_same_receipt(
    full_store: Path, claims: pa.Table, evidence: Evidence
) -> None:
    """Of codes in the pack both say the same, row by row: whoever has either verifies the other's receipt."""
    scope = set(evidence.pack.catalog.scope)
    assert {*claims["hcpcs"].to_pylist()} <= scope
    full = Evidence(Pack.open(full_store), Store(full_store), {})
    written = receipt_of("check", claims, full, [], 0)
    assert written["findings"]
    assert differences(written, evidence, []) == []
    assert differences(receipt_of("check", claims, evidence, [], 0), full, broken(full_store)) == []
