"""A hospital bills a service that OPPS does not pay on an outpatient claim.

## Problem
Addendum B gives the code a status by which an outpatient hospital claim pays nothing for it: not taken on such a claim
(B), for inpatients alone (C), not covered (E1) or without a price (E2), billed elsewhere (M, Y).

## Fix
Look for the code that hospitals bill in its place, such as G0463 for an office visit. A procedure for inpatients is
paid on the inpatient claim of a patient who was admitted for it.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import opps_row
from trocar.rules.rule import Evidence, Rule

MEANING = {
    "B": "not taken on an outpatient hospital claim",
    "C": "paid for inpatients only",
    "E": "not paid",
    "E1": "not covered for outpatients",
    "E2": "covered, but without a price",
    "M": "not billed to this contractor",
    "Y": "equipment, billed to its own contractor",
}


def fires(batch: Batch) -> Bools:
    """An OPPS status by which nothing is paid."""
    return batch.line.opps_unpaid


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The status of each code and what it means."""
    letters = batch.line.opps_status[lines].astype(str).tolist()
    return {"status": letters, "meaning": [MEANING[letter] for letter in letters]}


RULES = (
    Rule(
        id="CD009",
        name="status-not-paid-under-opps",
        subject="line",
        needs=("opps_status",),
        authority=("opps-status",),
        severity=Severity.DENY,
        carc="96",
        message="{hcpcs} has OPPS status {status}: {meaning}",
        remedy="Look for the code that hospitals bill in place of {hcpcs}, or the claim that line {line} belongs to.",
        fires=fires,
        evidence=evidence,
        cites=opps_row,
        settings=("hospital",),
    ),
)
