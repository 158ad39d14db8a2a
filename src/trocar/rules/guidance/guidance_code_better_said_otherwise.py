"""A procedure and its guidance are billed as two codes where one code says both, or the guidance has another code.

## Problem
Some procedures come in twins, without imaging and with it. The claim bills the twin without imaging and the guidance
beside it; the pair mostly falls to an edit, and the right code would have been paid.

## Fix
If the record meets the twin with imaging (a stored image and a report among it), bill that code alone. If it does not,
bill the procedure without imaging and take the guidance off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import better_said
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A hint about two codes of the day; codes that are wrong by themselves belong to other rules."""
    return (batch.better_said.beside >= 0) & ~batch.guidance.of_kind("therapy_field")


RULES = (
    Rule(
        id="GD008",
        name="guidance-code-better-said-otherwise",
        subject="line",
        needs=(),
        authority=("guidance-included", "guidance-joint-twins"),
        severity=Severity.INFO,
        carc="236",
        message="{hcpcs} beside {beside}: {words}",
        remedy="Look at {suggest} in place of {hcpcs} and {beside}, if the record supports it.",
        fires=fires,
        evidence=better_said,
        settings=("practitioner", "hospital", "asc"),
        at_risk=False,
    ),
)
