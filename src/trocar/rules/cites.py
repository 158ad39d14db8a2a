"""Citations that several rules share: the rows of tables that the facts of some lines came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trocar.engine.batch import Batch
from trocar.engine.dated_rows import rows_in_force
from trocar.engine.diagnosis import TABLE as DIAGNOSES
from trocar.engine.in_force import NONE
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack, positions
from trocar.rules.columns import beside, owned


@dataclass(frozen=True)
class Cited:
    """Lines of the publishers' files, each with the entry that cites it (its position among those asked), ascending."""

    entry: Indices
    file_id: Column
    line: Column

    @classmethod
    def rows(cls, pack: Pack, table: str, rows: Indices) -> Cited:
        """A row of a keyed table per entry, -1 where it cites none."""
        at = np.flatnonzero(rows >= 0)
        if not len(at):
            return NOTHING
        return cls(at, pack.column(table, "file_id")[rows[at]], pack.column(table, "line")[rows[at]])

    @classmethod
    def together(cls, parts: Sequence[Cited]) -> Cited:
        """What each entry cites in all the parts, in their order."""
        some = [part for part in parts if len(part.entry)]
        if not some:
            return NOTHING
        entry, file_id, line = (np.concatenate(column) for column in zip(*map(cls._columns, some), strict=True))
        order = np.argsort(entry, kind="stable")
        return cls(entry[order], file_id[order], line[order])

    def _columns(self) -> tuple[Column, Column, Column]:
        return self.entry, self.file_id, self.line


NOTHING = Cited(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))


def _by_setting(batch: Batch, table: str, lines: Indices, rows: Indices) -> Cited:
    hospital = batch.line.lines.is_hospital[lines]
    return Cited.together(
        [
            Cited.rows(batch.line.pack, f"{table}_{setting}", np.where(hospital == is_hospital, rows, NONE))
            for setting, is_hospital in (("practitioner", False), ("hospital", True))
        ]
    )


def schedule_row(batch: Batch, lines: Indices) -> Cited:
    """The fee schedule row of each line's billed component, else of its code."""
    row = batch.line.row[lines]
    return Cited.rows(batch.line.pack, "schedule", np.where(row >= 0, row, batch.line.global_row[lines]))


def mue_row(batch: Batch, lines: Indices) -> Cited:
    """The MUE row of each line's code in its setting."""
    return _by_setting(batch, "mue", lines, batch.line.mue_row[lines])


def addon_row(batch: Batch, lines: Indices) -> Cited:
    """A row of the add-on file that binds each line's code."""
    return Cited.rows(batch.line.pack, "addon", batch.addon.row[lines])


def primary_rows(batch: Batch, lines: Indices) -> Cited:
    """The rows of the add-on file that tie each line to its primaries; else a row that binds its code."""
    entry, primary = beside(batch, batch.addon.tied, lines)
    rows = rows_in_force(batch.line, "addon", lines[entry], primary).row
    tied = Cited.rows(batch.line.pack, "addon", rows)
    own = batch.addon.row[lines]
    own[entry[tied.entry]] = NONE
    return Cited.together(
        [Cited(entry[tied.entry], tied.file_id, tied.line), Cited.rows(batch.line.pack, "addon", own)]
    )


def edit_row(batch: Batch, pairs: Indices) -> Cited:
    """The PTP row of each pair."""
    return _by_setting(batch, "ncci_ptp", batch.pair.column_1[pairs], batch.pair.edit_row[pairs])


def opps_row(batch: Batch, lines: Indices) -> Cited:
    """The addendum B row of each line's code."""
    return Cited.rows(batch.line.pack, "opps_status", batch.line.opps_row[lines])


def diagnosis_lines(batch: Batch, lines: Indices, chosen: Bools) -> Cited:
    """Where the chosen diagnoses of each line stand in the order file of the day (nowhere, if unknown)."""
    diagnosis = batch.diagnosis
    known = np.flatnonzero(chosen & (diagnosis.file_line > 0))
    entry, at = owned(diagnosis.owner[known], lines)
    found = known[at]
    files = batch.line.pack.column(DIAGNOSES, "files")
    release, position = diagnosis.release[diagnosis.owner[found]], diagnosis.position[found]
    return Cited(entry, files[release, position], diagnosis.file_line[found])


def taxonomy_line(batch: Batch, lines: Indices) -> Cited:
    """Where each line's taxonomy stands in the NUCC file of the day (nowhere, if it is not listed)."""
    taxonomy, pack = batch.taxonomy, batch.line.pack
    entry = np.flatnonzero(taxonomy.file_line[lines] > 0)
    listed = lines[entry]
    position = positions(pack.column("taxonomy", "codes"), taxonomy.texts.values)[taxonomy.texts.numbers[listed]]
    return Cited(
        entry, pack.column("taxonomy", "files")[taxonomy.release[listed], position], taxonomy.file_line[listed]
    )
