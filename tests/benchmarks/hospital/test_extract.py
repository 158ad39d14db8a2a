"""A hospital's rows in the tables: one amount once, its codes bridged, what can't be read listed."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.hospital.extract import extract_hospital
from trocar.benchmarks.writer import written_folder

GENERAL = (
    "hospital_name,last_updated_on,version,location_name,hospital_address,license_number|MD,type_2_npi,attester_name,"
    '"To the best of its knowledge and belief, ..."\n'
    "Example Hospital,4/1/2026,3.0.0,Main,1 Street,77,1234567893,A. Tester,true\n"
)
TALL = (
    "Description , code | 1,code|1|TYPE,code|2,code|2|type,code|3,code|3|type,modifiers,setting,"
    "drug_unit_of_measurement,drug_type_of_measurement,standard_charge|gross,standard_charge|discounted_cash,"
    "payer_name,plan_name,standard_charge|negotiated_dollar,standard_charge|negotiated_percentage,"
    "standard_charge|negotiated_algorithm,median_amount,10th_percentile,90th_percentile,count,"
    "standard_charge|methodology,standard_charge|min,standard_charge|max,additional_generic_notes\n"
)


def extracted(tmp_path: Path, text: bytes, codes: set[str] | None) -> tuple[list[dict[str, Any]], dict[str, Any], Any]:
    """Rates, the row of the file, rejects."""
    known = {
        "file_id": "f1",
        "sha256": "0" * 64,
        "name": "x",
        "location": "x",
        "size": len(text),
        "compression": "none",
    }
    with written_folder(tmp_path, "f1") as writer:
        extract_hospital(lambda: io.BytesIO(text), codes, known, writer)
    read = [pq.read_table(tmp_path / "f1" / f"{name}.parquet").to_pylist() for name in ("rates", "files", "rejects")]
    return read[0], read[1][0], read[2]


def test_a_row_of_three_codes_is_one_amount_each(tmp_path: Path) -> None:
    """RC + CPT + CDM: gross, cash, min, max once for two payers' rows, each payer's dollar once; no multiplication."""
    row = "ct,0350,RC,77012,CPT,9911,CDM,,outpatient,,,1500,900,{},PPO,{},,,,,,{},fee schedule,400,450,\n"
    text = GENERAL + TALL + row.format("Acme", 400, "") + row.format("Best", 450, "1 through 10")
    rates, file, rejects = extracted(tmp_path, text.encode(), {"77012"})
    assert [(entry["offset"], entry["ordinal"], entry["amount_kind"], str(entry["rate"])) for entry in rates] == [
        (4, 0, "gross", "1500.0000"),
        (4, 1, "cash", "900.0000"),
        (4, 2, "minimum", "400.0000"),
        (4, 3, "maximum", "450.0000"),
        (4, 4, "dollar", "400.0000"),
        (5, 0, "dollar", "450.0000"),
    ]
    assert {entry["code"] for entry in rates} == {"77012"}
    assert rates[0]["also_codes"] == [{"code_type": "RC", "code": "0350"}, {"code_type": "CDM", "code": "9911"}]
    assert (rates[4]["payer"], rates[5]["count_low"], rates[5]["count_high"]) == ("Acme", 1, 10)
    assert (file["hospital_id"], file["state"], file["last_updated_on"]) == ("77|MD", "MD", date(2026, 4, 1))
    assert (file["items"], file["items_wanted"], file["rates"], rejects) == (2, 2, 6, [])


def test_two_codes_asked_for_share_one_address(tmp_path: Path) -> None:
    """An item under 77012 and 77002: two rows with the same offset and ordinal are one amount under two codes."""
    text = GENERAL + TALL + "ct,77012,CPT,77002,CPT,,,,outpatient,,,1500,,,,,,,,,,,,,,\n"
    rates, _, _ = extracted(tmp_path, text.encode(), {"77012", "77002"})
    assert [(entry["code"], entry["offset"], entry["ordinal"]) for entry in rates] == [("77012", 4, 0), ("77002", 4, 0)]


def test_a_chargemaster_number_is_not_a_procedure(tmp_path: Path) -> None:
    """77012 of type CDM is the hospital's own number."""
    text = GENERAL + TALL + "ct,77012,CDM,,,,,,outpatient,,,1500,,,,,,,,,,,,,,\n"
    rates, file, _ = extracted(tmp_path, text.encode(), {"77012"})
    assert (rates, file["items_wanted"]) == ([], 1)


