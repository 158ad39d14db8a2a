"""Columns of answers built whole: amounts, lists of sentences, citations. Texts that come again have a dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.engine.distinct import groups
from trocar.engine.lines import Column, Texts
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack
from trocar.pricing.explain import sentences_of
from trocar.pricing.ledger import Note
from trocar.rules.cites import Cited

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
_CENT = Decimal("0.01")


def chosen(values: Sequence[str], at: Column) -> pa.DictionaryArray:
    """Of some texts the one at each position; null where the position is negative."""
    positions = pa.array(at.astype(np.int32), mask=at < 0)
    return pa.DictionaryArray.from_arrays(positions, pa.array(values, pa.string()))


def dollars_of(cents: Indices) -> pa.Array:
    """Cents as exact dollars; null where there is no amount (-1)."""
    known = pa.array(cents.astype(np.int64), mask=np.asarray(cents < 0))
    return pc.multiply(known.cast(pa.decimal128(19, 0)), pa.scalar(_CENT, pa.decimal128(3, 2))).cast(DOLLARS)


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


def sentences(notes: Sequence[Note], words: Mapping[str, str], lines: Indices) -> pa.Array:
    """For each of some lines, the sentences of the notes that hold on it, in the order of the notes."""
    entry, sentence, texts = spoken(notes, words, lines)
    return lists(np.bincount(entry, minlength=len(lines)), chosen(texts, sentence))


def spoken(notes: Sequence[Note], words: Mapping[str, str], lines: Indices) -> tuple[Indices, Indices, list[str]]:
    """What the notes say of some lines: the position of the line, ascending, and that of the sentence in the texts."""
    entries: list[Indices] = [np.empty(0, np.int64)]
    sentences: list[Indices] = [np.empty(0, np.int64)]
    texts: list[str] = []
    for note in notes:
        (at,) = note.where[lines].nonzero()
        if len(at):
            alike, examples = _alike(note, lines[at])
            entries.append(at)
            sentences.append(alike + len(texts))
            texts += sentences_of(note, words, examples)
    entry = np.concatenate(entries)
    order = np.argsort(entry, kind="stable")
    return entry[order], np.concatenate(sentences)[order], texts


def _alike(note: Note, lines: Indices) -> tuple[Indices, Indices]:
    """A number per line, from 0: lines on which the note says the same have the same one; and a line for each."""
    columns = [value.numbers if isinstance(value, Texts) else value for value in note.values.values()]
    keys = [column[lines] for column in columns if isinstance(column, np.ndarray)]
    if not keys:
        return np.zeros(len(lines), np.int64), lines[:1]
    group = groups(*keys)
    return group, lines[np.unique(group, return_index=True)[1]]


def citations(pack: Pack, sources: Sequence[tuple[str, Indices]], length: int) -> pa.Array:
    """For each line, the rows of tables that it cites, in the order of ``sources`` (table, row or -1 per line)."""
    return cited_lists(pack, Cited.together([Cited.rows(pack, table, rows) for table, rows in sources]), length)


def cited_lists(pack: Pack, cited: Cited, length: int) -> pa.Array:
    """For each of ``length`` entries, what it cites."""
    return lists(np.bincount(cited.entry, minlength=length), _citation(pack, cited.file_id, cited.line))


def _citation(pack: Pack, file_id: Column, line: Column) -> pa.Array:
    files = pack.catalog.files
    position = np.full(max((file.file_id for file in files), default=-1) + 1, -1)
    position[[file.file_id for file in files]] = np.arange(len(files))
    at = position[file_id]
    warnings = pa.array([list(file.warnings) or None for file in files], TEXTS)
    return pa.StructArray.from_arrays(
        [
            chosen([file.release for file in files], at),
            chosen([file.file for file in files], at),
            pa.array(line.astype(np.int32)),
            chosen([file.sha256 for file in files], at),
            warnings.take(pa.array(at, mask=at < 0)),
        ],
        names=CITATION.names,
    )
