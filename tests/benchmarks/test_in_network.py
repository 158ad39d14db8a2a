"""In-network files give the rows of a plain full decode, whatever the layout; what departs is told."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchmarks.conftest import SAMPLES, sample
from benchmarks.rates_oracle import expected, extracted
from trocar.benchmarks import in_network
from trocar.benchmarks.extract import Outcome
from trocar.benchmarks.json_stream import LIMIT, Stream

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from generate_rates import GUIDANCE, pieces

Extract = Callable[..., Outcome]
LIMITS = [LIMIT, 100_000]
PRICE = {
    "negotiated_type": "negotiated",
    "negotiated_rate": 25.5,
    "expiration_date": "9999-12-31",
    "billing_class": "professional",
}
RATE = {"negotiated_prices": [PRICE], "provider_references": [1]}
ITEM = {
    "negotiation_arrangement": "ffs",
    "name": "n",
    "billing_code_type": "CPT",
    "billing_code_type_version": "2026",
    "billing_code": "77012",
    "description": "d",
    "negotiated_rates": [RATE],
}
GROUP = {"npi": [1234567893], "tin": {"type": "ein", "value": "12-3456789"}}
REFERENCE = {"provider_group_id": 1, "provider_groups": [GROUP]}
FILE = {
    "reporting_entity_name": "Example Health",
    "reporting_entity_type": "issuer",
    "provider_references": [REFERENCE],
    "in_network": [ITEM],
    "last_updated_on": "2026-06-01",
    "version": "1.0.0",
}


def reversed_keys(value: Any) -> Any:
    """The same with the keys of every object in reverse order."""
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(entry) for entry in value] if isinstance(value, list) else value


def inline(document: dict[str, Any]) -> dict[str, Any]:
    """The same with its groups within the rates, as schema 1 allows."""
    groups = {entry["provider_group_id"]: entry["provider_groups"] for entry in document["provider_references"]}
    changed = json.loads(json.dumps({key: value for key, value in document.items() if key != "provider_references"}))
    for item in changed["in_network"]:
        for rate in item["negotiated_rates"]:
            rate["provider_groups"] = [group for named in rate.pop("provider_references") for group in groups[named]]
    return changed  # type: ignore[no-any-return]


LAYOUTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "compact": lambda document: json.dumps(document, separators=(",", ":")),
    "pretty": lambda document: json.dumps(document, indent=2),
    "CRLF": lambda document: json.dumps(document, indent=1).replace("\n", "\r\n"),
    "reversed": lambda document: json.dumps(reversed_keys(document)),
    "inline": lambda document: json.dumps(inline(document)),
    "BOM": lambda document: "\ufeff" + json.dumps(document),
}


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """About 250 kB of our own generator, references last."""
    return json.loads("".join(pieces(0.2, 12, seed=3, references_last=True)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("chunk", [7, 4096, 8 << 20])
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_as_a_full_decode(
    layout: str,
    chunk: int,
    limit: int,
    generated: dict[str, Any],
    extract_text: Extract,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Few bytes at a time take long.
    document = {**generated, "in_network": generated["in_network"][:: 40 if chunk < 4096 else 2]}
    # One item beyond the smaller limit.
    large = {**ITEM, "negotiated_rates": [RATE] * 600}
    document = {**document, "in_network": [*document["in_network"], large, ITEM]}
    text = LAYOUTS[layout](document)
    monkeypatch.setattr(in_network, "Stream", partial(Stream, chunk=chunk, limit=limit))
    codes = {*GUIDANCE, "10021"}
    outcome = extract_text(text, codes)
    assert outcome.file
    assert not outcome.file["rejects"], pq.read_table(tmp_path / "out" / outcome.file["file_id"] / "rejects.parquet")
    rates, groups = expected(text.removeprefix("\ufeff"), codes)
    assert rates
    found = extracted(tmp_path / "out" / outcome.file["file_id"])
    assert found[0] == rates
    assert found[1] == groups
    assert outcome.file["payer" if "payer" in outcome.file else "entity"] == "Example Health"
    payers = pq.read_table(tmp_path / "out" / outcome.file["file_id"] / "rates.parquet")["payer"].unique().to_pylist()
    assert payers == ["Example Health"]  # in the reversed layout it stands behind the rates


EXAMPLES = SAMPLES.glob("cms-tic-v*/examples/in-network-rates/*.json")


@pytest.mark.parametrize("name", sorted(path.relative_to(SAMPLES).as_posix() for path in EXAMPLES))
@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_official_examples(
    name: str, chunk: int, extract_text: Extract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_network, "Stream", partial(Stream, chunk=chunk))
    text = sample(name).read_text()
    outcome = extract_text(text)
    assert outcome.file
    assert outcome.file["rejects"] == 0
    assert outcome.file["complete"]
    assert outcome.file["schema_shape"] == ("2.x" if "tic-v2" in name else "1.x")
    assert extracted(tmp_path / "out" / outcome.file["file_id"]) == expected(text, None)


def test_the_real_file(extract_text: Extract, tmp_path: Path) -> None:
    content = sample("dolthub/carefirst_in_network.json.gz").read_bytes()
    codes = {"32408", "47000", "49180", "50200"}
    outcome = extract_text(content, codes, "carefirst.json.gz")
    assert outcome.file
    found = extracted(tmp_path / "out" / outcome.file["file_id"])
    assert found == expected(gzip.decompress(content).decode(), codes)
    assert outcome.file["references"] == outcome.file["references_remote"] == 370
    # All are remote and none was fetched: each that is named is listed.
    assert outcome.file["references_unresolved"] == outcome.file["rejects"] == 71
    assert outcome.file["items"] == 1773


def test_the_shared_generator(extract_text: Extract, tmp_path: Path) -> None:
    script = sample("synthetic/gen_in_network.py")
    for order in ("refs_first", "refs_last"):
        path = tmp_path / f"{order}.json"
        subprocess.run([sys.executable, script, path, "6", "200", order], check=True, capture_output=True, timeout=120)
        codes = {"77002", "77012", "32408", "CSTM-00"}
        outcome = extract_text(path.read_bytes(), codes)
        assert outcome.file
        assert extracted(tmp_path / "out" / outcome.file["file_id"]) == expected(path.read_text(), codes)


def rows(outcome: Outcome, tmp_path: Path, table: str = "rates") -> list[dict[str, Any]]:
    """The rows of a table."""
    assert outcome.file
    return pq.read_table(tmp_path / "out" / outcome.file["file_id"] / f"{table}.parquet").to_pylist()  # type: ignore[no-any-return]


def with_price(**changed: Any) -> dict[str, Any]:
    """The file with one price changed."""
    price = {key: value for key, value in {**PRICE, **changed}.items() if value is not ...}
    return {**FILE, "in_network": [{**ITEM, "negotiated_rates": [{**RATE, "negotiated_prices": [price]}]}]}


def counted(outcome: Outcome, name: str) -> dict[str, int]:
    """Departures by kind."""
    assert outcome.file
    return {entry["what"]: entry["count"] for entry in outcome.file[name]}


def test_amounts_are_exact(extract_text: Extract, tmp_path: Path) -> None:
    text = json.dumps(with_price()).replace("25.5,", "12345678901234.1235,")
    (row,) = rows(extract_text(text), tmp_path)
    assert row["rate"] == Decimal("12345678901234.1235")
    text = json.dumps(with_price()).replace("25.5,", "0.12345,")  # five decimals don't fit
    (row,) = rows(extract_text(text), tmp_path)
    assert (row["rate"], row["rate_text"]) == (None, "0.12345")
    text = json.dumps(with_price()).replace("25.5,", "1.5e2,")
    (row,) = rows(extract_text(text), tmp_path)
    assert row["rate"] == 150


@pytest.mark.parametrize(
    ("changed", "column", "value", "repair"),
    [
        ({"negotiated_rate": "$1,025.50"}, "rate", Decimal("1025.5"), "an amount is written as text"),
        ({"service_code": None}, "place_of_service", [], None),
        ({"service_code": [None, "1"]}, "place_of_service", ["01"], "service_code has empty entries"),
        ({"service_code": "11"}, "place_of_service", ["11"], "service_code is not a list"),
        ({"service_code": [11]}, "place_of_service", ["11"], "service_code is not a text"),
        ({"billing_code_modifier": [26]}, "modifiers", ["26"], "billing_code_modifier is not a text"),
        (
            {"expiration_date": "12/31/2026"},
            "expiration_date",
            "2026-12-31",
            "expiration_date is written month/day/year",
        ),
        ({"expiration_date": "soon"}, "expiration_date", None, "expiration_date is no date"),
        ({"negotiated_type": "Percentage"}, "amount_kind", "percent", None),
        ({"negotiated_type": "per diem"}, "amount_kind", "per_diem", None),
        ({"negotiated_type": "percent of billed charges"}, "amount_kind", "percent", None),
        ({"negotiated_type": "per_diem"}, "amount_kind", "per_diem", None),
        ({"negotiated_type": "Per-Diem"}, "amount_kind", "per_diem", None),
        ({"setting": "Outpatient"}, "setting", "outpatient", None),
        ({"billing_code_modifier": [""]}, "modifiers", [], "billing_code_modifier has empty entries"),
        ({"billing_code_modifier": ["26", " "]}, "modifiers", ["26"], "billing_code_modifier has empty entries"),
        ({"billing_code_modifier": ["26,59"]}, "modifiers", ["26", "59"], "billing_code_modifier has several in one"),
        ({"service_code": [""]}, "place_of_service", [], "service_code has empty entries"),
        ({"service_code": ["11, 2"]}, "place_of_service", ["11", "02"], "service_code has several in one"),
        ({"service_code": ["cstm-00"]}, "place_of_service", ["CSTM-00"], None),
    ],
)
def test_departures_are_read_and_counted(
    changed: dict[str, Any], column: str, value: Any, repair: str | None, extract_text: Extract, tmp_path: Path
) -> None:
    outcome = extract_text(json.dumps(with_price(**changed)))
    (row,) = rows(outcome, tmp_path)
    assert str(row[column]) == str(value) or row[column] == value
    assert counted(outcome, "repairs") == ({repair: 1} if repair else {})
    assert outcome.file
    assert outcome.file["rejects"] == 0


def test_unknown_fields_are_told_with_their_byte(extract_text: Extract) -> None:
    document = with_price(new_one=1)
    document["in_network"][0]["new_two"] = {"x": []}
    document["new_three"] = [1, {"in_network": []}]
    document["provider_references"] = [{**REFERENCE, "new_four": None}]
    text = json.dumps(document)
    outcome = extract_text(text)
    assert outcome.file
    found = {entry["what"]: entry for entry in outcome.file["unknown_fields"]}
    assert set(found) == {
        "in_network[].negotiated_rates[].negotiated_prices[].new_one",
        "in_network[].new_two",
        "new_three",
        "provider_references[].new_four",
    }
    assert found["in_network[].new_two"]["first_offset"] == text.index('{"negotiation_arrangement"')
    assert found["new_three"]["first_offset"] == text.index('[1, {"in_network"')
    assert outcome.file["rates"] == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"negotiated_rate": "call us"}, "no number"),
        ({"negotiated_rate": ...}, "no negotiated_rate"),
        ({"service_code": {"a": 1}}, "Expected `str`, got `object`"),
    ],
)
def test_a_price_that_can_not_be_read_is_listed(
    changed: dict[str, Any], reason: str, extract_text: Extract, tmp_path: Path
) -> None:
    document = with_price(**changed)
    document["in_network"][0]["negotiated_rates"].append(RATE)
    outcome = extract_text(json.dumps(document))
    (reject,) = rows(outcome, tmp_path, "rejects")
    assert reason in reject["reason"]
    assert "negotiated_prices" in reject["where"]
    assert [row["rate"] for row in rows(outcome, tmp_path)] == [Decimal("25.5")]  # the other one


def test_groups_that_depart(extract_text: Extract, tmp_path: Path) -> None:
    groups = [
        {"NPI": ["1234567893", None], "tin": {"type": "npi", "value": 1234567893}},
        {"npi": [0], "tin": {"type": "ein", "value": "1", "business_name": "B"}},
        {"npi": ["x"], "tin": {"type": "ein", "value": "2"}},
        7,
    ]
    reference = {"provider_group_id": 1.0, "provider_groups": groups}
    outcome = extract_text(json.dumps({**FILE, "provider_references": [reference]}))
    found = rows(outcome, tmp_path, "groups")
    assert [(row["provider_group_id"], row["tin"], row["npis"]) for row in found] == [
        ("1", "1234567893", [1234567893]),
        ("1", "1", [0]),
        ("1", "2", []),
    ]
    assert {reject["reason"] for reject in rows(outcome, tmp_path, "rejects")} >= {"no number"}
    assert outcome.file
    assert outcome.file["rejects"] == 2
    assert outcome.file["references_unresolved"] == 0


def test_ids_are_compared_as_numbers(extract_text: Extract, tmp_path: Path) -> None:
    """690.64470 and 690.6447 are one id, 690.6448 is another; neither is cut to 690."""
    text = json.dumps({**FILE, "provider_references": [{**REFERENCE, "provider_group_id": 4711}]})
    text = text.replace("4711", "690.64470")
    text = text.replace('"provider_references": [1]', '"provider_references": [690.6447, 690.6448]')
    outcome = extract_text(text)
    assert [row["provider_group_id"] for row in rows(outcome, tmp_path, "groups")] == ["690.6447"]
    assert outcome.file
    assert outcome.file["references_unresolved"] == 1


@pytest.mark.parametrize("code", ["77012 AND 77002", "77002,77012", "77002;77012", "77012-26", "77012/77002", "77012*"])
def test_several_codes_in_one_field_are_listed(code: str, extract_text: Extract, tmp_path: Path) -> None:
    outcome = extract_text(json.dumps({**FILE, "in_network": [{**ITEM, "billing_code": code}]}), {"77012"})
    assert [row["reason"] for row in rows(outcome, tmp_path, "rejects")] == ["more than a code in one field"]
    outcome = extract_text(json.dumps({**FILE, "in_network": [{**ITEM, "billing_code": code}]}), {"7701"})
    assert rows(outcome, tmp_path, "rejects") == []


@pytest.mark.parametrize("chunk", [7, 8 << 20])
@pytest.mark.parametrize("limit", LIMITS)
def test_keys_count_in_any_case(
    chunk: int, limit: int, extract_text: Extract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the root and in items, large ones too: each that is written otherwise is counted."""
    monkeypatch.setattr(in_network, "Stream", partial(Stream, chunk=chunk, limit=limit))
    large = {**ITEM, "negotiated_rates": [RATE] * 600}
    text = json.dumps({**FILE, "in_network": [ITEM, large]})
    for name in ("in_network", "provider_references", "negotiated_rates", "billing_code_type", "provider_group_id"):
        text = text.replace(f'"{name}"', f'"{name.title()}"')
    outcome = extract_text(text.replace('"billing_code"', '"BILLING_CODE"'), {"77012"})
    assert len(rows(outcome, tmp_path)) == 601
    assert [row["tin"] for row in rows(outcome, tmp_path, "groups")] == ["12-3456789"]
    assert rows(outcome, tmp_path, "rejects") == []
    told = counted(outcome, "repairs")
    assert told["in_network is written in capitals"] == told["provider_references is written in capitals"] == 1
    assert told["in_network[].billing_code is written in capitals"] == 2
    assert outcome.file
    assert outcome.file["unknown_fields"] == []


