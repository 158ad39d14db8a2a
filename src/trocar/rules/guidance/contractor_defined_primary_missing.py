"""An add-on code whose primaries the contractor defines stands without a plausible one.

## Problem
For 77001, 76937 and some other add-on codes CMS leaves it to the contractor which primaries it accepts, all of them or
those beyond a short list. The claim has none that is plausible: nothing listed, or nothing at all to be added to.

## Fix
Look for the missing procedure (for 77001 and 76937 the vessel access or the central venous device) and bill it on the
same claim. If another procedure was the primary, check the contractor's own list before sending.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import addon_row
from trocar.rules.evidence import rest_of_the_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """No primary: by a list where there is one, else because nothing on the day is a procedure."""
    addon = batch.addon
    has_list = addon.listed | addon.has_own_list
    return addon.contractor_defined & addon.lacks_primary & (has_list | ~addon.procedure_beside)


RULES = (
    Rule(
        id="GD006",
        name="contractor-defined-primary-missing",
        subject="line",
        needs=("addon",),
        authority=("addon-types", "addon-file", "guidance-central-venous"),
        severity=Severity.REVIEW,
        carc="107",
        message="{hcpcs} is an add-on code and no plausible primary is on the claim that day ({others})",
        remedy="Bill the primary with line {line}, or check the contractor's list of primaries for {hcpcs}.",
        fires=fires,
        evidence=rest_of_the_day,
        cites=addon_row,
    ),
)
