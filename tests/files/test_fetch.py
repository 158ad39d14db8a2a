"""Files over HTTP from a server of our own on loopback: resumed, repeated, kept by ETag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher_server import CONTENT, Server, running
from trocar.core.errors import ReferenceFileError
from trocar.files.fetch import Fetcher, beside, clean


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    with running() as server:
        yield server


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
    assert server.asked[0]["User-Agent"].startswith("trocar ")
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


def test_a_file_that_broke_off_is_not_taken_for_the_one_before(server: Server, tmp_path: Path) -> None:
    """A weak tag proves no range: the new file is asked for from its beginning, never by the tag it came with."""
    server.etag, server.content = 'W/"one"', b"before"
    quiet = Fetcher(tmp_path, pause=0, sleep=lambda seconds: None)
    assert quiet.path(server.address).read_bytes() == b"before"
    server.etag, server.content, server.breaks_after = 'W/"two"', b"after it", [3] + [0] * 8
    with pytest.raises(ReferenceFileError, match="goes on where it broke"):
        quiet.path(server.address)
    server.breaks_after = []
    assert Fetcher(tmp_path, pause=0).path(server.address).read_bytes() == b"after it"


def test_a_file_taken_away_is_sent_again_only_when_it_changed(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    taken = fetcher.newer(server.address)
    assert taken
    taken.rename(tmp_path / "elsewhere")
    assert fetcher.newer(server.address) is None
    assert server.asked[-1]["If-None-Match"] == '"one"'
    server.etag, server.content = '"two"', b"new"
    newer = fetcher.newer(server.address)
    assert newer
    assert newer.read_bytes() == b"new"


def test_what_was_not_taken_away_is_given_again(server: Server, fetcher: Fetcher) -> None:
    assert fetcher.newer(server.address) == fetcher.newer(server.address)


def test_without_a_tag_the_day_of_change_asks(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.etag, server.modified = "", "Mon, 05 Jan 2026 00:00:00 GMT"
    fetcher.path(server.address).rename(tmp_path / "elsewhere")
    assert fetcher.newer(server.address) is None
    assert server.asked[-1]["If-Modified-Since"] == server.modified


def test_what_is_forgotten_is_fetched_anew(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    fetcher.path(server.address)
    fetcher.forget(server.address)
    assert [path for path in tmp_path.iterdir() if path.suffix in (".file", ".part", ".json")] == []
    assert fetcher.path(server.address).read_bytes() == CONTENT
    assert "If-None-Match" not in server.asked[-1]
