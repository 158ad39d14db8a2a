"""Requests that wait together are checked together, and each answers for itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.starter import open_starter
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http import desk
from trocar.entrypoints.http.claims import lines_of
from trocar.entrypoints.http.desk import Desk
from trocar.scrub.check import check
from trocar.scrub.together import Part, check_together

from .conftest import lines

PACK = open_starter()


def readings(count: int) -> list[Input]:
    """Claims of the same name and patient, which would disturb each other in one book."""
    return [lines_of(lines("20610", "76942", patient_id="P", rendering_npi="1234567893"), 10) for _ in range(count)]


async def ask(asked: list[Input]) -> list[Part | BaseException]:
    """All at once."""
    opened = Desk(PACK, most_waiting=100)
    try:
        return await asyncio.gather(*(opened.check(reading) for reading in asked), return_exceptions=True)
    finally:
        opened.close()


def test_together_as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten requests come to few batches, and each has the answer it would have had alone."""
    sizes = []

    def counted(tables: list[Any], *given: Any) -> list[Part]:
        sizes.append(len(tables))
        return check_together(tables, *given)

    monkeypatch.setattr(desk, "check_together", counted)
    asked = readings(10)
    answers = asyncio.run(ask(asked))
    alone = check(asked[0].table, PACK)
    for answer in answers:
        assert isinstance(answer, Part)
        assert answer == Part(alone.summary, alone.findings, alone.not_checked)
    assert sum(sizes) == 10
    assert len(sizes) < 10


def test_one_that_fails_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others of its batch are answered."""
    asked = readings(3)

    def fragile(tables: list[Any], *given: Any) -> list[Part]:
        if any(table is asked[1].table for table in tables):
            raise ZeroDivisionError
        return check_together(tables, *given)

    monkeypatch.setattr(desk, "check_together", fragile)
    first, second, third = asyncio.run(ask(asked))
    assert isinstance(first, Part)
    assert isinstance(second, ZeroDivisionError)
    assert isinstance(third, Part)


def test_nothing_to_check() -> None:
    """A request of which no line could be read is answered."""
    (answer,) = asyncio.run(ask([Input(CLAIM_SCHEMA.empty_table(), (), 0, ())]))
    assert isinstance(answer, Part)
    assert answer.summary["lines"] == 0
