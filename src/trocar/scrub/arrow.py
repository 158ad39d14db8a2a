"""Columns of answers built whole: amounts, lists of sentences, citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trocar.engine.lines import Column, Texts
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack
from trocar.pricing.explain import said
from trocar.pricing.ledger import Note

TEXTS = pa.list_(pa.string())
DOLLARS = pa.decimal128(14, 2)
CITATION = pa.struct(
    [
        ("release", pa.string()),
        ("file", pa.string()),
        ("line", pa.int32()),
        ("sha256", pa.string()),
        ("warnings", TEXTS),
    ]
)
_CENT = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def dollars_of(cents: Indices) -> pa.Array:
    """Cents as exact dollars; null where there is no amount (-1)."""
    known = pa.array(cents.astype(np.int64), mask=np.asarray(cents < 0))
    return pc.multiply(known.cast(pa.decimal128(19, 0)), _CENT).cast(DOLLARS)


def lists(counts: Column, values: pa.Array) -> pa.Array:
    """A list per row out of all their values in order."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def modifiers_of(columns: Sequence[Texts]) -> pa.Array:
    """The modifiers of each line, in order."""
    given = np.stack([column.numbers > 0 for column in columns], axis=1)
    texts = np.stack([np.array(column.values, object)[column.numbers] for column in columns], axis=1)
    return lists(given.sum(axis=1), pa.array(texts[given].tolist(), pa.string()))


def sentences(notes: Sequence[Note], words: Mapping[str, str], length: int) -> pa.Array:
    """For each line, the sentences of the notes that hold on it, in the order of the notes."""
    lines: list[Indices] = [np.empty(0, np.int64)]
    spoken: list[Indices] = [np.empty(0, np.int64)]
    texts: list[str] = []
    for note in notes:
        at = np.flatnonzero(note.where)
        lines.append(at)
        if note.values:
            spoken.append(np.arange(len(texts), len(texts) + len(at)))
            texts += [said([note], words, line)[0] for line in at.tolist()]
        else:
            spoken.append(np.full(len(at), len(texts)))
            texts.append(words[note.key])
    line, sentence = np.concatenate(lines), np.concatenate(spoken)
    order = np.argsort(line, kind="stable")
    values = pa.array(texts, pa.string()).take(pa.array(sentence[order]))
    return lists(np.bincount(line, minlength=length), values)


def citations(pack: Pack, sources: Sequence[tuple[str, Indices]], length: int) -> pa.Array:
    """For each line, the rows of tables that it cites, in the order of ``sources`` (table, row or -1 per line)."""
    owner: list[NDArray[Any]] = [np.empty(0, np.int64)]
    file: list[NDArray[Any]] = [np.empty(0, np.int64)]
    number: list[NDArray[Any]] = [np.empty(0, np.int64)]
    for table, rows in sources:
        at = np.flatnonzero(rows >= 0)
        if len(at):
            owner.append(at)
            file.append(pack.column(table, "file_id")[rows[at]])
            number.append(pack.column(table, "line")[rows[at]])
    line = np.concatenate(owner)
    order = np.argsort(line, kind="stable")
    cited = _citation(pack, np.concatenate(file)[order], np.concatenate(number)[order])
    return lists(np.bincount(line, minlength=length), cited)


def _citation(pack: Pack, file_id: Column, line: Column) -> pa.Array:
    files = {entry.file_id: entry for entry in pack.catalog.files}
    entries = [files.get(number) for number in range(max(files, default=-1) + 1)]
    at = pa.array(file_id.astype(np.int64))

    def field(values: list[Any], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind).take(at)

    return pa.StructArray.from_arrays(
        [
            field([entry and entry.release for entry in entries], pa.string()),
            field([entry and entry.file for entry in entries], pa.string()),
            pa.array(line.astype(np.int32)),
            field([entry and entry.sha256 for entry in entries], pa.string()),
            field([(entry and list(entry.warnings)) or None for entry in entries], TEXTS),
        ],
        fields=list(CITATION),
    )
