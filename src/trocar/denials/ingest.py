"""Add files to a book of remittances: remittances (835), and the claims they answer in any format; twice is once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from trocar.claims.books import open_book
from trocar.claims.patient_key import patient_key
from trocar.claims.x12.findings import Finding
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.read import read_remittances
from trocar.claims.x12.source import X12Source, x12_sources
from trocar.core.errors import ClaimInputError
from trocar.denials.store import RemittanceBook
from trocar.denials.tables import FINDINGS, REMITTANCE_TABLES, TABLES

_DIGITS = 16
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Added:
    """What came of one file: how many claims or lines, or that the book held it already."""

    name: str
    kind: str
    rows: int
    findings: int
    known: bool
    notes: tuple[str, ...] = ()


def add_remittances(book: RemittanceBook, path: Path) -> list[Added]:
    """Add a remittance file (a zip may hold several); raises ``ClaimInputError`` when it is no readable 835."""
    digest = _sha256(path)
    return [_add_remittance(book, source, digest) for source in x12_sources(path)]


def _add_remittance(book: RemittanceBook, source: X12Source, digest: str) -> Added:
    file_id = _file_id(digest, source.member)
    if book.holds(file_id):
        return Added(source.name, "remittance", 0, 0, known=True)
    counted = _Counted()
    sequence = book.next_sequence()

    def parts() -> Iterator[Mapping[str, pa.Table]]:
        for part in read_remittances(source, persons=Pseudonyms(patient_key())):
            counted.findings += len(part.findings)
            tables = {"findings": _findings(part.findings)}
            if part.tables is not None:
                counted.rows += part.tables.claims.num_rows
                counted.payments += part.tables.payments.num_rows
                tables |= {name: getattr(part.tables, name) for name in REMITTANCE_TABLES}
            yield tables
        if not counted.payments:
            remedy = "Give the remittance; claims (837) go with --claims."
            raise ClaimInputError("the file holds no remittance (835)", where=source.name, remedy=remedy)
        yield {"files": _file_row(source.name, "remittance", sequence, digest, counted.rows, ())}

    book.add(file_id, parts())
    return Added(source.name, "remittance", counted.rows, counted.findings, known=False)


def add_claims(book: RemittanceBook, path: Path) -> Added:
    """Add the claims that remittances answer, in any format that is read; raises ``ClaimInputError``."""
    digest = _sha256(path)
    file_id = _file_id(digest, "")
    if book.holds(file_id):
        return Added(path.name, "claims", 0, 0, known=True)
    counted = _Counted()
    notes: list[str] = []
    sequence = book.next_sequence()

    def parts() -> Iterator[Mapping[str, pa.Table]]:
        for chunk in open_book([path]).chunks():
            counted.rows += chunk.table.num_rows
            counted.findings += len(chunk.problems)
            notes.extend(chunk.notes)
            problems = [
                {"rule": "unreadable", "severity": "deny", "message": problem.error["error"],
                 "remedy": problem.error["remedy"], "where": problem.where}
                for problem in chunk.problems
            ]  # fmt: skip
            yield {"sent": chunk.table, "findings": pa.Table.from_pylist(problems, FINDINGS)}
        yield {"files": _file_row(path.name, "claims", sequence, digest, counted.rows, notes)}

    book.add(file_id, parts())
    return Added(path.name, "claims", counted.rows, counted.findings, known=False, notes=tuple(notes))


@dataclass(slots=True)
class _Counted:
    rows: int = 0
    payments: int = 0
    findings: int = 0


def _findings(findings: tuple[Finding, ...]) -> pa.Table:
    rows = [
        {"rule": found.rule, "severity": found.severity, "message": found.message, "remedy": found.remedy,
         "where": found.where}
        for found in findings
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, FINDINGS)


def _file_row(
    name: str, kind: str, sequence: int, sha256: str, rows: int, notes: list[str] | tuple[str, ...]
) -> pa.Table:
    row = {"name": name, "kind": kind, "sequence": sequence, "sha256": sha256, "rows": rows, "notes": list(notes)}
    return pa.Table.from_pylist([row], TABLES["files"])


def _file_id(digest: str, member: str) -> str:
    return (hashlib.sha256(f"{digest}/{member}".encode()).hexdigest() if member else digest)[:_DIGITS]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        what = f"the file can't be read ({error.strerror or error})"
        raise ClaimInputError(
            what, where=path.name, remedy="Check the path, and that you may read the file."
        ) from error
    return digest.hexdigest()
