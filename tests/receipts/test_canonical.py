"""Canonical JSON: one value, one text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trocar.receipts.canonical import MOST, canonical, digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MOST, MOST) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_019", max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_the_text_is_that_of_the_standard() -> None:
    """RFC 8785, 3.2.2 and 3.2.3: keys sorted, no space, only what must be escaped is, line feed as two characters."""
    value = {"b": [1, None, True], "a": 'é€"\\/\n\x0f', "A": -5}
    assert canonical(value).decode() == '{"A":-5,"a":"é€\\"\\\\/\\n\\u000f","b":[1,null,true]}'


@given(VALUES)
def test_it_does_not_hang_on_the_order_of_keys(value: Any) -> None:
    """A value with its keys the other way round has the same text; read back it is the same value."""
    import json

    assert canonical(_turned(value)) == canonical(value)
    assert json.loads(canonical(value)) == value
    assert digest(_turned(value)) == digest(value)


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in reversed(value.items())}
    return [_turned(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, {1: 2}, {"é": 1}, b"", {"a": {1, 2}}])
def test_what_has_no_one_text_is_refused(value: Any) -> None:
    """No float, no key that isn't plain text, nothing that JSON doesn't have."""
    with pytest.raises(TypeError):
        canonical(value)


def test_numbers_end_where_readers_no_longer_agree() -> None:
    """2^53 - 1 is the last whole number that every reader of JSON keeps."""
    assert canonical(2**53 - 1) == b"9007199254740991"
    with pytest.raises(ValueError, match="too large"):
        canonical(2**53)
