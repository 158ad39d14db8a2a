"""Extracted files into one set laid out for questions: bounded memory, whole or not at all, only what is new."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observations import KINDS
from trocar.benchmarks.compaction.by_code import add_run
from trocar.benchmarks.compaction.manifest import WORK, Manifest, RatesSetError, definitions, is_set, read_manifest
from trocar.benchmarks.compaction.partitions import deal, relation, write_partition
from trocar.benchmarks.compaction.proof import remove_leftovers, verify
from trocar.benchmarks.compaction.registry import copy_registry, with_registry
from trocar.benchmarks.compaction.sources import Source, sources_in
from trocar.benchmarks.compaction.stage import PARQUET, batches, extracted, stage
from trocar.benchmarks.folder import quoted

# Tables written anew whenever files come or go; ``groups`` grows by parts, ``rates`` by partitions.
_WHOLE = ("files", "plans", "listed", "rejects")
# Tables that give numbers; what has one keeps it.
_NUMBERED = {"voters": "voter", "kinds": "kind"}
# DuckDB keeps to its limit but for what it does not count: buffers of readers and writers, a fourth at most.
_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did: files added, put in the place of an earlier extraction, and there already.

    ``rates``: how many the set has now; ``partitions``: how many it has, ``written`` how many of them anew.
    """

    added: int
    replaced: int
    kept: int
    rates: int
    partitions: int
    written: int


def compact(source: Path, output: Path, memory: int) -> Compacted:
    """Add the files extracted into ``source`` to the set ``output``, made if need be, in ``memory`` bytes.

    A file that is in the set as it was extracted is left alone; extracted anew for other codes, it takes the place of
    what was there. Raises ``RatesSetError``, and then the set is as it was.
    """
    if output.resolve() == source.resolve() or source.resolve() in output.resolve().parents:
        remedy = "Give -o a folder beside the extracted files."
        raise RatesSetError("a set can't lie among the files it is made of", where=str(output), remedy=remedy)
    sources = list(sources_in(source))
    if output.exists() and not is_set(output) and any(entry.name != WORK for entry in output.iterdir()):
        raise RatesSetError("the folder holds something else", where=str(output), remedy="Give -o a new folder.")
    output.mkdir(parents=True, exist_ok=True)
    with _workshop(output, memory) as database:
        return _Compaction(database, output, sources).run(source)


