"""Published files as streams of their uncompressed bytes: plain, gzip, or the members of a zip."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from trocar.core.errors import ReferenceFileError

try:
    from isal import igzip, isal_zlib
except ImportError:  # no wheel for this processor
    _open_gzip: Callable[..., io.BufferedIOBase] = gzip.GzipFile
    _BREAKS: Any = (zlib.error,)
else:
    _open_gzip = igzip.IGzipFile
    _BREAKS = (zlib.error, isal_zlib.error)

_STEP = 1 << 20
# What a Mac puts beside each file that it packs.
_FORKS = "__MACOSX/"
_GZIP, _ZIP = b"\x1f\x8b", b"PK"


class Inflated(io.RawIOBase):
    """A stream that ends where the compressed bytes break, keeps all before, and says so in ``broken``.

    The fast decompressor gives nothing of the step in which it breaks; ``careful`` opens the same bytes for the
    standard one, which does, and is read from there on.
    """

    def __init__(self, sources: Sequence[Any], careful: Callable[[], Sequence[Any]] | None = None) -> None:
        # What is read from comes last; each stands on the one before it.
        self._sources, self._careful = sources, careful
        self._given = 0
        self.broken = ""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, in small steps so that a break loses nothing before it; 0 at the end."""
        filled = 0
        view = memoryview(buffer)
        while not self.broken and filled < len(view):
            try:
                read = self._sources[-1].readinto1(view[filled:])
            except (EOFError, OSError, zipfile.BadZipFile, *_BREAKS) as error:
                self._break(error)
                continue
            filled += read
            self._given += read
            if not read:
                break
        return filled

    def _break(self, error: Exception) -> None:
        """Go on carefully from here, or stop."""
        if self._careful is None:
            self.broken = f"the compressed file breaks: {error}"
            return
        careful, self._careful = self._careful, None
        self._close_sources()
        self._sources = careful()
        left = self._given
        while left:
            left -= len(self._sources[-1].read1(min(left, _STEP)))

    def _close_sources(self) -> None:
        for source in reversed(self._sources):
            source.close()

    def close(self) -> None:
        """Close the sources too."""
        self._close_sources()
        super().close()


@dataclass(frozen=True)
class Text:
    """One text of a published file: ``member`` names it within a zip of several."""

    path: Path
    compression: str
    member: str = ""

    def open(self) -> BinaryIO:
        """The uncompressed bytes from the beginning; raises ``OSError``."""
        return io.BufferedReader(self.open_raw(), _STEP)

    def open_raw(self) -> Inflated:
        """The same without a buffer between."""
        if self._is_gzip():
            return Inflated(self._sources(_open_gzip), lambda: self._sources(gzip.GzipFile))
        return Inflated(self._sources(None))

    def _is_gzip(self) -> bool:
        return self.compression == "gzip" or self.member.lower().endswith(".gz")

    def _sources(self, opener: Callable[..., Any] | None) -> list[Any]:
        sources: list[Any]
        if self.compression == "zip":
            archive = zipfile.ZipFile(self.path)
            sources = [archive, archive.open(self.member)]
        else:
            sources = [self.path.open("rb", buffering=1 << 17)]
        return [*sources, opener(fileobj=sources[-1], mode="rb")] if opener else sources


def texts_of(path: Path) -> Iterator[Text]:
    """The texts that a file holds: itself, or each file of a zip; raises ``ReferenceFileError`` for a broken zip."""
    with path.open("rb") as file:
        begins = file.read(2)
    if begins != _ZIP:
        yield Text(path, "gzip" if begins == _GZIP else "none")
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            names = [name for name in names if not name.startswith(_FORKS)]
    except zipfile.BadZipFile as error:
        raise ReferenceFileError(
            f"the zip can't be read ({error})", where=str(path), remedy="Download it again."
        ) from error
    if not names:
        raise ReferenceFileError("the zip is empty", where=str(path), remedy="Download it again.")
    for name in names:
        yield Text(path, "zip", name)