def test_a_rate_without_prices_is_listed(extract_text: Extract, tmp_path: Path) -> None:
    """Null or missing is not nothing; an empty list is."""
    rates = [{**RATE, "negotiated_prices": None}, {"provider_references": [1]}, {**RATE, "negotiated_prices": []}]
    outcome = extract_text(json.dumps({**FILE, "in_network": [{**ITEM, "negotiated_rates": rates}]}))
    assert [row["reason"] for row in rows(outcome, tmp_path, "rejects")] == ["no negotiated_prices"] * 2


def test_one_reference_for_a_list_of_it(extract_text: Extract, tmp_path: Path) -> None:
    """A number or a text stands for the list; null in a list for nothing."""
    rates = [{**RATE, "provider_references": named} for named in (1, "1", [None, 1])]
    outcome = extract_text(json.dumps({**FILE, "in_network": [{**ITEM, "negotiated_rates": rates}]}))
    assert [row["provider_group_ids"] for row in rows(outcome, tmp_path)] == [["1"]] * 3
    assert counted(outcome, "repairs") == {
        "provider_references is not a list": 2,
        "provider_group_id is not a number": 1,
        "provider_references has empty entries": 1,
    }
    assert outcome.file
    assert outcome.file["references_unresolved"] == 0


def test_bundles_keep_their_codes(extract_text: Extract, tmp_path: Path) -> None:
    code = {"billing_code_type": "CPT", "billing_code_type_version": "1", "billing_code": "77012", "description": "d"}
    item = {**ITEM, "negotiation_arrangement": "bundle", "billing_code": "32408", "bundled_codes": [code]}
    (row,) = rows(extract_text(json.dumps({**FILE, "in_network": [item]}), {"32408"}), tmp_path)
    assert row["arrangement"] == "bundle"
    assert row["also_codes"] == [{"code_type": "CPT", "code": "77012"}]


