"""Every published OPPSCAP amount against the one computed from its own release: the report of ``data verify``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.reference.catalog import CatalogFile
from trocar.reference.opps_cap_amounts import SETTINGS, CapRows, beside
from trocar.reference.opps_cap_causes import Case, explanation
from trocar.reference.store import Store

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class OppsCapReport:
    """One OPPSCAP file: amounts compared (two per row), how many are exact, and why the others aren't.

    ``uncompared`` counts amounts whose code or locality is not in the release's own PPRRVU or GPCI.
    """

    release: str
    file: str
    compared: int
    exact: int
    mismatched: int
    uncompared: int
    explanation: str
    examples: tuple[str, ...] = ()


def opps_cap_report(store: Store) -> list[OppsCapReport]:
    """One report per OPPSCAP file of the store, in catalog order."""
    held = {name: _by_release(store, name) for name in ("schedule", "gpci", "opps_cap")}
    factors = {
        release: int(pc.mode(rows["conversion_factor"])[0]["mode"].as_py())
        for release, rows in held["schedule"].items()
    }
    reports = []
    for file in store.catalog.of_table("opps_cap"):
        rows = held["opps_cap"][file.release]
        if file.release in held["schedule"] and file.release in held["gpci"]:
            own = beside(rows, held["schedule"][file.release], held["gpci"][file.release])
            case = Case(file.release, own, held["schedule"], held["gpci"], factors, held["opps_cap"])
            reports.append(_report(file, case))
        else:
            why = "the PPRRVU or GPCI of its release is not held"
            reports.append(OppsCapReport(file.release, file.file, 0, 0, 0, 2 * rows.num_rows, why))
    return reports


def _by_release(store: Store, name: str) -> dict[str, pa.Table]:
    """The rows of each release of a table that has any."""
    table = store.table(name)
    found = {
        file.release: table.filter(pc.equal(table["file_id"], file.file_id)) for file in store.catalog.of_table(name)
    }
    return {release: rows for release, rows in found.items() if rows.num_rows or name == "opps_cap"}


def _report(file: CatalogFile, case: Case) -> OppsCapReport:
    off = case.own.off(case.factor)
    compared = len(SETTINGS) * int(case.own.known.sum())
    uncompared = len(SETTINGS) * int((~case.own.known).sum())
    mismatched = int(off.sum())
    return OppsCapReport(
        file.release,
        file.file,
        compared,
        compared - mismatched,
        mismatched,
        uncompared,
        explanation(case) if mismatched else "every amount compared reproduces",
        _examples(case.own, case.factor) if mismatched else (),
    )


def _examples(own: CapRows, factor: int) -> tuple[str, ...]:
    """The first mismatches, in words."""
    off, expected, published = own.off(factor), own.amounts(factor), own.published
    words = []
    for number, index in np.argwhere(off)[:_EXAMPLES]:
        row = own.rows.slice(int(index), 1).to_pylist()[0]
        code = f"{row['hcpcs']} {row['modifier']}".strip()
        words.append(
            f"line {row['line']}: {code} in {row['mac']}/{row['locality']}, "
            f"{SETTINGS[number]}: {published[number, index]} cents, computed {expected[number, index]}"
        )
    return tuple(words)


def totals(reports: Sequence[OppsCapReport]) -> tuple[int, int, int]:
    """Amounts compared, exact and mismatched over all files."""
    return (
        sum(report.compared for report in reports),
        sum(report.exact for report in reports),
        sum(report.mismatched for report in reports),
    )
