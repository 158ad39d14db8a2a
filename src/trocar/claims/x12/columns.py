"""Tables of typed columns out of pieces of X12, as the parameter files say which element each column is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trocar.claims.x12.guide import guides, node_of
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import cents, component, first_days, is_value, last_days, or_null

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

    The segment may be told apart by its first element (``REF*6R``), whatever others share its node; ``of_kind`` is
    then its kind, 0 where the guides have none of that qualifier.
    """

    kind: str
    nodes: tuple[int, ...]
    qualifier: str
    element: int
    component: int
    of_several: bool
    of_kind: int

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
        law = guides()
        of_kind = law.kinds.get((segment, qualifier), 0) if law.qualifier_at.get(segment) == 1 else 0
        return cls(kind, tuple(n.index for n in nodes), qualifier or "", int(element), int(part or 0), several, of_kind)


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
    if spec.of_several and spec.of_kind:
        return rows[piece.segments.kinds.take(rows) == spec.of_kind]
    if spec.of_several and len(rows):
        same = is_value(piece.segments.element(rows, 1), spec.qualifier)
        rows = rows[same.to_numpy(zero_copy_only=False)]
    return rows


class Finder:
    """Finds elements for the rows of a table; what was looked up for a segment holds for its other elements too."""

    def __init__(self, piece: Piece, begins: Rows) -> None:
        self._piece, self._begins = piece, begins
        self._met: dict[Any, tuple[Rows, Rows]] = {}

    @cached_property
    def _row_of(self) -> npt.NDArray[np.int32]:
        """The row of the table that each segment of the piece stands below; -1 before the first."""
        bounds = np.concatenate([[0], self._begins, [len(self._piece.segments)]])
        return np.repeat(np.arange(-1, len(self._begins), dtype=np.int32), np.diff(bounds))

    def _owned(self, spec: Spec) -> tuple[Rows, Rows]:
        """The segments a column is read from that stand below a row of the table, and the row of each."""
        segment = spec.nodes, spec.qualifier, spec.of_several
        if segment not in self._met:
            rows = rows_of(self._piece, spec)
            own = self._row_of.take(rows) if len(rows) else rows
            after = int(np.searchsorted(own, 0))
            self._met[segment] = rows[after:], own[after:]
        return self._met[segment]

    def texts(self, spec: Spec) -> pa.Array | None:
        """The element of each row as a text, the first found, empty where there is none; None when no row has it."""
        segments = self._piece.segments
        rows, own = self._owned(spec)
        held = segments.count.take(rows) > spec.element
        if not held.any():
            return None
        if not held.all():
            rows, own = rows[held], own[held]
        places = np.full(len(self._begins), len(segments.elements) - 1, np.int32)
        places[own[::-1]] = (segments.first.take(rows) + np.int32(spec.element))[::-1]
        texts = segments.elements.take(pa.array(places))
        return component(texts, segments.delimiters.component, spec.component) if spec.component else texts


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
    finder = Finder(piece, begins)
    composites: dict[Spec, _Composites | None] = {}
    for name, spec in specs.items():
        if not spec.component:
            made[name] = typed(finder.texts(spec), spec, len(begins))
            continue
        whole = replace(spec, kind="", component=0)
        if whole not in composites:
            texts = finder.texts(whole)
            composites[whole] = None if texts is None else _Composites.of(texts, piece.segments.delimiters.component)
        found = composites[whole]
        made[name] = typed(None, spec, len(begins)) if found is None else found.column(spec)
    return made


@dataclass(frozen=True, slots=True)
class _Composites:
    """The components of the distinct composites, by their place, and which composite each row has."""

    parts: list[tuple[str, ...]]
    of_row: pa.Array

    @classmethod
    def of(cls, texts: pa.Array, delimiter: bytes) -> _Composites:
        encoded, mark = texts.dictionary_encode(), delimiter.decode("latin-1")
        split = [text.split(mark) for text in encoded.dictionary.to_pylist()]
        return cls(list(zip_longest(*split, fillvalue="")), encoded.indices)

    def column(self, spec: Spec) -> pa.Array:
        if spec.component > len(self.parts):
            return typed(None, spec, len(self.of_row))
        texts = pa.array(self.parts[spec.component - 1], pa.string())
        return typed(texts, spec, len(texts)).take(self.of_row)


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
    if len(values) == len(owner) and (owner == np.arange(len(owner))).all():
        return values
    return values.take(pa.array(owner, mask=owner < 0))