def test_a_code_written_with_escapes_is_found(extract_text: Extract, tmp_path: Path) -> None:
    text = json.dumps(FILE).replace('"77012"', '"7701\\u0032"')
    assert [row["code"] for row in rows(extract_text(text, {"77012"}), tmp_path)] == ["77012"]


def test_a_section_twice_is_read_twice_and_told(extract_text: Extract, tmp_path: Path) -> None:
    text = json.dumps(FILE)[:-1] + ', "in_network": ' + json.dumps([ITEM]) + "}"
    outcome = extract_text(text)
    assert len(rows(outcome, tmp_path)) == 2
    assert counted(outcome, "repairs") == {"in_network stands there twice": 1}


def test_a_key_that_stands_twice_is_told(extract_text: Extract, tmp_path: Path) -> None:
    """Of one object the last counts, and the file says where; the words of a text are no key."""
    words = ('"negotiated_rate": 7', "negotiated_rate", "provider_references")
    prices = [{**PRICE, "additional_information": text} for text in words]
    other = {**ITEM, "negotiated_rates": [{**RATE, "negotiated_prices": prices}]}
    text = json.dumps({**FILE, "in_network": [ITEM, other]})
    twice = text.replace('"negotiated_rate": 25.5', '"negotiated_rate": 25.5, "negotiated_rate": 30', 1)
    twice = twice.replace('"provider_references": [1]', '"provider_references": [7], "provider_references": [1]', 1)
    outcome = extract_text(twice)
    assert [row["rate"] for row in rows(outcome, tmp_path)] == [30, *[Decimal("25.5")] * 3]
    keys = ("negotiated_rate", "provider_references")
    assert counted(outcome, "repairs") == {f"{key} stands there twice": 1 for key in keys}
    assert outcome.file
    assert {entry["first_offset"] for entry in outcome.file["repairs"]} == {text.index('{"negotiation_arrangement"')}
    assert counted(extract_text(text), "repairs") == {}


