"""Every address of the API answers as the command line does: one logic, one shape."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from trocar.entrypoints.cli import app as command_line
from trocar.entrypoints.http.api.lines import CSV_EXAMPLE, EXAMPLE

from .conftest import Make, lines
from .formats import FILES, MEDIA_TYPES

API = "/api/v1"


def said(command: str, text: str | None = None) -> list[dict[str, Any]]:
    """The JSON lines of a command."""
    result = CliRunner().invoke(command_line, [*command.split(), "--format", "json"], input=text)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_price(client: TestClient) -> None:
    """77002-26 in Manhattan on 2025-11-03: 28.51 (worked by hand in tests/entrypoints/test_price.py)."""
    answer = client.get(f"{API}/price?code=77002-26&on=2025-11-03&zip=10001&pos=22").json()
    assert answer["allowed"] == "28.51"
    assert [answer] == said("price 77002-26 --on 2025-11-03 --zip 10001 --pos 22")


def test_every_option_of_a_price(client: TestClient) -> None:
    """What the command line can be told of a line, the API can be told."""
    query = "units=2&charge=90.00&setting=practitioner&qualifying_apm=no&participating=no&provider_type=NP&hpsa=yes"
    answer = client.get(
        f"{API}/price?code=20610&on=2026-07-15&locality=13202-01&pos=11&deductible=10.00&{query}"
    ).json()
    options = "--units 2 --charge 90.00 --setting practitioner --no-qualifying-apm --nonparticipating"
    command = f"price 20610 --on 2026-07-15 --locality 13202-01 --pos 11 --deductible 10.00 {options}"
    assert [answer] == said(f"{command} --provider-type NP --hpsa")


def test_many_prices_and_a_line_that_cannot_be_read(client: TestClient) -> None:
    """Every line is answered: priced, or said why not and where."""
    body = lines("20610", "7702")
    prices = client.post(f"{API}/price", json=body).json()["prices"]
    assert [price["status"] for price in prices] == ["priced", "not_checked"]
    assert prices[1]["where"] == "lines row 2 hcpcs"


def test_statements_of_a_code(client: TestClient) -> None:
    """As ``trocar code``, with the day that was asked."""
    answer = client.get(f"{API}/codes/77002?on=2025-11-03&zip=10001").json()
    assert answer["on"] == "2025-11-03"
    assert answer["statements"] == said("code 77002 --on 2025-11-03 --zip 10001")


def test_a_code_outside_the_starter_pack_is_not_checked(client: TestClient) -> None:
    """It is no error: the store can't say."""
    (statement, *_) = client.get(f"{API}/codes/45378?on=2025-11-03").json()["statements"]
    assert "trocar data build" in statement["not_checked"]


def test_codes_by_their_beginning(client: TestClient) -> None:
    """In order, counted in whole; only those the store answers for."""
    answer = client.get(f"{API}/codes?prefix=7700&limit=2").json()
    assert answer == {"codes": ["77001", "77002"], "total": 3}
    assert client.get(f"{API}/codes?prefix=ZZ").json() == {"codes": [], "total": 0}


def test_edits(client: TestClient) -> None:
    """As ``trocar edits``."""
    answer = client.get(f"{API}/edits?codes=20610,76942&on=2024-08-15&setting=hospital").json()
    assert answer["statements"] == said("edits 20610 76942 --on 2024-08-15 --setting hospital")


def test_guidance(client: TestClient) -> None:
    """As ``trocar guidance``; a code that is guidance itself is not found."""
    answer = client.get(f"{API}/guidance/32408?on=2024-08-15&setting=hospital").json()
    assert answer["statements"] == said("guidance 32408 --on 2024-08-15 --setting hospital")
    assert client.get(f"{API}/guidance/77012?on=2024-08-15").status_code == 404


def test_a_check_of_lines(client: TestClient) -> None:
    """As ``trocar check`` of the same lines as JSON lines, in one object."""
    answer = client.post(f"{API}/check", json=EXAMPLE).json()
    text = "\n".join(json.dumps(line) for line in EXAMPLE["lines"])
    uploaded = client.post(f"{API}/check", content=text, headers={"Content-Type": "application/x-ndjson"})
    *rows, summary = [json.loads(row) for row in uploaded.text.splitlines()]
    assert answer["findings"] + answer["not_checked"] == rows
    assert answer["summary"] == summary["summary"]
    assert "NC002" in {finding["rule"] for finding in answer["findings"]}


def test_a_check_of_a_file(client: TestClient) -> None:
    """CSV, compressed CSV and CSV in a form give what the command line gives for it, but for the file's name."""
    expected = said("check -", CSV_EXAMPLE)
    csv = {"Content-Type": "text/csv"}
    answers = [
        client.post(f"{API}/check", content=CSV_EXAMPLE, headers=csv),
        client.post(f"{API}/check", content=gzip.compress(CSV_EXAMPLE.encode()), headers=csv),
        client.post(f"{API}/check", files={"file": ("C:\\claims\\june.csv", CSV_EXAMPLE)}),
    ]
    for answer in answers:
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert [json.loads(row) for row in answer.text.splitlines()] == expected


