"""SNIP type 4: what one value of a claim asks of another, the rules that are named in docs/formats/x12.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import loop_of, node_of
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.x837 import Claims

Marks = npt.NDArray[np.bool_]


@cache
def _law() -> dict[str, Any]:
    return tomllib.loads((files("trocar.claims.x12") / "params" / "situations.toml").read_text("utf-8"))


def situation_findings(piece: Piece, guide: str, read: Claims) -> Iterator[Finding]:
    """What is missing or does not go together in the claims of a piece."""
    if not len(read.rows):
        return
    claims = _Claims(piece, guide, read)
    yield from claims.replaced()
    yield from claims.dates()
    yield from claims.patients()
    if guide == "837P":
        yield from claims.accidents()
        yield from claims.places()
        yield from claims.pointers()
        yield from claims.services()


class _Claims:
    def __init__(self, piece: Piece, guide: str, read: Claims) -> None:
        self._piece, self._guide, self._read = piece, guide, read
        self._claims, self._lines = read.claims, read.lines
        self._ids = read.claims["claim_id"]

    def replaced(self) -> Iterator[Finding]:
        """A claim that replaces or voids another names it."""
        frequency = self._claims["claim_frequency_code"]
        missing = _and(pc.is_in(frequency, pa.array(["7", "8"])), _null(self._claims["payer_claim_control_number"]))
        for at in _where(missing):
            yield self._of_claim("XS401", at, "CLM05-3", value=frequency[at].as_py())

    def dates(self) -> Iterator[Finding]:
        """No period ends before it begins."""
        start, end = self._lines["service_start_date"], self._lines["service_end_date"]
        for at in _where(pc.less(end, start)):
            yield self._of_line("XS414", at, "DTP03", other="its first day")
        if self._guide == "837P":
            earlier = pc.less(self._claims["discharge_date"], self._claims["admission_date"])
            for at in _where(earlier):
                yield self._of_claim("XS414", at, "DTP03", other="the admission")

    def patients(self) -> Iterator[Finding]:
        """A subscriber who is the patient has no patient loop."""
        rows = self._piece.rows(node_of(self._guide, "2000C", "HL*23").index)
        subscribers = self._piece.rows(node_of(self._guide, "2000B", "HL*22").index)
        stated_rows = self._piece.rows(node_of(self._guide, "2000B", "SBR").index)
        own = owners(subscribers, self._read.rows)
        patient = owners(rows, self._read.rows)
        below = (own >= 0) & (patient >= 0)
        below[below] = rows[patient[below]] > subscribers[own[below]]
        for at in _where(_and(pc.equal(self._claims["relationship"], "18"), pa.array(below))):
            stated = stated_rows[owners(stated_rows, self._read.rows[at : at + 1])[0]]
            yield self._says("XS413", int(stated), "2000B", "SBR02", at, {"value": "18"})

    def accidents(self) -> Iterator[Finding]:
        """An accident has its date, and one by car its state."""
        cause = self._claims["related_cause"]
        accident = pc.is_in(cause, pa.array(_law()["accidents"]))
        for at in _where(_and(accident, _null(self._claims["accident_date"]))):
            yield self._of_claim("XS402", at, "CLM11", value=cause[at].as_py())
        for at in _where(_and(pc.equal(cause, "AA"), _null(self._claims["accident_state"]))):
            composite = self._piece.segments.texts(self._read.rows[at : at + 1], 11)[0]
            if len(composite.split(self._piece.segments.delimiters.component.decode("latin-1"))) < 5:
                yield self._of_claim("XS403", at, "CLM11-4", value="AA")

    def places(self) -> Iterator[Finding]:
        """An inpatient was admitted; a service in a facility says in which."""
        place = self._claims["place_of_service"]
        inpatient = pc.is_in(place, pa.array(_law()["inpatient_places"]))
        for at in _where(_and(inpatient, _null(self._claims["admission_date"]))):
            yield self._of_claim("XS405", at, "CLM05-1", value=place[at].as_py())
        named = _any_line(self._lines["facility_zip"].is_valid(), self._read.of_line, len(self._ids))
        nowhere = _and(_null(self._claims["facility_zip"]), pa.array(~named))
        in_facility = pc.is_in(place, pa.array(_law()["facility_places"]))
        for at in _where(_and(in_facility, nowhere)):
            yield self._of_claim("XS407", at, "CLM05-1", value=place[at].as_py())

    def pointers(self) -> Iterator[Finding]:
        """A line points to diagnoses that the claim has."""
        names = [f"diagnosis_pointer_{number}" for number in range(1, 5)]
        texts = [self._lines[name].fill_null("").to_pylist() for name in names]
        count = np.diff(self._read.diagnoses.starts)[self._read.of_line]
        for at in np.flatnonzero(_highest(texts) > count).tolist():
            beyond = [column[at] for column in texts if _number(column[at]) > count[at]]
            yield self._of_line("XS406", at, "SV107", value=" ".join(beyond), count=int(count[at]))

    def services(self) -> Iterator[Finding]:
        """What single services ask for: minutes, a CLIA number, who ordered them, a drug code."""
        law, lines = _law(), self._lines
        codes = lines["hcpcs"].combine_chunks()
        minutes = pc.equal(lines["unit_basis"], "MJ")
        for at in _where(_and(minutes, pa.array(~_within(codes, law["anesthesia"])))):
            yield self._of_line("XS404", at, "SV103", value=codes[at].as_py())
        payer = self._claims["filing_indicator"].combine_chunks().take(pa.array(self._read.of_line))
        medicare = pc.is_in(payer, pa.array(law["medicare"]))
        clia = self._claims["clia_number"].combine_chunks().take(pa.array(self._read.of_line))
        without = _and(_null(lines["clia_number"]), _null(clia))
        laboratory = pa.array(_within(codes, law["laboratory"]))
        for at in _where(_and(_and(medicare, laboratory), without)):
            yield self._of_line("XS409", at, "SV101", value=codes[at].as_py())
        referring = self._claims["referring_npi"].combine_chunks().take(pa.array(self._read.of_line))
        nobody = _and(_and(_null(lines["ordering_npi"]), _null(lines["referring_npi"])), _null(referring))
        ordered = pa.array(_within(codes, law["ordered"]))
        for at in _where(_and(_and(medicare, ordered), nobody)):
            yield self._of_line("XS408", at, "SV101", value=codes[at].as_py())
        asks = pc.is_in(payer, pa.array(law["drug_codes_needed_by"]))
        drug = pc.match_substring_regex(codes, "^J[0-9]{4}$")
        for at in _where(_and(_and(asks, drug), _null(lines["ndc"]))):
            yield self._of_line("XS412", at, "SV101", value=codes[at].as_py())

    def _of_claim(self, rule: str, at: int, element: str, **filled: Any) -> Finding:
        return self._says(rule, int(self._read.rows[at]), "2300", element, at, filled)

    def _of_line(self, rule: str, at: int, element: str, **filled: Any) -> Finding:
        row = self._line_row(int(self._read.line_rows[at]), element[:3])
        return self._says(rule, row, "2400", element, int(self._read.of_line[at]), filled)

    def _line_row(self, begin: int, name: str) -> int:
        """The segment of a line that has the name; its first, where it has none."""
        nodes = [n.index for n in loop_of(self._guide, "2400").nodes if n.segment == name]
        rows: Rows = self._piece.rows(*nodes) if nodes else np.zeros(0, np.int64)
        at = int(np.searchsorted(rows, begin))
        return int(rows[at]) if at < len(rows) else begin

    def _says(self, rule: str, row: int, loop: str, element: str, claim: int, filled: dict[str, Any]) -> Finding:
        claim_id = self._ids[claim].as_py() or ""
        return finding(
            rule, self._piece.file, self._piece.segments, row, element=element, loop=loop, claim_id=claim_id, **filled
        )


def payment_situations(piece: Piece, claims: pa.Table) -> Iterator[Finding]:
    """A professional payment has lines; a reversal takes money back."""
    if not claims.num_rows:
        return
    professional = pc.is_in(claims["filing_indicator"], pa.array(_law()["professional_payments"]))
    reversal = pc.equal(claims["status"], "22")
    positive = pc.or_(pc.greater(claims["charge_cents"], 0), pc.greater(pc.fill_null(claims["paid_cents"], 0), 0))
    for rule, element, marks in (
        ("XS410", "CLP01", _and(professional, pc.equal(claims["lines"], 0))),
        ("XS411", "CLP02", _and(reversal, positive)),
    ):
        for at in _where(marks):
            row = claims.slice(at, 1).to_pylist()[0]
            yield finding(
                rule, piece.file, None, row["segment"], byte=row["byte"], element=element, loop="2100",
                claim_id=row["claim_id"] or "",
            )  # fmt: skip


def _null(column: Any) -> Any:
    return pc.is_null(column)


def _and(first: Any, second: Any) -> Any:
    return pc.and_(pc.fill_null(first, False), pc.fill_null(second, False))


def _where(marks: Any) -> list[int]:
    found = marks.combine_chunks() if isinstance(marks, pa.ChunkedArray) else marks
    return list(np.flatnonzero(found.fill_null(False).to_numpy(zero_copy_only=False)).tolist())


def _any_line(marks: Any, of_line: Rows, claims: int) -> Marks:
    answer = np.zeros(claims, bool)
    answer[of_line[marks.to_numpy()]] = True
    return answer


def _within(codes: pa.Array, ranges: list[list[str]]) -> Marks:
    answer = np.zeros(len(codes), bool)
    is_code = pc.fill_null(pc.match_substring_regex(codes, "^[0-9]{5}$"), False)
    for first, last in ranges:
        between = pc.and_(pc.greater_equal(codes, first), pc.less_equal(codes, last))
        answer |= _and(is_code, between).to_numpy(zero_copy_only=False)
    return answer


def _highest(texts: list[list[str]]) -> npt.NDArray[np.int64]:
    """The highest diagnosis each line points to."""
    return np.max([[_number(text) for text in column] for column in texts], axis=0)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else (1000 if text else 0)
