"""Claims (837P, 837I) as tables: one row per claim, one per line, with what holds for them from the loops above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.columns import KINDS, Spec, above, column_specs, columns_of, from_above
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.stream import Piece, Rows, numbered, owners

GUIDES = ("837P", "837I")
DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_LEVELS = ("billing_provider", "subscriber", "patient")
_PLACE = (("segment", pa.int64()), ("byte", pa.int64()))
_HIDDEN = frozenset({"member_id", "patient_last_name", "patient_first_name", "patient_birth_date"})


@dataclass(frozen=True, slots=True)
class ClaimNodes:
    """The nodes of one 837 guide that claims are found by."""

    st: int
    billing: int
    subscriber: int
    patient: int
    clm: int
    lx: int
    hi: int

    @classmethod
    @cache
    def of(cls, guide: str) -> ClaimNodes:
        """The nodes of a guide."""
        levels = (("ST", "ST"), ("2000A", "HL*20"), ("2000B", "HL*22"), ("2000C", "HL*23"))
        own = (("2300", "CLM"), ("2400", "LX"), ("2300", "HI"))
        return cls(*(node_of(guide, loop, segment).index for loop, segment in (*levels, *own)))


@dataclass(frozen=True)
class Diagnoses:
    """The diagnoses of some claims, one after the other: claim ``n`` has those from ``starts[n]``."""

    codes: pa.Array
    starts: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Claims:
    """The claims of one piece that are of one guide; ``of_line`` is the claim of each line, by its row."""

    claims: pa.Table
    lines: pa.Table
    diagnoses: Diagnoses
    of_line: Rows
    rows: Rows
    line_rows: Rows


@cache
def claim_specs(guide: str) -> dict[str, dict[str, Spec]]:
    """The columns of a guide."""
    return column_specs(f"{guide.lower()}_columns", guide)


@cache
def schemas(guide: str) -> tuple[pa.Schema, pa.Schema]:
    """The schemas of claims and lines. ``claim`` counts from 1 in the file, ``line`` in the claim, cents are cents."""
    specs = claim_specs(guide)
    from_levels = [
        (name, KINDS[spec.kind]) for level in _LEVELS for name, spec in specs[level].items() if name not in _HIDDEN
    ]
    own = [(name, KINDS[spec.kind]) for name, spec in specs["claims"].items()]
    claims = [("claim", pa.int64()), *own, *from_levels, ("patient_id", pa.string())]
    claims += [("diagnoses", pa.list_(pa.string())), *_PLACE]
    lines = [("claim", pa.int64()), ("line", pa.int32())]
    lines += [(name, KINDS[spec.kind]) for name, spec in specs["lines"].items()]
    return pa.schema(claims), pa.schema([*lines, *_PLACE])


def read_claims_of(piece: Piece, guide: str, persons: Pseudonyms, first_claim: int) -> Claims:
    """The claims of one guide in a piece, their numbers given from ``first_claim`` on."""
    nodes, specs = ClaimNodes.of(guide), claim_specs(guide)
    claim_schema, line_schema = schemas(guide)
    rows, line_rows = piece.new_rows(nodes.clm), piece.new_rows(nodes.lx)
    made: dict[str, Any] = columns_of(piece, rows, specs["claims"])
    made |= from_levels(piece, rows, nodes, specs, persons)
    made["claim"] = pa.array(first_claim + np.arange(len(rows)))
    diagnoses = diagnoses_of(piece, rows, nodes)
    made["diagnoses"] = pa.ListArray.from_arrays(pa.array(diagnoses.starts, pa.int32()), diagnoses.codes)
    made |= places(piece, rows)
    of_line = owners(rows, line_rows)
    line_rows, of_line = line_rows[of_line >= 0], of_line[of_line >= 0]
    lines: dict[str, Any] = columns_of(piece, line_rows, specs["lines"])
    lines["claim"] = pa.array(first_claim + of_line)
    lines["line"] = pa.array(numbered(of_line).astype(np.int32))
    lines |= places(piece, line_rows)
    return Claims(table(made, claim_schema), table(lines, line_schema), diagnoses, of_line, rows, line_rows)


def places(piece: Piece, rows: Rows) -> dict[str, pa.Array]:
    """Segment and byte of some rows."""
    return {"segment": pa.array(piece.segments.ordinal[rows]), "byte": pa.array(piece.segments.start[rows])}


def table(made: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """Columns as a table, in the order of its schema."""
    return pa.Table.from_arrays([made[field.name] for field in schema], schema=schema)


def from_levels(
    piece: Piece, rows: Rows, nodes: ClaimNodes, specs: dict[str, dict[str, Spec]], persons: Pseudonyms
) -> dict[str, pa.Array]:
    """The columns of the levels above each claim; who the patient is becomes one pseudonym."""
    transactions = piece.rows(nodes.st)
    begins = piece.rows(nodes.billing), piece.rows(nodes.subscriber), piece.rows(nodes.patient)
    closing = [(transactions,), (transactions, begins[0]), (transactions, begins[0], begins[1])]
    made: dict[str, pa.Array] = {}
    for level, own, closers in zip(_LEVELS, begins, closing, strict=True):
        owner = above(own, rows, *closers)
        columns = columns_of(piece, own, specs[level])
        if level == "subscriber":
            made["patient_id"] = from_above(persons.column(columns["member_id"]), owner)
        made |= {name: from_above(values, owner) for name, values in columns.items()}
    dependent = pc.is_valid(made["patient_last_name"]) if len(begins[2]) else None
    member = [made.pop(name) for name in specs["patient"]]
    made.pop("member_id")
    if dependent is not None and dependent.true_count:
        own_name = pc.binary_join_element_wise(made["patient_id"], *member, "\x1f", null_handling="replace")
        made["patient_id"] = pc.if_else(dependent, persons.column(own_name), made["patient_id"])
    return made


def diagnoses_of(piece: Piece, rows: Rows, nodes: ClaimNodes) -> Diagnoses:
    """The diagnoses of each claim in the order of its HI segments: principal first, then the others."""
    segments = piece.segments
    found = piece.new_rows(nodes.hi)
    claim = owners(rows, found)
    found, claim = found[claim >= 0], claim[claim >= 0]
    count = segments.count[found] - 1
    at = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    texts = segments.elements.take(pa.array(np.repeat(segments.first[found] + 1, count) + at.astype(np.int32)))
    encoded = texts.dictionary_encode()
    mark = segments.delimiters.component.decode("latin-1")
    parts = [text.split(mark) for text in encoded.dictionary.to_pylist()]
    codes = pa.array([part[1] if len(part) > 1 and part[0] in DIAGNOSES else None for part in parts], pa.string())
    of_each = codes.take(encoded.indices)
    kept = of_each.is_valid().to_numpy(zero_copy_only=False)
    owner = np.repeat(claim, count)[kept]
    return Diagnoses(of_each.drop_null(), np.searchsorted(owner, np.arange(len(rows) + 1)))
