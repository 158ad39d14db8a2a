"""Published files dealt out as tasks, in rounds: files whole, ranges of plain ones, and the ranges put together.

Who runs the tasks of a round is the caller's: processes of one machine, or a Spark cluster. A task depends on its words
alone and writes folders that are there whole or not at all, so a task that is lost is run again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pyarrow.parquet as pq

from trocar.benchmarks.detect import kind_of
from trocar.benchmarks.extract import (
    Extraction,
    Found,
    Outcome,
    digest_of,
    extract_text,
    finished_row,
    reference_fetch,
    texts_at,
    without_collector,
)
from trocar.benchmarks.inflate import Text
from trocar.benchmarks.pieces import NotWholeError, join, proved
from trocar.benchmarks.ranges import Piece, Place, Range, ranges_of, read_range
from trocar.benchmarks.writer import WRITTEN, written_folder
from trocar.core.errors import TrocarError
from trocar.engine.without_pandas import leave_pandas_out
from trocar.files.fetch import beside, clean

_PIECES = ".pieces"


class Cut(msgspec.Struct, frozen=True):
    """A plain in-network file to be read in ranges, while its digest is made; ``name``: of the folder of its pieces."""

    location: str
    path: str
    known: dict[str, Any]
    name: str

    def found(self, digest: str, **known: Any) -> Found:
        """The file as the extraction of whole files takes it."""
        return Found(self.location, Text(Path(self.path), "none"), {**self.known, **known}).identified(digest)

    def folder(self, asked: Extraction) -> Path:
        """Where its pieces are kept until they are put together."""
        return asked.output / _PIECES / self.name

    def ranges(self, asked: Extraction) -> list[Range]:
        """The ranges in which it is read."""
        return ranges_of(self.known["size"], asked.range_size)

    def read(self, range_: Range, asked: Extraction, at: Place | None = None) -> Piece:
        """Read one of them."""
        with without_collector():
            # The tables are given the name of the file when they are put together.
            return read_range(Path(self.path), range_, asked.codes, {"file_id": ""}, self.folder(asked), at)


class Answers(msgspec.Struct):
    """What a task gives."""

    outcomes: list[Outcome] = []
    cuts: list[Cut] = []
    pieces: list[Piece] = []
    digest: str = ""


class Begin(msgspec.Struct, frozen=True):
    """Extract a file; a plain in-network file of some size is to be cut instead."""

    location: str
    name: str

    def answers(self, asked: Extraction) -> Answers:
        """Run the task."""
        answers, fetcher = Answers(), asked.fetcher()
        for found in texts_at(self.location, asked, fetcher, lambda text: _is_cut(text, asked)):
            if isinstance(found, Outcome):
                answers.outcomes.append(found)
            elif "file_id" not in found.known:
                answers.cuts.append(Cut(self.location, str(found.text.path), found.known, self.name))
            else:
                answers.outcomes.append(extract_text(found, asked, fetcher))
        return answers


class Digest(msgspec.Struct, frozen=True):
    """Identify a file that is read in ranges meanwhile."""

    cut: Cut

    def answers(self, asked: Extraction) -> Answers:
        """Run the task."""
        return Answers(digest=digest_of(Path(self.cut.path)))


class Part(msgspec.Struct, frozen=True):
    """Read one range of a file."""

    cut: Cut
    range: Range

    def answers(self, asked: Extraction) -> Answers:
        """Run the task."""
        return Answers(pieces=[self.cut.read(self.range, asked)])


class Join(msgspec.Struct, frozen=True):
    """Put the pieces of a file together; what they can't make is read in one go."""

    cut: Cut
    digest: str
    pieces: list[Piece]

    def answers(self, asked: Extraction) -> Answers:
        """Run the task."""
        cut, fetcher = self.cut, asked.fetcher()
        found = cut.found(self.digest)
        # The folder is there when this task was run to its end before, and its answer was lost.
        if row := finished_row(found, asked):
            return Answers([Outcome(found.known["location"], row)])
        try:
            counted = proved(self.pieces, lambda range_, at: cut.read(range_, asked, at))
            with without_collector(), written_folder(asked.output, found.known["file_id"]) as writer:
                fetch = reference_fetch(cut.location, asked, fetcher)
                row = join(Path(cut.path), counted, found.known, writer, fetch)
            outcome = Outcome(found.known["location"], row)
        except NotWholeError as reason:
            outcome = extract_text(cut.found(self.digest, whole_because=str(reason)), asked, fetcher)
        except (TrocarError, OSError) as error:
            outcome = Outcome(found.known["location"], problem=str(error))
        shutil.rmtree(cut.folder(asked), ignore_errors=True)
        with suppress(OSError):  # not empty: pieces of other files
            cut.folder(asked).parent.rmdir()
        return Answers([outcome])