@pytest.mark.parametrize(
    ("cell", "expected", "reason"),
    [("$1,500.00", Decimal("1500.0000"), "not-a-number"), ("N/A", None, "not-a-number"), ("0", Decimal(0), None)],
)
def test_what_is_no_number_is_listed(tmp_path: Path, cell: str, expected: Decimal | None, reason: str | None) -> None:
    """A dollar sign is passed over and said; N/A gives no rate; 0 is kept (the cleaning flags it), as a repair."""
    text = GENERAL + TALL + f'ct,77012,CPT,,,,,26,outpatient,,,"{cell}",800,,,,,,,,,,,,,\n'
    rates, file, rejects = extracted(tmp_path, text.encode(), {"77012"})
    assert [entry["rate"] for entry in rates if entry["amount_kind"] == "gross"] == (
        [] if expected is None else [expected]
    )
    assert [(entry["where"], entry["reason"]) for entry in rejects] == ([("L4", reason)] if reason else [])
    assert rates[0]["modifiers"] == ["26"]
    assert file["repairs"][0]["what"] == (reason or "not-positive")


@pytest.mark.parametrize("last", ["\n", ""])
def test_a_quotation_mark_that_is_never_closed(tmp_path: Path, last: str) -> None:
    """It takes in all that follows: the rows before are kept, and the file says in which row it stands."""
    rest = ",77012,CPT,,,,,,outpatient,,,1500,,,,,,,,,,,,,,"
    text = GENERAL + TALL + f"ct{rest}\n" + f'"ct{rest}\n' + f"ct{rest}{last}"
    rates, file, _ = extracted(tmp_path, text.encode(), {"77012"})
    assert [entry["offset"] for entry in rates] == [4]
    assert (file["complete"], file["stopped_at"]) == (False, 4)
    assert "row 5" in file["stopped_because"]
    assert "never closed" in file["stopped_because"]


def test_a_quotation_mark_within_a_cell(tmp_path: Path) -> None:
    """An inch stands for itself, also in the last row."""
    row = 'needle {}",77012,CPT,,,,,,outpatient,,,1500,,,,,,,,,,,,,,'
    rates, file, _ = extracted(tmp_path, f"{GENERAL}{TALL}{row.format(5)}\n{row.format(6)}".encode(), {"77012"})
    assert [entry["offset"] for entry in rates] == [4, 5]
    assert file["complete"]


