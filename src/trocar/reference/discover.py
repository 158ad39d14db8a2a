"""Finding the publishers' files in folders and zips, each recognised by its content."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from trocar.core.errors import ReferenceFileError
from trocar.reference.published import STATEMENTS
from trocar.reference.readers import (
    addendum_b,
    anes,
    aoc,
    gpci,
    icd10,
    locco,
    mue,
    ncci_ptp,
    nucc,
    oppscap,
    place_of_service,
    policy_manual,
    pprrvu,
    pprrvu_text,
    reason_codes,
    zip5,
)
from trocar.reference.readers.base import Reader, SourceFile
from trocar.reference.readers.delimited import refusal
from trocar.reference.sync_record import RECORD

# In reading order: a file that others are compared with, or take their release from, comes first.
READERS: tuple[Reader, ...] = (
    pprrvu.READER,
    pprrvu_text.READER,
    gpci.READER,
    locco.READER,
    zip5.READER,
    oppscap.READER,
    anes.READER,
    ncci_ptp.READER,
    mue.READER,
    aoc.READER,
    icd10.READER,
    nucc.READER,
    reason_codes.READER,
    place_of_service.READER,
    addendum_b.READER,
    policy_manual.READER,
)
_PUBLISHED = re.compile(
    r"(PPRRVU|GPCI|OPPSCAP|LOCCO|ANES\d|nucc_taxonomy|Addendum[ _]?B).*\.csv$|cci(pra|oph).*\.txt$", re.IGNORECASE
)
_ZIP_START = b"PK\x03\x04"
_OFFICE_PART = "[Content_Types].xml"
_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/|~\$)")


@dataclass
class Discovery:
    """The files to read, each with its reader in reading order, and notes on those nobody reads."""

    work: list[tuple[SourceFile, Reader]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def discover(source: Path, outside: Path | None = None) -> Discovery:
    """Every file under a folder (or one file or zip), recognised; raises ``ReferenceFileError``.

    A damaged zip, a csv named as a publisher's but without its content, and a source with nothing to read
    are errors; any other file nobody recognises becomes a note. Files under ``outside`` (the store itself, when
    it lies in the source) are not looked at.
    """
    found = Discovery()
    for file in _files(source, outside):
        reader = _reader_of(file)
        if reader is not None:
            found.work.append((file, reader))
        elif _PUBLISHED.search(file.name):
            raise refusal(
                file, "its name is a publisher's but its content is not: no title or heading of that family", 1
            )
        else:
            nested = file.member and file.head.startswith(_ZIP_START) and file.member.lower().endswith(".zip")
            why = "a zip inside a zip, unpack it first" if nested else "no reader recognises its content"
            found.notes.append(f"ignored {_address(source, file)}: {why}")
    if not found.work:
        raise ReferenceFileError(
            "no publisher's file is here",
            where=str(source),
            remedy="Give the folder (or zip) downloaded from CMS: PPRRVU, GPCI, NCCI and so on, unpacked or zipped.",
        )
    found.work.sort(key=lambda item: (READERS.index(item[1]), _address(source, item[0])))
    return found


def _reader_of(file: SourceFile) -> Reader | None:
    try:
        recognising = [reader for reader in READERS if reader.recognises(file)]
    except (BadZipFile, zlib.error, EOFError) as error:
        raise damaged_zip(file, error) from error
    return recognising[0] if recognising else None


def _files(source: Path, outside: Path | None) -> list[SourceFile]:
    if not source.exists():
        raise ReferenceFileError("there is no such file or folder", where=str(source))
    paths = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    return [
        file
        for path in paths
        if path == source or not _HIDDEN.search(path.relative_to(source).as_posix())
        if path not in (source / STATEMENTS, source / RECORD)
        if outside is None or outside not in path.parents
        for file in _members(path)
    ]


def _members(path: Path) -> list[SourceFile]:
    """The file itself, or the members of a zip (an Office document is a zip, but one file to us)."""
    file = SourceFile(path)
    if not file.head.startswith(_ZIP_START):
        return [file]
    try:
        with ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except BadZipFile as error:
        raise damaged_zip(file, error) from error
    if _OFFICE_PART in names:
        return [file]
    return [SourceFile(path, name) for name in names if not _HIDDEN.search(name)]


def damaged_zip(file: SourceFile, error: Exception) -> ReferenceFileError:
    """The error for a zip that can't be opened or unpacked."""
    return refusal(file, f"the zip is damaged or cut short ({error})")


def _address(source: Path, file: SourceFile) -> str:
    """The file's place below the source: the same wherever the source folder lies."""
    place = file.path.name if source.is_file() else file.path.relative_to(source).as_posix()
    return f"{place}/{file.member}" if file.member else place
