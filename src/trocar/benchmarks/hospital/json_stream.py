"""The values of a hospital's JSON one by one, and those of its long arrays item by item."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

import msgspec

from trocar.benchmarks.json_parts import Bad, MalformedError, Open
from trocar.benchmarks.json_stream import Stream
from trocar.core.errors import ClaimInputError

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True, slots=True)
class Value:
    """A value under a key of the root; ``index`` is its place in the array, None for a value that is no item."""

    key: str
    index: int | None
    offset: int  # byte in the file as read, after decompression
    value: Any  # a text that says what is wrong, for an item that can't be read


def values(file: BinaryIO, arrays: Collection[str]) -> Iterator[Value]:
    """Each value of the root object in file order; those of the keys in ``arrays`` item by item.

    Numbers with a point are ``Decimal``. Raises ``ClaimInputError`` with the byte where the text stops being JSON;
    what came before has been given by then.
    """
    stream = Stream(file.readinto)  # type: ignore[attr-defined]
    stream.begin()
    try:
        for key in stream.members():
            if key in arrays and stream.peek() == b"[":
                for index, (offset, value) in enumerate(_items(stream)):
                    yield Value(key, index, offset, value)
            else:
                stream.peek()
                offset = stream.offset
                yield Value(key, None, offset, _decode(stream.value()))
        if stream.peek():
            raise MalformedError("something follows its end", stream.offset)
    except (MalformedError, msgspec.DecodeError) as error:
        where = f"byte {error.offset if isinstance(error, MalformedError) else stream.offset}"
        reason = error.reason if isinstance(error, MalformedError) else str(error)
        raise ClaimInputError(f"the text is no JSON from here on ({reason})", where=where) from error
    # A compressed file that breaks ends like any other, and says so.
    if broken := getattr(getattr(file, "raw", None), "broken", ""):
        raise ClaimInputError(broken, where=f"byte {stream.offset}")


def _items(stream: Stream) -> Iterator[tuple[int, Any]]:
    for part in stream.elements():
        if isinstance(part, Bad):
            yield part.offset, part.reason
        elif isinstance(part, Open):
            yield part.offset, "an item too large to read"
        else:
            for offset, raw in part.elements():
                yield offset, _decode(raw)
