"""The bytes of X12 files: plain, gzip, zip or a stream, read once from front to end."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from trocar.core.errors import ClaimInputError

_OF_A_WORKBOOK = "[Content_Types].xml"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# More makes it quicker and larger, see docs/decisions/0014-pieces-of-x12.md.
PIECE = 3 << 19
_BLOCK = 1 << 16
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class DamagedError(Exception):
    """The bytes end in damage; what came before it is good."""


@dataclass(frozen=True, slots=True)
class X12Source:
    """One file, or one member of a zip, by the name that begins every address in it."""

    name: str
    content: Path | BinaryIO | bytes
    member: str = ""

    def pieces(self) -> Iterator[bytes]:
        """The uncompressed bytes, a piece at a time; raises ``DamagedError`` where compressed ones end in damage."""
        with self.opened() as raw:
            stream = raw
            if self.member:
                stream = zipfile.ZipFile(raw).open(self.member)  # noqa: SIM115 (closed with the file it is in)
            elif _peeked(raw).startswith(_GZIP):
                stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
            while True:
                piece, damage = _read(stream)
                if piece:
                    yield piece
                if damage:
                    raise DamagedError(str(damage) or type(damage).__name__) from damage
                if not piece:
                    return

    def opened(self) -> IO[bytes]:
        """The file as it is stored; raises ``ClaimInputError`` when it can't be opened."""
        if isinstance(self.content, bytes):
            return io.BufferedReader(cast("io.RawIOBase", io.BytesIO(self.content)))
        if not isinstance(self.content, Path):
            return io.BufferedReader(cast("io.RawIOBase", self.content))
        try:
            return self.content.open("rb")
        except OSError as error:
            remedy = "Check the path, and that you may read the file."
            what = f"the file can't be read ({error.strerror or error})"
            raise ClaimInputError(what, where=self.name, remedy=remedy) from error


def x12_sources(content: Path | BinaryIO | bytes, name: str = "") -> tuple[X12Source, ...]:
    """The files in a path, stream or bytes: the members of a zip in their order, else itself.

    Raises ``ClaimInputError``. A stream is read once, and is never a zip. An Excel workbook is a zip too, and itself.
    """
    if not isinstance(content, Path | bytes):
        return (X12Source(name or "standard input", content),)
    name = name or (content.name if isinstance(content, Path) else "")
    source = X12Source(name, content)
    with source.opened() as raw:
        if not _peeked(raw).startswith(_ZIP):
            return (source,)
    try:
        with zipfile.ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content) as archive:
            members = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile as error:
        what = f"this zip is damaged, or is an Excel workbook that is ({error})"
        raise ClaimInputError(what, where=name, remedy="Fetch the file or compress it again.") from error
    if _OF_A_WORKBOOK in members:
        return (source,)
    if not members:
        raise ClaimInputError("the zip holds no file", where=name, remedy="Put the X12 files into it.")
    return tuple(X12Source(f"{name}/{member}", content, member) for member in members)


def _read(stream: IO[bytes]) -> tuple[bytes, Exception | None]:
    """A piece; where it ends in damage, what came before it, to a block."""
    blocks: list[bytes] = []
    size = min(_BLOCK, PIECE)
    try:
        while len(blocks) * size < PIECE and (block := stream.read(size)):
            blocks.append(block)
    except _DAMAGE as error:
        return b"".join(blocks), error
    return b"".join(blocks), None


def _peeked(raw: IO[bytes]) -> bytes:
    return cast("io.BufferedReader", raw).peek(4)[:4]


def looks_like_x12(source: X12Source) -> bool:
    """Whether a file begins as an interchange does; one that is damaged from the first does not."""
    try:
        start = next(source.pieces(), b"")
    except DamagedError:
        return False
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"ISA") and len(start) > 3 and not start[3:4].isalnum()
