"""What tests of the knowledge files share: a file by its code, its texts, and the releases of a statement's days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from trocar.engine.pack import Pack
from trocar.knowledge import Knowledge, knowledge
from trocar.knowledge.model import Statement

# A HCPCS code in a sentence.
CODE_IN_TEXT = re.compile(r"\b(?:[0-9]{4}[0-9T]|[AGJ][0-9]{4})\b")
DAY = date(2025, 11, 3)


def described(code: str) -> Knowledge:
    """What the file of a code says."""
    known = knowledge(code)
    assert known is not None
    return known


def texts_of(statement: Statement) -> Iterator[str]:
    """The texts of a statement in own words."""
    yield statement.text
    yield from (getattr(statement, name) for name in ("why", "prevention") if hasattr(statement, name))


def all_texts(known: Knowledge) -> Iterator[str]:
    """Title, search words and every text of every statement."""
    yield known.title
    yield from known.search
    for statement in known.statements():
        yield from texts_of(statement)


def held(statement: Statement, table: str, pack: Pack) -> list[int]:
    """The ordinals of the releases of a table that are in force on some day of the statement."""
    first, last = statement.first or date.min, statement.last or date.max
    releases = pack.calendars[table].releases
    return [at for at, file in enumerate(releases) if first <= file.last and file.first <= last]
