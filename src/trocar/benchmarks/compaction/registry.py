"""What the registry of providers says of a set's tax numbers, kept beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observe import REGISTRY
from trocar.benchmarks.compaction.manifest import Manifest, is_stamped, stamp
from trocar.benchmarks.compaction.partitions import relation
from trocar.benchmarks.compaction.stage import PARQUET
from trocar.benchmarks.folder import BILLED, NO_BILLED, NO_PROVIDERS, PROVIDERS, quoted

_FILES = {PROVIDERS: NO_PROVIDERS, BILLED: NO_BILLED}


def is_current(folder: Path, manifest: Manifest) -> bool:
    """Whether the tables made of the registry are those of its files as they are now."""
    held = manifest.registry
    return held.keys() == _FILES.keys() and all(is_stamped(folder / name, held[name]) for name in _FILES)


def copy_registry(source: Path, output: Path) -> None:
    """Take the registry of the extracted files along, where the set has none or an older one."""
    for name in _FILES:
        held, own = source / name, output / name
        if held.is_file() and (not own.is_file() or own.stat().st_mtime_ns < held.stat().st_mtime_ns):
            building = output / f".{name}"
            shutil.copy2(held, building)
            building.replace(own)


def with_registry(database: duckdb.DuckDBPyConnection, output: Path, manifest: Manifest, generation: int) -> Manifest:
    """The set with the tables of the registry as it is now; the same one when it has them."""
    if is_current(output, manifest) or not manifest.tables:
        return manifest
    now = {name: stamp(output / name) for name in _FILES}
    for name, without in _FILES.items():
        held = relation([output / name]) if now[name] else without
        database.execute(f"CREATE OR REPLACE TEMP VIEW {name.partition('.')[0]} AS SELECT * FROM {held}")
    parts = manifest.tables["groups"]
    groups = f"(SELECT * FROM {relation([output / path for path in parts])} WHERE voter IS NOT NULL)"
    tables = {}
    for name, query in REGISTRY.items():
        path = f"registry/{name}-{generation:06d}.parquet"
        (output / path).parent.mkdir(exist_ok=True)
        database.execute(f"COPY ({query.format(groups=groups)}) TO {quoted(output / path)} ({PARQUET})")
        tables[name] = [path]
    return replace(manifest, generation=generation, registry=now, tables={**manifest.tables, **tables})