def test_no_line_is_lost(client: TestClient) -> None:
    """A line that can't be read is not checked, with its address; the others are checked."""
    body = {"lines": [{"hcpcs": "77002"}, *lines("20610")["lines"], {"hcpcs": [], "service_date": {}}]}
    answer = client.post(f"{API}/check", json=body).json()
    assert answer["summary"]["rows_read"] == 3
    assert answer["summary"]["rows_not_readable"] == 2
    unread = [row["where"] for row in answer["not_checked"] if row["needs"] == "readable input"]
    assert len(unread) == 2
    assert all(where.startswith(("lines row 1", "lines row 3")) for where in unread)


def test_lines_without_claims_are_claims_of_their_own(client: TestClient) -> None:
    """20611 and 76942 have an edit, which ties lines of one claim. Where one line has an id, the other is told."""
    each = [{"service_date": "2024-08-15", "hcpcs": code, "place_of_service": "11"} for code in ("20611", "76942")]
    answer = client.post(f"{API}/check", json={"lines": each}).json()
    assert (answer["summary"]["claims"], answer["summary"]["rows_not_readable"]) == (2, 0)
    assert "every row is a claim of its own" in " ".join(answer["summary"]["notes"])
    assert "NC002" not in {finding["rule"] for finding in answer["findings"]}
    answer = client.post(f"{API}/check", json={"lines": [each[0] | {"claim": "A"}, each[1]]}).json()
    assert [row["where"] for row in answer["not_checked"] if row["needs"] == "readable input"] == [
        "lines row 2 claim_id"
    ]


def test_amounts_are_read_as_written(client: TestClient) -> None:
    """A JSON number is never a float on its way: 70.10 dollars are 70.10 dollars."""
    text = json.dumps(lines("20610", charge=1)).replace('"charge": 1', '"charge": 0.10')
    answer = client.post(f"{API}/price", content=text, headers={"Content-Type": "application/json"}).json()
    assert answer["prices"][0]["allowed"] == "0.10"


def test_rules(client: TestClient) -> None:
    """All of them, and one by id in either case or by name."""
    assert client.get(f"{API}/rules").json()["rules"] == said("rule")
    for name in ("NC001", "nc001", "pair-never-together"):
        assert client.get(f"{API}/rules/{name}").json()["rules"] == said("rule NC001")


def test_the_conflicts_of_a_rule(client: TestClient) -> None:
    """Of the day asked for, as the command says them; without a day they are not told, which is not that none is."""
    told = client.get(f"{API}/rules/GD004?on=2024-07-01").json()["rules"]
    assert told == said("rule GD004 --on 2024-07-01")
    blocks = [one for one in told[0]["conflicts"] if one["guidance"] == "77002" and "64415" in one["procedures"]]
    assert [kind["kind"] for kind in blocks[0]["kinds"]].count("included-and-listed") == 1
    assert client.get(f"{API}/rules/GD004").json()["rules"][0]["conflicts"] is None
    assert client.get(f"{API}/rules/NC001").json()["rules"][0]["conflicts"] == []
    assert client.get(f"{API}/rules/GD004?on=2024-02-30").status_code == 422


@pytest.mark.parametrize(
    ("path", "error", "remedy"),
    [
        (
            "/codes/77002",
            "it is missing",
            "Date of service; always given, never today by default. For example 2025-11-03.",
        ),
        ("/codes/ABC?on=2025-11-03", "'ABC' is not written as it should be", "A HCPCS code. For example 77002."),
        ("/price?code=77002&on=2025-11-03&pos=x", "'x' is not written as it should be", "For example 22."),
    ],
)
def test_a_parameter_says_what_it_should_be(client: TestClient, path: str, error: str, remedy: str) -> None:
    """What was given, and what belongs there, with an example: no pattern to decipher."""
    told = client.get(f"{API}{path}").json()
    assert told["error"] == error
    assert remedy in told["remedy"]


def test_head_is_answered_where_get_is(client: TestClient) -> None:
    """Pages and the API; where only POST is answered it is refused like GET."""
    for path in ("/", "/codes/77002?on=2025-11-03", f"{API}/codes/77002?on=2025-11-03", "/healthz"):
        assert client.head(path).status_code == 200, path
        assert client.head(path).headers["content-type"] == client.get(path).headers["content-type"]
    assert client.head(f"{API}/check").status_code == 405
    assert client.head("/nothing").status_code == 404


