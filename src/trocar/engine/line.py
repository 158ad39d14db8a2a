"""The ``line`` subject: a claim line with every fact in force on its day.

Each property is one column, as long as the batch, computed when first asked for. Row numbers point into the
pack's tables and are -1 where there is no row. See ``docs/subjects/line.md`` for the table of columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trocar.core.once import once
from trocar.engine.in_force import NONE
from trocar.engine.lines import Bools, Column
from trocar.engine.npi import npi_fails
from trocar.engine.pack import Rows
from trocar.engine.scheduled import Numbers, Scheduled

NATIONAL = -2
UNKNOWN_PLACE = -1
# Authority opps-status; E is what older addenda say for E1 and E2.
NOT_PAID_BY_OPPS = (b"B", b"C", b"E", b"E1", b"E2", b"M", b"Y")
NPI_COLUMNS = ("rendering_npi", "billing_npi", "referring_npi")


class Line(Scheduled):
    """All lines of a batch, canonically ordered, against one pack and one law."""

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

    @once
    def opps_unpaid(self) -> Bools:
        """The OPPS status is one by which an outpatient hospital claim pays nothing."""
        return np.isin(self.opps_status, NOT_PAID_BY_OPPS)

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
