"""The publishers' files fetched into a folder, each whole or not at all, with its hash, day and address beside it."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from trocar.core.errors import ReferenceFileError
from trocar.files.fetch import Fetcher, clean
from trocar.files.whole import written_whole
from trocar.reference.addresses import AddressList, Listed
from trocar.reference.licence import require_acceptance
from trocar.reference.sync_record import Record

# Hidden, so that a build does not look into it: what broke off, the files that others took the place of, the licence.
WORK = ".sync"
_OLDER = "older"
# A byte order mark, and blanks.
_BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n"
_REMEDY = "Move it away and sync again, or build from it as it is."


class State(StrEnum):
    """What became of a file."""

    MISSING = "missing"
    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT = "kept"
    REFUSED = "refused"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``why`` and ``remedy`` where it did not simply come."""

    state: State
    family: str
    release: str = ""
    file: str = ""
    address: str = ""
    licence: str = ""
    sha256: str = ""
    why: str = ""
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        """As a plain object."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


def plan(folder: Path, listed: AddressList) -> Iterator[Outcome]:
    """What a sync would do, without asking anybody: each file missing or kept, and the families to get by hand.

    Raises ``UsageError`` for a folder that is a store, ``ReferenceFileError`` for a record that can't be read.
    """
    record = Record.read(folder)
    for file in listed.files:
        here = (folder / file.name).exists()
        entry = record.files.get(file.name, {})
        yield _outcome(file, State.KEPT if here else State.MISSING, entry.get("sha256", "") if here else "")
    yield from _by_hand(listed)


def sync(folder: Path, listed: AddressList, fetcher: Fetcher, day: date) -> Iterator[Outcome]:
    """Fetch what the folder lacks, and what its publisher has replaced; one outcome per file, as it comes.

    ``day`` is written down with what is fetched. A file that the user put there is kept and not asked about. One that
    can't be had is refused with the reason, and the others go on. Raises ``LicenceError`` before anything is asked
    for when a file needs the recorded acceptance (``licence_folder``), ``UsageError`` for a folder that is a store,
    ``ReferenceFileError`` for a record that can't be read.
    """
    record = Record.read(folder)
    asked = [file for file in listed.files if file.name in record.files or not (folder / file.name).exists()]
    if any(file.family.licence for file in asked):
        require_acceptance(licence_folder(folder), of="these downloads", act="sync")
    folder.mkdir(parents=True, exist_ok=True)
    for file in listed.files:
        if file not in asked:
            yield _outcome(file, State.KEPT, why="it was here, and not fetched by sync")
            continue
        try:
            yield _synced(record, file, fetcher, day)
        except ReferenceFileError as error:
            yield _outcome(file, State.REFUSED, why=error.what, remedy=_instead(error.remedy, file, folder / file.name))
    yield from _by_hand(listed)


def fetcher_for(folder: Path, pause: float = 1.0) -> Fetcher:
    """A fetcher that keeps what breaks off in the folder. ``pause``: seconds between two requests to one server."""
    return Fetcher(folder / WORK, pause)


def licence_folder(folder: Path) -> Path:
    """Where the acceptance for a folder of downloads is recorded: apart from it, since it is no store."""
    return folder / WORK


def _synced(record: Record, file: Listed, fetcher: Fetcher, day: date) -> Outcome:
    """One file asked for; raises ``ReferenceFileError`` when it can't be had, and leaves what is here as it is."""
    target, entry = record.folder / file.name, record.files.get(file.name)
    held = _sha256(target) if target.exists() else ""
    if entry and held and held not in record.hashes(file.name):
        raise ReferenceFileError(
            f"it is not the file that was fetched on {entry['fetched_on']}: its sha256 is {held}", remedy=_REMEDY
        )
    known = entry is not None and entry["address"] == clean(file.address)
    came = fetcher.newer(file.address) if held and known else fetcher.path(file.address)
    if came is None:
        return _outcome(file, State.UNCHANGED, held)
    try:
        _prove(came, file)
    except ReferenceFileError:
        fetcher.forget(file.address)
        raise
    digest = _sha256(came)
    # Written down first: where a run ends between the two, the next one knows both files and goes on.
    record.note(file, digest, came.stat().st_size, day)
    if digest != held:
        if held:
            _put_aside(target, held, record.folder)
        with written_whole(target) as building:
            shutil.copyfile(came, building)
    if came.parent == record.folder / WORK:
        came.unlink()
    if digest == held:
        return _outcome(file, State.UNCHANGED, held)
    if entry is None or entry["sha256"] == digest:
        return _outcome(file, State.FETCHED, digest)
    older = f"the publisher replaced the file of {entry['fetched_on']} (sha256 {entry['sha256']})"
    return _outcome(file, State.REPLACED, digest, f"{older}; it is kept in {WORK}/{_OLDER}" if held else older)


def _prove(came: Path, file: Listed) -> None:
    """That what came is a sound file of its kind; raises ``ReferenceFileError`` for a page, and for what is cut short.

    A zip is read to the end of each of its members, as a build would.
    """
    with came.open("rb") as stream:
        head = stream.read(1024).lstrip(_BEFORE_TEXT).lower()
    if not head:
        raise ReferenceFileError("the server sent an empty file", remedy="Sync again later.")
    if head.startswith(b"<"):
        raise ReferenceFileError(
            "the server sent a page and no file: it may want its terms accepted in a browser, or the file has moved",
        )
    if file.name.lower().endswith(".pdf") and not head.startswith(b"%pdf-"):
        raise ReferenceFileError("it is no PDF", remedy="Check the address.")
    if file.name.lower().endswith(".zip"):
        try:
            with ZipFile(came) as archive:
                broken = archive.testzip()
        except (BadZipFile, zlib.error, EOFError) as error:
            broken = str(error)
        if broken:
            raise ReferenceFileError(f"the zip is damaged or cut short ({broken})", remedy="Sync again.")


def _put_aside(target: Path, digest: str, folder: Path) -> None:
    """Keep a file that another takes the place of: answers may have been given, and receipts written, by it."""
    older = folder / WORK / _OLDER
    older.mkdir(parents=True, exist_ok=True)
    target.replace(older / f"{digest[:12]}-{target.name}")


def _instead(remedy: str, file: Listed, target: Path) -> str:
    """What to do about a file that can't be had: its own remedy, and the way by hand where nothing is in its place."""
    if target.exists():
        return remedy or f"Look at {file.page()} in a browser; the file that is here stays."
    by_hand = f"et it from {file.page()} in a browser, accept what it asks for, and save it as {target}."
    return f"{remedy} Or g{by_hand}" if remedy else f"G{by_hand}"


def _by_hand(listed: AddressList) -> Iterator[Outcome]:
    for family in listed.families.values():
        if family.by_hand and not any(file.family == family for file in listed.files):
            get = f"Get it from {family.page} in a browser."
            yield Outcome(State.BY_HAND, family.name, licence=family.licence, why=family.by_hand, remedy=get)


def _outcome(file: Listed, state: State, digest: str = "", why: str = "", remedy: str = "") -> Outcome:
    return Outcome(
        state, file.family.name, file.release, file.name, clean(file.address), file.family.licence, digest, why, remedy
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
