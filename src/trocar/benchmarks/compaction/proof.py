"""That a compaction lost nothing, and that nothing is left beside what counts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from trocar.benchmarks.compaction.manifest import MANIFEST, WORK, Manifest, RatesSetError
from trocar.benchmarks.compaction.partitions import relation
from trocar.benchmarks.compaction.sources import Source
from trocar.benchmarks.compaction.stage import batches, extracted
from trocar.benchmarks.folder import BILLED, PROVIDERS


def verify(database: duckdb.DuckDBPyConnection, output: Path, manifest: Manifest, new: Sequence[Source]) -> None:
    """Count, for each file of the set, its rates, groups and rejects; for new ones also add up amounts and places.

    Raises ``RatesSetError`` when a file has not what its row of ``files`` says, or not what was extracted.
    """
    held = {name: [output / path for path in paths] for name, paths in manifest.tables.items()}
    held["rates"] = [output / path for path in manifest.partitions]
    files = database.execute(f"SELECT file_id, rates, groups, rejects FROM {relation(held['files'])}").fetchall()
    for at, table in enumerate(("rates", "groups", "rejects"), 1):
        counted = f"SELECT file_id, count(*) FROM {relation(held[table])} GROUP BY 1"
        found = dict(database.execute(counted).fetchall())
        for row in files:
            if found.pop(row[0], 0) != row[at]:
                raise _lost(output, f"the file {row[0]} has not all its {table}")
        if found:
            raise _lost(output, f"there are {table} of files that are not in the set")
    _verify_by_code(database, output, manifest)
    if _sums(database, relation(held["rates"]), new) != _extracted_sums(database, new):
        raise _lost(output, "the rates are not those that were extracted")


def _verify_by_code(database: duckdb.DuckDBPyConnection, output: Path, manifest: Manifest) -> None:
    """Each partition stands in one run as it is now; a run that was just written has all rates of its partitions."""
    now = set(manifest.partitions)
    if sorted(path for run in manifest.by_code for path in run.partitions if path in now) != sorted(now):
        raise _lost(output, "what questions read is not what is kept")
    run = manifest.by_code[-1]
    if not now.issuperset(run.partitions):  # an earlier one, shown to be whole when it was written
        return
    services = f"SELECT count(*), sum(rate) FROM {_together(output, run.partitions)} WHERE is_service"
    asked = f"SELECT count(*), sum(rate) FROM {_together(output, [path for *_, path in run.files])}"
    if database.execute(services).fetchone() != database.execute(asked).fetchone():
        raise _lost(output, "what questions read is not what is kept")


def _together(output: Path, paths: Sequence[str]) -> str:
    return relation([output / path for path in paths])


def remove_leftovers(output: Path, manifest: Manifest) -> None:
    """Remove every file of the set that the manifest does not name, and folders without any."""
    named = {output / path for path in manifest.paths()}
    named |= {output / name for name in (MANIFEST, PROVIDERS, BILLED)}
    for path in sorted(output.rglob("*"), reverse=True):
        if WORK in path.relative_to(output).parts:
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in named and path.suffix == ".parquet":
            path.unlink()


_SUM = 'SELECT count(*), sum(rate), sum("offset"), sum(ordinal) FROM'


def _sums(database: duckdb.DuckDBPyConnection, rates: str, new: Sequence[Source]) -> list[Decimal]:
    query = f"{_SUM} {rates} WHERE file_id IN (SELECT unnest($1::VARCHAR[]))"
    found = database.execute(query, [[source.file_id for source in new]]).fetchone() or ()
    return [Decimal(value or 0) for value in found]


def _extracted_sums(database: duckdb.DuckDBPyConnection, new: Sequence[Source]) -> list[Decimal]:
    """The same, batch by batch of what was extracted."""
    sums = [Decimal(0)] * 4
    for batch in batches(new):
        found = database.execute(f"{_SUM} {extracted(batch, 'rates')}").fetchone() or ()
        sums = [before + Decimal(value or 0) for before, value in zip(sums, found, strict=True)]
    return sums


def _lost(output: Path, what: str) -> RatesSetError:
    remedy = "The set is as it was. Please report it."
    return RatesSetError(f"{what} after the compaction", where=str(output), remedy=remedy)
