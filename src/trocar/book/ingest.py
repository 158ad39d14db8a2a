"""Read a book into its work files: part by part, in any order and in any process, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from trocar.book.job import MEBIBYTE, Job, Kind
from trocar.book.keys import ties
from trocar.book.manifest import Ingested
from trocar.book.partition import Counts, chunk_file, keys_file, move_tied, write_chunk
from trocar.book.parts import problems_file, unread_table, write_rows
from trocar.claims.csv import ClaimReading

_SEARCH_MEMORY = 256 * MEBIBYTE


class BookPart(Protocol):
    """Some lines of a book, which can be read on their own (``claims.books.BookFile``)."""

    def chunks(self, *, encoded: bool) -> Iterator[ClaimReading]:
        """The lines in order, chunk by chunk; encoded or not, as it likes."""


@dataclass(frozen=True)
class Reading:
    """The reading of one part, to be done by any process."""

    number: int
    part: BookPart
    kind: Kind
    folder: Path
    buckets: int


@dataclass
class ReadPart:
    """What the reading of a part gave: its chunks, with the lines in each bucket, and what is to be told of them."""

    rows_read: int = 0
    problems: int = 0
    notes: list[str] = field(default_factory=list)
    chunks: list[tuple[str, Counts]] = field(default_factory=list)


def read_part(reading: Reading, advance: Callable[[int], None] = lambda rows: None) -> ReadPart:
    """Write the work files of a part; ``advance`` is told of the rows of each chunk."""
    answer = ReadPart()
    for number, chunk in enumerate(reading.part.chunks(encoded=True)):
        name = f"{reading.number:05d}-{number:05d}"
        counts = write_chunk(reading.folder, name, chunk.table, reading.buckets)
        if chunk.problems:
            unread = unread_table(reading.kind, list(chunk.problems))
            write_rows(problems_file(reading.folder, name), reading.kind, [unread])
        answer.chunks.append((name, counts))
        answer.rows_read += chunk.rows_read
        answer.problems += len(chunk.problems)
        answer.notes += chunk.notes
        advance(chunk.rows_read)
    return answer


def readings_of(job: Job, parts: Iterable[BookPart], buckets: int) -> list[Reading]:
    """What is to be read, in the order of the book."""
    return [Reading(number, part, job.kind, job.work, buckets) for number, part in enumerate(parts)]


def ingested(job: Job, parts: Sequence[ReadPart], buckets: int) -> Ingested:
    """All parts together in the order of the book, tied lines moved to one bucket, and the tasks planned."""
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    answer = Ingested(0, 0, sum(part.problems for part in parts), notes)
    counts = {}
    for part in parts:
        answer.rows_read += part.rows_read
        for name, count in part.chunks:
            answer.chunks.append((name, answer.lines + 1))
            answer.lines += int(count.sum())
            counts[name] = count
    tied = ties([keys_file(job.work, name) for name in counts], _SEARCH_MEMORY, job.processes_that_fit)
    if len(tied[0]):
        for name in counts:
            moved = move_tied(job.work, name, tied, buckets)
            counts[name] = counts[name] if moved is None else moved
    answer.sizes = [chunk_file(job.work, name).stat().st_size for name in counts]
    answer.tasks = job.tasks(np.sum(list(counts.values()), axis=0) if counts else np.zeros(buckets, np.int64))
    most = max(lines for _, _, lines in answer.tasks)
    if most > 2 * job.lines_per_task:
        answer.notes.append(f"{most} lines hang together by patient and claim and were checked at once: more memory")
    return answer
