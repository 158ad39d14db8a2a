"""SNIP type 5: codes of others' sets, each judged on its own date by what the caller has loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.columns import from_above
from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import guides, node_of
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import component, first_days
from trocar.core.codes import Npi
from trocar.core.errors import InvalidCodeError

# Kinds of codes a caller may judge.
DIAGNOSIS, TAXONOMY, PLACE, ZIP, PROCEDURE = "ICD-10-CM", "NUCC taxonomy", "place of service", "ZIP", "HCPCS"
GROUP, REASON, REMARK, MODIFIER = "CAGC", "CARC", "RARC", "modifier"
_TRIPLETS = 6
# Components of a service that are modifiers.
_MODIFIERS = range(3, 7)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code is in its set on a day; None when nothing loaded says, and then why."""

    held: bool | None
    citations: tuple[dict[str, Any], ...] = ()
    why: str = ""


class CodeSets(Protocol):
    """Dated code sets, as a store holds them."""

    def judge(self, kind: str, code: str, on: date) -> Verdict:
        """Whether the code is in the set of the kind on the day."""
        ...


class CodeChecks:
    """Checks the codes of one file; ``not_checked`` counts the codes that nothing loaded could judge, by reason."""

    def __init__(self, sets: CodeSets | None) -> None:
        self._sets = sets
        self.not_checked: Counter[str] = Counter()

    def findings(self, piece: Piece) -> Iterator[Finding]:
        """What no set holds on its day."""
        yield from _npis(piece)
        if self._sets is None:
            return
        days = _days(piece)
        for kind, rows, texts, element in _codes(piece):
            yield from self._judged(piece, kind, rows, texts, element, days)

    def _judged(
        self, piece: Piece, kind: str, rows: Rows, texts: pa.Array, element: str, days: pa.Array
    ) -> Iterator[Finding]:
        assert self._sets is not None
        on = days.take(pa.array(rows))
        pairs = pa.table({"code": texts, "on": on}).filter(pc.not_equal(texts, ""))
        for row in pairs.group_by(["code", "on"]).aggregate([([], "count_all")]).to_pylist():
            code, day, count = row["code"], row["on"], row["count_all"]
            if day is None:
                self.not_checked[f"{kind}: no date to judge by"] += count
                continue
            verdict = self._sets.judge(kind, code, day)
            if verdict.held is None:
                self.not_checked[f"{kind}: {verdict.why}"] += count
            elif not verdict.held:
                same = pc.and_(pc.equal(texts, code), pc.equal(on, pa.scalar(day)))
                for at in np.flatnonzero(same.fill_null(False).to_numpy(zero_copy_only=False)).tolist():
                    yield _says(
                        piece, "XS502", int(rows[at]), element, code, on=day.isoformat(), citations=verdict.citations
                    )


def _npis(piece: Piece) -> Iterator[Finding]:
    """Every id that says of itself that it is an NPI."""
    for name, qualifier in (("NM1", 8), ("N1", 3)):
        rows = _named(piece, name)
        rows = rows[piece.segments.count[rows] > qualifier + 1]
        said = pc.equal(piece.segments.element(rows, qualifier), "XX").to_numpy(zero_copy_only=False)
        rows = rows[said]
        encoded = piece.segments.element(rows, qualifier + 1).dictionary_encode()
        bad = np.array([not _is_npi(text) for text in encoded.dictionary.to_pylist()], bool)
        for at in np.flatnonzero(bad[encoded.indices.to_numpy()]).tolist() if bad.any() else ():
            yield _says(piece, "XS501", int(rows[at]), f"{name}{qualifier + 1:02d}", encoded[at].as_py())


@lru_cache(maxsize=1 << 16)
def _is_npi(text: str) -> bool:
    try:
        return Npi.parse(text).check_digit_holds
    except InvalidCodeError:
        return False


