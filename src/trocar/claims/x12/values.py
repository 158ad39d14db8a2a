"""Texts of elements as values: whole cents, days, decimal quantities; what can't be read is marked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Cents = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.integer[Any]]
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_MOST = Decimal(10) ** 15
_MOST_OF_AMOUNT = 13  # characters, so that it is below what may be at most
_NO_OFFSETS = np.zeros(1, np.int32)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:-(\d{4})(\d{2})(\d{2}))?")
_MOST_DIGITS = 9
# Stated with their type: Arrow would look for it, and try an import each time.
_ZERO, _EMPTY = pa.scalar("0", pa.string()), pa.scalar("", pa.string())
_NOTHING = pa.scalar(None, pa.string())
_ZERO_DIGIT, _NINE = ord("0"), ord("9")
_SPACE, _DELETE = ord(" "), 127


def cents(texts: pa.Array) -> tuple[Cents, Marks, Marks]:
    """Amounts in whole cents, which texts are empty, and which are no amount in whole cents (both count as 0)."""
    offsets, content = content_of(texts)
    lengths = np.diff(offsets)
    empty = lengths == 0
    long = np.flatnonzero(lengths > 1)
    points = after_point(offsets, content, long)
    if points is not None and lengths.max(initial=0) <= _MOST_OF_AMOUNT:
        return _without_points(offsets, content, long, points), empty, np.zeros(len(empty), bool)
    return _one_by_one(texts, empty)


def after_point(offsets: Integers, content: npt.NDArray[np.uint8], long: Rows) -> tuple[Marks, Marks] | None:
    """Of the long texts, which have one digit after a point and which two; None unless there is nothing but digits.

    A sign before the digits may be there too, in a long text; these have two characters or more. No character is
    met by two of the three, so that counting them is enough.
    """
    others = np.count_nonzero((content < _ZERO_DIGIT) | (content > _NINE))
    if not others:
        nothing = np.zeros(len(long), bool)
        return nothing, nothing
    begin, end = offsets.take(long), offsets.take(long + 1)
    signs = content.take(begin) == ord("-")
    tenths = content.take(end - 2) == ord(".")
    hundredths = (content.take(end - 3, mode="clip") == ord(".")) & (end - begin > 2)
    if others != sum(map(np.count_nonzero, (signs, tenths, hundredths))) or (tenths & hundredths).any():
        return None
    return tenths, hundredths


def _without_points(
    offsets: Integers, content: npt.NDArray[np.uint8], long: Rows, points: tuple[Marks, Marks]
) -> Cents:
    """Amounts as whole numbers of their last digit, made cents; 0 for an empty text."""
    tenths, hundredths = points
    scale = np.full(len(offsets) - 1, 100, np.int64)
    scale[long[tenths]], scale[long[hundredths]] = 10, 1
    bounds = offsets.copy()
    bounds[1:] -= np.cumsum(scale < 100, dtype=np.int32)
    digits = content.tobytes().replace(b".", b"")
    whole = pa.StringArray.from_buffers(len(scale), pa.py_buffer(bounds), pa.py_buffer(digits))
    empty = np.diff(bounds) == 0
    filled = pc.if_else(pa.array(empty), _ZERO, whole) if empty.any() else whole
    return np.asarray(filled.cast(pa.int64()).to_numpy()) * scale


def content_of(texts: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Where each text begins and the last ends in their bytes, and these bytes."""
    _, bounds, content = texts.buffers()
    offsets = np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1] if bounds else _NO_OFFSETS
    first, last = int(offsets[0]), int(offsets[-1])
    return offsets - np.int32(first), np.frombuffer(content or b"", np.uint8)[first:last]


def _one_by_one(texts: pa.Array, empty: Marks) -> tuple[Cents, Marks, Marks]:
    amounts, bad = np.zeros(len(texts), np.int64), np.zeros(len(texts), bool)
    for at, text in enumerate(texts.to_pylist()):
        exact = decimal(text) * 100 if is_number(text) else None
        if exact is not None and exact == int(exact) and abs(exact) < _MOST:
            amounts[at] = int(exact)
        else:
            bad[at] = bool(text)
    return amounts, empty, bad


