"""The taxonomy of the practitioner is not in the code set.

## Problem
The NUCC code set of the day does not list the taxonomy code of the rendering practitioner: it is mistyped, not yet in
force, or a code of a lookalike list. The claim is rejected before it is read.

## Fix
Copy the code from the provider registry, where it stands beside the NPI.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A taxonomy that NUCC does not list on the day."""
    return batch.taxonomy.unknown


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The taxonomy as written."""
    return {"taxonomy": batch.taxonomy.texts.of_lines(lines)}


RULES = (
    Rule(
        id="ID002",
        name="taxonomy-unknown",
        subject="line",
        needs=("taxonomy",),
        authority=("taxonomy-codes",),
        severity=Severity.DENY,
        carc="16",
        message="taxonomy {taxonomy} is not in the NUCC code set in force on {service_date}",
        remedy="Correct the taxonomy on line {line} from the provider registry.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
    ),
)
