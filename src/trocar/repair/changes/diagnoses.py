"""Put the diagnosis in force in place of a dead or unfinished one, where one code alone can stand for it."""

from __future__ import annotations

from trocar.claims.model import ClaimLine, parse_diagnoses
from trocar.core.codes import Icd10
from trocar.core.finding import Finding
from trocar.repair.change import Change, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.judge import Judged
from trocar.repair.successors import diagnoses_instead

KIND = "diagnosis"
_MOST_NAMED = 12
_AUTHORITY = ("diagnosis-validity",)


def propose(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """DX001, DX002: each wrong diagnosis with one successor is replaced; for the others the choices are listed."""
    line = now.line_of(finding)
    changes, questions = [], []
    for code in parse_diagnoses(finding.evidence["diagnoses"]):
        instead = diagnoses_instead(line, code, now.batch.line.pack)
        if len(instead) == 1:
            changes.append(_replaced(line, code, instead[0]))
        else:
            questions.append(_question(line, code, instead))
    return Proposal(tuple(changes), decide=" ".join(questions))


def _replaced(line: ClaimLine, code: str, other: str) -> Change:
    diagnoses = tuple(dict.fromkeys(other if one == code else one for one in line.diagnoses))
    why = f"{Icd10(other).dotted} alone stands for {Icd10(code).dotted} on {line.service_date.isoformat()}"
    evidence = (f"a diagnosis in the note that {Icd10(other).dotted} says",)
    return Change(KIND, edits(line, {"diagnoses": diagnoses}), why, _AUTHORITY, evidence)


def _question(line: ClaimLine, code: str, instead: tuple[str, ...]) -> str:
    day, dotted = line.service_date.isoformat(), Icd10(code).dotted
    if not instead:
        return f"Which diagnosis in force on {day} does the record show in place of {dotted}?"
    named = ", ".join(Icd10(one).dotted for one in instead[:_MOST_NAMED])
    more = f" and {len(instead) - _MOST_NAMED} more" if len(instead) > _MOST_NAMED else ""
    return f"Which of {named}{more} does the record show in place of {dotted}? All are billable on {day}."


PROPOSERS = (Proposer(("DX001", "DX002"), propose),)
