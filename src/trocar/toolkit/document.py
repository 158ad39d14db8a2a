"""What a printed document is made of: sections of paragraphs, tables, checklists and notes, every statement with the
numbers of its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias


class Tone(StrEnum):
    """How words are set; the words themselves say what they mean, so that nothing rests on colour.

    In a ``FIELD`` what stands in square brackets is for the sender to fill in.
    """

    PLAIN = "plain"
    STRONG = "strong"
    SOFT = "soft"
    SMALL = "small"
    CODE = "code"
    HASH = "hash"
    MONEY = "money"
    FOUND = "found"
    UNKNOWN = "unknown"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Says:
    """Words with the numbers of their sources; ``anchor`` is a place that others may point to."""

    text: str
    refs: tuple[int, ...] = ()
    tone: Tone = Tone.PLAIN
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that run together."""

    says: tuple[Says, ...]


# Of a table: words, words below each other, or words that run together.
Cell: TypeAlias = Says | tuple[Says, ...] | Paragraph


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section, as for one code."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads that every page repeats; ``widths`` are shares of the page's width."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Boxes to tick: what, and in smaller words why."""

    items: tuple[tuple[Says, Says], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A box set apart: what was assumed, what is not known, what to do first."""

    title: str
    lines: tuple[Says, ...]


Block: TypeAlias = Paragraph | Heading | Table | Checklist | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; ``new_page`` where it is made to be pinned up or sent alone."""

    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; ``facts`` stand under the title, ``foot`` at the bottom of every page.

    ``printed_on`` is the day of the run; ``contents`` lists the sections with their pages on the first one.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str
    printed_on: date
    contents: bool = False
    keywords: tuple[str, ...] = field(default=())


def plain(*texts: str) -> Paragraph:
    """A paragraph of words that need no source."""
    return Paragraph(tuple(Says(text) for text in texts))


def numbers(entries: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    """The numbers of some entries of the source list."""
    return tuple(entry["number"] for entry in entries)
