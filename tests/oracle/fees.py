"""The fee of one unit of one schedule row in one place: the formula of RVU25D.pdf, sheet 2, and the cap of A16."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oracle.money import cents
from oracle.store_reader import Reference, Row
from trocar.claims.model import ClaimLine

# Conversion factor of qualifying participants of an advanced payment model (payment.toml, DOMAIN A3).
QUALIFYING_FACTOR = {2026: Decimal("33.5675")}
# DOMAIN A5.
FACILITY = {"02", "06", "08", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"}
NONFACILITY = {
    "01",
    "03",
    "04",
    "05",
    "07",
    "09",
    "10",
    "11",
    "12",
    "13",
    "14",
    "15",
    "16",
    "17",
    "18",
    "20",
    "25",
    "27",
    "32",
    "33",
    "49",
    "50",
    "54",
    "55",
    "57",
    "58",
    "60",
    "62",
    "65",
    "66",
    "71",
    "72",
    "81",
    "99",
}
# Places whose patients are a hospital's, psychiatric hospitals included.
HOSPITAL = {"19", "21", "22", "23", "51", "52"}


@dataclass(frozen=True)
class Place:
    """Where a line is paid: the three indices, the practice expense column, the conversion factor if not the row's."""

    work: Decimal
    practice_expense: Decimal
    malpractice: Decimal
    facility: bool
    factor: Decimal | None

    def fee(self, row: Row, practice_expense_share: Decimal = Decimal(1)) -> Decimal:
        """``round((W*gW + PE*gPE + MP*gMP) * CF)``, rounded once at the very end."""
        practice_expense = row["facility_pe"] if self.facility else row["nonfacility_pe"]
        return self._amount(row, Decimal(practice_expense) * practice_expense_share, row["malpractice"])

    def cap(self, row: Row) -> Decimal | None:
        """The hospital outpatient cap of the row; None when the row has no such amounts."""
        practice_expense = row["opps_facility_pe"] if self.facility else row["opps_nonfacility_pe"]
        if not practice_expense and not row["opps_malpractice"]:
            return None
        return self._amount(row, Decimal(practice_expense), row["opps_malpractice"])

    def practice_expense_of(self, row: Row) -> Decimal:
        """The practice expense of one unit in relative values times the index: what therapy units are ranked by."""
        return (row["facility_pe"] if self.facility else row["nonfacility_pe"]) * self.practice_expense

    def _amount(self, row: Row, practice_expense: Decimal, malpractice: int) -> Decimal:
        factor = self.factor or Decimal(row["conversion_factor"]) / 10_000
        units = (
            row["work"] * self.work + practice_expense * self.practice_expense + malpractice * self.malpractice
        ) / 100
        return cents(units * factor)


def place_of(line: ClaimLine, reference: Reference) -> Place | None:
    """The place a line is paid in; None when it can't be known (the line is then not checked)."""
    indices = _indices(line, reference)
    if indices is None:
        return None
    factor = QUALIFYING_FACTOR.get(line.service_date.year) if line.qualifying_apm else None
    return Place(*indices, facility=line.place_of_service in FACILITY, factor=factor)


def _indices(line: ClaimLine, reference: Reference) -> tuple[Decimal, Decimal, Decimal] | None:
    if line.locality == "NATIONAL" or (line.locality is None and line.zip is None):
        return Decimal(1), Decimal(1), Decimal(1)
    mac, locality = line.mac, line.locality
    if mac is None or locality is None:
        found = _locality_of_zip(line.zip, line.service_date, reference)
        if found is None:
            return None
        mac, locality = found
    file = reference.in_force("gpci", line.service_date)
    row = reference.gpci.get((file.file_id, mac, locality)) if file else None
    if row is None:
        return None
    return tuple(Decimal(row[name]) / 1000 for name in ("work", "practice_expense", "malpractice"))  # type: ignore[return-value]


def _locality_of_zip(zip_code: str | None, day: date, reference: Reference) -> tuple[str, str] | None:
    """By the ZIP file in force, or by the nearest one held (which the engine confesses as assumed)."""
    files = reference.files_of("zip_locality")
    if zip_code is None or not files:
        return None
    file = min(files, key=lambda f: max((f.first - day).days, (day - f.last).days, 0))
    row = reference.zips.get((file.file_id, zip_code))
    return (row["mac"], row["locality"]) if row else None
