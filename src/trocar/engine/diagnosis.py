"""Diagnosis facts of each line: does ICD-10-CM of the day know each code, is it billable, which side is it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trocar.core.once import once
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column, Texts
from trocar.engine.neighbours import Indices
from trocar.engine.pack import positions

TABLE = "icd10"
# The anatomic modifiers that are on one side: fingers and toes of the left and the right, eyelids likewise.
LEFT_PARTS = ("FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4", "E1", "E2")
RIGHT_PARTS = ("F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9", "E3", "E4")


def _of_a_paired_part(code: str) -> bool:
    """Whether right or left in the code's title is the side of a paired part that could be operated on.

    It is not where the title speaks of a chamber of the heart or a vessel or half of the brain (I00-I69: left
    ventricular failure; Q20-Q28), of the left colon (K51.5), of a quadrant of the belly (R10, R19), nor where the
    code tells of a state and not of the reason for the service (Z: an artificial joint on the other side).
    """
    category = code[:3]
    heart_or_brain = "I00" <= category <= "I69" or "Q20" <= category <= "Q28"
    return not (heart_or_brain or category in {"R10", "R19"} or code.startswith(("K515", "Z")))


class Diagnosis:
    """Every diagnosis of every line: ``owner`` is its line, ``texts`` the code as written (without point)."""

    def __init__(self, line: Line) -> None:
        self.line = line
        column = line.lines.table["diagnoses"]
        lists = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        lengths = lists.value_lengths()
        counts = (lengths.fill_null(0) if lengths.null_count else lengths).to_numpy()
        self.owner: Indices = np.arange(len(line)).repeat(counts)
        self.texts = Texts.of(lists.flatten())

    @once
    def release(self) -> Column:
        """ICD-10-CM release in force on each line's day."""
        return self.line.pack.calendars[TABLE].on(self.line.lines.day)

    @once
    def position(self) -> Indices:
        """Position of each diagnosis among the code set's distinct codes, -1 unknown."""
        codes = self.line.pack.column(TABLE, "codes")
        return positions(codes, self.texts.values)[self.texts.numbers].astype(np.int64)

    @once
    def _asked(self) -> Bools:
        return self.release[self.owner] >= 0

    def _at(self, name: str, missing: int) -> Column:
        matrix = self.line.pack.column(TABLE, name)
        known = self._asked & (self.position >= 0)
        if not matrix.size:
            return np.full(len(self.owner), missing)
        values = matrix[np.maximum(self.release[self.owner], 0), np.maximum(self.position, 0)]
        return np.where(known, values, missing)

    @once
    def file_line(self) -> Indices:
        """Line of the order file, 0 where the code is not in the release of the day."""
        return self._at("lines", 0).astype(np.int64)

    @once
    def unknown(self) -> Bools:
        """Per diagnosis: not a code of the release in force."""
        return self._asked & (self.file_line == 0)

    @once
    def header(self) -> Bools:
        """Per diagnosis: a category of the release in force that needs more characters to be billed."""
        return self._asked & (self.file_line != 0) & ~self._at("billable", 0).astype(np.bool_)

    @once
    def _side(self) -> Column:
        sides = self.line.pack.column(TABLE, "side")
        if not len(sides):
            return np.zeros(len(self.owner), np.uint8)
        names_a_side = (self.file_line > 0) & self.texts.map(_of_a_paired_part, np.bool_)
        return np.where(names_a_side, sides[np.maximum(self.position, 0)], 0)

    def any(self, chosen: Bools) -> Bools:
        """Per line: any of its diagnoses is chosen."""
        answer = np.zeros(len(self.line), np.bool_)
        answer[self.owner[chosen]] = True
        return answer

    def _opposite(self, right: Bools, left: Bools) -> Bools:
        """Per diagnosis: its line is on one side, and the diagnosis names the other."""
        if not np.count_nonzero(right | left):
            return np.zeros(len(self.owner), np.bool_)
        only_right, only_left = (right & ~left)[self.owner], (left & ~right)[self.owner]
        return (only_right & (self._side == ord("L"))) | (only_left & (self._side == ord("R")))

    def _all_opposite(self, opposite: Bools) -> Bools:
        """Per line: every diagnosis that names a side is opposite."""
        if not np.count_nonzero(opposite):
            return np.zeros(len(self.line), np.bool_)
        sided = self.any(self.names_a_side & ~opposite)
        return self.any(opposite) & ~sided & ~self.any(self._side == ord("B"))

    @once
    def on_other_side(self) -> Bools:
        """Per diagnosis: it names the side opposite to the line's RT or LT."""
        return self._opposite(self.line.lines.has("RT"), self.line.lines.has("LT"))

    @once
    def side_conflict(self) -> Bools:
        """Per line: every diagnosis that names a side names the other one."""
        return self._all_opposite(self.on_other_side)

    @once
    def on_other_hand(self) -> Bools:
        """Per diagnosis: it names the side opposite to the line's finger, toe or eyelid."""
        return self._opposite(self.line.lines.has(*RIGHT_PARTS), self.line.lines.has(*LEFT_PARTS))

    @once
    def part_conflict(self) -> Bools:
        """Per line: a finger, toe or eyelid is named, and every diagnosis with a side names the other one."""
        return self._all_opposite(self.on_other_hand)

    @once
    def names_a_side(self) -> Bools:
        """Per diagnosis: it names the right or the left side."""
        return (self._side == ord("L")) | (self._side == ord("R"))

    @once
    def one_side_for_both(self) -> Bools:
        """Per line: it is done on both sides (50), and its diagnoses with a side all name the same one."""
        both = self.line.lines.has("50")
        if not np.count_nonzero(both):
            return both
        right, left = (self.any(self._side == ord(side)) for side in "RL")
        return both & (right ^ left) & ~self.any(self._side == ord("B"))


class TaxonomyFact:
    """The rendering practitioner's taxonomy against the NUCC code set of the day."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.texts = line.lines.texts("taxonomy")

    @once
    def release(self) -> Column:
        """NUCC release in force on each line's day."""
        return self.line.pack.calendars["taxonomy"].on(self.line.lines.day)

    @once
    def file_line(self) -> Indices:
        """Line of the NUCC file, 0 where the code is not in it, -1 where none was given or no release is held."""
        if not np.count_nonzero(self.texts.numbers):
            return np.full(len(self.line), NONE, np.int64)
        codes = self.line.pack.column("taxonomy", "codes")
        position = positions(codes, self.texts.values)[self.texts.numbers]
        matrix = self.line.pack.column("taxonomy", "lines")
        if not matrix.size:
            return np.full(len(self.line), NONE, np.int64)
        values = np.where(position >= 0, matrix[np.maximum(self.release, 0), np.maximum(position, 0)], 0)
        return np.where((self.texts.numbers > 0) & (self.release >= 0), values, NONE).astype(np.int64)

    @once
    def unknown(self) -> Bools:
        """A taxonomy was given that NUCC does not list on the day."""
        return self.file_line == 0

    @once
    def unusual_for_guidance(self) -> Bools:
        """A listed taxonomy that does not usually bill image guidance (editorial list)."""
        return (self.file_line > 0) & ~self.texts.is_in(self.line.law.guidance_taxonomies)
