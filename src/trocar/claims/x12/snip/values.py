"""SNIP type 2, elements by loop: codes that the guides define, elements that a loop asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from trocar.claims.x12.columns import Spec, rows_of
from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import guides
from trocar.claims.x12.stream import Piece
from trocar.claims.x12.values import component


@cache
def _law() -> tuple[tuple[Spec, frozenset[str]], ...]:
    return tuple(
        (Spec.parse(f"text {place}", guide), frozenset(values)) for guide, place, values in _stated("values.toml")
    )


@cache
def _asked() -> tuple[Spec, ...]:
    return tuple(
        Spec.parse(f"text {place} {position}", guide)
        for guide, place, positions in _stated("asked.toml")
        for position in positions
    )


def _stated(name: str) -> Iterator[tuple[str, str, list[Any]]]:
    """The guide, place and what holds there, of every entry of a parameter file."""
    stated = tomllib.loads((files("trocar.claims.x12") / "params" / name).read_text("utf-8"))
    for guide, places in stated.items():
        for place, held in places.items():
            yield guide, place, held


def value_findings(piece: Piece) -> Iterator[Finding]:
    """Values of the new segments that the guide does not have; an empty one is another matter."""
    segments, law = piece.segments, guides()
    for spec, values in _law():
        rows = rows_of(piece, spec)
        rows = rows[(rows >= segments.known) & (segments.count[rows] > spec.element)]
        if not len(rows):
            continue
        texts = segments.element(rows, spec.element)
        if spec.component:
            texts = component(texts, segments.delimiters.component, spec.component)
        encoded = texts.dictionary_encode()
        bad = np.array([bool(text) and text not in values for text in encoded.dictionary.to_pylist()], bool)
        node = law.nodes[spec.nodes[0]]
        assert node is not None
        element = f"{node.segment}{spec.element:02d}" + (f"-{spec.component}" if spec.component else "")
        for at in np.flatnonzero(bad[encoded.indices.to_numpy()]).tolist() if bad.any() else ():
            words: dict[str, Any] = {"loop": law.loops[node.loop].id, "expected": ", ".join(sorted(values))}
            yield finding(
                "XS207", piece.file, segments, int(rows[at]), element=element, value=texts[at].as_py(), **words
            )


def asked_findings(piece: Piece) -> Iterator[Finding]:
    """Elements that a loop asks for, and that are empty or not there, in the new segments."""
    segments, law = piece.segments, guides()
    for spec in _asked():
        rows = piece.new_rows(*spec.nodes)
        places = segments.places(rows, spec.element)
        for row in rows[segments.offsets[places + 1] == segments.offsets[places]].tolist():
            node = law.nodes[int(piece.node[row])]
            assert node is not None
            element, loop = f"{node.segment}{spec.element:02d}", law.loops[node.loop].id
            yield finding("XS209", piece.file, segments, row, element=element, loop=loop)
