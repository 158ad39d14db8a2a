"""Needle, ablation or drainage guidance stands on the claim without any procedure.

## Problem
76942, 77012, 77021 and their like are no add-on codes, so no add-on edit denies them alone; but they describe the
guidance of a procedure, and none is on the claim for that day. A visit is not one.

## Fix
If the same practitioner did the procedure, bill it on this claim. If another one did and bills it apart, keep the name
of the procedure and of its operator in the report. If nothing was guided, it was a diagnostic study with its own code.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import rest_of_the_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Guidance of a procedure, not an add-on, with nothing to be guided on its day."""
    guides = batch.guidance.of_kind("needle", "ablation", "drainage") & ~batch.addon.is_addon
    return guides & ~batch.guidance.procedure_beside


RULES = (
    Rule(
        id="GD005",
        name="guidance-without-procedure",
        subject="line",
        needs=("addon",),
        authority=("addon-not-invented", "guidance-one-unit"),
        severity=Severity.REVIEW,
        carc="107",
        message="{hcpcs} guides a procedure, and none is on the claim that day ({others})",
        remedy="Bill the guided procedure with line {line}, or make sure that its operator bills it apart.",
        fires=fires,
        evidence=rest_of_the_day,
    ),
)
