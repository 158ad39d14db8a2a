"""Columns of text become columns of values: each distinct text is read once, by the parser of its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.blocks import FEW_ROWS, Coded, Codes
from trocar.claims.cells import PARSERS
from trocar.claims.model import checked_diagnoses, whole_cents
from trocar.core.errors import ClaimInputError, InvalidCodeError

Rows = npt.NDArray[np.bool_]
EVERY_ROW = slice(None)
Parser = Callable[[str], Any]

# Columns with many distinct texts have a form that Arrow reads at once; every other text goes to the parser.
# An id of such characters is read as it stands: it can't be a formula, a spreadsheet's error or a shortened number
# (those need = # or +), and has no space to close up. The empty text is no id.
_PLAIN_ID = r"^(?:[A-Za-z0-9][A-Za-z0-9_.:/-]*)?$"
_BEGIN_PLAIN, _GO_ON_PLAIN = (
    np.array([re.fullmatch(pattern, chr(byte)) is not None for byte in range(256)])
    for pattern in (r"[A-Za-z0-9]", r"[A-Za-z0-9_.:/-]")
)
# Whole cents below the largest amount: the digits are the cents.
_PLAIN_AMOUNT = r"^[0-9]{1,9}\.[0-9]{2}$"
# At most twelve codes; each is then checked once.
_PLAIN_DIAGNOSES = r"^[A-Za-z0-9.]+(?:[ ,;|]+[A-Za-z0-9.]+){0,11}$"
_IDS = frozenset({"claim_id", "patient_id", "line_control_number", "rendering_npi", "billing_npi", "payer"})
# A dictionary saves its index: below so many rows for each value it saves little.
_WORTH_A_DICTIONARY = 4
MONEY = {"charge_cents": "charge", "deductible_remaining_cents": "deductible_remaining"}


@dataclass(frozen=True, slots=True)
class Values:
    """A column that was read: its distinct values, for each row the index of its own, and which values are bad."""

    codes: Codes
    values: Sequence[Any] | pa.Array
    bad: Rows

    def listed(self) -> Sequence[Any]:
        """The distinct values as Python objects."""
        if not isinstance(self.values, pa.Array):
            return self.values
        listed = self.values.to_pylist()
        # Codes of a row are a tuple wherever Python holds them.
        return [tuple(value) if isinstance(value, list) else value for value in listed]

    def bad_rows(self) -> Rows:
        """Which rows have a bad value."""
        return self.bad[self.codes] if np.count_nonzero(self.bad) else np.zeros(len(self.codes), bool)

    def empty_rows(self) -> Rows:
        """Which rows have none."""
        if isinstance(self.values, pa.Array):
            empty = self.values.is_null().to_numpy(zero_copy_only=False)
        else:
            empty = np.fromiter((value is None for value in self.values), bool, len(self.values))
        return empty[self.codes]

    def array(self, kind: pa.DataType, keep: Codes | slice = EVERY_ROW) -> pa.Array:
        """The values of some rows, as an Arrow array."""
        codes = self.codes[keep]
        if len(codes) < FEW_ROWS and not isinstance(self.values, pa.Array):
            return pa.array([self.values[code] for code in codes.tolist()], kind)
        values = self.as_arrow(kind)
        if isinstance(keep, slice) and self._each_row():
            return values
        return values.take(pa.array(codes))

    def encoded(self, kind: pa.DataType, keep: Codes | slice = EVERY_ROW) -> pa.Array:
        """The same; few distinct texts or lists as a dictionary (null among them), and nothing but nulls untyped."""
        values = self.as_arrow(kind)
        codes = self.codes[keep]
        if values.null_count == len(values):
            return pa.nulls(len(codes))
        if pa.types.is_primitive(kind) or len(values) * _WORTH_A_DICTIONARY > len(codes):
            return self.array(kind, keep)
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.min_scalar_type(-len(values)))), values)

    def as_arrow(self, kind: pa.DataType) -> pa.Array:
        """The distinct values as an Arrow array."""
        if not isinstance(self.values, pa.Array):
            return pa.array(self.values, kind)
        return self.values if self.values.type == kind else self.values.cast(kind)

    def _each_row(self) -> bool:
        codes = self.codes
        return len(codes) == len(self.values) > 0 and codes[0] == 0 and bool((codes[1:] - codes[:-1] == 1).all())


def read_values(name: str, column: Coded) -> Values:
    """The column read by the parser of its name; money becomes whole cents."""
    parser = PARSERS[name]

    def parse(text: str) -> Any:
        stripped = text.strip()
        return parser(stripped) if stripped else None

    money = name in MONEY.values()
    if len(column.texts) < FEW_ROWS:
        # The parser reads plain forms as well.
        return each(column.codes, column.texts.to_pylist(), (lambda text: whole_cents(parse(text))) if money else parse)
    if name in _IDS and _are_plain_ids(column.texts):
        return Values(column.codes, *_as_it_stands(column.texts))
    if name in _IDS:
        return _with_plain(column, _PLAIN_ID, _as_it_stands, parse, pa.string())
    if money:
        return _with_plain(column, _PLAIN_AMOUNT, _cents, lambda text: whole_cents(parse(text)), pa.int64())
    if name == "diagnoses":
        return _with_plain(column, _PLAIN_DIAGNOSES, _diagnoses, parse, pa.list_(pa.string()))
    return each(column.codes, column.texts.to_pylist(), parse)


def each(codes: Codes, found: Sequence[Any], read: Callable[[Any], Any]) -> Values:
    """Every distinct value found, read once; a bad one is told in full when its rows are judged."""
    values: list[Any] = []
    bad = np.zeros(len(found), bool)
    for at, value in enumerate(found):
        try:
            values.append(read(value))
        except (ClaimInputError, InvalidCodeError):
            values.append(None)
            bad[at] = True
    return Values(codes, values, bad)


def combinations(columns: Mapping[str, Values], length: int) -> tuple[Codes, list[dict[str, Any]]]:
    """The distinct combinations of some columns' values (empty ones left out), and which one each row has."""
    codes = np.zeros(length, np.int64)
    found: list[dict[str, Any]] = [{}]
    for name, column in columns.items():
        values = column.listed()
        if len(found) == 1 or len(values) == 1:  # one of the two says nothing: no new combination to look for
            codes = column.codes if len(found) == 1 else codes
            found = [before | _said(name, value) for before in found for value in values]
            continue
        encoded = pa.array(codes.astype(np.int64) * len(values) + column.codes).dictionary_encode()
        codes = encoded.indices.to_numpy()
        pairs = [divmod(pair, len(values)) for pair in encoded.dictionary.to_pylist()]
        found = [found[before] | _said(name, values[at]) for before, at in pairs]
    return codes, found