def test_what_stands_twice_is_kept_twice(extract_text: Extract, tmp_path: Path) -> None:
    """Items, rates, prices and references with one id: which of them is meant nobody says, so all are there."""
    other = {"provider_group_id": 1, "provider_groups": [{**GROUP, "tin": {"type": "ein", "value": "98-7654321"}}]}
    item = {**ITEM, "negotiated_rates": [{**RATE, "negotiated_prices": [PRICE, PRICE]}] * 2}
    outcome = extract_text(json.dumps({**FILE, "provider_references": [REFERENCE, other], "in_network": [item] * 2}))
    found = rows(outcome, tmp_path)
    assert [row["ordinal"] for row in found] == [0, 1, 2, 3] * 2
    assert len({(row["offset"], row["ordinal"]) for row in found}) == 8
    groups = rows(outcome, tmp_path, "groups")
    assert [(row["provider_group_id"], row["tin"]) for row in groups] == [("1", "12-3456789"), ("1", "98-7654321")]


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_a_truncated_gzip_keeps_what_was_read(
    share: float, generated: dict[str, Any], extract_text: Extract, tmp_path: Path
) -> None:
    text = json.dumps(generated)
    content = gzip.compress(text.encode())
    outcome = extract_text(content[: int(len(content) * share)], None, "cut.json.gz")
    assert outcome.file
    assert not outcome.file["complete"]
    assert outcome.file["stopped_because"].startswith("the compressed file breaks")
    found = extracted(tmp_path / "out" / outcome.file["file_id"])[0]
    whole = expected(text, None)[0]
    assert 0 < len(found) < len(whole)
    assert found == whole[: len(found)]
    # Nothing is lost but the item in which it breaks.
    stopped = outcome.file["stopped_at"]
    ends = [at for at in range(stopped) if text.startswith('{"negotiation_arrangement"', at)]
    items = json.loads(text[: ends[-1]].rstrip(", ") + "]}")["in_network"]
    assert len(found) == sum(len(rate["negotiated_prices"]) for item in items for rate in item["negotiated_rates"])


