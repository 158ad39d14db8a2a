"""Tables of typed columns out of pieces of X12, as the parameter files say which element each column is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.guide import node_of
from trocar.claims.x12.segments import Integers
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import cents, component, first_days, last_days, or_null

_SPEC = re.compile(r"(text|cents|first_day|last_day|person) (\S+) ([A-Z0-9]+)(?:\*(\S+))? (\d+)(?:-(\d+))?")
KINDS: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "cents": pa.int64(),
    "first_day": pa.date32(),
    "last_day": pa.date32(),
    "person": pa.string(),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """Where a column stands: ``text 2100 CLP 1`` is element CLP01 of loop 2100, ``SVC 1-2`` its second component.

    The segment may be told apart by its first element (``REF*6R``), whatever others share its node.
    """

    kind: str
    nodes: tuple[int, ...]
    qualifier: str
    element: int
    component: int
    of_several: bool

    @classmethod
    def parse(cls, text: str, guide: str) -> Spec:
        """Read a column's entry in a parameter file."""
        match = _SPEC.fullmatch(text)
        if match is None:
            raise ValueError(text)
        kind, loops, segment, qualifier, element, part = match.groups()
        wanted = f"{segment}*{qualifier}" if qualifier else segment
        nodes = [_find(guide, loop, segment, wanted) for loop in loops.split("|")]
        several = bool(qualifier) and any(len(node.qualifiers) != 1 for node in nodes)
        return cls(kind, tuple(n.index for n in nodes), qualifier or "", int(element), int(part or 0), several)


def _find(guide: str, loop: str, segment: str, wanted: str) -> Any:
    try:
        return node_of(guide, loop, wanted)
    except KeyError:
        return node_of(guide, loop, segment)


@cache
def column_specs(name: str, guide: str) -> dict[str, dict[str, Spec]]:
    """The tables of a parameter file, each a mapping of columns to their places."""
    stated = tomllib.loads((files("trocar.claims.x12") / "params" / f"{name}.toml").read_text("utf-8"))
    return {
        table: {column: Spec.parse(text, guide) for column, text in columns.items()}
        for table, columns in stated.items()
    }


def rows_of(piece: Piece, spec: Spec) -> Rows:
    """The segments a column is read from."""
    rows = piece.rows(*spec.nodes)
    if spec.of_several and len(rows):
        same = pc.equal(piece.segments.element(rows, 1), spec.qualifier)
        rows = rows[same.to_numpy(zero_copy_only=False)]
    return rows


def places_of(piece: Piece, begins: Rows, spec: Spec) -> Integers | None:
    """For each row of a table, which begins at such segments, where its element stands; None when none has it.

    The first found wins.
    """
    segments = piece.segments
    rows = rows_of(piece, spec)
    rows = rows[segments.count[rows] > spec.element]
    own = owners(begins, rows)
    if len(own) and own[0] < 0:
        rows, own = rows[own >= 0], own[own >= 0]
    if not len(rows):
        return None
    places = np.full(len(begins), len(segments.elements) - 1, np.int32)
    places[own[::-1]] = segments.first[rows[::-1]] + np.int32(spec.element)
    return places


def texts_of(piece: Piece, begins: Rows, spec: Spec) -> pa.Array | None:
    """The same as texts, empty where there is none; None when no row has one."""
    places = places_of(piece, begins, spec)
    if places is None:
        return None
    texts = piece.segments.elements.take(pa.array(places))
    return component(texts, piece.segments.delimiters.component, spec.component) if spec.component else texts


def column_of(piece: Piece, begins: Rows, spec: Spec) -> pa.Array:
    """The same as typed values; null where there is nothing, or nothing that can be read."""
    return typed(texts_of(piece, begins, spec), spec, len(begins))


def typed(texts: pa.Array | None, spec: Spec, length: int) -> pa.Array:
    """Texts as the values of their column; null where there is nothing, or nothing that can be read."""
    if texts is None:
        return pa.nulls(length, KINDS[spec.kind])
    if spec.kind == "cents":
        amounts, empty, bad = cents(texts)
        return pa.array(amounts, mask=empty | bad)
    if spec.kind == "first_day":
        return first_days(texts)
    if spec.kind == "last_day":
        return last_days(texts)
    return or_null(texts)


def columns_of(piece: Piece, begins: Rows, specs: Mapping[str, Spec]) -> dict[str, pa.Array]:
    """All columns of a table that has a row for each of some segments; each composite is split once."""
    made: dict[str, pa.Array] = {}
    composites: dict[Spec, pa.DictionaryArray | None] = {}
    for name, spec in specs.items():
        if not spec.component:
            made[name] = column_of(piece, begins, spec)
            continue
        whole = replace(spec, component=0)
        if whole not in composites:
            texts = texts_of(piece, begins, whole)
            composites[whole] = None if texts is None else texts.dictionary_encode()
        encoded = composites[whole]
        if encoded is None:
            made[name] = typed(None, spec, len(begins))
        else:
            parts = component(encoded.dictionary, piece.segments.delimiters.component, spec.component)
            made[name] = typed(parts, spec, len(parts)).take(encoded.indices)
    return made


def above(begins: Rows, rows: Rows, *closing: Rows) -> Rows:
    """For each row the index of the last beginning before it; -1 where none is, or something closed it since."""
    found = owners(begins, rows)
    for closers in closing:
        if len(closers) and len(begins):
            last = owners(closers, rows)
            closed = (last >= 0) & (found >= 0) & (closers[last] > begins[found])
            found = np.where(closed, -1, found)
    return found


def from_above(values: pa.Array, owner: Rows) -> pa.Array:
    """The value of each row's owner; null where it has none."""
    return values.take(pa.array(owner, mask=owner < 0))
