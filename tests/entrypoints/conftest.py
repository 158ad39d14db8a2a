"""The command line under test: run in-process on the embedded starter pack, without a store of the user's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from trocar.entrypoints.cli import app

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("price 77002 --pos 11", input="...")``: the command's output, standard error apart, and its exit code."""
    monkeypatch.delenv("TROCAR_STORE", raising=False)

    def invoke(line: str, *more: str, input: str | bytes | None = None) -> Result:  # noqa: A002 (the runner's own word)
        result = CliRunner().invoke(app, [*line.split(), *more], input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def json_lines(result: Result) -> list[dict[str, Any]]:
    """Standard output as one JSON object per line."""
    return [json.loads(line) for line in result.stdout.splitlines()]
