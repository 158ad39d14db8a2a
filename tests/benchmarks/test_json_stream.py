"""The walker gives what a full decode gives, whatever the layout, the size of the pieces and the limit."""

from __future__ import annotations

import io
import json
from typing import Any

import ijson
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.benchmarks.json_parts import Bad, EndedEarlyError, MalformedError, Open, Span
from trocar.benchmarks.json_stream import LIMIT, Stream

NASTY = st.text(alphabet='a{}[]",:\\ \n\té☃0-e', max_size=8)
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | NASTY
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY, inner, max_size=4))
# Keys that come again within the elements, so that proposals are wrong at times.
KEYS = st.sampled_from(["code", "rates", "n", '{"code"', "é"])
ELEMENTS = st.dictionaries(KEYS, VALUES | st.lists(st.dictionaries(KEYS, SCALARS)), max_size=4)
DOCUMENTS = st.dictionaries(NASTY, SCALARS | st.lists(ELEMENTS, max_size=12), max_size=5)
LAYOUTS = {
    "compact": lambda value: json.dumps(value, separators=(",", ":")),
    "spaces": json.dumps,
    "pretty": lambda value: json.dumps(value, indent=3),
    "CRLF": lambda value: json.dumps(value, indent=1).replace("\n", "\r\n"),
    "UTF-8": lambda value: json.dumps(value, ensure_ascii=False),
}


def stream(content: bytes, chunk: int, limit: int = LIMIT) -> Stream:
    """A stream that reads in pieces of ``chunk``."""
    return Stream(io.BytesIO(content).readinto, chunk, limit)


def walked(content: bytes, chunk: int, limit: int = LIMIT) -> tuple[dict[str, Any], list[tuple[int, Any]]]:
    """A document through the walker, and every element of its arrays with its byte."""
    document: dict[str, Any] = {}
    placed = []
    walker = stream(content, chunk, limit)
    walker.begin()
    for key in walker.members():
        if walker.peek() != b"[":
            document[key] = json.loads(walker.value())
            continue
        document[key] = []
        for part in walker.elements():
            if isinstance(part, Span):
                heads = [{name: json.loads(bytes(raw)) for name, raw in head.items()} for head in part.heads]
                found = list(zip(part.offsets(), heads, strict=True))
            elif isinstance(part, Open):
                found = [(part.offset, {name: json.loads(walker.value()) for name in walker.members()})]
            else:
                raise AssertionError(part)
            placed += found
            document[key] += [element for _, element in found]
    assert walker.peek() == b""
    return document, placed


@given(document=DOCUMENTS, layout=st.sampled_from(sorted(LAYOUTS)), chunk=st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_as_a_full_decode(document: dict[str, Any], layout: str, chunk: int) -> None:
    text = LAYOUTS[layout](document)
    content = text.encode()
    found, placed = walked(content, chunk)
    assert found == json.loads(text)
    for offset, element in placed:
        assert json.JSONDecoder().raw_decode(content[offset:].decode())[0] == element


@pytest.mark.parametrize("chunk", [7, 64, 1 << 10, 1 << 16, 8 << 20])
def test_as_ijson_reads_it(chunk: int) -> None:
    elements = [{"code": f"{n}", "rates": [{"code": n}] * (n % 50)} for n in range(400)]
    content = json.dumps({"a": 1, "in_network": elements, "z": None}).encode()
    assert walked(content, chunk)[0]["in_network"] == list(ijson.items(io.BytesIO(content), "in_network.item"))


@pytest.mark.parametrize("chunk", [1, 5, 100])
def test_elements_larger_than_the_limit_are_walked(chunk: int) -> None:
    elements = [{"code": "x" * n, "rates": [1] * n} for n in (1, 60, 2, 55, 3)]
    content = json.dumps({"in_network": elements}).encode()
    found, placed = walked(content, chunk, limit=200)
    assert found["in_network"] == elements
    assert len(placed) == 5


def test_what_follows_a_value_is_where_msgspec_says() -> None:
    """The message that the framer relies on: it names the byte behind the first that does not belong."""
    with pytest.raises(msgspec.DecodeError, match=r"trailing characters \(byte 10\)$"):
        msgspec.json.decode(b'{"a": 1} ,{"b"', type=msgspec.Raw)  # the comma is byte 9


def test_a_value_of_any_size_is_stepped_over() -> None:
    content = b'{"big": {"a": [' + b'{"b": [1, 2, {"c": "]}"}]},' * 500 + b'{"b": 0}]}, "end": 1}'
    walker = stream(content, 16, limit=100)
    assert list(walker.members()) == ["big", "end"]


@pytest.mark.parametrize("chunk", [3, 30, 3000])
def test_a_damaged_element_is_told_and_reading_goes_on(chunk: int) -> None:
    content = b'{"in_network": [{"code": 1}, {"code": NaN, "x": {}}, {"code": 3}, null, {"code": 4}], "version": "1"}'
    walker = stream(content, chunk)
    good, bad = [], []
    for key in walker.members():
        if key == "in_network":
            for part in walker.elements():
                if isinstance(part, Bad):
                    bad.append((part.offset, part.reason))
                elif isinstance(part, Span):
                    good += [bytes(head["code"]) for head in part.heads]
        else:
            assert walker.value() == b'"1"'
    assert good == [b"1", b"3", b"4"]
    assert bad[0] == (29, "invalid character at byte 38")  # 16 + 13: the second element; its NaN is nine bytes in
    assert bad[1][1] == "an object was expected"
    assert content[bad[1][0] :].startswith(b"null")


@pytest.mark.parametrize("end", range(1, 60))
def test_a_text_that_ends_early_says_so(end: int) -> None:
    content = b'{"in_network": [{"code": "a"}, {"code": "b"}], "version": 12}'
    with pytest.raises((EndedEarlyError, MalformedError)):
        walked(content[:end], 8)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a" 1}', ": is missing"),
        (b"{'a': 1}", "a key is missing"),
        (b'{"a": 1 "b": 2}', "a comma or } is missing"),
        (b'{"a": ' + b"[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_json(content: bytes, reason: str) -> None:
    with pytest.raises(MalformedError, match=f"(?i){reason}"):
        for _ in stream(content, 64).members():
            pass


def test_a_comma_too_many_or_missing_is_told() -> None:
    parts = list(stream(b'[{"a": 1} {"a": 2}, ]', 8).elements())
    assert [part.reason for part in parts if isinstance(part, Bad)] == [
        "a comma is missing",
        "a comma with nothing behind it",
    ]
    assert sum(len(part.heads) for part in parts if isinstance(part, Span)) == 2


@pytest.mark.parametrize("chunk", [3, 50, 64, 100, 1000])
def test_what_is_too_large_is_so_whatever_is_at_hand(chunk: int) -> None:
    """An element above the limit is walked, one of the limit is not, wherever the pieces that are read end."""
    limit = 80
    sizes = [limit - 1, limit, limit + 1, 20, limit + 1, limit, 30, 10]
    elements = [b'{"a": "' + b"x" * (size - 9) + b'"}' for size in sizes]
    assert [len(element) for element in elements] == sizes
    found: list[bool] = []
    for part in stream(b"[" + b", ".join(elements) + b"]", chunk, limit).elements():
        found += [True] if isinstance(part, Open) else [False] * len(part.heads) if isinstance(part, Span) else []
    assert found == [size > limit for size in sizes]
