"""The work folder of a book and its manifest: what was asked of which files, and how far the work has come."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from trocar.book.partition import Chunk, chunk_file
from trocar.core.errors import UsageError
from trocar.files.whole import written_whole

MANIFEST = "manifest.json"
LOCK = "lock"
_FORMAT = 4
_ENDS = 1 << 20


@dataclass
class Ingested:
    """The book in its work files.

    ``chunks`` are the names of its chunks in the order of the input, each with the position of its first line, from
    1; ``sizes`` are the bytes of their files; ``tasks`` are ranges of buckets (first, last + 1) with their lines.
    """

    rows_read: int
    lines: int
    problems: int
    notes: list[str]
    chunks: list[Chunk] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    tasks: list[tuple[int, int, int]] = field(default_factory=list)

    def is_whole(self, folder: Path) -> bool:
        """Whether the files are there as they were written, also if the machine stopped in the meantime."""
        files = [chunk_file(folder, name) for name, _ in self.chunks]
        return [file.stat().st_size if file.exists() else -1 for file in files] == self.sizes


@dataclass
class Manifest:
    """``asked`` is all that decides the answer; work under another ``asked`` is of no use."""

    asked: dict[str, Any]
    ingested: Ingested | None = None

    def write(self, folder: Path) -> None:
        """Write whole or not at all."""
        body = {"format": _FORMAT, "asked": self.asked, "ingested": self.ingested and asdict(self.ingested)}
        with written_whole(folder / MANIFEST) as path:
            path.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """The manifest of a folder; None when there is none that this version can go on from."""
        try:
            body = json.loads((folder / MANIFEST).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        if body.get("format") != _FORMAT:
            return None
        ingested = body["ingested"]
        if ingested is not None:
            tuples = {name: [tuple(entry) for entry in ingested[name]] for name in ("chunks", "tasks")}
            ingested = Ingested(**{**ingested, **tuples})
        return cls(body["asked"], ingested)


def asked_of(paths: Sequence[Path], catalog: Path, **options: Any) -> dict[str, Any]:
    """What decides the answer: the files, the store, the version, the options. As JSON gives it back."""
    body = {
        "inputs": [_fingerprint(path) for path in paths],
        "store": sha256(catalog.read_bytes()).hexdigest(),
        "version": version("trocar"),
        "options": options,
    }
    answer: dict[str, Any] = json.loads(json.dumps(body))
    return answer


def _fingerprint(path: Path) -> dict[str, Any]:
    """Name, size, time of change, and the hash of both ends: enough to notice another file without reading it all."""
    size = path.stat().st_size
    digest = sha256()
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(size - _ENDS, 0))
        digest.update(file.read(_ENDS))
    return {"name": str(path.resolve()), "size": size, "changed": path.stat().st_mtime_ns, "ends": digest.hexdigest()}


def claimed_folder(folder: Path, asked: dict[str, Any]) -> tuple[Manifest, IO[str]]:
    """Take a work folder for this run: its manifest (a fresh one when the work there is another's), and the lock.

    The lock is let go when the process ends, however it ends. Raises ``UsageError`` for a folder that holds
    other things, or that a run is at work in.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / LOCK).exists():
        raise UsageError(
            "the folder holds other things", where=f"--work {folder}", remedy="Name an empty folder or a new one."
        )
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / LOCK).open("w")
    if not _locked(lock):
        lock.close()
        raise UsageError(
            "another run is at work in this folder", where=f"--work {folder}", remedy="Wait for it, or name another."
        )
    manifest = Manifest.read(folder)
    read = manifest.ingested if manifest is not None and manifest.asked == asked else None
    if manifest is None or read is None or not read.is_whole(folder):
        empty(folder, keep=(LOCK,))
        manifest = Manifest(asked)
        manifest.write(folder)
    return manifest, lock


def _locked(lock: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # not on Windows: there the user sees to it that one run works in one folder
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def empty(folder: Path, keep: Iterable[str] = ()) -> None:
    """Remove what is in the folder."""
    for path in folder.iterdir():
        if path.name in keep:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def remove(folder: Path, lock: IO[str]) -> None:
    """The work is done: remove the folder, the lock last."""
    empty(folder, keep=(LOCK,))
    (folder / LOCK).unlink()
    lock.close()
    folder.rmdir()
