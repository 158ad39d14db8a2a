"""What the own tables say of image guidance: what a code is, what includes it, what is better said otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trocar.lookup.guidance_proof import own_evidence
from trocar.lookup.statement import Statement
from trocar.reference.law import IncludedGuidance, law


def guidance_facts(code: str, day: date) -> Iterator[Statement]:
    """The code as guidance, as a procedure that includes guidance, and better codes on that day."""
    own = law()
    if code in own.guidance:
        fact = own.guidance[code]
        values = {"kind": fact.kind, "modality": fact.modality, "once_per_encounter": fact.once_per_encounter}
        yield Statement(code, "guidance", " ".join(fact.words.split()), values)
    if code in own.needle_procedures:
        yield Statement(code, "guidance", "a needle procedure: image guidance may be for it", {"kind": "procedure"})
    included = [fact for fact in own.included if _in_force(fact.first, fact.last, day)]
    yield from (included_guidance(fact) for fact in included if fact.primary == code)
    within = sorted({fact.primary for fact in included if fact.guidance == code})
    if within:
        says = f"included in {len(within)} procedures, not reported apart for them: {', '.join(within)}"
        yield Statement(code, "included_in", says, {"procedures": within})
    for hint in own.use_instead:
        if hint.billed == code and _in_force(hint.first, hint.last, day):
            beside = f" beside {', '.join(sorted(hint.beside))}" if hint.beside else ""
            says = f"{code}{beside}: {' '.join(hint.words.split())} Look at {', '.join(hint.suggest)}."
            yield Statement(code, "use_instead", says, {"beside": sorted(hint.beside), "suggest": list(hint.suggest)})


def included_guidance(fact: IncludedGuidance) -> Statement:
    """One includes-guidance fact, with the evidence the table names for it."""
    says = f"{fact.primary} includes the guidance {fact.guidance}: {' '.join(fact.words.split())}"
    values = {
        "procedure": fact.primary,
        "guidance": fact.guidance,
        "first": fact.first.isoformat(),
        "last": fact.last.isoformat() if fact.last else None,
        "strength": fact.strength,
        "row": f"includes_guidance.toml [{fact.row}]",
        "evidence": own_evidence()[fact.row],
    }
    return Statement(f"{fact.primary}/{fact.guidance}", "included_guidance", says, values)


def facts_between(procedure: str, guidance: str, day: date) -> Iterator[Statement]:
    """The includes-guidance facts of an ordered pair in force on a day."""
    for fact in law().included:
        if (fact.primary, fact.guidance) == (procedure, guidance) and _in_force(fact.first, fact.last, day):
            yield included_guidance(fact)


def _in_force(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)
