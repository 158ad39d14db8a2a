"""The pages under test: on the embedded starter pack, in process, and on a real server for the browser."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Playwright, sync_playwright

from trocar.entrypoints.http.app import create_app
from trocar.entrypoints.http.settings import read_settings


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One application for all page tests; its reports lie in a folder of the tests."""
    folder = tmp_path_factory.mktemp("web")
    return create_app(read_settings(keys=folder / "keys.json", reports=f"sqlite:///{folder / 'reports.sqlite3'}"))


@pytest.fixture(scope="session")
def pages(app: FastAPI) -> Iterator[TestClient]:
    """A client of the pages that follows no redirect."""
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def site(app: FastAPI) -> Iterator[str]:
    """The address of a real server of the same application on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skips visibly where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("browser test: no chromium; apt-get install chromium")
    playwright: Playwright
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def text_of(html: str) -> str:
    """The words of a page with single spaces, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A claim of two lines as a CSV file: 77012 global at a hospital beside a biopsy that contains it."""
    path = tmp_path_factory.mktemp("claims") / "claims.csv"
    path.write_text(
        "claim_id,line,service_date,hcpcs,modifiers,units,place_of_service,locality\n"
        "K1,1,2024-08-15,32408,,1,22,NATIONAL\n"
        "K1,2,2024-08-15,77012,26,1,22,NATIONAL\n"
    )
    return path