def test_remote_references(extract_text: Extract, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"provider_groups": [GROUP], "version": "1.0.0"}))
    references = [
        {"provider_group_id": 1, "location": "one.json"},
        {"provider_group_id": 2, "location": (tmp_path / "missing.json").as_uri()},
        {"provider_group_id": 3, "location": "never-named.json"},
    ]
    item = {**ITEM, "negotiated_rates": [{**RATE, "provider_references": [1, 2]}]}
    document = json.dumps({**FILE, "provider_references": references, "in_network": [item]})
    fetched = extract_text(document, fetch_references=True)
    assert [row["tin"] for row in rows(fetched, tmp_path, "groups")] == ["12-3456789"]
    (reject,) = rows(fetched, tmp_path, "rejects")
    assert "no such file" in reject["reason"]
    assert fetched.file
    assert (fetched.file["references_remote"], fetched.file["references_unresolved"]) == (3, 1)


def test_rejects_hold_no_descriptions(extract_text: Extract, tmp_path: Path) -> None:
    text = json.dumps(FILE).replace('"description": "d"', '"description": "words of others", "x": NaN')
    (reject, *_) = rows(extract_text(text), tmp_path, "rejects")
    assert "words of others" not in reject["excerpt"]
    assert '"description": ""' in reject["excerpt"]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_byte_never_ends_in_a_crash(seed: int, extract_text: Extract, tmp_path: Path) -> None:
    """Rows are at most lost with the item they stand in, and then something says so."""
    items = [{**ITEM, "billing_code": f"7700{n}", "negotiated_rates": [RATE] * 2} for n in range(8)]
    text = json.dumps({**FILE, "in_network": items})
    draw = random.Random(seed)
    at = draw.randrange(text.index("["), len(text))
    damaged = text[:at] + draw.choice('{}[]",:\\x0 ') + text[at + 1 :]
    outcome = extract_text(damaged)
    if outcome.problem:
        assert "none of the files" in outcome.problem
        return
    assert outcome.file
    told = [outcome.file[name] for name in ("rejects", "unknown_fields", "repairs", "references_unresolved")]
    try:
        same = json.loads(damaged)
    except ValueError:
        same = None
    if same is None:
        assert any(told), damaged[at - 40 : at + 40]
    elif not any(told):
        assert len(rows(outcome, tmp_path)) == 16
