"""The OPPS cap of the Deficit Reduction Act, section 5102(b) (DOMAIN A16)."""

from __future__ import annotations

import numpy as np

from trocar.engine.line import Line
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Ledger
from trocar.pricing.physician import Rates

REDUCED_APART = ("imaging_family", "cardiovascular_family", "ophthalmology_family")


def opps_cap(line: Line, rates: Rates, ledger: Ledger, procedures: Indices) -> None:
    """The lower of the amount and the OPPS payment amount, for rows that have one.

    Lines of an imaging family were capped with their technical component already.
    """
    has_cap = (line.of_row("opps_malpractice", line.row) > 0) | (line.of_row("opps_nonfacility_pe", line.row) > 0)
    done = np.zeros(len(line), np.bool_)
    for step in ledger.steps:
        if step.name in REDUCED_APART:
            done |= step.where
    (at,) = (has_cap & ~done & ledger.open).nonzero()
    if not len(at):
        return
    cap = np.full(len(line), np.iinfo(np.int64).max)
    cap[at] = rates.fee(line.row[at], at, opps=True) * procedures[at]
    ledger.step("opps_cap", cap < ledger.amount, cap, cap=cap)
