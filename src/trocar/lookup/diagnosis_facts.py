"""The diagnoses that a knowledge file gives as examples: valid on the day, or what replaced them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from trocar.core.cite import Citation
from trocar.core.codes import Icd10
from trocar.engine.pack import positions
from trocar.knowledge.model import Diagnosis
from trocar.lookup.asked import Asked

_TABLE = "icd10"


class Validity(StrEnum):
    """Whether ICD-10-CM of the day takes a code on a claim."""

    VALID = "valid"
    HEADER = "header"
    ABSENT = "absent"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class DiagnosisOnDay:
    """One code on the day; ``note`` says what is wrong with it, or why it could not be checked."""

    code: str
    validity: Validity
    note: str
    citations: tuple[Citation, ...]

    @property
    def dotted(self) -> str:
        """The code with its point."""
        return Icd10(self.code).dotted


@dataclass(frozen=True, slots=True)
class DiagnosisExample:
    """An example with its validity; ``instead`` are its successors, when it is not valid on the day."""

    example: Diagnosis
    on_day: DiagnosisOnDay
    instead: tuple[DiagnosisOnDay, ...]


def examples_on_day(asked: Asked, examples: Sequence[Diagnosis]) -> list[DiagnosisExample]:
    """Each example with its validity on the day, in order; successors stand in for one that is not valid."""
    answer = []
    for example in examples:
        on_day = diagnosis_on_day(asked, example.icd10)
        over = on_day.validity in (Validity.HEADER, Validity.ABSENT) or not example.holds_on(asked.day)
        instead = tuple(diagnosis_on_day(asked, code) for code in example.successors) if over else ()
        answer.append(DiagnosisExample(example, on_day, instead))
    return answer


def diagnosis_on_day(asked: Asked, code: str) -> DiagnosisOnDay:
    """Whether a code (without point) is billable on the day, by the ICD-10-CM release in force."""
    ordinal = asked.release(_TABLE)
    if ordinal < 0:
        why = f"no ICD-10-CM release in the store covers {asked.day.isoformat()}"
        return DiagnosisOnDay(code, Validity.NOT_CHECKED, why, ())
    release = asked.release_name(_TABLE, ordinal)
    at = int(positions(asked.pack.column(_TABLE, "codes"), [code])[0])
    line = int(asked.pack.column(_TABLE, "lines")[ordinal, at]) if at >= 0 else 0
    if not line:
        return DiagnosisOnDay(code, Validity.ABSENT, f"not a code of {release}", ())
    cited = (asked.pack.cite_line(int(asked.pack.column(_TABLE, "files")[ordinal, at]), line),)
    if not asked.pack.column(_TABLE, "billable")[ordinal, at]:
        return DiagnosisOnDay(code, Validity.HEADER, f"a heading in {release}: it needs more characters", cited)
    return DiagnosisOnDay(code, Validity.VALID, "", cited)
