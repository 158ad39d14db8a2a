"""JSON texts of any size, walked front to back: members of objects by key, elements of arrays in proven batches.

Where an element ends is *proposed* by searching backwards for the next beginning (the key that the first element begins
with) in the buffer, and *proved* by decoding everything up to there as a list of whole elements: a proposal within an
element leaves brackets open and fails. What is not proved is taken one by one, each value up to where msgspec says that
other characters follow it. So a batch is exact whatever the whitespace, the order of keys or the size of the pieces
read, and nothing is decoded but once. An element larger than ``limit`` is not buffered: it is walked in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Raw

from trocar.benchmarks.json_parts import SECTION, Bad, EndedEarlyError, Head, MalformedError, Open, Span, TooLongError

ReadInto = Callable[[memoryview], int]
CHUNK = 2 << 20
LIMIT = 8 << 20
_SPACE = b" \t\r\n"
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")
_FIRST_KEY = re.compile(rb'\{[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:', re.DOTALL)
_AT_BYTE = re.compile(r" \(byte (\d+)\)$")
_FOLLOWED = "trailing characters"
_EXCERPT = 400
_LONGEST_PROPOSAL = 4096
_one = msgspec.json.Decoder(Raw)
_heads = msgspec.json.Decoder(list[Head])


class Stream:
    """One JSON text; ``read_into`` fills a view and says with how many bytes, 0 at the end.

    ``at``: where its first byte stands in the file, for a text that is a part of one.
    """

    def __init__(self, read_into: ReadInto, chunk: int = CHUNK, limit: int = LIMIT, at: int = 0) -> None:
        self._read_into, self._chunk, self._limit = read_into, chunk, limit
        # One byte stands free before what is read: the bracket that makes a list of some elements.
        self._buffer = bytearray(4 * chunk + 4)
        self._at = self._end = 1
        self._base = at - 1
        self._ended = False

    @property
    def offset(self) -> int:
        """The byte that comes next."""
        return self._base + self._at

    def begin(self) -> None:
        """Step over a byte order mark."""
        while self._end - self._at < 3 and self._fill():
            pass
        if self._buffer.startswith(b"\xef\xbb\xbf", self._at):
            self._at += 3

    def peek(self) -> bytes:
        """The next byte that is no space, empty at the end."""
        while True:
            found = _NOT_SPACE.search(self._buffer, self._at, self._end)
            if found:
                self._at = found.start()
                return found.group()
            self._at = self._end
            if not self._fill():
                return b""

    def ahead(self, count: int) -> bytes:
        """The bytes that come next, from the first that is no space; fewer at the end."""
        self.peek()
        while self._end - self._at < count and self._fill():
            pass
        return bytes(self._buffer[self._at : min(self._end, self._at + count)])

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; a value that was not taken when the next is asked for is skipped."""
        self._expect(b"{")
        if self.peek() == b"}":
            self._at += 1
            return
        while True:
            if self.peek() not in (b'"', b""):
                raise MalformedError("a key is missing", self.offset)
            key = msgspec.json.decode(self.value(), type=str)
            self._expect(b":")
            self.peek()
            before = self.offset
            yield key
            if self.offset == before:
                self.skip()
            if self._next(b"}"):
                return

    def value(self) -> bytes:
        """The text of the value that comes next; raises ``MalformedError`` for one longer than the limit, too."""
        self.peek()
        begins = self.offset
        try:
            end = self._value_end()
        except TooLongError:
            raise MalformedError(f"a value longer than {self._limit} bytes", begins) from None
        text = bytes(memoryview(self._buffer)[self._at : end])
        self._at = end
        return text

    def skip(self) -> None:
        """Step over the value that comes next, of any size."""
        kind = self.peek()
        try:
            self._at = self._value_end()
        except TooLongError:
            if kind == b"{":
                for _ in self.members():
                    pass
            elif kind == b"[":
                for _ in self.elements():
                    pass
            else:
                raise MalformedError(f"a value longer than {self._limit} bytes", self.offset) from None

    def elements(self) -> Iterator[Span | Open | Bad]:
        """The elements of the array that comes next, in order; a value that is no array is one bad element."""
        if self.peek() != b"[":
            offset, text = self.offset, self.value()
            if text != b"null":
                yield Bad(offset, "a list was expected", text[:_EXCERPT])
            return
        self._at += 1
        if self.peek() == b"]":
            self._at += 1
            return
        key, unproved = b"", -1
        while True:
            if self.peek() == b"]":
                yield Bad(self.offset, "a comma with nothing behind it", b"")
                self._at += 1
                return
            if not key and (first := _FIRST_KEY.match(self._buffer, self._at, self._end)):
                key = first.group(1)
            if self.offset >= unproved:
                cut = self._cut(key)
                if cut is None and self._end - self._at < self._limit and self._fill():
                    continue
                if cut and cut[0] - self._at <= self._limit and (span := self._proved(cut[0])):
                    yield span
                    self._at = cut[1]
                    continue
                unproved = self._base + cut[1] if cut else -1
            yield from self._next_element(key)
            key = b""
            if self.peek() == b"{":
                yield Bad(self.offset, "a comma is missing", b"")
            elif self._next(b"]"):
                return

    def _proved(self, comma: int) -> Span | None:
        """The elements from here to a comma, if they are whole ones."""
        buffer, at = self._buffer, self._at
        before = buffer[at - 1]
        buffer[at - 1], buffer[comma] = 0x5B, 0x5D
        text = memoryview(buffer)[at - 1 : comma + 1]
        try:
            return Span(text, self._base + at, _heads.decode(text))
        except (msgspec.DecodeError, RecursionError):
            buffer[at - 1], buffer[comma] = before, 0x2C
            return None

    def _cut(self, key: bytes) -> tuple[int, int] | None:
        """The comma before the last element in the buffer, by its key, and where the element begins: a proposal."""
        buffer, end = self._buffer, self._end
        for _ in range(3 if key else 0):
            found = buffer.rfind(key, self._at + 1, end)
            if found < 0:
                return None
            begins = self._back(found)
            comma = self._back(begins)
            if comma > self._at and buffer[begins] == 0x7B and buffer[comma] == 0x2C:
                return comma, begins
            end = found
        return None

    def _back(self, index: int) -> int:
        """The index of the last byte before one that is no space."""
        index -= 1
        while index > self._at and self._buffer[index] in _SPACE:
            index -= 1
        return index

    def _next_element(self, key: bytes) -> Iterator[Span | Open | Bad]:
        """One element, whatever it is; stands behind it afterwards."""
        offset = self.offset
        try:
            end = self._value_end()
        except TooLongError:
            yield Open(offset)
            if self.offset == offset:
                self.skip()
            return
        except EndedEarlyError:
            raise
        except MalformedError as error:
            yield Bad(offset, f"{error.reason} at byte {error.offset}", self._excerpt(self._end))
            self._resume(key, error)
            return
        after = self._buffer[end]
        self._buffer[self._at - 1], self._buffer[end] = 0x5B, 0x5D
        text = memoryview(self._buffer)[self._at - 1 : end + 1]
        try:
            heads = _heads.decode(text)
        except msgspec.DecodeError:
            yield Bad(offset, "an object was expected", self._excerpt(end))
        else:
            yield Span(text, offset, heads)
        self._buffer[end] = after
        self._at = end

    def _excerpt(self, end: int) -> bytes:
        return bytes(memoryview(self._buffer)[self._at : min(end, self._at + _EXCERPT)])

    def _resume(self, key: bytes, error: MalformedError) -> None:
        """Go to the comma before the next object that begins as the elements do, or to the end of the section."""
        element = rb",[ \t\r\n]*\{[ \t\r\n]*" + re.escape(key) + rb"[ \t\r\n]*:" if key else rb"(?!)"
        proposal = re.compile(element + b"|" + SECTION)
        self._at += 1
        while not (found := proposal.search(self._buffer, self._at, self._end)):
            self._at = max(self._at, self._end - _LONGEST_PROPOSAL)
            if not self._fill():
                raise error
        self._at = found.start()

    def _value_end(self) -> int:
        """Where the value that begins here ends; raises ``TooLongError`` beyond the limit, however much is at hand."""
        end = self._decoded_end()
        if end - self._at > self._limit:
            raise TooLongError
        return end

    def _decoded_end(self) -> int:
        """The same in the buffer, which grows up to the limit."""
        while True:
            view = memoryview(self._buffer)[self._at : self._end]
            try:
                _one.decode(view)
            except (msgspec.DecodeError, RecursionError) as error:
                reason = str(error)
                at_byte = _AT_BYTE.search(reason)
                byte = int(at_byte.group(1)) if at_byte else 0
                if _FOLLOWED in reason:
                    # msgspec names the byte behind the first one that does not belong to the value.
                    return self._back(self._at + byte - 1) + 1
                # A number or an escape that the buffer cuts is malformed near its end.
                if isinstance(error, RecursionError) or (at_byte and (self._ended or byte < len(view) - 12)):
                    reason = _AT_BYTE.sub("", reason).removeprefix("JSON is malformed: ")
                    raise MalformedError(reason, self.offset + byte) from None
                if self._ended:
                    raise EndedEarlyError("the text ends within a value", self._base + self._end) from None
            else:
                # A number may go on behind the buffer.
                if self._ended or self._buffer[self._at] in b'{["':
                    return self._back(self._end) + 1
            if len(view) >= self._limit:
                raise TooLongError
            while self._end - self._at < 2 * len(view) and self._fill():
                pass

    def _next(self, close: bytes) -> bool:
        """Step over what follows a value: True for the end of its object or array, False for a comma."""
        found = self.peek()
        if found not in (b",", close):
            if found:
                raise MalformedError(f"a comma or {close.decode()} is missing", self.offset)
            raise EndedEarlyError("the text ends within an object or a list", self.offset)
        self._at += 1
        return found == close

    def _expect(self, byte: bytes) -> None:
        found = self.peek()
        if found != byte:
            if found:
                raise MalformedError(f"{byte.decode()} is missing", self.offset)
            raise EndedEarlyError("the text ends early", self.offset)
        self._at += 1

    def _fill(self) -> bool:
        """Read on, keeping what was not taken yet; False at the end."""
        if self._ended:
            return False
        if self._end + self._chunk + 2 > len(self._buffer):
            self._make_room()
        read = self._read_into(memoryview(self._buffer)[self._end : self._end + self._chunk])
        self._ended = read == 0
        self._end += read
        return not self._ended

    def _make_room(self) -> None:
        kept, buffer = self._end - self._at, self._buffer
        if 2 * (kept + self._chunk) > len(buffer):
            self._buffer = bytearray(2 * len(buffer))
        self._buffer[1 : kept + 1] = buffer[self._at : self._end]
        self._base += self._at - 1
        self._at, self._end = 1, kept + 1
