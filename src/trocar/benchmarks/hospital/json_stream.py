"""The values of a JSON object one by one, and of its long arrays item by item, in memory that does not grow."""

from __future__ import annotations

import codecs
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from trocar.core.errors import ClaimInputError

_CHUNK = 1 << 18
# An item that is not whole within this much text is taken for damage.
_MOST_TEXT = 1 << 26
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Value:
    """A value under a key of the root; ``index`` is its place in the array, None for a value that is no item."""

    key: str
    index: int | None
    offset: int  # byte in the file as read, after decompression
    value: Any


def values(file: BinaryIO, arrays: Collection[str]) -> Iterator[Value]:
    """Each value of the root object in file order; those of the keys in ``arrays`` item by item.

    Numbers with a point are ``Decimal``. Raises ``ClaimInputError`` with the byte where the text stops being JSON;
    what came before has been given by then.
    """
    text = _Text(file)
    text.expect("{")
    if text.take("}"):
        return
    while True:
        text.skip()
        key = str(text.decode().value)
        text.expect(":")
        if key in arrays and text.take("["):
            yield from _items(text, key)
        else:
            text.skip()
            decoded = text.decode()
            yield Value(key, None, decoded.offset, decoded.value)
        if not text.take(","):
            text.expect("}")
            return


def _items(text: _Text, key: str) -> Iterator[Value]:
    if text.take("]"):
        return
    index = 0
    while True:
        text.skip()
        decoded = text.decode()
        yield Value(key, index, decoded.offset, decoded.value)
        index += 1
        if not text.take(","):
            text.expect("]")
            return


class _Text:
    """The text of a file from a place on, read as it is needed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        start = file.read(_CHUNK)
        mark, self._encoding = next((pair for pair in _MARKS if start.startswith(pair[0])), (b"", "utf-8"))
        self._offset = len(mark)
        self._bytes = codecs.getincrementaldecoder(self._encoding)("replace")
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
        self._text, self._at = self._bytes.decode(start[len(mark) :]), 0
        self._counted = 0  # the text before here is in the offset

    def skip(self) -> None:
        """Pass white space."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return

    def take(self, character: str) -> bool:
        """Whether the next character is this one, which is then passed."""
        self.skip()
        if self._text.startswith(character, self._at):
            self._at += 1
            return True
        return False

    def expect(self, character: str) -> None:
        """Pass a character; raises ``ClaimInputError`` for another."""
        if not self.take(character):
            raise self._broken(f"{character} was expected")

    def decode(self) -> Value:
        """The value that begins here."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                # A number may go on in the text not yet read.
                if end < len(self._text) or not self._more(len(self._text)):
                    break
            except (ValueError, RecursionError) as error:
                if not self._more(len(self._text)):
                    raise self._broken(str(error).partition(":")[0]) from None
        answer = Value("", None, self._byte(), value)
        self._at = end
        return answer

    def _byte(self) -> int:
        """The byte of the place reached."""
        self._offset += len(self._text[self._counted : self._at].encode(self._encoding, "replace"))
        self._counted = self._at
        return self._offset

    def _more(self, least: int = 0) -> bool:
        """Read on, as much again as is there, so that a long value is not tried often; drop what is passed."""
        if len(self._text) - self._at > _MOST_TEXT:
            return False
        try:
            read = self._file.read(max(_CHUNK, least))
        except (EOFError, OSError, zlib.error) as error:
            raise self._broken(f"the file is cut off or damaged: {error}") from error
        if read:
            self._byte()
            self._text = self._text[self._at :] + self._bytes.decode(read)
            self._at = self._counted = 0
        return bool(read)

    def _broken(self, what: str) -> ClaimInputError:
        return ClaimInputError(f"the text is no JSON from here on ({what})", where=f"byte {self._byte()}")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
