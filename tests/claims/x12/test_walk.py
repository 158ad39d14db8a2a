"""The way through the guides: what is looked up for a stretch is what one step after the other gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trocar.claims.x12 import walk as module
from trocar.claims.x12.guide import guides
from trocar.claims.x12.walk import walk
from x12_files import KINDS, interchange, read


def steps(kinds: list[int]) -> list[int]:
    """The node of every segment, one step after the other."""
    nodes, table = [], guides().start
    for kind in kinds:
        node, table = table[kind]
        nodes.append(node)
    return nodes


@given(st.lists(st.integers(0, len(guides().kinds)), max_size=80))
def test_any_kinds_go_as_step_by_step(kinds: list[int]) -> None:
    assert walk(np.array(kinds, np.int16)).tolist() == steps(kinds)


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many stretches a walker that has met none yet remembers, of six segments at most, ten at most."""
    walker = module._Walker()
    monkeypatch.setattr(module, "_walker", lambda: walker)
    monkeypatch.setattr(module, "_MOST_KNOWN", 10)
    monkeypatch.setattr(module, "_LONGEST", 6)
    return lambda: sum(len(ways) for ways in walker._ways.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_file_goes_as_step_by_step_when_little_is_remembered(kind: str, remembered: Callable[[], int]) -> None:
    kinds = read(interchange(kind, *[KINDS[kind][3]] * 3))[0].piece.segments.kinds
    for _ in range(2):
        assert walk(kinds).tolist() == steps(kinds.tolist())
    assert 0 < remembered() <= 10


def test_what_is_remembered_is_bounded(remembered: Callable[[], int]) -> None:
    line = guides().kinds["LX", None]
    for kind in range(1, 40):
        walk(np.array([line, kind], np.int16))
        assert 0 < remembered() <= 10
