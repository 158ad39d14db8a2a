"""Citations that several rules share: the row of a table that a line's fact came from."""

from __future__ import annotations

from trocar.core.cite import Citation
from trocar.engine.batch import Batch


def schedule_row(batch: Batch, line: int) -> list[Citation]:
    """The fee schedule row of the line's billed component, else of its code."""
    row = int(batch.line.row[line])
    row = row if row >= 0 else int(batch.line.global_row[line])
    return [batch.line.pack.cite("schedule", row)] if row >= 0 else []


def mue_row(batch: Batch, line: int) -> list[Citation]:
    """The MUE row of the line's code in its setting."""
    table = batch.line.table_of_setting("mue", line)
    return [batch.line.pack.cite(table, int(batch.line.mue_row[line]))]


def addon_row(batch: Batch, line: int) -> list[Citation]:
    """A row of the add-on file that binds the line's code."""
    row = int(batch.addon.row[line])
    return [batch.line.pack.cite("addon", row)] if row >= 0 else []


def primary_rows(batch: Batch, line: int) -> list[Citation]:
    """The rows of the add-on file that tie the line to its primaries; else a row that binds its code."""
    rows = batch.addon.primary_rows(line)
    return [batch.line.pack.cite("addon", row) for row in rows] or addon_row(batch, line)


def edit_row(batch: Batch, pair: int) -> list[Citation]:
    """The PTP row of a pair."""
    row = int(batch.pair.edit_row[pair])
    table = batch.line.table_of_setting("ncci_ptp", int(batch.pair.column_1[pair]))
    return [batch.line.pack.cite(table, row)] if row >= 0 else []


def opps_row(batch: Batch, line: int) -> list[Citation]:
    """The addendum B row of the line's code."""
    row = int(batch.line.opps_row[line])
    return [batch.line.pack.cite("opps_status", row)] if row >= 0 else []
