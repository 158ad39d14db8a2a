"""Files of every kind by path and through indexes: once each, kept from earlier runs, told when not read."""

from __future__ import annotations

import gzip
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.conftest import quiet, sample
from benchmarks.test_in_network import FILE, ITEM
from trocar.benchmarks.code_sets import codes_asked
from trocar.benchmarks.extract import Extraction, Outcome, extract
from trocar.core.errors import UsageError
from trocar.entrypoints.cli import app

PLANS = [{"plan_name": name, "plan_id_type": "ein", "plan_id": name, "plan_market_type": "group"} for name in "ab"]
ALLOWED = {
    "reporting_entity_name": "Example Health",
    "out_of_network": [
        {
            "billing_code_type": "CPT",
            "billing_code": "77012",
            "billing_code_type_version": "1",
            "name": "n",
            "description": "d",
            "allowed_amounts": [
                {
                    "tin": {"type": "ein", "value": "12"},
                    "service_code": ["11"],
                    "billing_class": "professional",
                    "payments": [
                        {
                            "allowed_amount": 25.0,
                            "billing_code_modifier": ["26"],
                            "providers": [
                                {"billed_charge": 50.0, "npi": [1234567893]},
                                {"billed_charge": 60.5, "npi": [1111111112, 1234567893]},
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


def run(tmp_path: Path, *locations: Path | str, codes: str = "77012", **asked: Any) -> list[Outcome]:
    """Extract some files."""
    extraction = Extraction(tmp_path / "out", codes_asked([codes]), **asked)
    return list(extract([str(location) for location in locations], extraction, quiet(tmp_path)))


def table(tmp_path: Path, outcome: Outcome, name: str) -> list[dict[str, Any]]:
    """The rows of one table."""
    assert outcome.file, outcome.problem
    return pq.read_table(tmp_path / "out" / outcome.file["file_id"] / f"{name}.parquet").to_pylist()  # type: ignore[no-any-return]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of two structures that share a file; one location is not there."""
    (tmp_path / "one.json").write_text(json.dumps(FILE))
    (tmp_path / "two.json.gz").write_bytes(gzip.compress(json.dumps({**FILE, "version": "two"}).encode()))
    (tmp_path / "allowed.json").write_text(json.dumps(ALLOWED))
    structures = [
        {
            "reporting_plans": PLANS,
            "in_network_files": [{"description": "d", "location": name} for name in ("one.json", "two.json.gz")],
            "allowed_amount_file": {"description": "d", "location": "allowed.json"},
        },
        {"reporting_plans": PLANS[:1], "in_network_files": [{"description": "d", "location": "one.json"}]},
        {"reporting_plans": PLANS[:1], "in_network_files": [{"description": "d", "location": "none.json"}]},
    ]
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"reporting_entity_name": "E", "reporting_structure": structures}))
    return path


def test_an_index_is_followed_and_each_file_read_once(index: Path, tmp_path: Path) -> None:
    outcomes = run(tmp_path, index)
    assert [Path(outcome.location).name for outcome in outcomes] == [
        *("index.json", "one.json", "two.json.gz", "allowed.json", "none.json")
    ]
    assert "no such file" in outcomes[-1].problem
    plans, listed = table(tmp_path, outcomes[0], "plans"), table(tmp_path, outcomes[0], "listed")
    pairs = [
        (plan["plan_id"], file["location"]) for plan in plans for file in listed if plan["offset"] == file["offset"]
    ]
    assert len(pairs) == 2 * 3 + 1 + 1  # many to many: two plans of three files, one of one, one of one
    assert ("b", "two.json.gz") in pairs


def test_an_index_is_not_followed_when_not_asked(index: Path, tmp_path: Path) -> None:
    assert len(run(tmp_path, index, follow=False)) == 1


def test_an_index_that_departs(tmp_path: Path) -> None:
    """Keys in any case; an entry that is no object, or has no location, takes nothing with it."""
    (tmp_path / "one.json").write_text(json.dumps(FILE))
    (tmp_path / "two.json").write_text(json.dumps({**FILE, "version": "two"}))
    listed = ["one.json", {"description": "no location"}, {"location": "one.json"}, {"LOCATION": "two.json"}]
    structure = {"Reporting_Plans": [7, PLANS[0]], "In_Network_Files": listed}
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"Reporting_Structure": [structure]}))
    outcomes = run(tmp_path, path)
    assert [Path(outcome.location).name for outcome in outcomes] == ["index.json", "one.json", "two.json"]
    assert [plan["plan_id"] for plan in table(tmp_path, outcomes[0], "plans")] == [PLANS[0]["plan_id"]]
    assert len(table(tmp_path, outcomes[0], "rejects")) == 3
    assert outcomes[0].file
    assert outcomes[0].file["unknown_fields"] == []


def test_allowed_amounts_and_what_was_billed(index: Path, tmp_path: Path) -> None:
    (outcome,) = run(tmp_path, tmp_path / "allowed.json")
    rows = table(tmp_path, outcome, "rates")
    assert [(row["amount_kind"], row["rate"], len(row["provider_group_ids"])) for row in rows] == [
        ("allowed", Decimal(25), 2),
        ("billed", Decimal(50), 1),
        ("billed", Decimal("60.5"), 1),
    ]
    assert {tuple(row["modifiers"]) for row in rows} == {("26",)}
    groups = {row["provider_group_id"]: row["npis"] for row in table(tmp_path, outcome, "groups")}
    assert groups[rows[2]["provider_group_ids"][0]] == [1111111112, 1234567893]


def test_allowed_amounts_that_depart(tmp_path: Path) -> None:
    """Lists that are null are listed, blank modifiers are none, two places in one text are two."""
    document: Any = json.loads(json.dumps(ALLOWED))
    (item,) = document["out_of_network"]
    (entry,) = item["allowed_amounts"]
    (payment,) = entry["payments"]
    payment["billing_code_modifier"], entry["service_code"] = [""], ["11,22"]
    item["allowed_amounts"].append({**entry, "payments": None})
    document["out_of_network"].append({**item, "allowed_amounts": None})
    (tmp_path / "allowed.json").write_text(json.dumps(document).replace('"out_of_network"', '"OUT_OF_NETWORK"'))
    (outcome,) = run(tmp_path, tmp_path / "allowed.json")
    rows = table(tmp_path, outcome, "rates")
    assert len(rows) == 3
    assert {tuple(row["modifiers"]) for row in rows} == {()}
    assert {tuple(row["place_of_service"]) for row in rows} == {("11", "22")}
    reasons = [row["reason"] for row in table(tmp_path, outcome, "rejects")]
    assert reasons == ["no payments", "no allowed_amounts"]


def test_a_finished_file_is_kept_whatever_its_name(index: Path, tmp_path: Path) -> None:
    (first,) = run(tmp_path, tmp_path / "one.json")
    (tmp_path / "renamed.json").write_bytes((tmp_path / "one.json").read_bytes())
    (again,) = run(tmp_path, tmp_path / "renamed.json")
    assert (first.kept, again.kept) == (False, True)
    (other,) = run(tmp_path, tmp_path / "one.json", codes="77002")
    assert not other.kept  # other codes are another extraction


def test_members_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(FILE))
        archive.writestr("b.json.gz", gzip.compress(json.dumps({**FILE, "in_network": [ITEM, ITEM]}).encode()))
    outcomes = run(tmp_path, path)
    assert [len(table(tmp_path, outcome, "rates")) for outcome in outcomes] == [1, 2]
    assert len({outcome.file["file_id"] for outcome in outcomes if outcome.file}) == 2


def test_what_is_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "bad.zip").write_bytes(b"PK nothing")
    problems = [outcome.problem for outcome in run(tmp_path, tmp_path / "other.json", tmp_path / "bad.zip")]
    assert "none of the files" in problems[0]
    assert "zip can't be read" in problems[1]


