"""Checks across rows and files at build time; what they find becomes warnings that travel with citations."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from trocar.reference.readers import gpci
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.delimited import listed, printed

_KEY = ("hcpcs", "modifier")


def schedule_warnings(rows: pa.Table) -> list[str]:
    """Whether published totals equal their parts, and whether the file has one conversion factor."""
    warnings = []
    for setting in ("nonfacility", "facility"):
        parts = pc.add(pc.add(rows["work"], rows[f"{setting}_pe"]), rows["malpractice"])
        off = rows.filter(pc.not_equal(parts, rows[f"{setting}_total"]))
        if off.num_rows:
            first = off.slice(0, 1).to_pylist()[0]
            name = f"{first['hcpcs']} {first['modifier']}".strip()
            warnings.append(
                f"{off.num_rows} {setting} totals are not the sum of their parts "
                f"(first: {name} on line {first['line']})"
            )
    factors = pc.value_counts(rows["conversion_factor"]).to_pylist()
    if len(factors) > 1:
        words = [f"{printed(entry['values'], 4)} in {entry['counts']} rows" for entry in factors]
        warnings.append(f"the file has {len(factors)} conversion factors ({listed(words)})")
    return warnings


def differences(rows: pa.Table, loaded: pa.Table, but: tuple[str, ...] = ()) -> list[str]:
    """How two files of the same schedule release differ, row by row; columns in ``but`` are not compared."""
    left, right = (_by_key(table) for table in (rows, loaded))
    warnings = []
    only = [name for keys in (left.keys() - right.keys(), right.keys() - left.keys()) for name in sorted(keys)]
    if only:
        words = [" ".join(key).strip() for key in only]
        warnings.append(f"{len(only)} rows stand in one of the two files only ({listed(words)})")
    ignored = {"line", "file_id", *but}
    off = [
        " ".join(key).strip()
        for key in sorted(left.keys() & right.keys())
        if any(left[key][name] != right[key][name] for name in left[key] if name not in ignored)
    ]
    if off:
        warnings.append(f"{len(off)} rows differ ({listed(off)})")
    return warnings


def _by_key(table: pa.Table) -> dict[tuple[str, ...], dict[str, object]]:
    return {tuple(row[name] for name in _KEY): row for row in table.to_pylist()}


def localities_apart(rows: pa.Table, indices: pa.Table) -> tuple[list[str], list[str]]:
    """Localities (``MAC/number``) the GPCI of a release has and a file of it lacks, and the other way round."""
    own, known = (
        set(zip(table["mac"].to_pylist(), table["locality"].to_pylist(), strict=True)) for table in (rows, indices)
    )
    return ["/".join(place) for place in sorted(known - own)], ["/".join(place) for place in sorted(own - known)]


def gpci_contradictions(suspect: SourceFile, sound: pa.Table, sound_name: str) -> Iterator[str]:
    """What a refused GPCI file says otherwise than a sound one of the same year."""
    rows = gpci.localities(suspect)
    known = {(row["mac"], row["locality"]): row for row in sound.to_pylist()}
    common = [row for row in rows if row.key in known]
    off = [row for row in common if _indices(row) != _known_indices(known[row.key])]
    if off:
        worst = off[0]
        there = known[worst.key]
        yield (
            f"it contradicts {sound_name} in {len(off)} of {len(common)} common localities (line {worst.line}: "
            f"{worst.mac}/{worst.locality} has PE {printed(worst.practice_expense, 3)} and "
            f"MP {printed(worst.malpractice, 3)}, not {printed(there['practice_expense'], 3)} and "
            f"{printed(there['malpractice'], 3)})"
        )
    missing = sorted("/".join(key) for key in known.keys() - {row.key for row in rows})
    if missing:
        yield f"it lacks {len(missing)} localities that {sound_name} has ({listed(missing)})"
    unknown = sorted("/".join(row.key) for row in rows if row.key not in known)
    if unknown:
        yield f"it has {len(unknown)} localities that {sound_name} doesn't ({listed(unknown)})"


def _indices(row: gpci.Locality) -> tuple[int, int, int]:
    return row.work, row.practice_expense, row.malpractice


def _known_indices(row: dict[str, int]) -> tuple[int, int, int]:
    return row["work"], row["practice_expense"], row["malpractice"]
