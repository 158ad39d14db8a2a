"""What is noticed while a file is read: counts, departures, unknown fields, what can't be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from trocar.benchmarks.writer import TableWriter

COUNTS = ("items", "items_wanted", "references", "references_remote", "references_unresolved")
_WORDS = re.compile(rb'("(?:name|description)"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE | re.DOTALL)
_EXCERPT = 200


class Told(msgspec.Struct):
    """What a tally of a part of a file holds, to be added to that of the whole."""

    counts: dict[str, int]
    facts: dict[str, Any]
    unknown: dict[str, list[int]]
    repairs: dict[str, list[int]]


class Tally:
    """Counts of one file; rejects go to its writer at once."""

    def __init__(self, known: Mapping[str, Any], writer: TableWriter) -> None:
        self.file_id = str(known["file_id"])
        self.writer = writer
        self.counts: Counter[str] = Counter()
        self.facts: dict[str, Any] = {}
        self._known = known
        self._unknown: dict[str, list[int]] = {}
        self._repairs: dict[str, list[int]] = {}

    def unknown(self, path: str, offset: int) -> None:
        """A field that no schema has, passed over."""
        _count(self._unknown, path, 1, offset)

    def repaired(self, what: str, offset: int) -> None:
        """A departure from the schema that was read all the same."""
        _count(self._repairs, what, 1, offset)

    def reject(self, offset: int, where: str, reason: str, excerpt: bytes = b"") -> None:
        """Something that was not read."""
        shown = _WORDS.sub(rb'\1""', excerpt).decode("utf-8", "replace")[:_EXCERPT]
        row = {"file_id": self.file_id, "offset": offset, "where": where, "reason": reason, "excerpt": shown or None}
        self.writer.add("rejects", row)

    def stopped(self, offset: int, because: str) -> None:
        """Reading ended before the file did."""
        self.facts |= {"stopped_at": offset, "stopped_because": because}
        self.reject(offset, "file", because)

    def day(self, text: str | None, offset: int, what: str) -> date | None:
        """A published date; one that can't be read is null and counted."""
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            month, _, rest = text.partition("/")
            day, _, year = rest.partition("/")
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            self.repaired(f"{what} is no date", offset)
            return None
        self.repaired(f"{what} is written month/day/year", offset)
        return found

    def told(self) -> Told:
        """What was noticed so far."""
        return Told(dict(self.counts), self.facts, self._unknown, self._repairs)

    def add(self, part: Told) -> None:
        """Take in what was noticed in the part of the file that comes next."""
        self.counts.update(part.counts)
        newest = max(self.facts.get("schema_shape", ""), part.facts.get("schema_shape", ""))
        self.facts |= part.facts | ({"schema_shape": newest} if newest else {})
        for own, its in ((self._unknown, part.unknown), (self._repairs, part.repairs)):
            for what, (times, offset) in its.items():
                _count(own, what, times, offset)

    def write_file(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Write the row of ``files``, and give it."""
        written = self.writer.total
        row = {
            **self._known,
            **facts,
            **self.facts,
            **{name: self.counts[name] for name in COUNTS},
            **{name: written(name) for name in ("rates", "groups", "rejects")},
            "unknown_fields": _listed(self._unknown),
            "repairs": _listed(self._repairs),
            "complete": "stopped_at" not in self.facts,
        }
        self.writer.add("files", row)
        return row


def _count(counted: dict[str, list[int]], what: str, times: int, offset: int) -> None:
    """Count something, with the first byte at which it is: in whatever order a file is read, the answer is the same."""
    entry = counted.setdefault(what, [0, offset])
    entry[0] += times
    entry[1] = min(entry[1], offset)


def _listed(counted: Mapping[str, list[int]]) -> list[dict[str, Any]]:
    return [{"what": what, "count": n, "first_offset": first} for what, (n, first) in sorted(counted.items())]