def _said(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {name: value}


def _with_plain(
    column: Coded, pattern: str, plain: Callable[[pa.Array], tuple[pa.Array, Rows]], parse: Parser, kind: pa.DataType
) -> Values:
    """The texts of a plain form read at once, the others by the parser; the plain ones then come first."""
    fits = pc.match_substring_regex(column.texts, pattern)
    if fits.true_count == len(fits):
        return Values(column.codes, *plain(column.texts))
    values, bad = plain(column.texts.filter(fits))
    others = each(column.codes, column.texts.filter(pc.invert(fits)).to_pylist(), parse)
    position = np.empty(len(column.texts), np.int64)
    is_plain = fits.to_numpy(zero_copy_only=False)
    position[is_plain] = np.arange(len(values))
    position[~is_plain] = len(values) + np.arange(len(others.values))
    both = pa.concat_arrays([values, pa.array(others.values, kind)])
    return Values(position[column.codes], both, np.concatenate([bad, others.bad]))


def _as_it_stands(texts: pa.Array) -> tuple[pa.Array, Rows]:
    empty = pc.equal(texts, "")
    ids = pc.if_else(empty, pa.scalar(None, pa.string()), texts) if empty.true_count else texts
    return ids, np.zeros(len(texts), bool)


def _are_plain_ids(texts: pa.Array) -> bool:
    """Whether every text has the plain form of an id: a look at all bytes at once, far quicker than the pattern."""
    _, offsets, content = texts.buffers()
    if content is None:
        return True
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    marks = np.frombuffer(content, np.uint8)
    begins = ends[:-1][ends[1:] > ends[:-1]]
    return bool(_BEGIN_PLAIN[marks[begins]].all() and _GO_ON_PLAIN[marks[ends[0] : ends[-1]]].all())


def _cents(texts: pa.Array) -> tuple[pa.Array, Rows]:
    return pc.replace_substring(texts, ".", "").cast(pa.int64()), np.zeros(len(texts), bool)


def _diagnoses(texts: pa.Array) -> tuple[pa.Array, Rows]:
    """The codes of each text; a text with a bad code is bad."""
    parts = pc.split_pattern_regex(texts, "[ ,;|]+")
    tokens = parts.flatten().dictionary_encode()
    codes = tokens.indices.to_numpy()
    read = each(codes, tokens.dictionary.to_pylist(), lambda token: checked_diagnoses((token,))[0])
    bad = np.zeros(len(texts), bool)
    bad[pc.list_parent_indices(parts).to_numpy()[read.bad_rows()]] = True
    offsets = parts.offsets.cast(pa.int32())
    return pa.ListArray.from_arrays(offsets, read.array(pa.string())), bad