class _Compaction:
    """One run: what is in the set, what comes, what goes."""

    def __init__(self, database: duckdb.DuckDBPyConnection, output: Path, sources: Sequence[Source]) -> None:
        self._database, self._output = database, output
        self._before = read_manifest(output) if is_set(output) else Manifest(definitions=definitions())
        held = self._identities()
        is_stale = self._before.definitions != definitions()
        self._new = [one for one in sources if is_stale or held.get(one.file_id) != _identity(one)]
        self._kept = len(sources) - len(self._new)
        self._replaced = held.keys() & {one.file_id for one in self._new}
        if is_stale and (missing := sorted(held.keys() - self._replaced)):
            remedy = "Extract them again and compact all into a new folder."
            what = f"the set rests on other definitions, and of its files these are not there: {', '.join(missing)}"
            raise RatesSetError(what, where=str(output), remedy=remedy)
        self._generation = self._before.generation + 1
        gone = ", ".join(f"'{file_id}'" for file_id in sorted(self._replaced))
        self._gone = f"file_id IN ({gone})" if gone else "false"

    def run(self, source: Path) -> Compacted:
        """Write what is new, prove that nothing was lost, and only then put the manifest in its place."""
        manifest, written = self._before, 0
        try:
            if self._new:
                manifest, written = self._compacted()
                verify(self._database, self._output, manifest, self._new)
            copy_registry(source, self._output)
            manifest = with_registry(self._database, self._output, manifest, self._generation)
        except BaseException:
            remove_leftovers(self._output, self._before)
            raise
        if manifest != self._before:
            manifest.write(self._output)
        remove_leftovers(self._output, manifest)
        return Compacted(
            added=len(self._new) - len(self._replaced), replaced=len(self._replaced), kept=self._kept,
            rates=sum(manifest.rows.values()), partitions=len(manifest.rates), written=written,
        )  # fmt: skip

    def _compacted(self) -> tuple[Manifest, int]:
        """The set with the new files, and how many partitions were written."""
        groups, staged = self._staged()
        kept = {name: self._output / path for name, path in self._before.rates.items()}
        dealt = deal(self._database, staged, kept, self._gone)
        rates, rows = dict(self._before.rates), dict(self._before.rows)
        for name in sorted(dealt.written):
            path = f"rates/{name}/{self._generation:06d}.parquet"
            count = write_partition(self._database, name, dealt, staged, kept, self._gone, self._output / path)
            rates[name], rows[name] = path, count
        tables = {name: [self._whole(name)] for name in _WHOLE} | {"groups": [*self._groups_left(), *groups]}
        for name, key in _NUMBERED.items():
            tables[name] = [self._write(f"{name}/{self._generation:06d}", f"SELECT * FROM {name} ORDER BY {key}")]
        now = replace(
            self._before, generation=self._generation, definitions=definitions(), rates=rates, rows=rows, tables=tables,
            registry={},
        )  # fmt: skip
        written = [rates[name] for name in sorted(dealt.written)]
        by_code = add_run(self._database, self._output, now, written, self._generation)
        return replace(now, by_code=by_code), len(dealt.written)

    def _staged(self) -> tuple[list[str], list[Path]]:
        """New parts of ``groups``, and the new rates."""
        self._database.execute("CREATE TABLE voters (voter INTEGER, name VARCHAR)")
        self._database.execute(KINDS)
        party = 0
        if self._before.tables:
            for name in _NUMBERED:
                self._database.execute(f"INSERT INTO {name} SELECT * FROM {self._held(name)}")
            query = f"SELECT coalesce(max(party), 0) FROM {self._held('groups')}"
            party = int((self._database.execute(query).fetchone() or (0,))[0])
        groups, staged = [], []
        for number, batch in enumerate(batches(self._new)):
            groups.append(self._path(f"groups/{self._generation:06d}-{number:05d}.parquet"))
            staged.append(self._output / WORK / f"staged-{number:05d}.parquet")
            party = stage(self._database, batch, party, self._output / groups[-1], staged[-1])
        return groups, staged

    def _groups_left(self) -> list[str]:
        """The parts of ``groups`` that stay: as they are, or without the files that go."""
        answer = []
        for number, path in enumerate(self._before.tables.get("groups", [])):
            held = relation([self._output / path])
            query = f"SELECT count(*) FILTER ({self._gone}), count(*) FROM {held}"
            gone, rows = self._database.execute(query).fetchone() or (0, 0)
            if not gone:
                answer.append(path)
            elif gone < rows:
                name = f"groups/{self._generation:06d}-left-{number:05d}"
                answer.append(self._write(name, f"SELECT * FROM {held} WHERE NOT ({self._gone})"))
        return answer

    def _whole(self, table: str) -> str:
        """One of the small tables, with the new files' rows and without those that go."""
        queries = [f"SELECT * FROM {extracted(batch, table)}" for batch in batches(self._new)]
        if self._before.tables:
            queries.append(f"SELECT * FROM {self._held(table)} WHERE NOT ({self._gone})")
        order = "file_id" if table == "files" else 'file_id, "offset"'
        rows = " UNION ALL BY NAME ".join(queries)
        return self._write(f"{table}/{self._generation:06d}", f"SELECT * FROM ({rows}) ORDER BY {order}")

    def _write(self, name: str, query: str) -> str:
        path = self._path(f"{name}.parquet")
        self._database.execute(f"COPY ({query}) TO {quoted(self._output / path)} ({PARQUET})")
        return path

    def _path(self, path: str) -> str:
        (self._output / path).parent.mkdir(parents=True, exist_ok=True)
        return path

    def _held(self, table: str) -> str:
        return relation([self._output / path for path in self._before.tables[table]])

    def _identities(self) -> dict[str, tuple[object, ...]]:
        """The files in the set, each with what tells an extraction from another."""
        if not self._before.tables:
            return {}
        query = f"SELECT file_id, {', '.join(_IDENTITY)} FROM {self._held('files')}"
        return {file_id: tuple(told) for file_id, *told in self._database.execute(query).fetchall()}


# Two extractions of a file differ in the codes asked, or in the references had.
_IDENTITY = ("sha256", "codes_asked", "rates", "groups", "rejects", "references_unresolved", "complete")


def _identity(source: Source) -> tuple[object, ...]:
    return tuple(source.file[name] for name in _IDENTITY)


@contextmanager
def _workshop(output: Path, memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database whose tables wait on disk, within the set, when memory does not do; one compaction at a time."""
    work = output / WORK
    work.mkdir(exist_ok=True)
    try:
        lock = duckdb.connect(str(work / "lock.duckdb"))
    except duckdb.IOException as error:
        remedy = "Wait until it has ended."
        raise RatesSetError("another compaction is at work here", where=str(output), remedy=remedy) from error
    database = duckdb.connect()
    try:
        database.execute(f"SET memory_limit = '{int(memory * _SHARE)}B'; SET preserve_insertion_order = false")
        database.execute(f"SET temp_directory = {quoted(work / 'spill')}")
        yield database
    except duckdb.OutOfMemoryException as error:
        remedy = "Give more: --memory 4GiB."
        raise RatesSetError(f"the memory does not do ({error})", where="--memory", remedy=remedy) from error
    finally:
        database.close()
        lock.close()
        shutil.rmtree(work, ignore_errors=True)
        if not is_set(output):
            shutil.rmtree(output, ignore_errors=True)
