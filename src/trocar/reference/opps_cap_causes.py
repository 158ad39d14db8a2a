"""Why an OPPSCAP file doesn't reproduce: found by what makes its mismatches vanish, never by a list of releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from trocar.core.money import GPCI_SCALE
from trocar.reference.opps_cap_amounts import CapRows, Flags, beside
from trocar.reference.readers.delimited import listed, printed

# A few codes or places differing is a cause of its own; more is not.
_FEW = 6
# Work indices before the 1.0 floor, in thousandths: none published since 2018 lies below 0.94.
_UNFLOORED = range(850, GPCI_SCALE)


@dataclass(frozen=True)
class Case:
    """One OPPSCAP file, its own release's values, and those of every release held."""

    release: str
    own: CapRows
    schedules: dict[str, pa.Table]
    indices: dict[str, pa.Table]
    factors: dict[str, int]
    caps: dict[str, pa.Table]

    @property
    def factor(self) -> int:
        """The release's own conversion factor, in ten-thousandths of a dollar."""
        return self.factors[self.release]


def explanation(case: Case) -> str:
    """The first cause, tried from the simplest on, that accounts for every mismatch; else the extent of them."""
    off = case.own.off(case.factor)
    touched = np.asarray(off.any(axis=0))
    for cause in (_another_factor(case), _indices_of_another_release(case, touched), _few(case, touched)):
        if cause:
            return cause
    return _unexplained(case, off)


def _another_factor(case: Case) -> str:
    """An older conversion factor, alone or with work indices before the 1.0 floor."""
    for release, factor in _other_factors(case):
        stale = (
            f"stale: computed with conversion factor {printed(factor, 4)} of {release}, not {printed(case.factor, 4)}"
        )
        left = np.asarray(case.own.off(factor).any(axis=0))
        if not left.any():
            return stale
        unfloored = _unfloored_places(case.own, left, factor)
        if unfloored:
            return f"{stale}, and without the 1.0 floor of the work index in {unfloored} localities"
    return ""


def _other_factors(case: Case) -> Iterator[tuple[str, int]]:
    """Every other conversion factor, with the first release that carries it."""
    first: dict[int, str] = {}
    for release, factor in case.factors.items():
        first.setdefault(factor, release)
    return ((release, factor) for factor, release in first.items() if factor != case.factor)


def _unfloored_places(rows: CapRows, left: Flags, factor: int) -> int:
    """In how many localities one work index below 1.0 makes every row come out; 0 unless it does in all left."""
    if (rows.parts["work_gpci"][left] != GPCI_SCALE).any():
        return 0
    places = np.unique(rows.places[left])
    for place in places:
        there = rows.only((rows.places == place) & rows.known)
        if all(there.with_work_index(index).off(factor).any() for index in _UNFLOORED):
            return 0
    return len(places)


def _indices_of_another_release(case: Case, touched: Flags) -> str:
    """The indices another release publishes for the localities that differ."""
    places = sorted(set(case.own.places[touched]))
    for release, indices in reversed(case.indices.items()):
        if release == case.release:
            continue
        elsewhere = beside(case.own.rows, case.schedules[case.release], indices).only(touched)
        if elsewhere.known.all() and not elsewhere.off(case.factor).any():
            return f"computed with the indices of {release} in {listed(places, _FEW)}; the rest reproduces"
    return ""


def _few(case: Case, touched: Flags) -> str:
    """A few codes, or a few places."""
    rows = case.own.rows.filter(pa.array(touched))
    codes = sorted(set(rows["hcpcs"].to_pylist()))
    places = sorted(set(case.own.places[touched]))
    if len(codes) <= _FEW:
        return f"differs for {listed(codes, _FEW)} only, computed from other relative values than published"
    if len(places) <= _FEW:
        return f"differs in {listed(places, _FEW)} only, computed from other indices than published"
    return ""


def _unexplained(case: Case, off: Flags) -> str:
    """The extent of the mismatches, and which releases repeat the same amounts."""
    rows = case.own.rows
    touched = rows.filter(pa.array(off.any(axis=0)))
    gap = np.abs(case.own.amounts(case.factor) - case.own.published)[off] * 100 / np.maximum(case.own.published[off], 1)
    words = (
        f"does not reproduce from its own PPRRVU and GPCI: {int(off.sum())} amounts of "
        f"{len(set(touched['hcpcs'].to_pylist()))} codes differ, half of them by at most {np.median(gap):.2f}%"
    )
    own = rows.drop_columns(["file_id", "line"])
    same = [
        release
        for release, other in case.caps.items()
        if release != case.release and other.drop_columns(["file_id", "line"]).equals(own)
    ]
    return f"{words}; {' and '.join(same)} repeat the same amounts" if same else words
