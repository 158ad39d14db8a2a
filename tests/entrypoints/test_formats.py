"""Every format is told by what is in the file: not by its name, plain or packed, from a path or standard input."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trocar.claims.csv import read_claims_csv
from x12_files import interchange, text_of

from .conftest import Run, json_lines

# The same two lines in every format: 77002 and 20610 on 2025-02-03 in an office.
_CODES = ("77002", "20610")
_PLACE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _fhir(kind: str) -> dict[str, Any]:
    items = [
        {
            "sequence": at,
            "productOrService": _concept("http://www.ama-assn.org/go/cpt", code),
            "servicedDate": "2025-02-03",
            "locationCodeableConcept": _concept(_PLACE, "11"),
            "quantity": {"value": 1},
        }
        for at, code in enumerate(_CODES, 1)
    ]
    return {"resourceType": kind, "identifier": [{"value": "A1"}], "status": "active", "item": items}


def _csv() -> bytes:
    rows = "".join(f"A1,{at},2025-02-03,{code},11,1\n" for at, code in enumerate(_CODES, 1))
    return ("claim_id,line,service_date,hcpcs,place_of_service,units\n" + rows).encode()


def _parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(read_claims_csv(io.BytesIO(_csv())).table, out)
    return out.getvalue()


def _json_lines() -> bytes:
    rows = [
        {
            "claim_id": "A1",
            "line": at,
            "service_date": "2025-02-03",
            "hcpcs": code,
            "place_of_service": "11",
            "units": 1,
        }
        for at, code in enumerate(_CODES, 1)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _claim(kind: str) -> bytes:
    """The lines of the claims that ``x12_files`` writes, changed to those of the other formats."""
    text = text_of(interchange(kind))
    return text.replace("HC:76942*", "HC:77002*").replace("SV2*0250**50", "SV2*0361*HC:20610*50").encode()


FORMATS: dict[str, Callable[[], bytes]] = {
    "837P": lambda: _claim("837P"),
    "837I": lambda: _claim("837I"),
    "FHIR Claim": lambda: json.dumps(_fhir("Claim")).encode(),
    "FHIR EOB": lambda: json.dumps(_fhir("ExplanationOfBenefit"), indent=1).encode(),
    "FHIR Bundle": lambda: json.dumps({"resourceType": "Bundle", "entry": [{"resource": _fhir("Claim")}]}).encode(),
    "FHIR NDJSON": lambda: (json.dumps(_fhir("ExplanationOfBenefit")) + "\n").encode(),
    "CSV": _csv,
    "JSON lines": _json_lines,
    "Parquet": _parquet,
}


def _zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/claims.dat", content)
    return out.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zip": _zipped}


def _priced(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["hcpcs"] for answer in answers]


@pytest.mark.parametrize("packing", sorted(PACKINGS))
@pytest.mark.parametrize("kind", [name for name in FORMATS if name != "Parquet"])
def test_a_format_is_told_by_its_content(run: Run, tmp_path: Path, kind: str, packing: str) -> None:
    content = PACKINGS[packing](FORMATS[kind]())
    path = tmp_path / "claims"
    path.write_bytes(content)
    prices = json_lines(run(f"price --file {path} --format json"))
    assert _priced(prices)[:2] == list(_CODES)
    assert prices[0]["status"] == "priced" or kind == "837I"
    summary = json_lines(run(f"check {path} --format json"))[-1]["summary"]
    assert (summary["lines"], summary["rows_not_readable"]) == (len(prices), 0)
    assert json_lines(run("price --file - --format json", input=content)) == prices
    streamed = json_lines(run("check - --format json", input=content))[-1]["summary"]
    # A note begins with the file it is of.
    said, streamed_said = ([note.partition(": ")[2] for note in one.pop("notes", [])] for one in (summary, streamed))
    assert (streamed, streamed_said) == (summary, said)


def test_parquet_is_told_by_its_content(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims"
    path.write_bytes(_parquet())
    assert _priced(json_lines(run(f"price --file {path} --format json"))) == list(_CODES)
    assert _priced(json_lines(run("price --file - --format json", input=_parquet()))) == list(_CODES)


@pytest.mark.parametrize("packing", ["gzip", "zip"])
def test_parquet_compressed_again_is_refused(run: Run, tmp_path: Path, packing: str) -> None:
    path = tmp_path / "claims"
    path.write_bytes(PACKINGS[packing](_parquet()))
    result = run(f"check {path}")
    assert result.exit_code == 2
    assert "compressed again" in result.stderr


def test_a_zip_is_the_files_in_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.837", _claim("837P"))
        archive.writestr("b.csv", _csv())
    prices = json_lines(run(f"price --file {path} --format json"))
    assert sorted(_priced(prices)) == sorted(["77002", "20610", "99213", "77002", "20610"])


def test_a_damaged_zip_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.zip"
    path.write_bytes(_zipped(_csv() * 50)[:200])
    result = run(f"check {path}")
    assert result.exit_code == 2
    assert "zip is damaged" in result.stderr


def test_a_damaged_member_of_a_zip_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "claims.zip"
    whole = bytearray(_zipped(_csv() * 50))
    whole[60] ^= 0xFF  # within the packed bytes, which begin at 30 + 18
    path.write_bytes(bytes(whole))
    result = run(f"check {path}")
    assert result.exit_code == 2
    assert "the zip file is damaged" in result.stderr
