"""What is too much is refused in the one shape: bodies, lines, time, waiting requests."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from trocar.entrypoints.http import desk
from trocar.scrub.together import check_together

from .conftest import Make, lines
from .formats import zipped

CHECK = "/api/v1/check"
CSV = {"Content-Type": "text/csv"}


def refused(answer: Any, status: int) -> dict[str, str]:
    """The error, of the one shape and with the headers of every answer."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "where", "remedy", "docs"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    found: dict[str, str] = answer.json()
    return found


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_body_too_large(make: Make, says_its_length: bool) -> None:
    """Refused by its length, and while it streams in when it says none."""
    content = b"x" * 2_000

    def stream() -> Iterator[bytes]:
        yield from (content[:1_000], content[1_000:])

    with TestClient(make(most_body_bytes=1_024)) as client:
        answer = client.post(CHECK, content=content if says_its_length else stream(), headers=CSV)
        refused(answer, 413)
        assert client.post(CHECK, content="claim_id,service_date,hcpcs\n", headers=CSV).status_code == 200


def test_the_limit_holds_after_decompression(make: Make) -> None:
    """A small body that grows is as large as it becomes."""
    with TestClient(make(most_body_bytes=100_000)) as client:
        refused(client.post(CHECK, content=gzip.compress(b"x" * 1_000_000), headers=CSV), 413)


def test_too_many_lines(make: Make) -> None:
    """The limit itself is allowed, one more is not; in JSON and in files, to check and to price."""
    with TestClient(make(most_lines=3)) as client:
        for path in (CHECK, "/api/v1/price"):
            assert client.post(path, json=lines(*["20610"] * 3)).status_code == 200
            refused(client.post(path, json=lines(*["20610"] * 4)), 413)
        text = "service_date,hcpcs\n" + "2024-08-15,20610\n" * 4
        refused(client.post(CHECK, content=text, headers=CSV), 413)


def test_claims_of_too_many_lines(client: TestClient) -> None:
    """Each line of a claim and day is compared with each: 2,001 x 2,001 = 4,004,001 pairs; on two days, half of it."""

    def text(day: str, count: int) -> str:
        return f"A,{day},20610\n" * count

    heading = "claim_id,service_date,hcpcs\n"
    answer = client.post(CHECK, content=heading + text("2024-08-15", 2_001), headers=CSV)
    assert "2,001 lines on one day" in refused(answer, 413)["error"]
    both = text("2024-08-15", 1_000) + text("2024-08-16", 1_001)
    assert client.post(CHECK, content=heading + both, headers=CSV).status_code == 200


def test_an_answer_that_takes_too_long(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up after the seconds that are set."""

    def slow(*arguments: Any) -> Any:
        time.sleep(1.5)
        return check_together(*arguments)

    monkeypatch.setattr(desk, "check_together", slow)
    with TestClient(make(most_seconds=1)) as client:
        answer = client.post(CHECK, json=lines("20610"))
    assert "within 1 seconds" in refused(answer, 503)["error"]
    assert answer.headers["retry-after"] == "5"


def test_too_many_waiting(make: Make) -> None:
    """A full desk says so and when to come again."""
    app = make(most_waiting=1)
    app.state.trocar.desk._waiting.append(object())
    with TestClient(app) as client:
        answer = client.post(CHECK, json=lines("20610"))
    refused(answer, 503)
    assert answer.headers["retry-after"] == "1"


def test_a_zip_is_as_large_as_what_it_holds(make: Make) -> None:
    """A megabyte of spaces compresses to a thousandth."""
    content = zipped(b"ISA" + b" " * 1_000_000)
    assert len(content) < 2_000
    with TestClient(make(most_body_bytes=100_000)) as client:
        refused(client.post(CHECK, content=content, headers={"Content-Type": "application/edi-x12"}), 413)
