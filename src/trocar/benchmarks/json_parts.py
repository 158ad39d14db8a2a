"""What a walk through JSON meets: elements whole, too large or damaged, and the errors of a text that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Raw

Head = dict[str, Raw]
# A section of the files read here that follows one that can't be read.
SECTION = (
    rb"\][ \t\r\n]*,[ \t\r\n]*"
    rb'"(?:in_network|provider_references|out_of_network|reporting_structure|last_updated_on|version)"'
    rb'[ \t\r\n]*:[ \t\r\n]*(?:"|\[[ \t\r\n]*\{)'
)
_BETWEEN = b", \t\r\n"
_raws = msgspec.json.Decoder(list[Raw])


class MalformedError(Exception):
    """The text is not JSON from this byte on."""

    def __init__(self, reason: str, offset: int) -> None:
        self.reason, self.offset = reason, offset
        super().__init__(f"{reason} (byte {offset})")


class EndedEarlyError(MalformedError):
    """The text ends within a value."""


class TooLongError(Exception):
    """A value is longer than the limit."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole elements, one after the other. Everything here is a view: use it before the next element is asked for."""

    text: memoryview  # a JSON list of the elements
    offset: int  # of the first element
    heads: list[Head]  # the members of each, not decoded

    def elements(self) -> Iterator[tuple[int, Raw]]:
        """The byte at which each element begins, and its text."""
        at = 1
        for raw in _raws.decode(self.text):
            while self.text[at] in _BETWEEN:
                at += 1
            yield self.offset + at - 1, raw
            at += len(memoryview(raw))

    def offsets(self) -> list[int]:
        """The byte at which each element begins."""
        return [offset for offset, _ in self.elements()]

    def before(self, count: int, offset: int) -> Span:
        """The first elements alone; the next one begins at a byte."""
        text = bytes(self.text[: 1 + offset - self.offset]).rstrip(_BETWEEN)
        return Span(memoryview(text + b"]"), self.offset, self.heads[:count])


@dataclass(frozen=True, slots=True)
class Open:
    """An element too large to buffer: walk it with ``Stream.members``; what is left of it is skipped."""

    offset: int


@dataclass(frozen=True, slots=True)
class Bad:
    """An element that is no object, or no JSON; reading goes on behind it."""

    offset: int
    reason: str
    excerpt: bytes
