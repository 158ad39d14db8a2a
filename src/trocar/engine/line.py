"""The ``line`` subject: a claim line with every fact in force on its day.

Each property is one column, as long as the batch, computed when first asked for. Row numbers point into the
pack's tables and are -1 where there is no row. See ``docs/subjects/line.md`` for the table of columns.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trocar.core.once import once
from trocar.engine.distinct import distinct
from trocar.engine.in_force import NONE
from trocar.engine.keys import COMPONENTS, release_key
from trocar.engine.lines import Bools, Column, Lines
from trocar.engine.npi import npi_fails
from trocar.engine.pack import Pack, Rows
from trocar.reference.law import Law

Numbers = NDArray[np.int64]
NATIONAL = -2
UNKNOWN_PLACE = -1
# Comparing with an array is cheaper than with a number, of which NumPy makes one each time.
_CHARACTERS = [np.array(number, np.uint8) for number in range(1 << 7)]
NPI_COLUMNS = ("rendering_npi", "billing_npi", "referring_npi")


def _any_equal(column: Column, first: Any, *others: Any) -> Bools:
    """Whether each entry of a column is one of some values; who asked before shares the array."""
    answer: Bools = column == first
    for value in others:
        answer |= column == value
    answer.flags.writeable = False
    return answer


class Line:
    """All lines of a batch, canonically ordered, against one pack and one law."""

    def __init__(self, lines: Lines, pack: Pack, law: Law) -> None:
        self.lines = lines
        self.pack = pack
        self.law = law

    def __len__(self) -> int:
        return len(self.lines)

    # --- the code and its schedule rows -------------------------------------------------------------

    @once
    def code(self) -> NDArray[np.int32]:
        """Code number in the pack, -1 for a code the store has never seen."""
        texts = self.lines.hcpcs
        return self.pack.code_numbers(texts.values)[texts.numbers]

    @once
    def in_scope(self) -> Bools:
        """The store answers for this code (always, for a full store)."""
        if not self.pack.catalog.scope:
            return np.ones(len(self), np.bool_)
        known = self.code >= 0
        return known & self.pack.in_scope()[np.where(known, self.code, 0)]

    @once
    def schedule_release(self) -> NDArray[np.int16]:
        """Fee schedule release in force on the day."""
        return self.pack.calendars["schedule"].on(self.lines.day)

    @once
    def component(self) -> NDArray[np.int8]:
        """The component billed: 0 global, 1 professional (26), 2 technical (TC), 3 discontinued (53)."""
        slot = np.zeros(len(self), np.int8)
        discontinued = self.lines.has("53")
        if np.count_nonzero(discontinued):
            slot[discontinued & (self._schedule_row(3) >= 0)] = 3
        slot[self.lines.has("TC")] = 2
        slot[self.lines.has("26")] = 1
        return slot

    @once
    def _service_rows(self) -> tuple[Rows, Numbers]:
        """Schedule rows of each code and release asked for, one column per component, and which of them a line is."""
        first = release_key(self.schedule_release, self.code.astype(np.int64) * len(COMPONENTS))
        asked, which = distinct(first)
        return self.pack.rows_of("schedule", asked[:, None] + np.arange(len(COMPONENTS))), which

    def _schedule_row(self, component: Any) -> Rows:
        rows, which = self._service_rows
        return rows.ravel().take(which * len(COMPONENTS) + component)

    @once
    def row(self) -> Rows:
        """Schedule row of the code with its billed component; the row that is priced."""
        return self._schedule_row(self.component)

    @once
    def global_row(self) -> Rows:
        """Schedule row of the code without component."""
        return self._schedule_row(0)

    @once
    def professional_row(self) -> Rows:
        """Schedule row of the 26 component."""
        return self._schedule_row(1)

    @once
    def technical_row(self) -> Rows:
        """Schedule row of the TC component."""
        return self._schedule_row(2)

    def of_row(self, name: str, rows: Rows, missing: Any = 0) -> Column:
        """A schedule column at some rows; ``missing`` where there is no row.

        At the rows that are priced it is an array for reading: who asked before shares it.
        """
        if rows is not self.row:
            return self.pack.values_at("schedule", name, rows, missing)
        if (name, missing) not in self._of_row:
            self._of_row[name, missing] = self.pack.values_at("schedule", name, rows, missing)
            self._of_row[name, missing].flags.writeable = False
        return self._of_row[name, missing]

    @once
    def _of_row(self) -> dict[tuple[str, Any], Column]:
        return {}

    def says(self, name: str) -> Bools:
        """Whether a yes-or-no column of the schedule says yes at the row that is priced."""
        return self.of_row(name, self.row).astype(np.bool_, copy=False)

    def has_effect(self, *effects: str) -> Bools:
        """The line carries a modifier of some effect classes (an array for reading, as of ``indicator_is``)."""
        if effects not in self._effects:
            self._effects[effects] = self.lines.has_any(self.law.modifiers_with(*effects))
        return self._effects[effects]

    @once
    def _effects(self) -> dict[tuple[str, ...], Bools]:
        return {}

    @once
    def modifier_unknown(self) -> Bools:
        """The line carries a modifier that the law table does not have."""
        return self.lines.has_any(self.lines.modifiers_present.difference(self.law.modifiers))

    def indicator(self, name: str) -> Column:
        """A one-character schedule indicator of the code as ASCII numbers (0 no row).

        Taken from the billed component's row, else from the global row.
        """
        if name not in self._indicators:
            self._indicators[name] = self.of_row(name, self._indicator_row)
        return self._indicators[name]

    @once
    def _indicator_row(self) -> Rows:
        return np.where(self.row >= 0, self.row, self.global_row)

    @once
    def _indicators(self) -> dict[str, Column]:
        return {}

    def indicator_is(self, name: str, values: str) -> Bools:
        """Whether a schedule indicator of the code is one of some characters (an array for reading, as of ``has``)."""
        if (name, values) not in self._indicated:
            self._indicated[name, values] = _any_equal(self.indicator(name), *(_CHARACTERS[ord(one)] for one in values))
        return self._indicated[name, values]

    @once
    def _indicated(self) -> dict[tuple[str, str], Bools]:
        return {}

    @once
    def code_known(self) -> Bools:
        """The code has a schedule row in force on the day (a few interpretations have the 26 row alone)."""
        return (self.global_row >= 0) | (self.professional_row >= 0)

    @once
    def global_days(self) -> Column:
        """Global period of the code (000 010 090 MMM XXX YYY ZZZ)."""
        return self.of_row("global_days", self.global_row, b"")

    def global_days_are(self, *periods: bytes) -> Bools:
        """Whether the global period of the code is one of some (an array for reading, as of ``indicator_is``)."""
        for period in periods:
            if period not in self._periods:
                self._periods[period] = _any_equal(self.global_days, period)
        return reduce(or_, [self._periods[period] for period in periods])

    @once
    def _periods(self) -> dict[bytes, Bools]:
        return {}

    @once
    def supervision(self) -> Column:
        """Level of supervision that the technical component needs (01 general, 02 direct, 03 personal, 09 none)."""
        return self.of_row("supervision", np.where(self.technical_row >= 0, self.technical_row, self.global_row), b"")

    # --- where ----------------------------------------------------------------------------------------

    @once
    def is_facility(self) -> Bools:
        """The place of service is paid at the facility rate."""
        return self._place_of_service.is_in(self.law.facility_places)

    @once
    def place_of_service_assigned(self) -> Bools:
        """The place of service is a number that Medicare assigns."""
        return self._place_of_service.is_in(self.law.facility_places | self.law.nonfacility_places)

    @once
    def place_of_service_given(self) -> Bools:
        """A place of service was given at all."""
        return self._place_of_service.numbers > 0

    @once
    def is_hospital_place(self) -> Bools:
        """The place of service is one whose patients are a hospital's."""
        return self._place_of_service.is_in(self.law.hospital_places)

    @once
    def _place_of_service(self) -> Any:
        return self.lines.texts("place_of_service")

    def place_of_service_in(self, places: frozenset[str]) -> Bools:
        """The place of service is one of some numbers."""
        answer: Bools = self._place_of_service.is_in(places)
        return answer

    @once
    def zip_release(self) -> NDArray[np.int16]:
        """ZIP file in force; where none is, the nearest one held (the line says so in ``assumed``)."""
        calendar = self.pack.calendars["zip_locality"]
        if calendar.is_empty:
            return calendar.on(self.lines.day)
        return calendar.on(np.minimum(np.maximum(self.lines.day, calendar.first_day), calendar.last_day))

    @once
    def zip_row(self) -> Rows:
        """Row of the ZIP in the ZIP-to-locality file."""
        zips = self.lines.texts("zip").map(lambda text: int(text) if text else NONE, np.int64)
        return self.pack.find("zip_locality", self.zip_release, zips)

    @once
    def zip_needs_plus_four(self) -> Bools:
        """The ZIP's locality depends on its plus-four extension, which claims here do not carry."""
        return self.pack.values_at("zip_locality", "plus_four", self.zip_row, False).astype(np.bool_, copy=False)

    @once
    def place(self) -> Numbers:
        """Payment locality: contractor x 100 + number, NATIONAL where none was given, UNKNOWN_PLACE if not found."""
        locality, mac, zips = (self.lines.texts(name) for name in ("locality", "mac", "zip"))
        place = self.pack.values_at("zip_locality", "place", self.zip_row, UNKNOWN_PLACE).astype(np.int64, copy=False)
        place[locality.is_in({"NATIONAL"}) | ((locality.numbers == 0) & (zips.numbers == 0))] = NATIONAL
        (given,) = mac.numbers.nonzero()
        if len(given):
            contractor = mac.map(lambda text: int(text) if text else 0, np.int64)
            number = locality.map(lambda text: int(text) if text.isdigit() else 0, np.int64)
            place[given] = (contractor * 100 + number)[given]
        return place

    @once
    def place_assumed_national(self) -> Bools:
        """Neither ZIP nor locality was given: the national amount stands in, and says so."""
        return (self.place == NATIONAL) & (self.lines.texts("locality").numbers == 0)

    @once
    def gpci_row(self) -> Rows:
        """Row of the locality's indices; -1 for the national amount and where the locality is unknown."""
        ordinals = self.pack.calendars["gpci"].on(self.lines.day)
        return self.pack.find("gpci", ordinals, np.where(self.place >= 0, self.place, NONE))

    # --- units ----------------------------------------------------------------------------------------

    @once
    def mue_release(self) -> NDArray[np.int16]:
        """MUE release in force for the line's setting."""
        return self.by_setting("mue", lambda table: self.pack.calendars[table].on(self.lines.day))

    @once
    def mue_row(self) -> Rows:
        """Row of the code's MUE in the table of the line's setting (hospital or practitioner, also for ASC)."""
        return self.by_setting("mue", lambda table: self.pack.find(table, self.mue_release, self.code))

    def by_setting(self, table: str, look_up: Any) -> Any:
        """Ask the practitioner table and, for hospital lines, the hospital table."""
        practitioner = look_up(f"{table}_practitioner")
        if not np.count_nonzero(self.lines.is_hospital):
            return practitioner
        return np.where(self.lines.is_hospital, look_up(f"{table}_hospital"), practitioner)

    @once
    def mue_value(self) -> Numbers:
        """Units allowed, -1 where there is no published value."""
        return self._of_mue("value")

    @once
    def mue_adjudication(self) -> Numbers:
        """MUE adjudication indicator: 1 line, 2 day absolute, 3 day; -1 where there is no MUE."""
        return self._of_mue("adjudication")

    def _of_mue(self, name: str) -> Numbers:
        def at(table: str) -> Column:
            own = self.mue_row < len(self.pack.column(table, name))
            return self.pack.values_at(table, name, np.where(own, self.mue_row, NONE), NONE)

        values: Numbers = self.by_setting("mue", at)
        return values

    # --- hospital -------------------------------------------------------------------------------------

    @once
    def opps_release(self) -> NDArray[np.int16]:
        """OPPS addendum B in force."""
        return self.pack.calendars["opps_status"].on(self.lines.day)

    @once
    def opps_row(self) -> Rows:
        """Row of the code in OPPS addendum B."""
        return self.pack.find("opps_status", self.opps_release, self.code)

    @once
    def opps_status(self) -> Column:
        """OPPS status indicator, empty where there is no row."""
        return self.pack.values_at("opps_status", "status_indicator", self.opps_row, b"")

    # --- who ------------------------------------------------------------------------------------------

    @once
    def practitioner(self) -> NDArray[np.int32]:
        """Rendering practitioner (a number per distinct NPI text, 0 where none was given)."""
        return self.lines.texts("rendering_npi").numbers

    @once
    def npi_fails(self) -> Bools:
        """A given NPI (rendering, billing or referring) is not ten digits or fails its check digit."""
        rendering, billing, referring = (self.lines.texts(name).map(npi_fails, np.bool_) for name in NPI_COLUMNS)
        return rendering | billing | referring

    def failing_npis(self, line: int) -> list[str]:
        """The NPIs of one line that fail, rendering before billing before referring, each once."""
        given = dict.fromkeys(self.lines.texts(name)[line] for name in NPI_COLUMNS)
        return [text for text in given if npi_fails(text)]

    @once
    def denied(self) -> Bools:
        """Denied by a payer already (``prior_outcome``); rules of the second stage see the first's denials too."""
        return self.lines.texts("prior_outcome").is_in({"DENY"})
