"""Files over HTTP from a server of our own on loopback: resumed, repeated, kept by ETag."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.test_in_network import FILE, GROUP, ITEM
from trocar.benchmarks.dealt import extract_dealt, processes
from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.fetch import Fetcher, beside, clean
from trocar.core.errors import ReferenceFileError

CONTENT = bytes(range(256)) * 4000


class Server(ThreadingHTTPServer):
    """Serves ``CONTENT``, with the troubles it is told to make."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.etag = '"one"'
        self.content = CONTENT
        self.files: dict[str, bytes] = {}
        self.busy = 0
        self.busy_status, self.retry_after = 503, "0"
        self.answering = self.most_at_once = 0
        self.breaks_after: list[int] = []
        self.asked: list[dict[str, str]] = []
        self.asked_at: list[float] = []

    @property
    def address(self) -> str:
        """Where a file is."""
        return f"http://127.0.0.1:{self.server_address[1]}/in-network.json.gz"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, and count how many are answered at once."""
        told = self.server
        told.answering += 1
        told.most_at_once = max(told.most_at_once, told.answering)
        self.answer()
        told.answering -= 1

    def answer(self) -> None:
        """Answer, break off, or be busy."""
        told = self.server
        told.asked.append(dict(self.headers))
        told.asked_at.append(time.monotonic())
        if told.busy:
            told.busy -= 1
            self.send_response(told.busy_status)
            if told.retry_after:
                self.send_header("Retry-After", told.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if "missing" in self.path:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.headers.get("If-None-Match") == told.etag:
            self.send_response(304)
            self.end_headers()
            return
        whole = told.files.get(self.path.rpartition("/")[2], told.content)
        first = 0
        if self.headers.get("Range") and self.headers.get("If-Range") == told.etag:
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if first and first == len(whole):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{first}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = whole[first:]
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(whole) - 1}/{len(whole)}")
        self.send_header("ETag", told.etag)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if told.breaks_after:
            self.wfile.write(content[: told.breaks_after.pop(0)])
            self.close_connection = True
            return
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    """A fetcher that does not wait."""
    return Fetcher(tmp_path, pause=0, sleep=lambda seconds: None)


def test_a_broken_connection_is_taken_up_where_it_broke(server: Server, fetcher: Fetcher) -> None:
    server.breaks_after = [300_000, 400_000]
    assert fetcher.path(server.address).read_bytes() == CONTENT
    assert [asked.get("Range") for asked in server.asked] == [None, "bytes=300000-", "bytes=700000-"]


def test_another_run_goes_on_too(server: Server, tmp_path: Path) -> None:
    server.breaks_after = [300_000] + [0] * 8
    with pytest.raises(ReferenceFileError, match="goes on where it broke"):
        Fetcher(tmp_path, pause=0, sleep=lambda seconds: None).path(server.address)
    server.asked.clear()
    server.breaks_after = []
    assert Fetcher(tmp_path, pause=0).path(server.address).read_bytes() == CONTENT
    assert server.asked[0]["Range"] == "bytes=300000-"


def test_a_file_that_changed_meanwhile_begins_anew(server: Server, tmp_path: Path) -> None:
    server.breaks_after = [300_000] + [0] * 8
    with pytest.raises(ReferenceFileError):
        Fetcher(tmp_path, pause=0, sleep=lambda seconds: None).path(server.address)
    server.etag, server.content, server.breaks_after = '"two"', CONTENT[::-1], []
    assert Fetcher(tmp_path, pause=0).path(server.address).read_bytes() == CONTENT[::-1]


def test_a_busy_server_is_asked_again(server: Server, fetcher: Fetcher) -> None:
    server.busy = 2
    assert fetcher.path(server.address).read_bytes() == CONTENT
    assert len(server.asked) == 3


def test_what_is_here_already_is_not_sent_again(server: Server, fetcher: Fetcher) -> None:
    first = fetcher.path(server.address)
    again = fetcher.path(server.address + "?Signature=abc&Expires=1")
    assert again == first
    assert server.asked[1]["If-None-Match"] == '"one"'
    server.etag, server.content = '"two"', b"new"
    assert fetcher.path(server.address).read_bytes() == b"new"


def test_the_pause_between_requests_is_kept(server: Server, tmp_path: Path) -> None:
    slept: list[float] = []
    fetcher = Fetcher(tmp_path, pause=1000, sleep=slept.append)
    fetcher.path(server.address)
    assert slept == []
    assert server.asked[0]["User-Agent"].startswith("trocar-rates ")
    fetcher.path(server.address)
    assert len(slept) == 1
    assert 990 < slept[0] <= 1000


def test_the_pause_is_one_for_all_that_fetch_into_a_folder(server: Server, tmp_path: Path) -> None:
    """Another process waits as if it were the same."""
    slept: list[float] = []
    Fetcher(tmp_path, pause=1000, sleep=slept.append).path(server.address)
    Fetcher(tmp_path, pause=1000, sleep=slept.append).path(server.address + "?id=2")
    assert len(slept) == 1
    assert 990 < slept[0] <= 1000


def test_processes_take_turns(server: Server, tmp_path: Path) -> None:
    """Four files name one remote reference, two processes read them: one request after the other, a pause between."""
    server.files = {"groups.json": json.dumps({"provider_groups": [GROUP]}).encode()}
    remote = {"provider_group_id": 1, "location": server.address.replace("in-network.json.gz", "groups.json")}
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


def test_a_server_says_how_long_to_wait(server: Server, tmp_path: Path) -> None:
    """429 with and without Retry-After: as it says, and never less than the pause."""
    slept: list[float] = []
    server.busy, server.busy_status, server.retry_after = 1, 429, "7"
    Fetcher(tmp_path / "1", pause=2, sleep=slept.append).path(server.address)
    # 7 as told; the pause before the second request is counted from the first and is not over, since nobody slept.
    assert slept == [7, pytest.approx(2, abs=0.5)]
    slept.clear()
    server.busy, server.retry_after = 2, ""
    Fetcher(tmp_path / "2", pause=0, sleep=slept.append).path(server.address)
    assert slept == [0.5, 1]


def test_a_server_that_says_come_back_tomorrow(server: Server, fetcher: Fetcher) -> None:
    """Nobody waits a day in silence: it is said, and asked once."""
    server.busy, server.retry_after = 9, "86400"
    with pytest.raises(ReferenceFileError, match="asks to wait longer than an hour"):
        fetcher.path(server.address)
    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_given_up(tmp_path: Path) -> None:
    """Eight tries, as with all other troubles: 0.5 + 1 + 2 + 4 + 8 + 16 + 32 seconds."""
    slept: list[float] = []
    with pytest.raises(ReferenceFileError, match="can't be fetched"):
        Fetcher(tmp_path, pause=0, sleep=slept.append).path("http://127.0.0.1:9/none.json")
    assert sum(slept) < 130


def test_a_file_that_is_all_here_is_not_sent_again(server: Server, fetcher: Fetcher) -> None:
    """Killed between the last byte and the renaming: the server answers 416 with the size, which is ours."""
    whole = fetcher.path(server.address)
    whole.rename(whole.with_suffix(".part"))
    assert fetcher.path(server.address).read_bytes() == CONTENT
    assert server.asked[1]["Range"] == f"bytes={len(CONTENT)}-"
    assert len(server.asked) == 2


def test_an_answer_that_is_no_file(server: Server, fetcher: Fetcher) -> None:
    with pytest.raises(ReferenceFileError, match="404"):
        fetcher.path(server.address.replace("in-network", "missing"))


def test_local_files(tmp_path: Path, fetcher: Fetcher) -> None:
    path = tmp_path / "a b.json"
    path.write_text("{}")
    assert fetcher.path(path.as_uri()) == fetcher.path(str(path)) == path
    with pytest.raises(ReferenceFileError, match="no such file"):
        fetcher.path(str(tmp_path / "none.json"))


def test_addresses_without_their_signature() -> None:
    assert clean("https://me:secret@h/f.gz?id=7&Signature=x&Expires=9&X-Amz-Date=1#a") == "https://h/f.gz?id=7"
    assert clean("/data/f.json") == "/data/f.json"


def test_where_an_index_points_to() -> None:
    assert beside("https://h/a/index.json", "f.json") == "https://h/a/f.json"
    assert beside("https://h/a/index.json", "https://other/f.json") == "https://other/f.json"
    assert beside("/data/index.json", "f.json") == "/data/f.json"


def test_pauses_grow_while_nothing_new_comes(server: Server, tmp_path: Path) -> None:
    slept: list[float] = []
    server.breaks_after = [1000] + [0] * 8
    with pytest.raises(ReferenceFileError):
        Fetcher(tmp_path, pause=0, sleep=slept.append).path(server.address)
    # The first try brought something, eight more did not: 0.5 x 2^0 to 2^7 seconds, of which the last, 64, becomes 60.
    assert slept == [0.5, 1, 2, 4, 8, 16, 32, 60]


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
