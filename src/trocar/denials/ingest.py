"""Add files to a book of remittances: remittances (835), and the claims they answer in any format; twice is once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.books import open_book, open_content
from trocar.claims.x12.findings import Finding
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.read import read_x12
from trocar.claims.x12.source import X12Source, x12_sources
from trocar.core.errors import ClaimInputError
from trocar.denials.deposits import content_of, read_deposits
from trocar.denials.store import Tables
from trocar.denials.tables import FINDINGS, REMITTANCE_TABLES, TABLES

_DIGITS = 16
_PIECE = 1 << 20
# Findings that say why nothing could be read: bytes outside any interchange, a damaged compression.
_DAMAGE = frozenset({"XS101", "XS105"})


@dataclass(frozen=True, slots=True)
class Added:
    """What came of one file: how many claims or lines, or that the book held it already."""

    name: str
    kind: str
    rows: int
    findings: int
    known: bool
    notes: tuple[str, ...] = ()


def add_remittances(
    book: Tables, content: Path | bytes, name: str = "", *, strict: bool = False, persons: Pseudonyms | None = None
) -> list[Added]:
    """Add a remittance file (a zip may hold several); raises ``ClaimInputError`` when it is no readable 835.

    With ``strict`` the first error of the X12 itself is raised, and nothing of the file is added.
    """
    digest = _sha256(content)
    persons = persons or Pseudonyms()
    return [_add_remittance(book, source, digest, persons, strict) for source in x12_sources(content, name)]


def _add_remittance(book: Tables, source: X12Source, digest: str, persons: Pseudonyms, strict: bool) -> Added:
    file_id = _file_id(digest, source.member)
    if _is_known(book, file_id, "remittance", source.name):
        return Added(source.name, "remittance", 0, 0, known=True)
    counted = _Counted()
    sequence = book.next_sequence()

    def parts() -> Iterator[Mapping[str, pa.Table]]:
        first: Finding | None = None
        for part in read_x12(source, persons=persons, strict=strict):
            first = first or next((one for one in part.findings if one.rule in _DAMAGE), None)
            counted.findings += len(part.findings)
            counted.segments += len(part.piece.segments) - part.piece.segments.known
            counted.unread += len(part.piece.new_rows(0))
            if part.tables is None and not part.findings:
                continue
            tables = {"findings": _findings(part.findings)}
            if part.tables is not None:
                counted.rows += part.tables.claims.num_rows
                counted.payments += part.tables.payments.num_rows
                tables |= {name: getattr(part.tables, name) for name in REMITTANCE_TABLES}
            yield tables
        if not counted.payments:
            damage = "" if first is None else f"; {first.message}"
            remedy = "Give the remittance; claims (837) go with --claims." if first is None else first.remedy
            raise ClaimInputError(f"the file holds no remittance (835){damage}", where=source.name, remedy=remedy)
        yield {"files": _file_row(source.name, "remittance", sequence, digest, counted, ())}

    book.add(file_id, parts())
    return Added(source.name, "remittance", counted.rows, counted.findings, known=False)


def add_claims(book: Tables, content: Path | bytes, name: str = "", persons: Pseudonyms | None = None) -> Added:
    """Add the claims that remittances answer, in any format that is read; raises ``ClaimInputError``."""
    name = name or (content.name if isinstance(content, Path) else "claims")
    digest = _sha256(content)
    file_id = _file_id(digest, "")
    if _is_known(book, file_id, "claims", name):
        return Added(name, "claims", 0, 0, known=True)
    counted = _Counted()
    notes: list[str] = []
    sequence = book.next_sequence()

    def parts() -> Iterator[Mapping[str, pa.Table]]:
        read = (
            open_content(content, name, persons or Pseudonyms()) if isinstance(content, bytes) else open_book([content])
        )
        for chunk in read.chunks():
            counted.rows += chunk.table.num_rows
            counted.findings += len(chunk.problems)
            notes.extend(chunk.notes)
            problems = [
                {"rule": "unreadable", "severity": "deny", "message": problem.error["error"],
                 "remedy": problem.error["remedy"], "where": problem.where}
                for problem in chunk.problems
            ]  # fmt: skip
            yield {"sent": chunk.table, "findings": pa.Table.from_pylist(problems, FINDINGS)}
        yield {"files": _file_row(name, "claims", sequence, digest, counted, notes)}

    book.add(file_id, parts())
    return Added(name, "claims", counted.rows, counted.findings, known=False, notes=tuple(notes))


def add_deposits(book: Tables, path: Path) -> Added:
    """Add the deposits of a bank statement (``docs/formats/remit.md``); raises ``ClaimInputError``."""
    content = content_of(path)
    digest = _sha256(content)
    file_id = _file_id(digest, "")
    if _is_known(book, file_id, "deposits", path.name):
        return Added(path.name, "deposits", 0, 0, known=True)
    table = read_deposits(content, path.name)
    counted = _Counted(rows=table.num_rows)
    files = _file_row(path.name, "deposits", book.next_sequence(), digest, counted, ())
    book.add(file_id, [{"deposits": table, "files": files}])
    return Added(path.name, "deposits", table.num_rows, 0, known=False)


def _is_known(book: Tables, file_id: str, kind: str, name: str) -> bool:
    """Whether the book holds a file; raises ``ClaimInputError`` where it holds it as something else."""
    if not book.holds(file_id):
        return False
    files = book.table("files")
    held = files.filter(pc.equal(files["file_id"], file_id))["kind"][0].as_py()
    if held != kind:
        remedy = "Remittances stand alone, claims follow --claims, deposits follow --deposits."
        raise ClaimInputError(f"the file is in the book already, as {held}", where=name, remedy=remedy)
    return True


@dataclass(slots=True)
class _Counted:
    rows: int = 0
    payments: int = 0
    findings: int = 0
    segments: int = 0
    unread: int = 0


def _findings(findings: tuple[Finding, ...]) -> pa.Table:
    rows = [
        {"rule": found.rule, "severity": found.severity, "message": found.message, "remedy": found.remedy,
         "where": found.where}
        for found in findings
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, FINDINGS)


def _file_row(
    name: str, kind: str, sequence: int, sha256: str, counted: _Counted, notes: list[str] | tuple[str, ...]
) -> pa.Table:
    row = {"name": name, "kind": kind, "sequence": sequence, "sha256": sha256, "rows": counted.rows,
           "segments": counted.segments, "unread": counted.unread, "notes": list(notes)}  # fmt: skip
    return pa.Table.from_pylist([row], TABLES["files"])


def _file_id(digest: str, member: str) -> str:
    return (hashlib.sha256(f"{digest}/{member}".encode()).hexdigest() if member else digest)[:_DIGITS]


def _sha256(content: Path | bytes) -> str:
    digest = hashlib.sha256()
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    try:
        with content.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        what = f"the file can't be read ({error.strerror or error})"
        raise ClaimInputError(
            what, where=content.name, remedy="Check the path, and that you may read the file."
        ) from error
    return digest.hexdigest()
