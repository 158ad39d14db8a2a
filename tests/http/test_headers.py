"""What stands before the application: security headers, forms, request ids, counts."""

from __future__ import annotations

import json
import logging
import re

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient

from trocar.entrypoints.http.csrf import COOKIE, checked_form, csrf_token
from trocar.entrypoints.http.logs import JsonLines

from .conftest import Make

MARK = "MARKER-OF-A-CLAIM"


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/rules", "/api/v1/docs", "/api/v1/nothing", "/"])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    """Also errors and pages; nothing inline may run, nobody may frame, nothing is kept."""
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert "strict-transport-security" not in headers


def with_form(app: FastAPI) -> FastAPI:
    """The application with a form of two pages."""

    @app.get("/form")
    async def form(request: Request) -> HTMLResponse:
        return HTMLResponse(csrf_token(request))

    @app.post("/form")
    async def sent(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str((await checked_form(request))["text"]))

    return app


def test_a_form_of_our_own_page(make: Make) -> None:
    """The token of the page with its cookie, as a field, as a header, and with a file."""
    with TestClient(with_form(make())) as client:
        token = client.get("/form").text
        cookie = client.cookies[COOKIE]
        assert client.post("/form", data={"text": "x", "csrf_token": token}).text == "x"
        assert client.post("/form", data={"text": "x"}, headers={"X-CSRF-Token": token}).text == "x"
        file = {"file": ("claims.csv", b"x" * 3_000_000)}
        assert client.post("/form", data={"text": "x", "csrf_token": token}, files=file).text == "x"
        assert client.get("/form").text == token, "a second tab has the same token"
        assert client.cookies[COOKIE] == cookie


def test_a_form_of_another_page(make: Make) -> None:
    """Without the cookie, without the token, with another's token: refused."""
    with TestClient(with_form(make())) as client, TestClient(client.app) as other:
        token, anothers = client.get("/form").text, other.get("/form").text
        assert token != anothers
        for data in ({"text": "x"}, {"text": "x", "csrf_token": anothers}, {"text": "x", "csrf_token": "é"}):
            assert client.post("/form", data=data).status_code == 403
        client.cookies.clear()
        assert client.post("/form", data={"text": "x", "csrf_token": token}).status_code == 403


def test_the_cookie_of_forms(make: Make, clean: object) -> None:
    """Out of reach of scripts and of other sites; over HTTPS alone where there is HTTPS."""
    with TestClient(with_form(make())) as client:
        cookie = client.get("/form").headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "Secure" not in cookie


def test_an_unexpected_error_says_nothing_of_the_claim(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Its kind and its place are logged; its words, which may hold what was sent, are not; nor are they answered."""
    app = make()

    @app.get("/boom")
    async def boom() -> None:
        raise KeyError(MARK)

    @app.get("/late")
    async def late() -> StreamingResponse:
        async def rows() -> object:
            yield b"first\n"
            raise KeyError(MARK)

        return StreamingResponse(rows())

    caplog.set_level(logging.DEBUG)
    with TestClient(app) as client:
        answer = client.get("/api/v1/nothing/../../../boom")
        assert answer.status_code == 500
        assert MARK not in answer.text
        assert answer.headers["x-request-id"] in answer.text
        client.get("/late")
    logged = [JsonLines().format(record) for record in caplog.records]
    unexpected = [json.loads(line) for line in logged if '"unexpected"' in line]
    assert [entry["kind"] for entry in unexpected] == ["KeyError", "KeyError"]
    assert "test_headers.py" in unexpected[0]["at"][-1]
    assert not any(MARK in line for line in logged)


def test_the_log_names_the_route_and_not_the_question(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The template of the path: no code, no query."""
    caplog.set_level(logging.INFO, "trocar.http")
    client.get("/api/v1/codes/77002?on=2025-11-03&zip=10001")
    client.get(f"/{MARK}")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "trocar.http"]
    assert [line["route"] for line in lines] == ["/api/v1/codes/{code}", "none"]
    assert {"time", "level", "request_id", "method", "status", "milliseconds", "bytes"} <= set(lines[0])
    assert not any(text in json.dumps(lines) for text in ("77002", "10001", "2025-11-03", MARK))


def test_counts_by_route(client: TestClient) -> None:
    """Prometheus' text; the same labels as the log."""
    client.get("/api/v1/codes/77002?on=2025-11-03")
    client.get("/api/v1/codes/77012?on=2025-11-03")
    text = client.get("/metrics").text
    assert 'trocar_requests_total{method="GET",route="/api/v1/codes/{code}",status="200"} 2.0' in text
    assert "77002" not in text
