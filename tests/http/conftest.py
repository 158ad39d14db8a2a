"""The application under test: on the embedded starter pack, with every folder of its own, in this process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from trocar.entrypoints.http.app import create_app
from trocar.entrypoints.http.settings import Settings, read_settings

Make: TypeAlias = Callable[..., FastAPI]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A user without settings of their own, in a folder of their own."""
    for name in ("TROCAR_STORE", "TROCAR_SETTINGS", "TROCAR_KEYS", "TROCAR_HOST", "TROCAR_PORT", "TROCAR_REPORTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def settings(clean: Path) -> Callable[..., Settings]:
    """``settings(most_lines=10)``: settings whose files lie in the test's folder."""

    def make(**given: Any) -> Settings:
        own = {"keys": clean / "keys.json", "reports": f"sqlite:///{clean / 'reports.sqlite3'}"}
        return read_settings(**(own | given))

    return make


@pytest.fixture
def make(settings: Callable[..., Settings]) -> Make:
    """``make(most_lines=10)``: the application of such settings."""
    return lambda **given: create_app(settings(**given))


@pytest.fixture
def client(make: Make) -> Iterator[TestClient]:
    """A client of the application with the settings by default; an unexpected error is a failed test."""
    with TestClient(make()) as opened:
        yield opened


def lines(*codes: str, claim_id: str = "A", **more: Any) -> dict[str, Any]:
    """A JSON body of one claim of 2024-08-15 at an office."""
    line = {"claim_id": claim_id, "service_date": "2024-08-15", "place_of_service": "11", "locality": "NATIONAL"}
    return {"lines": [line | {"line": number, "hcpcs": code} | more for number, code in enumerate(codes, 1)]}


@contextmanager
def serving(folder: Path, *options: str, **more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server whose home, temporary folder and working folder are all in one folder; its address and process."""
    cache = {"TROCAR_CACHE": os.environ["TROCAR_CACHE"]} if "TROCAR_CACHE" in os.environ else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TROCAR_", "XDG_"))}
    home = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "trocar", "serve", "--port", "0", *options]
    with (folder / "out.txt").open("w") as out, (folder / "err.txt").open("w") as err:
        server = subprocess.Popen(
            command, stdout=out, stderr=err, text=True, cwd=folder, env=kept | home | cache | more
        )
    try:
        for _ in range(200):
            first = (folder / "out.txt").read_text().partition("\n")
            if first[1]:
                break
            assert server.poll() is None, (folder / "err.txt").read_text()
            time.sleep(0.1)
        yield first[0].removeprefix("Trocar on "), server
    finally:
        server.terminate()
        server.wait(20)
