"""X12 files read in one pass: tables and findings, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from trocar.claims.x12.checks import EVERY_TYPE, Checks
from trocar.claims.x12.findings import Finding
from trocar.claims.x12.guide import loop_of, node_of
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.snip.codes import CodeSets
from trocar.claims.x12.source import X12Source
from trocar.claims.x12.stream import Piece, pieces
from trocar.claims.x12.x277 import AcknowledgmentReader, Acknowledgments
from trocar.claims.x12.x835 import RemittanceReader, Remittances
from trocar.claims.x12.x837 import Claims, read_claims_of
from trocar.core.errors import ClaimInputError

CLAIM_GUIDES = ("837P", "837I")


@dataclass(frozen=True)
class Part:
    """Some 1.5 MB of a file: the tables of the transactions that stand in it, and what is wrong with it.

    ``claims`` has an entry per guide (837P, 837I) that the part holds claims of; the others are None where the part
    holds none. ``not_checked`` counts, in the last part, the codes that nothing loaded could judge, by reason.
    """

    piece: Piece
    claims: dict[str, Claims]
    tables: Remittances | None
    acknowledgments: Acknowledgments | None
    findings: tuple[Finding, ...]
    not_checked: dict[str, int] = field(default_factory=dict)


def read_x12(
    source: X12Source,
    *,
    persons: Pseudonyms | None = None,
    types: Set[int] = EVERY_TYPE,
    sets: CodeSets | None = None,
    strict: bool = False,
) -> Iterator[Part]:
    """The parts of a file, in order, in memory that does not grow with it.

    ``persons`` makes pseudonyms of ids (by default with the key of this user), ``types`` are the SNIP types to check,
    ``sets`` judges codes for type 5. Nothing ends the reading but the end of the file; with ``strict`` the first
    finding of severity error is raised as a ``ClaimInputError``.
    """
    return _Reader(source, persons or Pseudonyms(), types, sets, strict)


@contextmanager
def _frugal_memory() -> Iterator[None]:
    """Arrow's memory from the system, and what is unused given back: its own allocator keeps some 17 MB more."""
    pool, before = pa.system_memory_pool(), pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        yield
    finally:
        pa.set_memory_pool(before)
        pool.release_unused()


class _Reader(Iterator[Part]):
    """Reads the pieces of one file in order; what it remembers between them are numbers and open envelopes."""

    def __init__(
        self, source: X12Source, persons: Pseudonyms, types: Set[int], sets: CodeSets | None, strict: bool
    ) -> None:
        self._pieces = pieces(source)
        self._persons, self._strict = persons, strict
        self._checks = Checks(source.name, types, sets)
        self._remittances, self._acknowledgments = RemittanceReader(persons), AcknowledgmentReader()
        self._claims = 0

    def __next__(self) -> Part:
        with _frugal_memory():
            return self._part(next(self._pieces))

    def _part(self, piece: Piece) -> Part:
        claims: dict[str, Claims] = {}
        for guide in CLAIM_GUIDES:
            if len(piece.new_rows(node_of(guide, "2300", "CLM").index)):
                claims[guide] = read_claims_of(piece, guide, self._persons, self._claims + 1)
                self._claims += claims[guide].claims.num_rows
        paid = self._remittances.read(piece) if _holds(piece, "835") else None
        said = self._acknowledgments.read(piece) if _holds(piece, "277CA", "999", "envelope") else None
        found = self._checks.findings(piece, claims, paid, said)
        if self._strict:
            _raise_first(found)
        missed = dict(self._checks.codes.not_checked) if piece.last else {}
        return Part(piece, claims, paid, said, found, missed)


def read_remittances(
    source: X12Source, *, persons: Pseudonyms | None = None, types: Set[int] = EVERY_TYPE, sets: CodeSets | None = None
) -> Iterator[Part]:
    """The parts of a file that hold remittances, or findings; their ``tables`` are those of the remittances."""
    for part in read_x12(source, persons=persons, types=types, sets=sets):
        if part.tables is not None or part.findings:
            yield part


def _holds(piece: Piece, *names: str) -> bool:
    begins = [loop_of(name, "ST").nodes[0].index for name in names if name != "envelope"]
    if "envelope" in names:
        begins.append(node_of("envelope", "ISA", "TA1").index)
    return len(piece.rows(*begins)) > 0


def _raise_first(found: tuple[Finding, ...]) -> None:
    for one in found:
        if one.severity == "error":
            raise ClaimInputError(one.message, where=f"{one.where} (byte {one.byte})", remedy=one.remedy)
