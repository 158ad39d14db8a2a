"""From a file to its text in blocks: what kind it is, compression and encoding; no records yet."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from trocar.core.errors import ClaimInputError

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PIECE = 1 << 22
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_SHEET_REMEDY = "Save the sheet as CSV UTF-8 and read that."
_FOREIGN = (
    (b"PK\x03\x04", "an Excel workbook", _SHEET_REMEDY),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _SHEET_REMEDY),
    (b"%PDF", "a PDF", "Export the claims as CSV from the billing system."),
    (b"ISA", "an X12 interchange, not a claim CSV", "Export the claims as CSV, one row per claim line."),
    (PARQUET, "a Parquet file", "Write it as CSV, one row per claim line."),
    (b"{", "JSON, not a claim CSV", "Write the claims as CSV, one row per claim line."),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one claim file, which can be read again and again; ``name`` begins every address.

    With a ``member`` the file is that of a zip.
    """

    name: str
    content: Path | bytes
    member: str = ""

    @classmethod
    def of(cls, source: Path | BinaryIO, name: str) -> Source:
        """A source; a stream is read to its end, for it can't be read twice."""
        return cls(name, source if isinstance(source, Path) else source.read())

    def pieces(self) -> Iterator[bytes]:
        """The uncompressed bytes, a few MiB at a time; raises ``ClaimInputError`` when they can't be had."""
        stream: IO[bytes] | None = None
        with self._opened() as raw:
            kind = "zip" if self.member else "gzip" if raw.read(2) == GZIP else ""
            raw.seek(0)
            while True:
                try:
                    stream = stream or self._stream(raw, kind)
                    piece = stream.read(_PIECE)
                except _DAMAGE as error:
                    if not kind:
                        raise self._unreadable(error) from error
                    remedy = "Fetch the file or compress it again."
                    what = f"the {kind} file is damaged ({error})"
                    raise ClaimInputError(what, where=self.name, remedy=remedy) from error
                if not piece:
                    return
                yield piece

    @property
    def can_be_cut(self) -> bool:
        """Whether any bytes of it can be had without those before: a file that is not compressed."""
        return isinstance(self.content, Path) and not self.is_compressed

    @property
    def is_compressed(self) -> bool:
        """Whether it is a gzip file, or a member of a zip."""
        return bool(self.member) or self.beginning_as_stored().startswith(GZIP)

    def beginning_as_stored(self) -> bytes:
        """The first bytes, compressed or not."""
        with self._opened() as raw:
            return raw.read(4)

    def some(self, start: int, length: int) -> bytes:
        """So many bytes of a file that can be cut."""
        with self._opened() as raw:
            raw.seek(start)
            return raw.read(length)

    def beginning(self) -> bytes:
        """The first uncompressed bytes, at most a few MiB."""
        return next(self.pieces(), b"")

    def _stream(self, raw: IO[bytes], kind: str) -> IO[bytes]:
        if kind == "zip":
            return zipfile.ZipFile(raw).open(self.member)
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if kind else raw

    def _opened(self) -> IO[bytes]:
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        try:
            return self.content.open("rb")
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: BaseException) -> ClaimInputError:
        reason = getattr(error, "strerror", None) or error
        remedy = "Check the path, and that you may read the file."
        return ClaimInputError(f"the file can't be read ({reason})", where=self.name, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Text:
    """A source known to be text in one encoding; ``notes`` say what had to be guessed."""

    source: Source
    encoding: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Source, *, json: bool = False) -> Text:
        """Read the source once from end to end to know; raises ``ClaimInputError`` when it is not the text wanted.

        A single byte at the end can decide how the first line is read, so there is no way with less.
        """
        beginning = source.beginning()
        for mark, kind, remedy in _FOREIGN:
            if beginning.startswith(mark) and not json:
                raise ClaimInputError(f"this is {kind}", where=source.name, remedy=remedy)
        if beginning[:2] in _UTF16:  # a spreadsheet's "Unicode text"
            return _utf16(source)
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8 = True
        rows_before = 0
        refused: ClaimInputError | None = None
        for piece in source.pieces():
            if b"\x00" in piece:
                what = "this is not text (it holds zero bytes)"
                raise ClaimInputError(what, where=source.name, remedy=_SHEET_REMEDY)
            is_utf8 = is_utf8 and _decodes(decoder, piece)
            if refused is None:
                refused = _undefined(piece, rows_before, source.name)
                rows_before += piece.count(b"\n")
        if is_utf8 and _decodes(decoder, b"", final=True):
            return cls(source, "utf-8-sig")
        if refused is not None:
            raise refused
        # Older spreadsheets save Windows-1252. Only names and ids can come out wrong, and the note says so.
        return cls(source, "cp1252", (f"{source.name} is not UTF-8: read as Windows-1252",))

    @property
    def can_be_cut(self) -> bool:
        """Whether any bytes of the text can be had without those before."""
        return self.encoding == "utf-8-sig" and self.source.can_be_cut

    def some(self, start: int, length: int) -> bytes:
        """So many bytes of a text that can be cut; they are counted without the byte order mark."""
        mark = len(codecs.BOM_UTF8) if self.source.beginning_as_stored().startswith(codecs.BOM_UTF8) else 0
        return self.source.some(mark + start, length)

    def pieces(self) -> Iterator[bytes]:
        """The text as UTF-8 bytes without byte order mark, a few MiB at a time, cut anywhere."""
        if self.encoding == "utf-8-sig":
            for number, piece in enumerate(self.source.pieces()):
                yield piece.removeprefix(codecs.BOM_UTF8) if number == 0 else piece
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        for piece in self.source.pieces():
            yield decoder.decode(piece).encode()


def _utf16(source: Source) -> Text:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for piece in source.pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        what = f"the UTF-16 text is damaged ({error.reason})"
        raise ClaimInputError(what, where=source.name, remedy=_SHEET_REMEDY) from error
    return Text(source, "utf-16")


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    if piece.isascii() and not final and decoder.getstate()[0] == b"":
        return True  # nearly every piece: ten times faster than decoding
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _undefined(piece: bytes, rows_before: int, name: str) -> ClaimInputError | None:
    """The error for the first byte that Windows-1252 does not define, if the piece has one."""
    if piece.isascii():
        return None
    try:
        piece.decode("cp1252")
    except UnicodeDecodeError as error:
        row = rows_before + piece.count(b"\n", 0, error.start) + 1
        what = f"byte {piece[error.start]:#04x} is neither UTF-8 nor Windows-1252"
        return ClaimInputError(what, where=f"{name} row {row}", remedy=_SHEET_REMEDY)
    return None