def test_the_codes_asked(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("77012, 77002\n g0106")
    assert codes_asked([f"@{tmp_path / 'codes.txt'}"]) == {"77012", "77002", "G0106"}
    guidance = codes_asked(["@guidance"])
    assert {"77002", "77012", "77021", "76942"} <= guidance < codes_asked(["@needle"])
    for text in ("@nothing", " , "):
        with pytest.raises(UsageError):
            codes_asked([text])


def test_official_indexes_and_allowed_amounts(tmp_path: Path) -> None:
    for version, shape in (("v1", "1.x"), ("v2", "2.x")):
        examples = sample(f"cms-tic-{version}/examples")
        index, allowed = run(
            tmp_path,
            examples / "table-of-contents/table-of-contents-sample.json",
            examples / "allowed-amounts/allowed-amounts-multiple-plan-sample.json",
            codes="99214",
            follow=False,
        )
        assert index.file
        assert (index.file["schema_shape"], index.file["rejects"]) == (shape, 0)
        assert allowed.file
        # 25.00 allowed, and 50, 60 and 70 billed by three providers.
        assert [row["rate"] for row in table(tmp_path, allowed, "rates")] == [25, 50, 60, 70]
        assert (allowed.file["schema_shape"], allowed.file["rejects"]) == (shape, 0)


def test_the_command(index: Path, tmp_path: Path) -> None:
    told = ["rates", "extract", "--codes", "@guidance", "-o", str(tmp_path / "out"), "--format", "json", "--pause", "0"]
    done = CliRunner().invoke(app, [*told, str(tmp_path / "one.json")])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rates"] == 1
    assert CliRunner().invoke(app, [*told, str(index)]).exit_code == 2  # one listed file is not there
    told_two = [str(tmp_path / "dealt") if word == str(tmp_path / "out") else word for word in told]
    dealt = CliRunner().invoke(app, [*told_two, "-j", "2", str(tmp_path / "one.json")])
    assert json.loads(dealt.stdout) == json.loads(done.stdout)
    broken = tmp_path / "cut.json"
    broken.write_text(json.dumps(FILE)[:-40])
    cut = CliRunner().invoke(app, [*told, str(broken)])
    assert cut.exit_code == 3
    assert json.loads(cut.stdout)["complete"] is False