@pytest.mark.parametrize("layout", ["csv", "json"])
def test_a_code_asked_for_among_others_in_one_cell(tmp_path: Path, layout: str) -> None:
    """77012-26 is not found as 77012, and not passed over in silence; digits of a drug's number are no code."""
    item = {"code_information": [{"code": "77012-26", "type": "CPT"}], "standard_charges": [{"setting": "outpatient"}]}
    drug = {**item, "code_information": [{"code": "77012-0001", "type": "NDC"}]}
    whole = {"hospital_name": "H", "version": "3.0.0", "standard_charge_information": [item, drug]}
    rows = [f"ct,{code},,,,,,outpatient,,,1500,,,,,,,,,,,,,,\n" for code in ("77012-26,CPT", "77012-0001,NDC")]
    text = json.dumps(whole) if layout == "json" else GENERAL + TALL + "".join(rows)
    rates, _, rejects = extracted(tmp_path, text.encode(), {"77012"})
    assert rates == []
    assert [(entry["reason"], entry["excerpt"]) for entry in rejects] == [("more than a code in one field", "77012-26")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """One file in four encodings gives the same rates; Windows-1252 is a repair at its row."""
    text = GENERAL + TALL + "ct,77012,CPT,,,,,,outpatient,,,1500,,Caf\u00e9 Health,PPO,5,,,,,,,fee schedule,5,5,\n"
    rates, file, _ = extracted(tmp_path, text.encode(encoding), {"77012"})
    assert [entry["payer"] for entry in rates] == [None, None, None, "Caf\u00e9 Health"]
    assert [entry["what"] for entry in file["repairs"]] == (["encoding"] if encoding == "cp1252" else [])


def test_percent_and_algorithm_keep_their_kind(tmp_path: Path) -> None:
    """40.5 percent is a percent row, not 40.50 dollars; an algorithm is text; median, p10, p90 are of paid claims."""
    cells = 'Acme,PPO,,40.5,"lesser of, or",300,200,500,14,percent of total billed charges,,,\n'
    text = GENERAL + TALL + "ct,77012,CPT,,,,,,outpatient,,,1500,," + cells
    rates, _, _ = extracted(tmp_path, text.encode(), {"77012"})
    kinds = {entry["amount_kind"]: (entry["rate"], entry["rate_text"], entry["count_low"]) for entry in rates}
    assert kinds["percent"] == (Decimal("40.5"), None, 14)
    assert kinds["algorithm"] == (None, "lesser of, or", 14)
    assert [kinds[name][0] for name in ("median", "p10", "p90")] == [300, 200, 500]


def test_the_same_item_from_json_and_csv(mrf_files: Path, tmp_path: Path) -> None:
    """CMS's three examples of version 3 hold 70551 alike: 1200 gross, 1080 cash, 400 and 250 dollars."""
    for path in sorted((mrf_files / "cms-hpt-v3" / "examples").rglob("*.*")):
        if path.suffix not in (".csv", ".json"):
            continue
        rates, _, _ = extracted(tmp_path, path.read_bytes(), {"70551"})
        first = min(entry["offset"] for entry in rates)
        of_item = [entry for entry in rates if entry["offset"] <= first + 1]
        assert {(entry["amount_kind"], entry["payer"], int(entry["rate"])) for entry in of_item} == {
            ("gross", None, 1200), ("cash", None, 1080), ("minimum", None, 250), ("maximum", None, 400),
            ("dollar", "Platform Health Insurance", 400), ("dollar", "Region Health Insurance", 250),
        }, path.name  # fmt: skip


def test_a_cut_off_json_keeps_what_was_read(mrf_files: Path, tmp_path: Path) -> None:
    """The example cut in half: its first item is there, and the file says where it stopped."""
    text = next((mrf_files / "cms-hpt-v3" / "examples" / "JSON").iterdir()).read_bytes()
    rates, file, _ = extracted(tmp_path, text[: len(text) // 2], {"70551"})
    assert (len(rates) >= 6, file["complete"]) == (True, False)
    assert "no JSON from here on" in file["stopped_because"]


def test_a_price_list(tmp_path: Path) -> None:
    """Hospitals of many states in one file; the row that is no price is a reject at its cell."""
    text = (
        "state,ccn,cpt,type,price,source_path,source_line\n"
        "AK,020001,10005,cash,3907.02,data/AK/020001.jsonl,69\nAK,020001,10005,gross,x,data/AK/020001.jsonl,70\n"
    )
    rates, file, rejects = extracted(tmp_path, text.encode(), {"10005"})
    assert [(entry["hospital_id"], entry["amount_kind"], str(entry["rate"]), entry["offset"]) for entry in rates] == [
        ("020001", "cash", "3907.0200", 2)
    ]
    assert [(entry["where"], entry["reason"]) for entry in rejects] == [("E3", "not-a-number")]
    assert (file["format"], file["items"], file["rates"], file["rejects"]) == ("csv-prices", 2, 1, 1)


def test_a_broken_item_is_a_reject_and_reading_goes_on(tmp_path: Path) -> None:
    """The second of three items is no object: it is listed at its path, the third is read."""
    item = '{"description": "ct", "code_information": [{"code": "77012", "type": "CPT"}], "standard_charges": [%s]}'
    charge = '{"setting": "outpatient", "gross_charge": 10.5}'
    text = '{"hospital_name": "H", "version": "3.0.0", "location_name": ["H"], "license_information": {"state": "MD"}, '
    text += f'"standard_charge_information": [{item % charge}, 7, {item % charge}]}}'
    rates, file, rejects = extracted(tmp_path, text.encode(), {"77012"})
    assert [str(entry["rate"]) for entry in rates] == ["10.5000", "10.5000"]
    assert [entry["where"] for entry in rejects] == ["/standard_charge_information/1"]
    assert (file["complete"], file["items"]) == (True, 3)


def test_general_data_after_the_items(tmp_path: Path) -> None:
    """Keys in any order: the hospital is known to the rates of items that stand before it."""
    text = (
        '{"standard_charge_information": [{"description": "ct", "code_information": [{"code": "77012", "type": "CPT"}],'
        ' "standard_charges": [{"setting": "outpatient", "gross_charge": 10}]}], "version": "3.0.0",'
        ' "location_name": ["H"], "license_information": {"license_number": "9", "state": "MD"}, "hospital_name": "H"}'
    )
    (rate,), _, _ = extracted(tmp_path, text.encode(), {"77012"})
    assert (rate["hospital_id"], rate["state"]) == ("9|MD", "MD")


def test_a_cut_off_gzip_csv_says_where(tmp_path: Path) -> None:
    """What was unpacked before the break, in pieces of 1 MiB, is kept; the file is not complete."""
    lines = "".join(
        f"{sha256(str(number).encode()).hexdigest() * 4},77012,CPT,,,,,,outpatient,,,{number}.5,,,,,,,,,,,,,,\n"
        for number in range(1, 20_000)
    )
    whole = gzip.compress((GENERAL + TALL + lines).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    (outcome,) = extract([str(path)], Extraction(tmp_path / "out", frozenset({"77012"})))
    assert outcome.file
    assert (outcome.file["complete"], 1000 < outcome.file["rates"] < 19_999) == (False, True)
    assert "breaks" in outcome.file["stopped_because"]
