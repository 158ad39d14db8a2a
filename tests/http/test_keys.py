"""API keys: asked for where others can reach the server, kept as hashes, scoped, rotated and revoked at once."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from trocar.core.errors import UsageError
from trocar.entrypoints.cli import app as command_line
from trocar.entrypoints.http.keys import KeyFile
from trocar.entrypoints.http.settings import Settings

from .conftest import Make, lines

DAY = date(2026, 3, 1)
PRICE = "/api/v1/price?code=77002-26&on=2025-11-03&pos=22"


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ({}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "::1"}, False),
        ({"host": "localhost"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.0.2.1"}, True),
        ({"host": "example.org"}, True),
        ({"public_base_url": "https://example.org"}, True),
        ({"require_keys": True}, True),
    ],
)
def test_who_needs_keys(settings: Callable[..., Settings], given: dict[str, Any], asks: bool) -> None:
    """Anything but loopback alone; a proxy makes loopback public."""
    assert settings(**given).asks_for_keys is asks


def test_no_start_without_keys(make: Make) -> None:
    """The error names the file and the command that makes a key."""
    with pytest.raises(UsageError, match="there are no API keys") as raised:
        make(host="0.0.0.0")
    assert "trocar serve keys add" in raised.value.remedy


def test_a_key_opens_its_scopes_alone(make: Make, clean: Path) -> None:
    """401 without or with an unknown key, 403 outside the scope; health needs none, metrics a scope of its own."""
    token = KeyFile(clean / "keys.json").add("billing", ["price"], DAY)
    with TestClient(make(host="0.0.0.0")) as client:
        assert client.get(PRICE).status_code == 401
        assert client.get(PRICE).headers["www-authenticate"] == "Bearer"
        assert client.get(PRICE, headers=bearer(token + "x")).status_code == 401
        assert client.get(PRICE, headers=bearer(token)).status_code == 200
        answer = client.post("/api/v1/check", json=lines("20610"), headers=bearer(token))
        assert answer.status_code == 403
        assert set(answer.json()) == {"error", "where", "remedy", "docs"}
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=bearer(token)).status_code == 403
        assert client.get("/healthz").status_code == 200


def test_the_document_says_that_keys_are_asked_for(make: Make, clean: Path) -> None:
    """Only where they are."""
    KeyFile(clean / "keys.json").add("billing", ["price"], DAY)
    path = "/api/v1/openapi.json"
    with TestClient(make(host="0.0.0.0")) as client:
        assert "security" in client.get(path).json()["paths"]["/api/v1/price"]["get"]
    with TestClient(make()) as client:
        assert "security" not in client.get(path).json()["paths"]["/api/v1/price"]["get"]


def test_rotation_and_revocation_work_at_once(make: Make, clean: Path) -> None:
    """A running server reads the file again when it changes."""
    keys = KeyFile(clean / "keys.json")
    old = keys.add("billing", ["price"], DAY)
    with TestClient(make(host="0.0.0.0")) as client:
        new = keys.rotate("billing", DAY)
        assert client.get(PRICE, headers=bearer(old)).status_code == 401
        assert client.get(PRICE, headers=bearer(new)).status_code == 200
        keys.revoke("billing")
        assert client.get(PRICE, headers=bearer(new)).status_code == 401


def test_the_file_holds_hashes_and_is_the_owners(clean: Path) -> None:
    """The token is in no file; nobody else may read the hashes."""
    path = clean / "keys.json"
    token = KeyFile(path).add("billing", ["price", "check"], DAY)
    assert token not in path.read_text()
    assert sha256(token.encode()).hexdigest() in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{"name": "x"}]}', '{"keys": 1}'])
def test_a_damaged_file_is_said_to_be(clean: Path, text: str) -> None:
    """With its path."""
    path = clean / "keys.json"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        KeyFile(path).keys()
    assert raised.value.where == str(path)


def test_what_keys_refuse(clean: Path) -> None:
    """A name twice, an unknown name, no scope, an unknown scope."""
    keys = KeyFile(clean / "keys.json")
    keys.add("billing", ["price"], DAY)
    for refused in (
        lambda: keys.add("billing", ["price"], DAY),
        lambda: keys.add("other", [], DAY),
        lambda: keys.add("other", ["everything"], DAY),
        lambda: keys.rotate("other", DAY),
        lambda: keys.revoke("other"),
    ):
        with pytest.raises(UsageError):
            refused()
    (left,) = keys.keys()
    assert left.name == "billing"


def test_the_commands(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """add prints the token alone, list shows no secret, rotate another token, revoke nothing."""
    monkeypatch.setenv("TROCAR_KEYS", str(clean / "keys.json"))

    def run(line: str) -> str:
        result = CliRunner().invoke(command_line, ["serve", "keys", *line.split()])
        assert result.exit_code == 0, result.output
        return result.stdout.strip()

    first = run("add billing --scope price --scope check")
    assert KeyFile(clean / "keys.json").holder(first) is not None
    listed = run("list")
    assert "billing  price check" in listed
    assert first not in listed
    second = run("rotate billing")
    assert second != first
    assert run("revoke billing") == ""
    assert run("list").splitlines() == ["name  scopes  created"]
