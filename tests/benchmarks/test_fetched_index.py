"""Files on a server of our own: an index with the files it lists, remote references for several processes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.test_in_network import FILE, GROUP, ITEM
from publisher_server import Server, running
from trocar.benchmarks.dealt import extract_dealt, processes
from trocar.benchmarks.extract import Extraction, extract
from trocar.files.fetch import Fetcher


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    with running() as server:
        yield server


def test_an_index_on_a_server_is_extracted_through_breaks_and_kept(server: Server, tmp_path: Path) -> None:
    """A listed file stands beside the index; it breaks off twice; nothing is sent or extracted again."""
    items = [{**ITEM, "name": f"{n:09}"} for n in range(2000)]  # names keep the gzip from becoming tiny
    listed = [{"description": "d", "location": "rates.json.gz?Signature=s&Expires=9"}]
    structure = {"reporting_plans": [], "in_network_files": listed}
    server.files = {"index.json": json.dumps({"reporting_structure": [structure]}).encode()}
    server.files["rates.json.gz?Signature=s&Expires=9"] = gzip.compress(
        json.dumps({**FILE, "in_network": items}).encode()
    )
    size = len(server.files["rates.json.gz?Signature=s&Expires=9"])
    index = server.address.replace("in-network.json.gz", "index.json")
    asked = Extraction(tmp_path / "out", frozenset({"77012"}), pause=0)
    server.breaks_after = [10_000, size // 3, size // 3]
    index_file, rates = extract([index], asked, Fetcher(tmp_path / "kept", pause=0, sleep=lambda seconds: None))
    assert index_file.file
    assert rates.file
    assert rates.file["rates"] == 2000
    assert rates.location.endswith("/rates.json.gz")  # without the signature
    assert [asked_for["Range"] for asked_for in server.asked if "Range" in asked_for] == [
        f"bytes={size // 3}-", f"bytes={size // 3 * 2}-",
    ]  # fmt: skip
    server.asked.clear()
    again = list(extract([index], asked, Fetcher(tmp_path / "kept", pause=0)))
    assert [outcome.kept for outcome in again] == [False, True]  # an index is read for what it lists
    assert [asked_for.get("If-None-Match") for asked_for in server.asked] == [server.etag] * 2


def test_processes_take_turns(server: Server, tmp_path: Path) -> None:
    """Four files name one remote reference, two processes read them: one request after the other, a pause between."""
    server.files = {"groups.json": json.dumps({"provider_groups": [GROUP]}).encode()}
    remote = {"provider_group_id": 1, "location": server.of("groups.json")}
    for number in range(4):
        content = {**FILE, "provider_references": [remote], "version": f"1.0.{number}"}
        (tmp_path / f"{number}.json").write_text(json.dumps(content), "utf-8")
    asked = Extraction(tmp_path / "out", frozenset({"77012"}), fetch_references=True, pause=0.3)
    with processes(2, asked) as deal:
        outcomes = list(extract_dealt([str(path) for path in sorted(tmp_path.glob("*.json"))], asked, deal))
    assert [outcome.file and outcome.file["groups"] for outcome in outcomes] == [1] * 4
    assert server.most_at_once == 1
    assert [asked.get("If-None-Match") for asked in server.asked] == [None, *[server.etag] * 3]
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(server.asked_at))
