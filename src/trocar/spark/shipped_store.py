"""The reference store on its way to the workers: one file that Spark ships, mapped once per worker process."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from trocar.core.errors import StoreError
from trocar.engine.compile import PACK_FOLDER
from trocar.engine.pack import Pack
from trocar.engine.starter import cache_folder, open_starter, starter_store
from trocar.reference.store import CATALOG_NAME

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ShippedStore:
    """What a worker must know to open the store: its digest, and the file Spark ships or a folder all workers see.

    ``version`` is that of the Trocar that asks: rules are code, and workers with another version would give other
    answers.
    """

    digest: str
    archive: str
    folder: str
    pins: tuple[tuple[str, str], ...]
    version: str


def ship(
    spark: SparkSession, store: Path | None, pins: Mapping[str, str] | None = None, on_workers: str | None = None
) -> ShippedStore:
    """Hand a store (``None``: the starter pack) to Spark, or name the folder under which every worker sees it.

    Raises ``StoreError`` when there is no built store, ``UsageError`` when a pinned release is not held.
    """
    pack = open_starter(pins) if store is None else Pack.open(store, pins)
    files = dict(_files(starter_store() if store is None else store, pack.folder))
    digest = _digest(files)
    pinned = tuple((pins or {}).items())
    if on_workers is not None:
        return ShippedStore(digest, "", on_workers, pinned, version("trocar"))
    archive = cache_folder() / f"spark-store-{digest[:32]}.zip"
    if not archive.exists():
        _write(files, archive)
    if type(spark).__module__.startswith("pyspark.sql.connect"):
        spark.addArtifact(str(archive), file=True)  # Connect has no SparkContext
    else:
        spark.sparkContext.addFile(str(archive))
    return ShippedStore(digest, archive.name, "", pinned, version("trocar"))


@lru_cache(maxsize=2)
def open_shipped(store: ShippedStore) -> Pack:
    """Open the store on a worker, once per process; raises ``StoreError`` when it is another one or not there."""
    here = version("trocar")
    if here != store.version:
        raise StoreError(
            f"this worker has Trocar {here}, the one that asks is {store.version}",
            where=f"worker {os.uname().nodename}",
            remedy="Install the same version on every worker: rules are code.",
        )
    if store.folder:
        folder = Path(store.folder)
        pack = Pack.open(folder, dict(store.pins))
        if _digest(dict(_files(folder, pack.folder))) != store.digest:
            raise StoreError(
                "the store that this worker sees is not the one of the command",
                where=f"{folder} on worker {os.uname().nodename}",
                remedy="Name a folder that driver and workers share, or leave the option out: Spark ships the store.",
            )
        return pack
    return Pack.open(_unpacked(store), dict(store.pins))


def _unpacked(store: ShippedStore) -> Path:
    """The shipped store as a folder beside the file, unpacked by whichever worker process comes first."""
    from pyspark import SparkFiles

    archive = Path(SparkFiles.get(store.archive))
    folder = archive.with_suffix("")
    if not folder.exists():
        building = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(building)
        try:
            building.rename(folder)
        except OSError:  # another process of this worker was faster
            if not folder.exists():
                raise
            shutil.rmtree(building)
    return folder


def _files(store: Path, pack: Path) -> Iterator[tuple[str, Path]]:
    """The files that a pack is opened from, by their names in a store: the catalog and the compiled columns."""
    yield CATALOG_NAME, store / CATALOG_NAME
    for path in sorted(path for path in pack.rglob("*") if path.is_file()):
        yield f"{PACK_FOLDER}/{path.relative_to(pack).as_posix()}", path


def _digest(files: Mapping[str, Path]) -> str:
    """The digest of the files' names and bytes."""
    digest = sha256()
    for name, path in files.items():
        digest.update(f"{name} {path.stat().st_size}\n".encode())
        with path.open("rb") as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _write(files: Mapping[str, Path], archive: Path) -> None:
    """Write beside the target and rename, so that nobody ever ships half a store."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{archive.name}.", dir=archive.parent)
    with os.fdopen(handle, "wb") as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for member, path in files.items():
            out.write(path, member)
    Path(name).rename(archive)
