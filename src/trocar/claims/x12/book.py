"""Claims of an X12 file as rows of a claim book: the value nearest to a line is the one that holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.blocks import MOSTLY_DIFFERENT, Block, Coded
from trocar.claims.model import MOST_DIAGNOSES, NOBODY
from trocar.claims.records import Record
from trocar.claims.rows import Sheet
from trocar.claims.x12.checks import Checks
from trocar.claims.x12.columns import Finder, from_above
from trocar.claims.x12.findings import Finding
from trocar.claims.x12.guide import UNREAD, Loop, guides, node_of
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.pointed import pointed
from trocar.claims.x12.source import X12Source
from trocar.claims.x12.stream import Piece, Rows, numbered, owners, pieces
from trocar.claims.x12.values import each_distinct
from trocar.claims.x12.x837 import GUIDES, ClaimNodes, claim_specs, diagnoses_of, from_levels
from trocar.core.errors import ClaimInputError

# The checks that run beside the reading: what is quick, and what makes a line another than it seems.
_TYPES = frozenset({1, 3})
_MINUTES = "MJ"
# A claim of this frequency (CLM05-3) takes an earlier one back.
_VOID = "8"
_NOTHING_BILLED = "the claim takes an earlier one back (CLM05-3 is 8): nothing is billed by it"
_LOOK_BEYOND = "Check the claim that replaces it, if there is one; what was paid for it comes back as a reversal."
# Columns of the block and the element each is read from, which is its address.
_ELEMENTS = {
    "837P": ("CLM01", "LX01", "DTP03", "SV101-2", "SV101-3", "SV104", "SV102", "CLM05-1", "N403", "REF02", "SV107"),
    "837I": ("CLM01", "LX01", "DTP03", "SV202-2", "SV202-3", "SV205", "SV203", "CLM05-1", "N403", "REF02", "HI"),
}
_OF_LINES = ("claim_id", "line", "service_date", "hcpcs", "modifiers", "units", "charge", "place_of_service", "zip",
             "line_control_number")  # fmt: skip
_OF_CLAIMS = (
    "diagnoses", "setting", "rendering_npi", "billing_npi", "taxonomy", "patient_id", "payer", "referring_npi",
)  # fmt: skip
_COLUMNS = (*_OF_LINES, *_OF_CLAIMS)
_PROVIDERS = ("CLM05", "NM109", "NM109", "PRV03", "NM109", "NM103", "NM109")
_UNREAD = "XS123"
_NO_OTHER = "A professional or institutional claim (837) is what can be checked; a remittance is for trocar remit."


class X12Sheet(Sheet):
    """The columns of an X12 file: a row is a line's service segment (SV1, SV2), a cell an element of it or its own."""

    __slots__ = ()

    def row_address(self, row: int) -> str:
        """Where a line stands, such as ``claims.837 segment 27``."""
        return f"{self.name} segment {row}"

    def _cell(self, row: int, *columns: str) -> str:
        """An element: of the service segment, else of a segment that holds for the line."""
        headings = self.headings or ()
        element = next((headings[self.columns[one]] for one in columns if one in self.columns), "")
        return (
            f"{self.row_address(row)} {element}"
            if element.startswith("SV")
            else f"{self.row_address(row)}, its {element}"
        )


