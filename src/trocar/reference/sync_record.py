"""What was fetched into a folder of downloads, from where, on which day: the file ``sync.json`` beside the files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trocar.core.errors import ReferenceFileError, UsageError
from trocar.files.fetch import clean
from trocar.files.whole import written_whole
from trocar.reference.store import CATALOG_NAME

if TYPE_CHECKING:
    from trocar.reference.addresses import Listed

RECORD = "sync.json"
_NEEDED = {"address", "sha256", "fetched_on"}


@dataclass(frozen=True)
class Record:
    """``sync.json``: where each file came from, on which day, and its hash; and what it took the place of."""

    folder: Path
    files: dict[str, dict[str, Any]]
    replaced: list[dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Record:
        """The record of a folder, empty where nothing was fetched yet.

        Raises ``UsageError`` for a folder that is a store, ``ReferenceFileError`` for a record that can't be read.
        """
        if (folder / CATALOG_NAME).exists():
            raise UsageError(
                "the folder is a store, not one of downloads", where=str(folder), remedy="Name another folder."
            )
        path = folder / RECORD
        try:
            body = json.loads(path.read_text("utf-8")) if path.exists() else {"files": {}, "replaced": []}
            record = cls(folder, dict(body["files"]), list(body["replaced"]))
            if any(_NEEDED - set(entry) for entry in (*record.files.values(), *record.replaced)):
                raise ValueError("an entry lacks its address, its hash or its day")
            return record
        except (ValueError, KeyError, TypeError) as error:
            raise ReferenceFileError(
                f"the record of what was fetched is damaged ({error})",
                where=str(path),
                remedy="Move it away: files that are here are then kept as your own.",
            ) from error

    def hashes(self, name: str) -> set[str]:
        """The hash of a file as it was fetched, and of those it took the place of."""
        return {entry["sha256"] for entry in (self.files[name], *self.replaced) if entry.get("file", name) == name}

    def note(self, file: Listed, digest: str, size: int, day: date) -> None:
        """Write down what a file of the list is from now on: its hash, its size in bytes, the day."""
        before, address = self.files.get(file.name), clean(file.address)
        if before and before["sha256"] == digest and before["address"] == address:
            return
        if before and before["sha256"] != digest:
            self.replaced.append({"file": file.name, **before, "replaced_on": day.isoformat()})
        self.files[file.name] = {
            "family": file.family.name,
            "release": file.release,
            "address": address,
            "sha256": digest,
            "bytes": size,
            "fetched_on": day.isoformat(),
        }
        with written_whole(self.folder / RECORD) as building:
            body = {"files": self.files, "replaced": self.replaced}
            building.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
