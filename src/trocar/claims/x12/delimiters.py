"""The delimiters of an interchange, read from its ISA segment wherever that is of the wrong length too."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELDS = 16
ISA_LENGTH = 106
# Every element of an ISA has its width, so that its separator repeats at known places.
_WHOLE = re.compile(
    rb"ISA([^A-Za-z0-9 ])..\1.{10}\1..\1.{10}\1..\1.{15}\1..\1.{15}\1[0-9]{6}\1[0-9]{4}\1.\1.{5}\1[0-9]{9}\1.\1.\1.",
    re.DOTALL,
)
_CANDIDATE = re.compile(rb"ISA(?=[^A-Za-z0-9 ])")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four marks of an interchange, each one byte; ``repetition`` is empty before version 00402."""

    element: bytes
    component: bytes
    repetition: bytes
    terminator: bytes

    @property
    def collide(self) -> bool:
        """Whether two of them are the same byte, or one is a letter, a digit or a space."""
        marks = [mark for mark in (self.element, self.component, self.repetition, self.terminator) if mark]
        return len(set(marks)) < len(marks) or any(mark.isalnum() or mark == b" " for mark in marks)


def delimiters_of(text: bytes) -> Delimiters | None:
    """The delimiters of the interchange that the text begins with; None when it holds no whole ISA segment."""
    if not text.startswith(b"ISA") or len(text) < 4:
        return None
    element = text[3:4]
    fields = text[: 4 * ISA_LENGTH].split(element, _FIELDS)
    if len(fields) <= _FIELDS or len(fields[_FIELDS]) < 2:
        return None
    terminator = fields[_FIELDS][1:2]
    if terminator.isalnum() or terminator in (b" ", element):
        return None
    if not (element + fields[_FIELDS][:1] + terminator).isascii():
        return None
    repetition = fields[11] if len(fields[11]) == 1 and fields[11].isascii() and not fields[11].isalnum() else b""
    return Delimiters(element, fields[_FIELDS][:1], repetition, terminator)


def next_interchange(text: bytes, start: int) -> int:
    """Where the next ISA segment begins that has its shape or can be read; -1 when there is none."""
    for match in _CANDIDATE.finditer(text, start):
        if delimiters_of(text[match.start() : match.start() + 4 * ISA_LENGTH]):
            return match.start()
    return -1


def interchange_within(text: bytes, start: int, now: Delimiters) -> int:
    """Where an interchange begins that these delimiters can't split off; -1 when there is none.

    One that follows a terminator and has the same delimiters is a segment like any other.
    """
    if text.find(b"ISA", start) < 0:  # quicker than to look with the pattern
        return -1
    for match in _CANDIDATE.finditer(text, start):
        at = match.start()
        begins_a_segment = text[max(at - 4, 0) : at].rstrip(b"\r\n").endswith(now.terminator.rstrip(b"\r\n"))
        if begins_a_segment or _WHOLE.match(text, at):
            found = delimiters_of(text[at : at + 4 * ISA_LENGTH])
            if found and (found != now or not begins_a_segment):
                return at
    return -1
