"""A book of remittances on disk: a folder with a Parquet file per table and file added, so that twice is once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trocar.core.errors import TrocarError
from trocar.denials.tables import TABLES, of_file
from trocar.files.whole import written_whole

VERSION = 1
_MARK = "book.json"


class BookError(TrocarError):
    """A book of remittances is missing, of another version, or damaged."""

    docs = "docs/formats/remit.md"


class Tables(Protocol):
    """What holds the tables of a book: a folder, or memory."""

    def holds(self, file_id: str) -> bool:
        """Whether a file was added already."""

    def add(self, file_id: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Add the rows of one file, all or none."""

    def table(self, name: str) -> pa.Table:
        """The rows of all files added."""

    def next_sequence(self) -> int:
        """The number of the next file."""


class MemoryBook:
    """A book that is never written: what is added lives as long as the object."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, list[pa.Table]]] = {}

    def holds(self, file_id: str) -> bool:
        """Whether a file was added already."""
        return file_id in self._held

    def add(self, file_id: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Keep the rows of one file; none of them when reading it fails."""
        made: dict[str, list[pa.Table]] = {}
        for part in parts:
            for name, table in part.items():
                made.setdefault(name, []).append(of_file(name, table, file_id))
        self._held[file_id] = made

    def table(self, name: str) -> pa.Table:
        """The rows of all files added, in the order of their ids."""
        tables = [table for _, made in sorted(self._held.items()) for table in made.get(name, ())]
        return pa.concat_tables([TABLES[name].empty_table(), *tables]).combine_chunks()

    def next_sequence(self) -> int:
        """The number of the next file."""
        return len(self._held)

    def rows(self, name: str) -> int:
        """How many rows a table has."""
        return sum(table.num_rows for made in self._held.values() for table in made.get(name, ()))


@dataclass(frozen=True, slots=True)
class RemittanceBook:
    """The folder of a book."""

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> RemittanceBook:
        """The book in a folder; a new one where there is none. Raises ``BookError`` for a folder of something else."""
        foreign = folder.exists() and not (folder / _MARK).is_file()
        if foreign and (not folder.is_dir() or any(folder.iterdir())):
            raise BookError("this is not a book of remittances", where=str(folder), remedy="Name another folder.")
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _MARK).exists():
            with written_whole(folder / _MARK) as path:
                path.write_text(json.dumps({"kind": "remittances", "version": VERSION}) + "\n", "utf-8")
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> RemittanceBook:
        """The book in a folder; raises ``BookError`` when there is none."""
        try:
            mark = json.loads((folder / _MARK).read_text("utf-8"))
        except (OSError, ValueError) as error:
            remedy = "Make one with trocar remit era.835 -o book.parquet."
            raise BookError("there is no book of remittances here", where=str(folder), remedy=remedy) from error
        if not isinstance(mark, dict) or mark.get("version") != VERSION:
            remedy = "Make it again from the remittances with this version."
            raise BookError(f"the book is of another version than {VERSION}", where=str(folder), remedy=remedy)
        return cls(folder)

    def discard_if_empty(self) -> None:
        """Take the folder away again when no file was added, so that a refused file leaves no book behind."""
        if not any((self.folder / "files").glob("*.parquet")):
            shutil.rmtree(self.folder)

    def holds(self, file_id: str) -> bool:
        """Whether a file was added already."""
        return self._part("files", file_id).is_file()

    def add(self, file_id: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Write the rows of one file part by part; the last part holds its row of ``files``.

        Nothing of a file is seen before all of it is there: ``files`` is renamed last, and decides.
        """
        with ExitStack() as files, ExitStack() as rest:
            writers: dict[str, pq.ParquetWriter] = {}
            for part in parts:
                for name, table in part.items():
                    if name not in writers:
                        path = self._part(name, file_id)
                        path.parent.mkdir(exist_ok=True)
                        stack = files if name == "files" else rest
                        building = stack.enter_context(written_whole(path))
                        writers[name] = stack.enter_context(pq.ParquetWriter(building, TABLES[name]))
                    writers[name].write_table(of_file(name, table, file_id))

    def paths(self, name: str) -> list[Path]:
        """The Parquet files of a table, of the files that were added whole."""
        added = {path.name for path in (self.folder / "files").glob("*.parquet")}
        return sorted(path for path in (self.folder / name).glob("*.parquet") if path.name in added)

    def table(self, name: str) -> pa.Table:
        """The rows of all files added, in the order of their ids; the same whatever order they were added in."""
        tables = [pq.read_table(path, schema=TABLES[name]) for path in self.paths(name)]
        return pa.concat_tables([TABLES[name].empty_table(), *tables]).combine_chunks()

    def next_sequence(self) -> int:
        """The number of the next file: one more than the largest given."""
        given = pc.max(self.table("files")["sequence"]).as_py()
        return 0 if given is None else int(given) + 1

    def _part(self, name: str, file_id: str) -> Path:
        return self.folder / name / f"{file_id}.parquet"