@dataclass(frozen=True, slots=True)
class X12Book:
    """The claims of an X12 file as a claim book reads them; see ``claims.books``.

    A line has its number in the claim, whatever LX01 says. Who the patient is becomes a pseudonym with the key
    of the user, or with that of ``persons``.
    """

    source: X12Source
    sheet: X12Sheet
    persons: Pseudonyms
    strict: bool
    _said: dict[str, None] = field(default_factory=dict)
    _astray: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, source: X12Source, *, strict: bool = False, persons: Pseudonyms | None = None) -> X12Book:
        """Look at the first transaction; raises ``ClaimInputError`` when the file holds no claims."""
        name = source.name
        first = next(pieces(source))
        held = {guide.guide for guide in _transactions(first)}
        if not held & set(GUIDES):
            told = Checks(name, frozenset({1})).findings(first)
            unread = {f"{one.value}, which is not read here" for one in told if one.rule == _UNREAD}
            holds = "; ".join(sorted((held - {UNREAD}) | unread)) or "no transaction"
            what = f"no claims in this X12 file (it holds {holds})"
            raise ClaimInputError(what, where=name, remedy=_NO_OTHER)
        elements = (*_ELEMENTS["837P" if "837P" in held else "837I"], *_PROVIDERS)
        columns = {column: index for index, column in enumerate(_COLUMNS)}
        sheet = X12Sheet(name, columns, len(_COLUMNS), (), strict, elements)
        return cls(source, sheet, persons or Pseudonyms(), strict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader took for granted; at the end of the file also what is wrong with the X12 itself."""
        return tuple(self._said)

    @property
    def numbers_every_line(self) -> bool:
        """Every line has its number in its claim."""
        return True

    def parts(self) -> tuple[X12Book, ...]:
        """The file itself: what a line means stands before it."""
        return (self,)

    def blocks(self, rows: int) -> Iterator[Block]:
        """The lines in file order, in blocks of at most about so many; findings are counted in the notes."""
        checks = Checks(self.source.name, _TYPES)
        waiting: list[dict[str, pa.Array]] = []
        lines, found = 0, Counter[str]()
        for piece in pieces(self.source):
            for one in checks.findings(piece):
                self._met(one, found)
            for guide in GUIDES:
                columns = self._lines(piece, guide)
                if columns:
                    waiting.append(columns)
                    lines += len(columns["line"])
            if piece.last:
                self._tell(found)
            if lines >= rows or (piece.last and lines):
                yield from self._block(waiting).slices(rows)
                waiting, lines = [], 0

    def _met(self, one: Finding, found: Counter[str]) -> None:
        if self.strict and one.severity == "error":
            raise ClaimInputError(one.message, where=one.where, remedy=one.remedy)
        if one.rule == _UNREAD:
            self._said[f"{self.sheet.name}: {one.message}"] = None
            return
        found[one.severity] += 1

    def _tell(self, found: Counter[str]) -> None:
        if self._astray:
            first = f"{self.sheet.row_address(self._astray[0])} SV107"
            count = f"{len(self._astray)} line{'s point' if len(self._astray) > 1 else ' points'}"
            self._said[f"{first}: {count} past the diagnoses of the claim, this one first: left out"] = None
        if found:
            counts = ", ".join(f"{count} {severity}{'s' * (count > 1)}" for severity, count in sorted(found.items()))
            self._said[f"{self.sheet.name}: the X12 itself has {counts}: see trocar x12 {self.sheet.name}"] = None

    def _lines(self, piece: Piece, guide: str) -> dict[str, pa.Array]:
        """The cells of the new lines of one guide; nothing where there are none."""
        nodes, specs = ClaimNodes.of(guide), claim_specs(guide)
        lines, claims = piece.new_rows(nodes.lx), piece.new_rows(nodes.clm)
        of_line = owners(claims, lines)
        lines, of_line = lines[of_line >= 0], of_line[of_line >= 0]
        if not len(lines):
            return {}
        own, of_claim = specs["lines"], specs["claims"]
        of_lines, of_claims = Finder(piece, lines), Finder(piece, claims)

        def line(name: str, *, whole: bool = False) -> pa.Array:
            spec = own.get(name)
            spec = replace(spec, component=0) if spec and whole else spec
            return _texts(of_lines.texts(spec) if spec else None, len(lines))

        def claim(name: str) -> pa.Array:
            found = of_claims.texts(of_claim[name]) if name in of_claim else None
            return _texts(None if found is None else found.take(pa.array(of_line)), len(lines))

        above = from_levels(piece, claims, nodes, specs, self.persons)

        def level(name: str) -> pa.Array:
            return from_above(above[name], of_line)

        codes = _services(piece, guide, lines)
        number = numbered(of_line)
        billing = level("billing_npi")
        renders = pc.coalesce(line("rendering_npi"), claim("rendering_npi"), billing)
        held = diagnoses_of(piece, claims, nodes)
        if guide == "837I" and len(of_line) and np.diff(held.starts)[of_line].max() > MOST_DIAGNOSES:
            self._said[f"{self.sheet.name}: of a claim's diagnoses the first {MOST_DIAGNOSES} were read"] = None
        pointers = line("diagnosis_pointer_1", whole=True)
        diagnoses = pointed(pointers, piece.segments.delimiters.component.decode("latin-1"), held, of_line)
        rows = piece.segments.ordinal[_service_rows(piece, guide, lines)]
        self._astray.extend(rows[diagnoses.astray].tolist())
        void = pc.fill_null(pc.equal(claim("claim_frequency_code"), _VOID), False)
        minutes = pc.fill_null(pc.equal(line("unit_basis"), _MINUTES), False)
        if minutes.true_count:
            self._said[f"{self.sheet.name}: anesthesia minutes (SV103 MJ) are not units: units were left open"] = None
        return {
            "row": pa.array(rows),
            "claim_id": claim("claim_id"),
            "line": pa.array(number).cast(pa.string()),
            "service_date": self._first_days(line("service_start_date"), claim("statement_start_date")),
            **codes,
            "units": pc.if_else(minutes, pa.scalar(None, pa.string()), line("units")),
            "charge": line("charge_cents"),
            "place_of_service": pc.coalesce(line("place_of_service"), claim("place_of_service")),
            "line_control_number": line("line_control_number"),
            "zip": pc.coalesce(line("facility_zip"), claim("facility_zip"), level("billing_zip")),
            "diagnoses": diagnoses.diagnoses,
            "void": void,
            "setting": pa.array(["hospital" if guide == "837I" else None] * len(lines), pa.string()),
            "rendering_npi": renders,
            "billing_npi": billing,
            # A taxonomy is of the one who is named with it, and of nobody else.
            "taxonomy": pc.coalesce(
                line("rendering_taxonomy"),
                pc.if_else(pc.equal(claim("rendering_npi"), renders), claim("rendering_taxonomy"), None),
                pc.if_else(pc.equal(billing, renders), level("billing_taxonomy"), None),
            ),
            "patient_id": level("patient_id"),
            "payer": pc.coalesce(level("payer_name"), level("payer_id")),
            # An 837 says whether anybody ordered or referred: what it leaves out nobody did.
            "referring_npi": pc.coalesce(
                line("ordering_npi"), line("referring_npi"), claim("referring_npi"), pa.scalar(NOBODY)
            ),
        }

    def _first_days(self, of_line: pa.Array, of_claim: pa.Array) -> pa.Array:
        """The day of each line, else of its claim: of a range the first, which is said."""
        days = pc.coalesce(of_line, of_claim).dictionary_encode()
        ranges = [text.partition("-") for text in days.dictionary.to_pylist()]
        if any(last and last != first for first, _, last in ranges):
            self._said[f"{self.sheet.name}: lines over several days: the first day is used"] = None
        return pa.array([first for first, _, _ in ranges], pa.string()).take(days.indices)

    def _block(self, waiting: list[dict[str, pa.Array]]) -> Block:
        whole = {name: pa.concat_arrays([columns[name] for columns in waiting]) for name in waiting[0]}
        rows, void = whole.pop("row").to_numpy(), whole.pop("void").to_numpy(zero_copy_only=False)
        records = {}
        for at in np.flatnonzero(void).tolist():
            row = int(rows[at])
            where = f"{self.sheet.row_address(row)}, its CLM05"
            error = ClaimInputError(_NOTHING_BILLED, where=where, remedy=_LOOK_BEYOND)
            records[at] = Record(row, [whole["claim_id"][at].as_py() or "", whole["line"][at].as_py()], error)
        columns = {
            name: Coded.each_row(cells) if name in MOSTLY_DIFFERENT else Coded.of(cells)
            for name, cells in whole.items()
        }
        return Block(rows, columns, records)


def _transactions(piece: Piece) -> list[Loop]:
    law = guides()
    found = {law.nodes[node].loop for node in np.unique(piece.node).tolist() if law.nodes[node] is not None}
    return [law.loops[loop] for loop in sorted(found) if law.loops[loop].guide not in ("envelope",)]


def _service_rows(piece: Piece, guide: str, lines: Rows) -> Rows:
    """The service segment of each line; the LX segment where there is none."""
    services = piece.new_rows(node_of(guide, "2400", "SV1" if guide == "837P" else "SV2").index)
    own = owners(lines, services)
    rows = lines.copy()
    rows[own[::-1][own[::-1] >= 0]] = services[::-1][own[::-1] >= 0]
    return rows


def _services(piece: Piece, guide: str, lines: Rows) -> dict[str, pa.Array]:
    """Code and modifiers of each line, from its composite; each distinct one is read once."""
    name, position = ("SV1", 1) if guide == "837P" else ("SV2", 2)
    rows = piece.new_rows(node_of(guide, "2400", name).index)
    own = owners(lines, rows)
    rows, own = rows[own >= 0], own[own >= 0]
    of_line = np.full(len(lines), -1)
    of_line[own[::-1]] = np.arange(len(rows))[::-1]
    mark = piece.segments.delimiters.component.decode("latin-1")
    composites = from_above(piece.segments.element(rows, position), of_line)
    split = {
        "hcpcs": lambda text: (text.split(mark, 2)[1:2] or [""])[0],
        "modifiers": lambda text: " ".join(part for part in text.split(mark)[2:6] if part),
    }
    return {column: each_distinct(pc.fill_null(composites, ""), read, pa.string()) for column, read in split.items()}


def _texts(found: pa.Array | None, length: int) -> pa.Array:
    if found is None:
        return pa.nulls(length, pa.string())
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)
