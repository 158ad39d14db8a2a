"""The tools of an assistant answer as the commands do, cited, and err in the one shape."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from trocar.entrypoints.mcp import server
from trocar.entrypoints.options import open_store

from .conftest import Run, json_lines

LINE = {"service_date": "2025-11-03", "hcpcs": "77002", "modifiers": "26", "place_of_service": "22", "zip": "10001"}
KNEE = [
    {"claim_id": "A", "line": number, "service_date": "2024-08-15", "hcpcs": code, "place_of_service": "11"}
    for number, code in enumerate(("20611", "76942"), 1)
]


async def _call(asked: Any, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    async with Client(asked) as client:
        return await client.call_tool(tool, arguments)


def call(tool: str, **arguments: Any) -> CallToolResult:
    """One call of a server on the starter pack, in this process."""
    return asyncio.run(_call(server(open_store(None)), tool, arguments))


def answer(tool: str, **arguments: Any) -> dict[str, Any]:
    result = call(tool, **arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def test_a_price() -> None:
    """Manhattan 2025: (0.54 x 1.065 + 0.22 x 1.166 + 0.03 x 1.656) x 32.3465 = 0.8813 x 32.3465 = 28.507 -> 28.51."""
    (line,) = answer("price", lines=[LINE])["lines"]
    assert (line["status"], line["allowed"]) == ("priced", "28.51")
    assert {citation["file"] for citation in line["citations"]} >= {"PPRRVU2025_Oct.csv", "GPCI2025.csv"}


def test_a_check_is_that_of_the_command_line(run: Run, tmp_path: Path) -> None:
    """The same rows and the same counts; of the rules only those that say something."""
    told = answer("check", lines=KNEE)
    (tmp_path / "claims.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in KNEE))
    *rows, last = json_lines(run(f"check {tmp_path}/claims.ndjson --format json"))
    assert told["findings"] == rows
    summary = last["summary"]
    silent = {"found": 0, "clear": 2, "not_checked": 0}
    assert told["summary"]["findings"] == summary["findings"]
    assert told["summary"]["rules"] == {rule: counts for rule, counts in summary["rules"].items() if counts != silent}
    assert "GD003" in told["summary"]["rules"]


def test_claims_as_text() -> None:
    """A pasted CSV is a claim file."""
    text = "claim_id,dos,cpt,pos\nA,2024-08-15,20611,11\nA,2024-08-15,76942,11\n"
    found = {row.get("rule") for row in answer("check", text=text)["findings"]}
    assert {"GD003", "NC002"} <= found


@pytest.mark.parametrize(
    ("tool", "arguments", "command"),
    [
        ("code", {"code": "77002", "on": "2025-11-03"}, "code 77002 --on 2025-11-03"),
        ("code", {"code": "77002", "on": "2025-11-03", "zip": "10001"}, "code 77002 --on 2025-11-03 --zip 10001"),
        ("edits", {"codes": ["20611", "76942"], "on": "2024-08-15"}, "edits 20611 76942 --on 2024-08-15"),
        ("guidance", {"codes": ["32408"], "on": "2024-08-15"}, "guidance 32408 --on 2024-08-15"),
    ],
)
def test_statements_are_those_of_the_commands(run: Run, tool: str, arguments: dict[str, Any], command: str) -> None:
    """Word for word, citations included."""
    assert answer(tool, **arguments)["statements"] == json_lines(run(f"{command} --format json"))


def test_rules_and_releases(run: Run) -> None:
    """All in short, one in full, and the files held."""
    assert answer("rule")["rules"] == json_lines(run("rule --format json"))
    assert answer("rule", rule="GD001")["rules"][0]["problem"]
    assert answer("rule", rule="GD004", on="2024-07-01")["rules"] == json_lines(
        run("rule GD004 --on 2024-07-01 --format json")
    )
    assert answer("rule", rule="GD004")["rules"][0]["conflicts"] is None
    assert answer("releases")["files"] == json_lines(run("data status --format json"))


@pytest.mark.parametrize(
    ("tool", "arguments", "what"),
    [
        ("code", {"code": "7700", "on": "2025-11-03"}, "'7700' is not a HCPCS code"),
        ("code", {"code": "77002", "on": "soon"}, "'soon' is not a date"),
        ("rule", {"rule": "XX999"}, "there is no rule 'XX999'"),
        ("check", {}, "there are no lines"),
        ("check", {"text": "mood\ngood\n"}, "no column for service_date and hcpcs"),
    ],
)
def test_an_error_has_the_one_shape(tool: str, arguments: dict[str, Any], what: str) -> None:
    """What, where, what now: as text that an assistant can act on."""
    result = call(tool, **arguments)
    assert result.is_error
    beginning, _, shape = result.content[0].text.partition(": ")  # the library names the tool before it
    assert beginning == f"Error executing tool {tool}"
    error = json.loads(shape)
    assert error["error"].startswith(what)
    assert set(error) == {"error", "where", "remedy", "docs"}


def test_every_tool_says_what_it_is_for() -> None:
    """Each has a description and read-only hints; days are never defaulted."""

    async def told() -> list[Any]:
        async with Client(server(open_store(None))) as client:
            return list((await client.list_tools()).tools)

    tools = {tool.name: tool for tool in asyncio.run(told())}
    assert set(tools) == {"price", "check", "code", "edits", "guidance", "rule", "releases"}
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools.values())
    assert all("on" in tools[name].input_schema["required"] for name in ("code", "edits", "guidance"))


def test_over_standard_input_and_output() -> None:
    """The installed command, spoken to by a client of its own."""
    asked = StdioServerParameters(command=str(Path(sys.executable).parent / "trocar"), args=["mcp"])
    result = asyncio.run(_call(asked, "price", {"lines": [LINE]}))
    assert result.structured_content is not None
    assert result.structured_content["lines"][0]["allowed"] == "28.51"


def test_without_the_library_the_command_says_how(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.delitem(sys.modules, "trocar.entrypoints.mcp", raising=False)
    for name in [name for name in sys.modules if name == "mcp" or name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Without(), *sys.meta_path])
    result = run("mcp")
    assert result.exit_code == 2
    assert "pip install 'trocar[mcp]'" in result.stderr


class _Without:
    """As where the library is not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "mcp":
            raise ModuleNotFoundError("No module named 'mcp'", name=name)