def test_releases(client: TestClient) -> None:
    """As ``trocar data status``."""
    assert client.get(f"{API}/releases").json()["files"] == said("data status")


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/price?code=77002", 422, "query on"),
        ("/price?code=77002&on=2025-02-29", 422, "query on"),
        ("/price?code=77O02&on=2025-11-03", 422, "query code"),
        ("/codes/7702?on=2025-11-03", 422, "path code"),
        ("/codes/77002", 422, "query on"),
        ("/edits?codes=20610&on=2024-08-15", 422, "query codes"),
        ("/edits?codes=20610,20610&on=2024-08-15", 422, "query codes"),
        ("/edits?codes=20610,x&on=2024-08-15", 422, "query codes"),
        ("/rules/XX001", 404, "XX001"),
        ("/nothing", 404, "/api/v1/nothing"),
    ],
)
def test_errors_have_one_shape(client: TestClient, path: str, status: int, where: str) -> None:
    """What, where, what now, and the page that explains it; a date is never defaulted."""
    answer = client.get(f"{API}{path}")
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "where", "remedy", "docs"}
    assert answer.json()["where"] == where
    assert all(answer.json().values())


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 422),
        ("[]", "application/json", 422),
        ('{"lines": []}', "application/json", 422),
        ('{"lines": [1]}', "application/json", 422),
        ('{"lines": [{}], "more": 1}', "application/json", 422),
        ('{"lines": [{"charge": NaN}]}', "application/json", 422),
        ("[" * 100_000, "application/json", 422),
        ("", "text/csv", 422),
        ("a,b\n1,2\n", "text/csv", 422),
        (b"\x1f\x8bnot gzip", "text/csv", 422),
        (gzip.compress(b"x" * 100)[:-8], "text/csv", 422),
        ("--", "multipart/form-data", 422),
        ("--x--", "multipart/form-data; boundary=x", 422),
        ("x", "text/plain", 415),
        ("x", "", 415),
    ],
)
def test_bodies_that_cannot_be_read(client: TestClient, content: str | bytes, kind: str, status: int) -> None:
    """The whole body is refused with an error in the one shape."""
    answer = client.post(f"{API}/check", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "where", "remedy", "docs"}


def test_half_a_character_is_a_line_that_cannot_be_read(client: TestClient) -> None:
    """A lone surrogate is JSON and no text."""
    text = '{"lines": [{"claim_id": "\\ud800", "hcpcs": "20610", "service_date": "2024-08-15"}]}'
    answer = client.post(f"{API}/check", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["summary"]["rows_not_readable"] == 1


def test_the_document_names_every_address(client: TestClient) -> None:
    """OpenAPI, and its page without scripts."""
    document = client.get(f"{API}/openapi.json").json()
    assert {f"{API}/check", f"{API}/price", f"{API}/codes/{{code}}", f"{API}/reports"} <= set(document["paths"])
    page = client.get(f"{API}/docs")
    assert all(path in page.text for path in document["paths"])
    assert "<script" not in page.text


def test_every_example_of_the_document_is_answered(client: TestClient) -> None:
    """The examples shown are ones that work."""
    document = client.get(f"{API}/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith(f"{API}/reports"):
                continue
            query = {
                parameter["name"]: _example(parameter)
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query" and (parameter["required"] or "examples" in parameter.get("schema", {}))
            }
            named = {p["name"]: _example(p) for p in operation.get("parameters", []) if p["in"] == "path"}
            for kind, content in operation.get("requestBody", {"content": {"": {"example": None}}})["content"].items():
                if "example" in content:
                    body = content["example"]
                    sent: Any = None if body is None else body if isinstance(body, str) else json.dumps(body)
                    headers = {"Content-Type": kind} if kind else {}
                    answer = client.request(method, path.format(**named), params=query, content=sent, headers=headers)
                    assert answer.status_code == 200, (path, method, answer.text)


def _example(parameter: dict[str, Any]) -> str:
    shown = parameter["example"] if "example" in parameter else parameter["schema"]["examples"][0]
    return ",".join(shown) if isinstance(shown, list) else str(shown)


def test_pinned_releases_are_confessed(make: Make) -> None:
    """A release pinned by a setting stands in the notes of every check."""
    with TestClient(make(pins={"ncci_ptp": "PTP2024Q3"})) as client:
        notes = client.post(f"{API}/check", json=lines("20610")).json()["summary"]["notes"]
    assert any(note.startswith("PTP2024Q3 of ncci_ptp_practitioner pinned on every day") for note in notes)


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_a_file_of_any_format_has_the_same_answer(client: TestClient, name: str) -> None:
    """32408 includes its CT guidance (ccipra-2024q3: 32408/77012): line 2 is found, whatever the file is."""
    answer = client.post("/api/v1/check", content=FILES[name], headers={"Content-Type": MEDIA_TYPES[name]})
    assert answer.status_code == 200
    found = [json.loads(row) for row in answer.text.splitlines()]
    assert [(row["claim_id"], row["line"]) for row in found if row.get("rule") == "GD003"] == [("K1", 2)]
