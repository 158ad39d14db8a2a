"""Fine needle aspiration and another biopsy on one day.

## Problem
Of one lesion either the fine needle aspiration or the other biopsy is reported. The claim has both, nothing says
that there were two lesions, and no edit ties the two.

## Fix
Look in the report for two lesions. If there were, set one apart with 59 or XS; if not, leave the procedure that
gave the diagnosis.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC008",
        "fine-needle-and-core-of-one-lesion",
        ("fna-and-biopsy",),
        message="{hcpcs} and {beside} on line {beside_line}: {words}",
    ),
)
