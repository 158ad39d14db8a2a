"""The status of the code says that Medicare does not pay it.

## Problem
The schedule lists the code so that its status can be seen: not covered, not valid for Medicare because another code
is used, bundled or excluded, or deleted. No amount is paid, whatever else the claim says.

## Fix
Look for the code that Medicare uses in its place, or take the line off. For a service that is not covered the patient
may be billed, with the notice that applies.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.evidence import status
from trocar.rules.rule import Rule

# E, M and X are what other systems pay or count: another rule tells of them.
STATUSES = "DFGHINP"


def fires(batch: Batch) -> Bools:
    """A status of codes that are not paid."""
    return batch.line.indicator_is("status", STATUSES)


RULES = (
    Rule(
        id="CD003",
        name="status-not-payable",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.DENY,
        carc="96",
        message="{hcpcs} has status {status}: {meaning}",
        remedy="Look for the code that Medicare uses instead of {hcpcs}, or remove line {line}.",
        fires=fires,
        evidence=status,
        cites=schedule_row,
    ),
)
