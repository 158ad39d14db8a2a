"""While claims are answered no file is opened for writing, not even one that has no name or is gone at once."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from fastapi.testclient import TestClient

from .conftest import Make, lines
from .formats import FILES

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_opened: list[str] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITING and not isinstance(path, int):
            _opened.append(str(path))


# The interpreter tells of every file it opens; a hook can't be taken away again, so it listens only when asked to.
sys.addaudithook(_hear)


def test_no_file_is_opened_for_writing(make: Make) -> None:
    """JSON lines, a CSV and a form of more than the megabyte that parsers hold in memory by default; every format."""
    global _opened
    text = "claim_id,service_date,hcpcs\n" + "".join(f"A{number},2024-08-15,20610\n" for number in range(60_000))
    assert len(text) > 1 << 20
    with TestClient(make(most_lines=60_000)) as client:
        client.post("/api/v1/check", json=lines("20610", "76942"))
        _opened = []
        try:
            assert client.post("/api/v1/check", json=lines("20610", "76942")).status_code == 200
            assert client.post("/api/v1/price", json=lines("20610")).status_code == 200
            answer = client.post("/api/v1/check", content=text, headers={"Content-Type": "text/csv"})
            assert answer.status_code == 200
            assert client.post("/api/v1/check", files={"file": ("claims.csv", text)}).status_code == 200
            for name, content in FILES.items():
                answer = client.post("/api/v1/check", files={"file": (name, content)})
                assert answer.status_code == 200, name
                token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/check").text)
                assert token is not None
                page = client.post("/check", data={"csrf_token": token[1]}, files={"file": (name, content)})
                assert "GD003" in page.text, name
            assert _opened == []
            (lambda path: open(path, "w").close())(os.devnull)  # noqa: PTH123 (that the hook hears)
            assert _opened == [os.devnull]
        finally:
            _opened = None