def whole_numbers(texts: pa.Array) -> Cents:
    """Whole numbers of at most eight digits; -1 for any other text."""
    offsets, content = content_of(texts)
    lengths = np.diff(offsets)
    if _are_digits(content) and lengths.min(initial=1) > 0 and lengths.max(initial=1) < _MOST_DIGITS:
        return np.asarray(texts.cast(pa.int64()).to_numpy())
    read = [int(text) if len(text) < _MOST_DIGITS and text.isdecimal() else -1 for text in texts.to_pylist()]
    return np.array(read, np.int64)


def _are_digits(content: npt.NDArray[np.uint8]) -> bool:
    return bool(content.min(initial=_NINE) >= _ZERO_DIGIT and content.max(initial=_ZERO_DIGIT) <= _NINE)


def is_number(text: str) -> bool:
    """Whether a text is a number as X12 writes it: digits, maybe a sign before and a point within."""
    return _NUMBER.fullmatch(text) is not None


def decimal(text: str) -> Decimal:
    """The number a text holds; ``is_number`` says whether it holds one."""
    return Decimal(text)


def each_distinct(texts: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """Texts that repeat, each distinct one read once; an empty one and one read as None are null."""
    encoded = texts.dictionary_encode()
    values = [read(text) if text else None for text in encoded.dictionary.to_pylist()]
    return pa.array(values, kind).take(encoded.indices)


@lru_cache(maxsize=1 << 14)
def first_day(text: str) -> date | None:
    """The day, or the first of a range of days, written D8 or RD8; None for any other text."""
    return _day(text, 1)


@lru_cache(maxsize=1 << 14)
def last_day(text: str) -> date | None:
    """The day, or the last of a range of days, written D8 or RD8; None for any other text."""
    return _day(text, 4) or (_day(text, 1) if "-" not in text else None)


def _day(text: str, group: int) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None or match[group] is None:
        return None
    try:
        return date(int(match[group]), int(match[group + 1]), int(match[group + 2]))
    except ValueError:
        return None


def first_days(texts: pa.Array) -> pa.Array:
    """The first day of each text, as dates; null where there is none."""
    return each_distinct(texts, first_day, pa.date32())


def last_days(texts: pa.Array) -> pa.Array:
    """The last day of each text, as dates; null where there is none."""
    return each_distinct(texts, last_day, pa.date32())


def component(texts: pa.Array, delimiter: bytes, position: int) -> pa.Array:
    """One component (from 1) of composites; empty where there is none."""
    mark = delimiter.decode("latin-1")

    def part(text: str) -> str:
        parts = text.split(mark)
        return parts[position - 1] if len(parts) >= position else ""

    return pc.fill_null(each_distinct(texts, part, pa.string()), _EMPTY)


def is_value(texts: Any, value: str) -> Any:
    """Which texts, an array or a column, are a value."""
    return pc.equal(texts, pa.scalar(value, pa.string()))


def or_null(texts: pa.Array) -> pa.Array:
    """Texts without outer spaces, an empty one as null."""
    offsets, content = content_of(texts)
    filled = np.diff(offsets) > 0
    if texts.null_count or texts.offset or _has_outer_spaces(offsets, content, filled):
        stripped = pc.utf8_trim_whitespace(texts)
        return pc.if_else(pc.equal(stripped, _EMPTY), _NOTHING, stripped)
    if filled.all():
        return texts
    valid = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), len(texts), [valid, *texts.buffers()[1:]])


def _has_outer_spaces(offsets: npt.NDArray[np.int32], content: npt.NDArray[np.uint8], filled: Marks) -> bool:
    """Whether some text may begin or end with a space; that costs less than to take them off."""
    if not len(content) or not _holds_white(content):
        return False
    begin, end = (offsets[:-1], offsets[1:]) if filled.all() else (offsets[:-1][filled], offsets[1:][filled])
    return _holds_white(content.take(begin)) or _holds_white(content.take(end - np.int32(1)))


def _holds_white(characters: npt.NDArray[np.uint8]) -> bool:
    """Whether there is a character that may be white, or begin one that is."""
    return bool(characters.min() <= _SPACE or characters.max() >= _DELETE)
