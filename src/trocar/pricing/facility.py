"""Facility claims: what OPPS packages, and what Trocar does not price there (DOMAIN A19)."""

from __future__ import annotations

import numpy as np

from trocar.engine.line import Line
from trocar.pricing.ledger import Ledger, Status

# OPPS addendum D1: not paid by OPPS on this claim type, or not an outpatient service at all.
NOT_PAID_BY_OPPS = (b"B", b"C", b"E", b"E1", b"E2", b"M")


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
    packaged, unpaid = np.zeros((2, len(line)), np.bool_)
    at = np.flatnonzero(facility)
    packaged[at] = line.opps_status[at] == b"N"
    unpaid[at] = np.isin(line.opps_status[at], NOT_PAID_BY_OPPS)
    ledger.assume(ledger.open & packaged & lines.is_asc, "asc_packaged_as_opps")
    ledger.close(packaged, Status.PACKAGED, "packaged")
    ledger.close(unpaid, Status.NOT_PAYABLE, "not_paid_by_opps", indicator=line.opps_status)
    ledger.close(facility & lines.is_asc, Status.NOT_CHECKED, "asc_rates")
    ledger.close(facility, Status.NOT_CHECKED, "opps_rates", indicator=line.opps_status)
