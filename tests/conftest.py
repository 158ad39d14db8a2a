"""Shared fixtures: the publishers' own files, and the one full store that all full-data tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from trocar.engine.compile import compile_pack
from trocar.engine.pack import Pack
from trocar.reference.build import build
from trocar.reference.licence import accept_licence

pytest_plugins = ["rates_files"]
REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache" / "trocar"
# The store depends on the files and on the code that reads them.
BUILDING_CODE = ("reference", "engine/compile.py", "engine/keys.py", "engine/in_force.py")


def shared_folder() -> Path:
    """The folder of the publishers' own files, whether or not it is there."""
    return Path(os.environ.get("TROCAR_CMS_FILES", REPOSITORY.parent / "shared" / "cms"))


@pytest.fixture(scope="session")
def cms_files() -> Path:
    """The folder of the publishers' own files; skips visibly when they are not here."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(f"full-data test: no publishers' files at {folder}; set TROCAR_CMS_FILES")
    return folder


@pytest.fixture(scope="session")
def golden_files(cms_files: Path) -> Path:
    """The folder of the golden cases, beside the publishers' files; skips visibly when it is not here."""
    folder = cms_files.parent / "golden"
    if not folder.is_dir():
        pytest.skip(f"full-data test: no golden cases at {folder}")
    return folder


@pytest.fixture(scope="session")
def full_store(cms_files: Path) -> Path:
    """The store of all the publishers' files, built once per state of the files and of the code that reads them."""
    digest = sha256()
    for path in _building_code():
        digest.update(path.read_bytes())
    for path in sorted(path for path in cms_files.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(cms_files)).encode())
        digest.update(path.read_bytes())
    store = CACHE / f"full-{digest.hexdigest()[:16]}"
    if not store.exists():
        # Earlier states are of no use to anyone.
        for stale in CACHE.glob("full-*"):
            shutil.rmtree(stale)
        building = CACHE / f"building-{os.getpid()}"
        accept_licence(building, on=date(2026, 1, 1))
        build(cms_files, building, finish=compile_pack)
        try:
            building.rename(store)
        except OSError:  # another run of the tests was quicker: its store is the same
            if not store.exists():
                raise
            shutil.rmtree(building)
    return store


def _building_code() -> Iterator[Path]:
    package = REPOSITORY / "src" / "trocar"
    for name in BUILDING_CODE:
        path = package / name
        yield from (
            sorted(file for file in path.rglob("*") if file.suffix in (".py", ".toml")) if path.is_dir() else [path]
        )


@pytest.fixture(scope="session")
def full_pack(full_store: Path) -> Pack:
    """The full store's pack, opened."""
    return Pack.open(full_store)


@pytest.fixture(scope="session")
def mrf_files() -> Path:
    """The folder of published price files; skips visibly when it is not here."""
    folder = shared_folder().parent / "mrf"
    if not folder.is_dir():
        pytest.skip(f"test on published price files: none at {folder}")
    return folder
