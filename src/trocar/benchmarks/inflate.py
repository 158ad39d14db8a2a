"""Published files as streams of their uncompressed bytes: plain, gzip, or the members of a zip."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
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

_GZIP, _ZIP = b"\x1f\x8b", b"PK"


class Inflated(io.RawIOBase):
    """A stream that ends where the compressed bytes break, keeps all before, and says so in ``broken``."""

    def __init__(self, *sources: Any) -> None:
        # What is read from comes last; each stands on the one before it.
        self._sources = sources
        self.broken = ""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, in small steps so that a break loses nothing before it; 0 at the end."""
        filled = 0
        view = memoryview(buffer)
        try:
            while not self.broken and filled < len(view):
                read = self._sources[-1].readinto1(view[filled:])
                filled += read
                if not read:
                    break
        except (EOFError, OSError, zipfile.BadZipFile, *_BREAKS) as error:
            self.broken = f"the compressed file breaks: {error}"
        return filled

    def close(self) -> None:
        """Close the sources too."""
        for source in reversed(self._sources):
            source.close()
        super().close()


@dataclass(frozen=True)
class Text:
    """One text of a published file: ``member`` names it within a zip of several."""

    path: Path
    compression: str
    member: str = ""

    def open(self) -> BinaryIO:
        """The uncompressed bytes from the beginning; raises ``OSError``."""
        return io.BufferedReader(self.open_raw(), 1 << 20)

    def open_raw(self) -> Inflated:
        """The same without a buffer between."""
        if self.compression == "zip":
            archive = zipfile.ZipFile(self.path)
            source = archive.open(self.member)
            return Inflated(archive, source, *([_gunzipped(source)] if self.member.lower().endswith(".gz") else []))
        file = self.path.open("rb", buffering=1 << 17)
        return Inflated(file, *([_gunzipped(file)] if self.compression == "gzip" else []))


def _gunzipped(file: object) -> io.BufferedIOBase:
    return _open_gzip(fileobj=file, mode="rb")


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
    except zipfile.BadZipFile as error:
        raise ReferenceFileError(
            f"the zip can't be read ({error})", where=str(path), remedy="Download it again."
        ) from error
    for name in names:
        yield Text(path, "zip", name)
