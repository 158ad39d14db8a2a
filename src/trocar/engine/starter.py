"""The embedded starter pack: a small store of the image-guidance family, compiled once per user and version."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path

from trocar.engine.compile import compile_pack
from trocar.engine.pack import Pack
from trocar.reference.seal import seal
from trocar.reference.store import CATALOG_NAME

CACHE_VARIABLE = "TROCAR_CACHE"


def starter_store() -> Path:
    """The folder of the embedded starter store."""
    return Path(str(resources.files("trocar").joinpath("data", "starter")))


def cache_folder() -> Path:
    """Where compiled packs are kept: ``TROCAR_CACHE``, else the user's cache folder."""
    told = os.environ.get(CACHE_VARIABLE)
    if told:
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trocar"


def open_starter(pins: Mapping[str, str] | None = None) -> Pack:
    """Open the starter pack, compiling it into the cache the first time."""
    store = starter_store()
    digest = sha256((store / CATALOG_NAME).read_bytes())
    for name in ("compile.py", "starter.py"):
        digest.update(resources.files("trocar.engine").joinpath(name).read_bytes())
    folder = cache_folder() / f"starter-{digest.hexdigest()[:16]}"
    if not folder.exists():
        _compile_into(store, folder)
    return Pack.open(store, pins, folder)


def _compile_into(store: Path, folder: Path) -> None:
    """Compile beside the target and rename, so that two first runs at once never see half a pack."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    compile_pack(store, building)
    seal(building)
    try:
        building.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(building)
