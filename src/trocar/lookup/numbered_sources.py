"""The sources of a page or a document: every citation numbered once, in the order in which it is first used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from trocar.core.cite import Citation
from trocar.knowledge.cites import Sources as KnowledgeSources
from trocar.reference.authorities import Authority, authorities

# A citation can stand for the edits of a whole family; two rows are enough to look at.
_ROWS_OF_A_CITE = 2


class Sources:
    """Collects while a page is rendered; the page ends with the list."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._on_paper = True
        self.entries: list[dict[str, Any]] = []

    def paper(self, is_printed: bool) -> str:
        """Say whether what follows is printed; the printed sheet lists only the sources of what stands on it."""
        self._on_paper = is_printed
        return ""

    def refs(self, cited: Iterable[Citation | Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The entries of some citations, numbered; each once."""
        found = [self._file(entry if isinstance(entry, Mapping) else entry.to_dict()) for entry in cited]
        return list({entry["number"]: entry for entry in found}.values())

    def proof(self, cited: KnowledgeSources, code: str, cites: Iterable[str]) -> list[dict[str, Any]]:
        """The entries that some citations of a knowledge file stand for."""
        found: list[dict[str, Any]] = []
        for cite in cites:
            source = cited.of(code, cite)
            found += [self.authority(key) for key in source.authorities]
            found += self.refs(source.citations[:_ROWS_OF_A_CITE])
        return list({entry["number"]: entry for entry in found}.values())

    def authority(self, key: str) -> dict[str, Any]:
        """The entry of a place where law is written."""
        return self._entry(("authority", key), {"kind": "authority", "key": key, **_shown(authorities()[key])})

    def _file(self, citation: Mapping[str, Any]) -> dict[str, Any]:
        key = (citation["release"], citation["file"], citation["line"])
        return self._entry(key, {"kind": "file", **citation})

    def _entry(self, key: tuple[Any, ...], entry: dict[str, Any]) -> dict[str, Any]:
        if key not in self._numbers:
            self._numbers[key] = len(self.entries) + 1
            self.entries.append(entry | {"number": self._numbers[key], "on_paper": False})
        found = self.entries[self._numbers[key] - 1]
        found["on_paper"] |= self._on_paper
        return found

    @property
    def releases(self) -> str:
        """The releases cited on the printed sheet, in its order."""
        printed = (entry for entry in self.entries if entry["kind"] == "file" and entry["on_paper"])
        return " ".join(dict.fromkeys(entry["release"] for entry in printed))

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Release and text of each warning that the files used carry, once."""
        told = [
            (entry["release"], text)
            for entry in self.entries
            if entry["kind"] == "file"
            for text in entry.get("warnings") or ()
        ]
        return list(dict.fromkeys(told))


def _shown(authority: Authority) -> dict[str, Any]:
    return asdict(authority)
