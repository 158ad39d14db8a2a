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

from typing import Any

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """More than one unit counted in the encounter."""
    return batch.encounter.guidance_units > 1


def evidence(batch: Batch, encounter: int) -> dict[str, Any]:
    """The units counted, and the codes they stand on."""
    lines = batch.encounter.members(encounter).tolist()
    codes = ", ".join(sorted({batch.line.lines.hcpcs[line] for line in lines}))
    return {"guidance_units": int(batch.encounter.guidance_units[encounter]), "codes": codes}


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
