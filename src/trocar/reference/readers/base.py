"""What every reader gets and gives: a source file in, rows of one table with their release and period out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa

from trocar.core.period import Period


@dataclass(frozen=True)
class SourceFile:
    """A publisher's file: on disk, or a member of a zip. ``bundle`` is the folder or zip it came in."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The name to cite: ``zip/member`` for a zipped file."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def bundle(self) -> Path:
        """Files of one release travel together: the folder, or the zip itself when the file is inside one."""
        return self.path if self.member else self.path.parent

    @cached_property
    def content(self) -> bytes:
        """The whole file."""
        if not self.member:
            return self.path.read_bytes()
        with ZipFile(self.path) as archive:
            return archive.read(self.member)

    @cached_property
    def head(self) -> bytes:
        """The first 8 KiB: enough to recognise a family by."""
        if not self.member:
            with self.path.open("rb") as stream:
                return stream.read(8192)
        with ZipFile(self.path) as archive, archive.open(self.member) as stream:
            return stream.read(8192)

    @cached_property
    def sha256(self) -> str:
        """Hash of the file as the user holds it (the zip, for a zipped file), so that sha256sum proves it."""
        digest = sha256()
        with self.path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True)
class Reading:
    """Rows of one table from one file, without ``file_id``.

    ``release`` and ``period`` are None where the file does not say them and its bundle does (GPCI, LOCCO, ANES,
    OPPSCAP take those of the PPRRVU file beside them). A file read only to check another (the fixed-width
    PPRRVU beside the csv, an ICD-10-CM addenda list beside its order file) has ``check_only``.
    """

    table: str
    rows: pa.Table
    release: str | None = None
    period: Period | None = None
    published: date | None = None
    setting: str = ""
    dated: bool = False
    history: bool = False
    check_only: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """A file family: how to recognise it by content, and how to read it.

    ``read`` raises ``ReferenceFileError`` with file, line and reason when the file is damaged or foreign.
    """

    family: str
    recognises: Callable[[SourceFile], bool]
    read: Callable[[SourceFile], Reading]
