"""Say a procedure and its imaging by the one code that holds both: only where a person confirms the facts."""

from __future__ import annotations

from decimal import Decimal

from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, edits
from trocar.repair.evidence import documentation
from trocar.repair.judge import Judged
from trocar.repair.successors import codes_in_force

_FACT = "a permanently stored image and a report of the imaging guidance for {hcpcs}, as {suggest} asks"


def twin_options(now: Judged, finding: Finding) -> tuple[Option, ...]:
    """For an edit between a procedure and guidance that one code says together: that code, by day of service."""
    column_1 = finding.evidence.get("column_1_line")
    if column_1 is None:
        return ()
    lines = [now.by_key[finding.claim_id, number] for number in (int(column_1), finding.line)]
    hint = now.batch.better_said.of_pair(*(now.at[finding.claim_id, line.line] for line in lines))
    if hint is None:
        return ()
    procedure = next(line for line in lines if line.hcpcs == hint.billed)
    guidance = next(line for line in lines if line is not procedure)
    answer = []
    for suggest in codes_in_force(procedure, hint.suggest, now.batch.line.pack):
        changed = edits(procedure, {"hcpcs": suggest}) + edits(
            guidance, {"not_billed": True, "charge": Decimal("0.00")}
        )
        held = documentation(suggest, frozenset({"global"}), procedure.service_date)
        change = Change("one-code", changed, hint.words.strip(), (hint.authority,), held)
        answer.append(Option(change, _FACT.format(hcpcs=procedure.hcpcs, suggest=suggest)))
    return tuple(answer)
