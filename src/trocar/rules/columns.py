"""Columns of evidence: the texts of some lines, and what belongs to each of some lines."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices


def codes_of(batch: Batch, lines: Indices) -> list[str]:
    """The HCPCS code of each of some lines."""
    return batch.line.lines.hcpcs.of_lines(lines)


def owned(owners: Indices, asked: Indices) -> tuple[Indices, Indices]:
    """What belongs to each of some owners, as (position among ``asked``, position among the ascending ``owners``)."""
    low = np.searchsorted(owners, asked)
    counts = np.searchsorted(owners, asked, "right") - low
    entry = np.repeat(np.arange(len(asked)), counts)
    return entry, np.arange(len(entry)) + (low - np.cumsum(counts) + counts)[entry]


def beside(batch: Batch, chosen: Bools, lines: Indices) -> tuple[Indices, Indices]:
    """The other lines of chosen neighbour pairs, as (position among ``lines``, other line)."""
    pairs = np.flatnonzero(chosen)
    entry, at = owned(batch.neighbours.left[pairs], lines)
    return entry, batch.neighbours.right[pairs[at]]


def gathered(entry: Indices, texts: Iterable[str], length: int) -> list[list[str]]:
    """For each of ``length`` entries, its texts in order."""
    answer: list[list[str]] = [[] for _ in range(length)]
    for at, text in zip(entry.tolist(), texts, strict=True):
        answer[at].append(text)
    return answer
