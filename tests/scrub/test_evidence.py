"""Evidence as objects and as JSON text: two forms of the same columns."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trocar.scrub.evidence import objects, plain, texts

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.lists(TEXT, max_size=2))


@st.composite
def columns(draw: st.DrawFn) -> tuple[dict[str, list[object]], int]:
    """A few columns of one length; their values of any kind that JSON has."""
    length = draw(st.integers(0, 4))
    names = draw(st.lists(TEXT, unique=True, max_size=3))
    return {name: draw(st.lists(VALUES, min_size=length, max_size=length)) for name in names}, length


@given(columns())
def test_the_text_is_the_json_of_the_object(given_columns: tuple[dict[str, list[object]], int]) -> None:
    """Python's own encoder writes the same text of the same object."""
    expected = [json.dumps(one, ensure_ascii=False) for one in objects(*given_columns)]
    assert texts(*given_columns) == expected


def test_what_says_nothing_is_left_out() -> None:
    """None is no value: the name is missing from the object, and from it alone."""
    told = plain({"limit": np.array([2, 3]), "suggest": [None, ["77012"]]})
    assert objects(told, 2) == [{"limit": 2}, {"limit": 3, "suggest": ["77012"]}]


def test_no_columns_are_empty_objects_each_its_own() -> None:
    """A rule without evidence: what one reader does to an object is not seen in another."""
    one, other = objects({}, 2)
    one["mine"] = True
    assert other == {}
    assert texts({}, 2) == ["{}", "{}"]