def _codes(piece: Piece) -> Iterator[tuple[str, Rows, pa.Array, str]]:
    """Kind, segments, codes and element of all codes of the new segments that have a set."""
    segments = piece.segments
    mark = segments.delimiters.component
    rows = _named(piece, "PRV")
    rows = rows[pc.equal(segments.element(rows, 2), "PXC").to_numpy(zero_copy_only=False)]
    yield TAXONOMY, rows, segments.element(rows, 3), "PRV03"
    yield from _diagnoses(piece)
    for guide, services in (
        ("837P", (("SV1", 1, "SV101-2"),)),
        ("837I", (("SV2", 2, "SV202-2"),)),
        ("835", (("SVC", 1, "SVC01-2"),)),
    ):
        for name, position, element in services:
            rows = piece.new_rows(node_of(guide, "2110" if guide == "835" else "2400", name).index)
            composites = segments.element(rows, position)
            own = pc.equal(component(composites, mark, 1), "HC")
            yield (
                PROCEDURE,
                rows[own.to_numpy(zero_copy_only=False)],
                component(composites, mark, 2).filter(own),
                element,
            )
            for part in _MODIFIERS:
                yield MODIFIER, rows, component(composites, mark, part), f"{element[:-1]}{part}"
    rows = piece.new_rows(node_of("837P", "2300", "CLM").index)
    yield PLACE, rows, component(segments.element(rows, 5), mark, 1), "CLM05-1"
    rows = piece.new_rows(node_of("837P", "2400", "SV1").index)
    yield PLACE, rows, segments.element(rows, 5), "SV105"
    places = [("837P", "2010AA"), ("837P", "2310C"), ("837P", "2420C"), ("837I", "2010AA"), ("837I", "2310E")]
    rows = piece.new_rows(*[node_of(guide, loop, "N4").index for guide, loop in places])
    yield ZIP, rows, pc.utf8_slice_codeunits(segments.element(rows, 3), 0, 5), "N403"
    yield from _adjustments(piece)


def _diagnoses(piece: Piece) -> Iterator[tuple[str, Rows, pa.Array, str]]:
    segments = piece.segments
    found = _named(piece, "HI")
    for position in range(1, 13):
        rows = found[segments.count[found] > position]
        if not len(rows):
            return
        composites = segments.element(rows, position)
        own = pc.starts_with(composites, "AB")
        codes = component(composites, segments.delimiters.component, 2)
        yield DIAGNOSIS, rows[own.to_numpy(zero_copy_only=False)], codes.filter(own), f"HI{position:02d}-2"


def _adjustments(piece: Piece) -> Iterator[tuple[str, Rows, pa.Array, str]]:
    segments = piece.segments
    found = _named(piece, "CAS")
    yield GROUP, found, segments.element(found, 1), "CAS01"
    for triplet in range(_TRIPLETS):
        rows = found[segments.count[found] > 2 + 3 * triplet]
        yield REASON, rows, segments.element(rows, 2 + 3 * triplet), f"CAS{2 + 3 * triplet:02d}"
    rows = piece.new_rows(node_of("835", "2110", "LQ").index)
    rows = rows[pc.equal(segments.element(rows, 1), "HE").to_numpy(zero_copy_only=False)]
    yield REMARK, rows, segments.element(rows, 2), "LQ02"
    for name, elements in (("MOA", (3, 4, 5, 6, 7)), ("MIA", (5, 20, 21, 22, 23))):
        rows = _named(piece, name)
        for position in elements:
            yield REMARK, rows, segments.element(rows, position), f"{name}{position:02d}"


def _days(piece: Piece) -> pa.Array:
    """For each segment the day its codes are judged on: the claim's first service, or the day of the payment."""
    segments, length = piece.segments, len(piece.segments)
    days = pa.nulls(length, pa.date32())
    every = np.arange(length)
    for guide, dated in (("837P", (("2400", "DTP*472"),)), ("837I", (("2300", "DTP*434"), ("2400", "DTP*472")))):
        begins = piece.rows(node_of(guide, "2300", "CLM").index)
        rows = piece.rows(*[node_of(guide, loop, name).index for loop, name in dated])
        own = owners(begins, rows)
        first = np.full(len(begins), -1, np.int64)
        first[own[::-1][own[::-1] >= 0]] = rows[::-1][own[::-1] >= 0]
        found = first_days(segments.element(np.maximum(first, 0), 3))
        of_claim = from_above(found, np.where(first >= 0, np.arange(len(begins)), -1)) if len(begins) else found
        days = pc.coalesce(from_above(of_claim, _or_next(owners(begins, every), len(begins))), days)
    payments = piece.rows(node_of("835", "ST", "ST").index)
    bpr = piece.rows(node_of("835", "ST", "BPR").index)
    paid_on = first_days(segments.element(bpr, 16))
    of_payment = owners(bpr, every)
    current = (of_payment >= 0) & (owners(payments, every) >= 0)
    if len(payments):
        days = pc.coalesce(from_above(paid_on, np.where(current, of_payment, -1)), days)
    return days


def _or_next(owner: Rows, count: int) -> Rows:
    """What stands before the first claim (its billing provider) is judged on that claim's day."""
    return np.maximum(owner, 0) if count else owner


def _named(piece: Piece, name: str) -> Rows:
    rows = piece.segments.named(name)
    return rows[rows >= piece.segments.known]


def _says(piece: Piece, rule: str, at: int, element: str, value: str, **filled: Any) -> Finding:
    node = guides().nodes[int(piece.node[at])]
    loop = guides().loops[node.loop].id if node else ""
    return finding(rule, piece.file, piece.segments, at, element=element, loop=loop, value=value, **filled)
