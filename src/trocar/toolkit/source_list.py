"""The last section: every source by its number, so that an auditor can open the file at the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trocar.lookup.numbered_sources import Sources
from trocar.reference.catalog import CatalogFile
from trocar.toolkit.document import Block, Cell, Note, Paragraph, Says, Section, Table, Tone, plain
from trocar.toolkit.question import sentence

_TAGS = {"D": "data files", "C": "CMS text", "S": "secondary source", "U": "unsourced"}
# A row of the list must fit on a page.
_LINES_IN_A_ROW = 60


def source_list(sources: Sources, held: Sequence[CatalogFile], notes: Iterable[str] = ()) -> Section:
    """Rows of the publishers' files with their hashes, then law and guidance in own words; warnings and notes first."""
    by_file: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for entry in sources.entries:
        if entry["kind"] == "file":
            by_file.setdefault((entry["release"], entry["file"], entry["sha256"]), []).append(entry)
    law = [entry for entry in sources.entries if entry["kind"] == "authority"]
    blocks: list[Block] = [
        plain("A number behind a statement is a number here. Lines count from 1, headings included.")
    ]
    if sources.warnings:
        warnings = tuple(Says(f"{name}: {text}") for name, text in sources.warnings)
        blocks.append(Note("Warnings of the files used", warnings))
    if told := tuple(Says(sentence(text)) for text in notes):
        blocks.append(Note("Of some rows cited", told))
    rows = tuple(row for file, entries in by_file.items() for row in _rows(*file, entries))
    rows += tuple(_documents(law, held))
    if rows:
        heads = ("release, file and its SHA-256", "number: line of the file")
        blocks.append(Table(heads, rows, (4.3, 4.7), "Rows of the publishers' files"))
    if law:
        titles = ("no.", "where", "what it says, in own words", "kind")
        caption = "Law and guidance. Nothing is quoted; pages are the PDF's, counted from its first sheet."
        blocks.append(Table(titles, tuple(map(_law, law)), (0.55, 3.5, 4.4, 1.1), caption))
    if not (rows or law):
        blocks.append(plain("Nothing was cited: no table held answers for this day."))
    return Section("Sources", tuple(blocks), new_page=True)


def _rows(release: str, file: str, sha256: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Cell, ...]]:
    name = (Says(release, tone=Tone.STRONG), Says(file), *hash_lines(sha256))
    for start in range(0, len(entries), _LINES_IN_A_ROW):
        yield name, Paragraph(tuple(map(_line, entries[start : start + _LINES_IN_A_ROW])))


def _documents(law: Sequence[Mapping[str, Any]], held: Sequence[CatalogFile]) -> Iterator[tuple[Cell, ...]]:
    """The documents that the store keeps as evidence of the law cited."""
    by_document: dict[str, list[Mapping[str, Any]]] = {}
    for entry in law:
        by_document.setdefault(entry["file"].rpartition("/")[2], []).append(entry)
    for file in held:
        if entries := by_document.get(file.file):
            name = (Says(file.release, tone=Tone.STRONG), Says(file.file), *hash_lines(file.sha256))
            cited = ", ".join(str(entry["number"]) for entry in entries)
            yield name, Says(f"{cited}: by page, in the list of law and guidance")


def _line(entry: Mapping[str, Any]) -> Says:
    # A hard space, so that a number stays with its line.
    return Says(f"{entry['number']}:\u00a0{entry['line']};", anchor=f"source-{entry['number']}")


def hash_lines(sha256: str) -> tuple[Says, ...]:
    """A hash in two lines that a narrow column holds."""
    return tuple(Says(part, tone=Tone.HASH) for part in (sha256[:32], sha256[32:]))


def _law(entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    where = [Says(entry["title"], tone=Tone.STRONG), Says(entry["where"])]
    if entry["file"]:
        name = entry["file"].rpartition("/")[2]
        pages = ", ".join(map(str, entry["pages"]))
        where.append(Says(f"{name}{f', page {pages}' if pages else ''}", tone=Tone.SOFT))
    number = Says(str(entry["number"]), tone=Tone.STRONG, anchor=f"source-{entry['number']}")
    return number, tuple(where), Says(entry["says"]), Says(_TAGS[entry["tag"]])
