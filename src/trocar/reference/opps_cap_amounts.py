"""What an OPPSCAP file should say, computed from a release's own relative values and indices.

The amount of a payable row is the lower of the fee and the outpatient cap; that of a contractor-priced row (status
C) is the cap itself (RVU25D.pdf, file 6). The cap puts the OPPS columns of PPRRVU in place of practice expense and
malpractice. A contractor-priced global row has no parts of its own: its cap is the 26 row and the TC row's OPPS
columns, added before rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trocar.core.money import fee_cents

Cents = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SETTINGS = ("facility", "nonfacility")


@dataclass(frozen=True)
class CapRows:
    """Published rows beside the parts their amounts are computed from, one array element per row.

    ``known`` is false where the code or the locality is not in the files the parts are from.
    """

    rows: pa.Table
    parts: dict[str, Cents]
    known: Flags

    @property
    def published(self) -> Cents:
        """Published cents, one line per setting."""
        return np.stack([self.rows[f"{setting}_cents"].to_numpy() for setting in SETTINGS])

    def amounts(self, factor: int) -> Cents:
        """Cents expected with a conversion factor, one line per setting."""
        parts = self.parts
        gpcis = (parts["work_gpci"], parts["pe_gpci"], parts["mp_gpci"], factor)
        computed = []
        for setting in SETTINGS:
            fee = fee_cents(parts["work"], parts[f"{setting}_pe"], parts["malpractice"], *gpcis)
            cap = fee_cents(parts["cap_work"], parts[f"opps_{setting}_pe"], parts["opps_malpractice"], *gpcis)
            computed.append(np.where(parts["cap_alone"] == 1, cap, np.minimum(fee, cap)))
        return np.stack(computed)

    def off(self, factor: int) -> Flags:
        """Where the published amount is another than the one expected."""
        return (self.amounts(factor) != self.published) & self.known

    def only(self, wanted: Flags) -> CapRows:
        """Some of the rows."""
        parts = {name: values[wanted] for name, values in self.parts.items()}
        return CapRows(self.rows.filter(pa.array(wanted)), parts, self.known[wanted])

    def with_work_index(self, thousandths: int) -> CapRows:
        """The same rows with another work index throughout."""
        return replace(self, parts={**self.parts, "work_gpci": np.full(len(self.known), thousandths)})

    @property
    def places(self) -> npt.NDArray[np.str_]:
        """Contractor and locality of each row, such as ``09202/20``."""
        return np.array(["/".join(pair) for pair in pairs(self.rows, "mac", "locality")], dtype=np.str_)


def beside(rows: pa.Table, schedule: pa.Table, indices: pa.Table) -> CapRows:
    """Each published row beside the relative values of its code and the indices of its locality."""
    at = {key: index for index, key in enumerate(pairs(schedule, "hcpcs", "modifier"))}
    place = {key: index for index, key in enumerate(pairs(indices, "mac", "locality"))}
    keys = pairs(rows, "hcpcs", "modifier")
    own = _positions(at, keys)
    professional = _positions(at, [(code, "26") for code, _ in keys])
    technical = _positions(at, [(code, "TC") for code, _ in keys])
    where = _positions(place, pairs(rows, "mac", "locality"))
    contractor_priced = np.array([status == "C" for status in rows["status"].to_pylist()], dtype=np.bool_)
    whole = np.array([modifier == "" for _, modifier in keys], dtype=np.bool_)
    summed = contractor_priced & whole & (professional >= 0) & (technical >= 0)
    parts = {name: _taken(schedule, name, own) for name in ("work", "malpractice", "facility_pe", "nonfacility_pe")}
    for name in ("malpractice", "facility_pe", "nonfacility_pe"):
        halves = _taken(schedule, name, professional) + _taken(schedule, f"opps_{name}", technical)
        parts[f"opps_{name}"] = np.where(summed, halves, _taken(schedule, f"opps_{name}", own))
    parts["cap_work"] = np.where(summed, _taken(schedule, "work", professional), parts["work"])
    for name, column in (("work_gpci", "work"), ("pe_gpci", "practice_expense"), ("mp_gpci", "malpractice")):
        parts[name] = _taken(indices, column, where)
    parts["cap_alone"] = contractor_priced.astype(np.int64)
    return CapRows(rows, parts, (own >= 0) & (where >= 0))


def pairs(table: pa.Table, first: str, second: str) -> list[tuple[str, str]]:
    """Two text columns side by side."""
    return list(zip(table[first].to_pylist(), table[second].to_pylist(), strict=True))


def _positions(index: dict[tuple[str, str], int], keys: Sequence[tuple[str, str]]) -> npt.NDArray[np.int64]:
    return np.array([index.get(key, -1) for key in keys], dtype=np.int64)


def _taken(table: pa.Table, column: str, positions: npt.NDArray[np.int64]) -> Cents:
    values: Cents = np.append(table[column].to_numpy().astype(np.int64), 0)  # position -1 takes the zero
    return values[positions]
