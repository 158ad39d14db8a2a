"""Put the code in force in place of a dead one, where one code alone succeeds it."""

from __future__ import annotations

from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.evidence import documentation
from trocar.repair.judge import Judged
from trocar.repair.successors import codes_in_force

KIND = "code"


def propose(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """CD001: the one successor in force on the day; of several a person chooses."""
    line = now.line_of(finding)
    law = now.batch.line.law
    beside = {other.hcpcs for other in now.same_day(line)}
    hints = [
        hint
        for hint in law.use_instead
        if hint.billed == line.hcpcs
        and (not hint.beside or hint.beside & beside)
        and (not hint.needle_procedure_only or law.needle_procedures & beside)
    ]
    by_code = {code: hint for hint in reversed(hints) for code in hint.suggest}
    found = codes_in_force(line, (code for hint in hints for code in hint.suggest), now.batch.line.pack)
    changes = [
        Change(
            KIND,
            edits(line, {"hcpcs": code}),
            by_code[code].words.strip(),
            (by_code[code].authority,),
            documentation(code, frozenset({"26", "global"}), line.service_date),
        )
        for code in found
    ]
    if len(changes) == 1:
        return Proposal(tuple(changes))
    day = line.service_date.isoformat()
    if not changes:
        return Proposal(
            decide=f"Which code in force on {day} says what {line.hcpcs} on line {line.line} was billed for?"
        )
    options = tuple(
        Option(change, f"the record shows what {code} stands for") for code, change in zip(found, changes, strict=True)
    )
    decide = f"Which of {', '.join(found)} says what was done? All are in force on {day} and may follow {line.hcpcs}."
    return Proposal(options=options, decide=decide)


PROPOSERS = (Proposer(("CD001",), propose),)
