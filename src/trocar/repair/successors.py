"""What stands for a dead code or diagnosis on a day of service: only what is in force then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.period import day_number
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack, positions
from trocar.knowledge.load import all_knowledge

_ICD10 = "icd10"


def codes_in_force(line: ClaimLine, codes: Iterable[str], pack: Pack) -> tuple[str, ...]:
    """The codes, in order, that the fee schedule lists on the line's day of service."""
    asked = tuple(dict.fromkeys(codes))
    if not asked:
        return ()
    lines = [replace(line, hcpcs=code, line=at, modifiers=()) for at, code in enumerate(asked, 1)]
    known = Batch(claim_table(lines), pack).line.code_known.tolist()
    return tuple(code for code, in_force in zip(asked, known, strict=True) if in_force)


def diagnoses_instead(line: ClaimLine, code: str, pack: Pack) -> tuple[str, ...]:
    """What is billable on the day in place of a diagnosis: the finer codes below it, else its known successors."""
    release = int(pack.calendars[_ICD10].on(np.array([day_number(line.service_date)], np.int32))[0])
    if release < 0:
        return ()
    below = [one for one in _below(code, pack) if _billable(one, release, pack)]
    return tuple(below) or tuple(one for one in _successors(code) if _billable(one, release, pack))


def _below(code: str, pack: Pack) -> list[str]:
    codes = pack.column(_ICD10, "codes")
    low, high = np.searchsorted(codes, [code.encode(), code.encode() + b"~"])
    return [text.decode() for text in codes[low:high].tolist() if text.decode() != code]


def _successors(code: str) -> tuple[str, ...]:
    known = (diagnosis for knowledge in all_knowledge() for diagnosis in knowledge.diagnoses)
    return next((diagnosis.successors for diagnosis in known if diagnosis.icd10 == code and diagnosis.successors), ())


def _billable(code: str, release: int, pack: Pack) -> bool:
    at = int(positions(pack.column(_ICD10, "codes"), [code])[0])
    return (
        at >= 0
        and bool(pack.column(_ICD10, "lines")[release, at])
        and bool(pack.column(_ICD10, "billable")[release, at])
    )
