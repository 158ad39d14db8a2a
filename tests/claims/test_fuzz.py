"""A short slice of the mutation fuzz (bench/fuzz_readers.py): nothing crashes, hangs or is lost."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.mark.parametrize(("reader", "files"), [("x12", 4), ("csv", 10), ("fhir", 5)])
def test_a_slice_of_the_fuzz(monkeypatch: pytest.MonkeyPatch, reader: str, files: int) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    fuzz = importlib.import_module("fuzz_readers")
    # Other seeds than those of the long run; each is the same in every run of the tests.
    read = sum(fuzz.READERS[reader](Random(f"{reader} test {number}")) for number in range(files))
    assert read >= 200 * files


def test_the_fuzz_notices_a_lost_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    fuzz = importlib.import_module("fuzz_readers")
    whole = fuzz.read_x12

    def loses_one(*arguments: Any, **options: Any) -> Iterator[Any]:
        for part in whole(*arguments, **options):
            claims = {name: replace(read, claims=read.claims.slice(1)) for name, read in part.claims.items()}
            yield replace(part, claims=claims)

    monkeypatch.setattr(fuzz, "read_x12", loses_one)
    with pytest.raises(AssertionError, match="a claim line is lost"):
        fuzz.fuzz_x12(Random("lost"))
