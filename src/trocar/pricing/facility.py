"""Facility claims: what OPPS packages, and what Trocar does not price there (DOMAIN A19)."""

from __future__ import annotations

import numpy as np

from trocar.engine.line import Line
from trocar.pricing.ledger import Ledger, Status


def decide_facility(line: Line, ledger: Ledger) -> None:
    """Answer hospital outpatient and ASC lines by their OPPS status indicator."""
    facility = ~line.lines.is_practitioner
    if not np.count_nonzero(facility):
        return
    lines = line.lines
    ledger.close(
        facility & (line.opps_release < 0), Status.NOT_CHECKED, "no_opps", clock=line.pack.clock, day=lines.day
    )
    ledger.close(facility & ~line.in_scope, Status.NOT_CHECKED, "outside_scope", hcpcs=lines.hcpcs)
    ledger.close(facility & (line.opps_row < 0), Status.NOT_CHECKED, "not_in_addendum_b", hcpcs=lines.hcpcs)
    packaged = facility & (line.opps_status == b"N")
    ledger.assume(ledger.open & packaged & lines.is_asc, "asc_packaged_as_opps")
    ledger.close(packaged, Status.PACKAGED, "packaged")
    ledger.close(facility & line.opps_unpaid, Status.NOT_PAYABLE, "not_paid_by_opps", indicator=line.opps_status)
    ledger.close(facility & lines.is_asc, Status.NOT_CHECKED, "asc_rates")
    other = facility & (line.opps_status == b"A")
    ledger.close(other, Status.NOT_CHECKED, "opps_other_schedule", indicator=line.opps_status)
    ledger.close(facility, Status.NOT_CHECKED, "opps_rates", indicator=line.opps_status)
