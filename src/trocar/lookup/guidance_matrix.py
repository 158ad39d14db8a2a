"""Which procedures include which image guidance on a day: one code's row, or the column of one guidance code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trocar.knowledge import known_codes
from trocar.lookup.guidance_facts import included_guidance
from trocar.lookup.statement import Statement
from trocar.reference.law import IncludedGuidance, law

# The four ways to see a needle, by the code that is reported where guidance is separate.
MODALITIES: Mapping[str, str] = {"ultrasound": "76942", "fluoroscopy": "77002", "CT": "77012", "MR": "77021"}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A procedure and, by modality, the fact that includes its guidance; None where no fact says so."""

    procedure: str
    cells: Mapping[str, Statement | None]

    @property
    def included(self) -> int:
        """How many modalities are included."""
        return sum(cell is not None for cell in self.cells.values())


def guidance_matrix(code: str, day: date) -> list[MatrixRow]:
    """Rows for the code: itself when it is a procedure; for a guidance code the procedures that include it, those
    described here first.

    An empty cell says only that no held authority includes it; edits and add-on lists still decide.
    """
    in_force = [fact for fact in law().included if fact.first <= day and (fact.last is None or day <= fact.last)]
    if code in law().guidance:
        included = {fact.primary for fact in in_force if fact.guidance == code}
        procedures = sorted(included, key=_order)
    else:
        procedures = [code] if code in law().needle_procedures or any(fact.primary == code for fact in in_force) else []
    by_pair: dict[tuple[str, str], IncludedGuidance] = {(fact.primary, fact.guidance): fact for fact in in_force}
    return [
        MatrixRow(
            procedure,
            {
                modality: included_guidance(fact) if (fact := by_pair.get((procedure, guidance))) else None
                for modality, guidance in MODALITIES.items()
            },
        )
        for procedure in procedures
    ]


def _order(procedure: str) -> tuple[bool, bool, str]:
    """Codes described here first, category III codes last."""
    return procedure not in known_codes(), not procedure.isdigit(), procedure
