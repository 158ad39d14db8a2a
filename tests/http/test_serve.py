"""``trocar serve`` as a process of its own: it says where it is, answers, keeps its workers, ends when told."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from typer.testing import CliRunner

from trocar.entrypoints.cli import app as command_line

from .conftest import lines, serving

MARKS = ("MARKCLAIM", "MARKPATIENT", "MARKPAYER", "MARKNPI", "MARKTAXON", "Z9999X", "7890123.45")


def ask(url: str, content: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body; with content it is a POST."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, content, named), timeout=20) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def check(url: str, body: dict[str, Any]) -> tuple[int, bytes]:
    """A check of JSON lines."""
    return ask(f"{url}/api/v1/check", json.dumps(body).encode(), Content_Type="application/json")


def test_it_says_where_it_is_and_answers(tmp_path: Path) -> None:
    """The address and the releases; several workers; 0 when it is told to end."""
    with serving(tmp_path, "--workers", "2") as (url, server):
        assert url.startswith("http://127.0.0.1:")
        for _ in range(8):
            status, content = check(url, lines("20610", "76942"))
            assert status == 200
            assert json.loads(content)["summary"]["lines"] == 2
        status, counts = ask(f"{url}/metrics")
        assert b'trocar_requests_total{method="POST",route="/api/v1/check",status="200"} 8.0' in counts, counts.decode()
        printed = (tmp_path / "out.txt").read_text()
        assert "store: the embedded starter pack" in printed
        assert "ncci_ptp_practitioner" not in printed
        assert "ncci_ptp: PTP2024Q3" in printed
        server.terminate()
        assert server.wait(20) == 0
    logged = [json.loads(line) for line in (tmp_path / "err.txt").read_text().splitlines()]
    assert sum(line.get("route") == "/api/v1/check" for line in logged) == 8
    assert not list(tmp_path.glob("trocar-metrics-*")), "the shared counts are gone"


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """The server goes on."""
    with serving(tmp_path, "--workers", "2") as (url, server):
        assert ask(f"{url}/healthz")[0] == 200
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        if not children.exists():
            pytest.skip("this system does not list the children of a process")
        first, second = children.read_text().split()
        os.kill(int(first), signal.SIGKILL)
        os.kill(int(second), signal.SIGKILL)
        assert ask(f"{url}/healthz")[0] == 200
        assert not {first, second} & set(children.read_text().split())


def test_nothing_of_a_claim_is_written(tmp_path: Path) -> None:
    """Claims checked, priced, refused and too large, as JSON, file and form: no file and no log holds any of it."""
    (tmp_path / "trocar.toml").write_text('most_body_bytes = 4_000_000\nlog_level = "debug"\n')
    marked = {
        "patient_id": "MARKPATIENT", "payer": "MARKPAYER", "rendering_npi": "MARKNPI", "taxonomy": "MARKTAXON",
        "diagnoses": "Z9999X", "charge": "7890123.45",
    }  # fmt: skip
    body = lines("20610", "76942", claim_id="MARKCLAIM", **marked)
    unreadable = {"lines": [body["lines"][0] | {"charge": "MARKCLAIM", "hcpcs": "MARKCLAIM"}]}
    row = ",".join(["2024-08-15", "20610", *marked.values()])
    # Larger than what form parsers hold in memory by default.
    rows = "".join(f"MARKCLAIM{number},{row}\n" for number in range(30_000))
    text = f"claim_id,service_date,hcpcs,{','.join(marked)}\n{rows}"
    form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="MARKCLAIM.csv"\r\n\r\n{text}\r\n--x--\r\n'
    assert len(form) > 2_000_000
    with serving(tmp_path, "--workers", "1") as (url, _):
        api = f"{url}/api/v1"
        answers = [
            check(url, body),
            check(url, unreadable),
            check(url, {"MARKCLAIM": "MARKPATIENT"}),
            ask(f"{api}/price", json.dumps(body).encode(), Content_Type="application/json"),
            ask(f"{api}/price?code=20610&on=2024-08-15&charge=7890123.45"),
            ask(f"{api}/price?code=MARKCLAIM&on=MARKPATIENT"),
            ask(f"{api}/codes/MARKCLAIM?on=2024-08-15"),
            ask(f"{api}/check", text.encode(), Content_Type="text/csv"),
            ask(f"{api}/check", form.encode(), Content_Type="multipart/form-data; boundary=x"),
            ask(f"{api}/check", text.encode() * 2, Content_Type="text/csv"),
            ask(f"{url}/check", form.encode(), Content_Type="multipart/form-data; boundary=x"),
            ask(f"{url}/MARKCLAIM?patient=MARKPATIENT"),
        ]
        assert [status for status, _ in answers] == [200, 200, 422, 200, 200, 422, 422, 200, 200, 413, 403, 404]
        assert b"MARKCLAIM" in answers[0][1], "what is searched for was in the answers"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {tmp_path / "out.txt", tmp_path / "err.txt"} <= set(files)
    assert '"debug"' in (tmp_path / "trocar.toml").read_text()
    assert '"/api/v1/check"' in (tmp_path / "err.txt").read_text(), "requests were logged"
    for path in files:
        content = path.read_bytes()
        assert not [mark for mark in MARKS if mark.encode() in content or mark in path.name], path


def run(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A command that is refused: what it says."""
    monkeypatch.setenv("TROCAR_KEYS", str(folder / "keys.json"))
    result = CliRunner().invoke(command_line, line.split())
    assert result.exit_code == 2, result.output
    return result.stderr


def test_what_is_wrong_is_said_before_it_begins(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys, no store, no such pin, no free port: one error, exit code 2."""
    assert "there are no API keys" in run("serve --host 0.0.0.0", clean, monkeypatch)
    assert str(clean / "none") in run(f"serve --store {clean / 'none'}", clean, monkeypatch)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"127.0.0.1 port {port}" in run(f"serve --port {port}", clean, monkeypatch)
    (clean / "trocar.toml").write_text('[pins]\nschedule = "RVU1999"\n')
    assert "RVU1999" in run("serve", clean, monkeypatch)
