"""ICD-10-CM across files: what the codes files and addenda say of the order file, and a year made from addenda."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period, fiscal_year
from trocar.reference.readers.base import Reading, SourceFile
from trocar.reference.readers.delimited import listed
from trocar.reference.readers.icd10_addenda import before_addenda, fiscal_year_from_addenda, keys, read_addenda


def differences(rows: pa.Table, order: pa.Table) -> list[str]:
    """Codes (with their billable flag) of a codes or addenda file that the order file of its release lacks."""
    absent = rows.filter(pc.invert(pc.is_in(keys(rows), value_set=keys(order))))
    return [f"{absent.num_rows} codes of it are not in the order file ({listed(absent['code'].to_pylist())})"] * bool(
        absent.num_rows
    )


def is_order_addenda(source: SourceFile) -> bool:
    """Whether a file lists changes of the order file: only its addenda count headers too."""
    try:
        return "headers" in read_addenda(source).counts
    except ReferenceFileError:
        return False


def before_update(reading: Reading) -> Reading | None:
    """The release and days of the code set an update within the year replaced; None for a year's own release."""
    release, update, _ = (reading.release or "").partition("-")
    if not update or reading.period is None or reading.period.last is None:
        return None
    first = fiscal_year(reading.period.last.year).first
    period = Period(first, reading.period.first - timedelta(days=1))
    return replace(reading, release=release, period=period, check_only=False)


def with_addenda(previous: pa.Table, addenda: SourceFile) -> tuple[pa.Table, pa.Table]:
    """The year addenda make of the order file before: rows taken over, and rows added or revised.

    The first cite lines of the order file, the second lines of the addenda. Raises ``ReferenceFileError`` when
    the totals the addenda state don't come out.
    """
    return _split(fiscal_year_from_addenda(previous, addenda))


def without_addenda(updated: pa.Table, addenda: SourceFile) -> tuple[pa.Table, pa.Table]:
    """The code set before an update within the year, in the same two parts."""
    return _split(before_addenda(updated, addenda))


def _split(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    taken_over = rows["from_previous"]
    plain = rows.drop_columns(["from_previous"])
    return plain.filter(taken_over), plain.filter(pc.invert(taken_over))
