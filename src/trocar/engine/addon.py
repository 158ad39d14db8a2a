"""Add-on facts of each line: which list binds it, and whether a listed primary stands beside it."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.dated_rows import ACTIVE, rows_in_force
from trocar.engine.distinct import distinct, spread
from trocar.engine.in_force import NONE
from trocar.engine.keys import CODE_BITS, NO_CODE, release_key
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices, Neighbours, any_by_left

CONTRACTOR_DEFINED = "CCCCC"
# Days of service of one batch lie within 65,536 days of each other.
_DAY_BITS = 16


class AddOn:
    """Add-on code edits against the lines of each claim-day (DOMAIN B3).

    Type 1 lists its primaries, type 2 leaves them to the contractor, type 3 does both. An add-on is paid only
    beside a payable primary of the same practitioner on the same date.
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        self.neighbours = neighbours
        self.listed = np.zeros(len(line), np.bool_)
        self.contractor_defined = np.zeros(len(line), np.bool_)
        self.row = np.full(len(line), NONE, np.int64)
        self._bind()

    @once
    def release(self) -> Indices:
        """Release of the add-on file that answers on each day: in force, or a later one that keeps history."""
        return self.line.pack.calendars["addon"].on_or_recorded_later(self.line.lines.day).astype(np.int64)

    def _bind(self) -> None:
        """Mark the lines whose code is an add-on on its day; a code has one row per primary.

        A book asks of few codes and days: each is bound once.
        """
        pack, line = self.line.pack, self.line
        (known,) = ((self.release >= 0) & (line.code >= 0)).nonzero()
        asked = known[pack.codes_of("addon")[line.code[known]]]
        if not len(asked):
            return
        days = line.lines.day[asked].astype(np.int64)
        first_day = int(days.min())
        key = release_key(self.release[asked], line.code[asked].astype(np.int64) << CODE_BITS)
        sample, which = distinct((key << _DAY_BITS) | (days - first_day))
        first, count = pack.rows_between("addon", sample >> _DAY_BITS, NO_CODE)
        owner, rows = spread(first, count)
        day = ((sample & ((1 << _DAY_BITS) - 1)) + first_day)[owner]
        live = (pack.column("addon", "effective")[rows] <= day) & (day <= pack.column("addon", "deletion")[rows])
        owner, rows = owner[live], rows[live]
        contractor = pack.code_number(CONTRACTOR_DEFINED)
        is_contractor = (pack.column("addon", "key")[rows] & NO_CODE) == contractor
        listed, defined, row = (
            np.zeros(len(sample), np.bool_),
            np.zeros(len(sample), np.bool_),
            np.full(len(sample), NONE),
        )
        listed[owner[~is_contractor]] = True
        defined[owner[is_contractor]] = True
        row[owner] = rows
        self.listed[asked], self.contractor_defined[asked], self.row[asked] = listed[which], defined[which], row[which]

    def primaries_of(self, line: int) -> list[str]:
        """The listed primaries of a line's code on its day, sorted; none for a code that is no add-on."""
        pack, day = self.line.pack, int(self.line.lines.day[line])
        if not self.listed[line]:
            return []
        key = release_key(self.release[[line]], self.line.code[[line]].astype(np.int64) << CODE_BITS)
        first, count = pack.rows_between("addon", key, NO_CODE)
        rows = np.arange(first[0], first[0] + count[0])
        live = (pack.column("addon", "effective")[rows] <= day) & (day <= pack.column("addon", "deletion")[rows])
        numbers = pack.column("addon", "key")[rows[live]] & NO_CODE
        numbers = numbers[numbers != pack.code_number(CONTRACTOR_DEFINED)]
        return sorted({pack.codes[number].decode() for number in numbers.tolist()})

    @once
    def is_addon(self) -> Bools:
        """The code is an add-on code on its day."""
        return self.listed | self.contractor_defined

    @once
    def closed_list(self) -> Bools:
        """Every acceptable primary is listed (type 1); the contractor may accept no other."""
        return self.listed & ~self.contractor_defined

    @once
    def tied(self) -> Bools:
        """Per neighbour pair (add-on left, primary right): the right line is a listed primary in force."""
        left, right, codes = self.neighbours.left, self.neighbours.right, self.line.lines.hcpcs
        tied = np.zeros(len(left), np.bool_)
        (listed,) = self.listed[left].nonzero()
        if len(listed):
            tied[listed] = rows_in_force(self.line, "addon", left[listed], right[listed]).state == ACTIVE
        if np.count_nonzero(self.contractor_defined):
            for addon, primaries in self.line.law.contractor_primaries.items():
                allowed = codes.is_in({addon}) & self.contractor_defined
                tied |= allowed[left] & codes.is_in(primaries)[right]
        return tied

    def _any(self, tied: Bools) -> Bools:
        return any_by_left(self.neighbours, tied, len(self.line))

    @once
    def has_primary(self) -> Bools:
        """A primary of the add-on by the same practitioner is on the claim-day."""
        return self._any(self.tied & self.line.lines.same_practitioner)

    @once
    def primary_by_another(self) -> Bools:
        """The only primaries on the claim-day are another practitioner's."""
        return self._any(self.tied) & ~self.has_primary

    @once
    def lacks_primary(self) -> Bools:
        """An add-on without any primary on the claim-day, whoever did it."""
        return self.is_addon & ~self._any(self.tied)

    @once
    def has_own_list(self) -> Bools:
        """A contractor-defined add-on for which ``law.contractor_primaries`` names plausible primaries."""
        return self.contractor_defined & self.line.lines.hcpcs.is_in(self.line.law.contractor_primaries.keys())

    def only_denied_primaries(self, denied: Bools) -> Bools:
        """Every primary of the add-on on the claim-day is denied itself."""
        payable = self.tied & self.line.lines.same_practitioner & ~denied[self.neighbours.right]
        return self.has_primary & ~self._any(payable)

    @once
    def procedure_beside(self) -> Bools:
        """Another line of the claim-day is neither an add-on nor guidance: something it could belong to."""
        guidance = self.line.lines.hcpcs.is_in(self.line.law.guidance.keys())
        return self._any((~self.is_addon & ~guidance)[self.neighbours.right])