Task = Begin | Digest | Part | Join
# Runs tasks, in any order and place; gives their answers in the order of the tasks.
Deal = Callable[[Sequence[Task]], Iterable[Answers]]


def extract_dealt(locations: Sequence[str], asked: Extraction, deal: Deal) -> Iterator[Outcome]:
    """What ``extract`` gives, with the work dealt out; what indexes list is dealt when the files before are done."""
    seen: set[str] = set()
    while files := [location for location in dict.fromkeys(locations) if clean(location) not in seen]:
        seen.update(map(clean, files))
        begun = list(deal([Begin(location, uuid4().hex) for location in files]))
        cuts = [cut for answers in begun for cut in answers.cuts]
        joined = iter(_read_in_ranges(cuts, asked, deal))
        locations = []
        for location, answers in zip(files, begun, strict=True):
            outcomes = answers.outcomes + [next(joined) for _ in answers.cuts]
            locations += [beside(location, listed) for each in outcomes for listed in each.listed if asked.follow]
            yield from outcomes


@contextmanager
def processes(count: int, asked: Extraction) -> Iterator[Deal]:
    """Deals tasks to processes of this machine; what has to be fetched is begun here, one after the other."""
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=leave_pandas_out) as pool:

        def deal(tasks: Sequence[Task]) -> Iterator[Answers]:
            dealt = [None if _is_remote(task) else pool.submit(task.answers, asked) for task in tasks]
            for task, future in zip(tasks, dealt, strict=True):
                yield future.result() if future else task.answers(asked)

        yield deal


def _is_remote(task: Task) -> bool:
    return isinstance(task, Begin) and urlsplit(task.location).scheme in ("http", "https")


def _read_in_ranges(cuts: Sequence[Cut], asked: Extraction, deal: Deal) -> Iterator[Outcome]:
    if not cuts:
        return
    # A digest takes longer than a range, so digests come first.
    parts = [Part(cut, range_) for cut in cuts for range_ in cut.ranges(asked)]
    first = list(deal([*map(Digest, cuts), *parts]))
    pieces = iter([piece for answers in first for piece in answers.pieces])
    joins = [
        Join(cut, answers.digest, [next(pieces) for _ in cut.ranges(asked)])
        for cut, answers in zip(cuts, first, strict=False)
    ]
    for answers in deal(joins):
        yield from answers.outcomes


def _is_cut(text: Text, asked: Extraction) -> bool:
    size = text.path.stat().st_size
    return (
        text.compression == "none"
        and size >= 2 * asked.range_size
        and not _may_be_finished(size, asked)
        and kind_of(text, str(text.path)) == "in_network"
    )


def _may_be_finished(size: int, asked: Extraction) -> bool:
    """Whether a file of this size was extracted for the same codes: its digest alone says whether it is the same."""
    held = asked.output.glob(f"{WRITTEN}/files.parquet")
    rows = (row for path in held for row in pq.read_table(path, columns=["size", "codes_asked"]).to_pylist())
    return any(row == {"size": size, "codes_asked": sorted(asked.codes or ())} for row in rows)
