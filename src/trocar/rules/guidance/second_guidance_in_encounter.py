"""More than one unit of needle guidance at one encounter.

## Problem
Medicare pays one unit of any of 76942, 77002, 77003, 77012 and 77021 at one patient encounter, however many needles,
lesions, biopsies or injections were guided. Two modalities at one encounter are still one unit; which of them survives
follows from the direction of the edits between them.

## Fix
Leave one unit of the guidance that the edits let stand. A second encounter of the same day, with its own record, is
said with XE; it will still meet the unit limit and need an appeal.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.columns import codes_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """More than one unit counted in the encounter."""
    return batch.encounter.guidance_units > 1


def evidence(batch: Batch, encounters: Indices) -> Evidence:
    """The units counted, and the codes they stand on."""
    codes = [codes_of(batch, batch.encounter.members(encounter)) for encounter in encounters.tolist()]
    return {
        "guidance_units": batch.encounter.guidance_units[encounters],
        "codes": [", ".join(sorted(set(some))) for some in codes],
    }


RULES = (
    Rule(
        id="GD002",
        name="second-guidance-in-encounter",
        subject="encounter",
        needs=(),
        authority=("guidance-one-unit",),
        severity=Severity.DENY,
        carc="151",
        message="{guidance_units} units of needle guidance ({codes}) at one encounter; one unit of any of them is paid",
        remedy="Reduce the guidance to one unit in all; XE only for an encounter of its own on that day.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital"),
    ),
)
