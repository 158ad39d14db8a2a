"""A modifier lifts an NCCI edit, but nothing on the claim shows a separate site, side or session.

## Problem
The pair is an edit with modifier indicator 1, and a modifier (59, XE, XS, XP, XU or an anatomic one) lets both lines
pay. On its face the claim shows one site: no opposite sides, no visit. Auditors look for this first: the modifier is
right only for another organ, region, lesion or encounter, never merely because the codes or diagnoses differ.

## Fix
Find the second site, side, lesion or session in the report. If it is there, keep the modifier (the most exact one) and
the report with the claim. If it is not, take the modifier off and then the column 2 line with it.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import edit_row
from trocar.rules.evidence import column_1
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A bypass that rests on the word of a modifier alone."""
    return batch.pair.bypass_needs_proof


RULES = (
    Rule(
        id="NC003",
        name="bypass-without-separate-site",
        subject="pair",
        needs=("ncci_ptp",),
        authority=(
            "ptp-modifier-misuse",
            "ptp-paired-organs",
            "guidance-integral-bypass",
            "ptp-either-column",
            "ptp-either-line",
            "ptp-staged",
        ),
        severity=Severity.REVIEW,
        carc="236",
        message="a modifier lifts the NCCI edit {column_1}/{hcpcs}, and nothing shows a separate site, side or session",
        remedy="Keep the modifier only if the record shows the separate service; else remove it and line {line}.",
        fires=fires,
        evidence=column_1,
        cites=edit_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
