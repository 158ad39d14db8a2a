"""The payer block of a code's page, and the same over the API: without rates, with a file, with a bad folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from rates_files import WriteFile
from trocar.benchmarks.compaction.compact import compact
from trocar.entrypoints.http.app import create_app
from trocar.entrypoints.http.settings import read_settings

PAGE = "/codes/77012?on=2025-11-03&locality=12302-01"
API = "/api/v1/rates/77012?on=2025-11-03"


def client_of(folder: Path, rates: Path | None) -> TestClient:
    """A client of an application that serves a folder of rates."""
    reports = f"sqlite:///{folder / 'reports.sqlite3'}"
    return TestClient(create_app(read_settings(keys=folder / "keys.json", reports=reports, rates=rates)))


@pytest.fixture
def rates(write_file: WriteFile) -> Path:
    """Six radiologists in MD at 60 to 110 dollars for 77012-26 at facilities, one of them once more at 5,000."""
    six = [
        {"rate": str(amount), "provider_group_ids": [str(at)]}
        for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
    ]
    folder = write_file("f1", [*six, {**six[0], "rate": "5000"}])
    npis = [1_000_000_000 + 100 * number for number in range(1, 7)]
    registry = {"npi": npis, "state": ["MD"] * 6, "taxonomies": [["2085R0204X"]] * 6}
    pq.write_table(pa.table(registry), folder / "providers.parquet")
    return folder


def block(client: TestClient) -> str:
    """The text of the section."""
    found = re.search(r'<section id="benchmarks">.*?</section>', client.get(PAGE).text, re.DOTALL)
    assert found
    return found[0]


def test_without_rates_medicare_stands_there(tmp_path: Path) -> None:
    """77012 in Baltimore on 2025-11-03: 129.67 in the office, 69.61 for 26; and how to load a payer's file."""
    with client_of(tmp_path, None) as client:
        text = block(client)
        assert all(words in text for words in ("$129.67", "$69.61", "trocar rates extract", "--rates"))
        assert "chart-payers" not in text
        assert client.get(API).json()["not_checked"] == [
            "no folder of published rates is served (trocar serve --rates DIR)"
        ]


def test_with_rates_box_and_table_agree(tmp_path: Path, rates: Path) -> None:
    """Median 80.00 (rank 3 of 6), 1.15 times 69.61; the 5,000 is out of the band and counted."""
    with client_of(tmp_path, rates) as client:
        text = block(client)
        spec = re.search(r'<script type="application/json" id="chart-payers">(.*?)</script>', text, re.DOTALL)
        assert spec
        (box,) = json.loads(spec[1])["data"]["values"]
        assert (box["p10"], box["p50"], box["p90"], box["medicare"]) == ("60.00", "80.00", "110.00", "69.61")
        assert ("$80.00" in text, ">1.15<" in text, "median $80.00, 1.15 times Medicare" in text) == (True, True, True)
        assert "From 7 published rates to 6 compared" in text
        answer = client.get(API + "&state=MD&component=26&locality=12302-01").json()
        (entry,) = answer["benchmarks"]
        assert entry["percentiles"]["p50"] == {
            "amount": "80.00",
            "where": {"file_id": "f1", "offset": 1002, "ordinal": 0},
        }
        assert entry["multiple_of_medicare"] == ["1.15", "1.15"]


def test_a_compacted_set_shows_the_same(tmp_path: Path, rates: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page's block and the API's answer, to the letter; a set with a file missing is the server's lack: 503."""
    served = tmp_path_factory.mktemp("sets") / "set"
    compact(rates, served, 1 << 30)
    with client_of(tmp_path, rates) as client:
        before = block(client), client.get(API).text
    with client_of(tmp_path, served) as client:
        assert (block(client), client.get(API).text) == before
        assert "6 of 7" in before[0]
        next(served.glob("by-code/*.parquet")).unlink()
        assert client.get(API).status_code == 503


def test_a_folder_that_holds_none_says_so(tmp_path: Path) -> None:
    """The rest of the page still answers."""
    (tmp_path / "empty").mkdir()
    with client_of(tmp_path, tmp_path / "empty") as client:
        assert "there are no extracted rates" in block(client)
