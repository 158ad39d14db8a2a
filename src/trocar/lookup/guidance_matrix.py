"""The rows of the guidance map that a page shows: one procedure, or the procedures that include one guidance code."""

from __future__ import annotations

from datetime import date

from trocar.engine.pack import Pack
from trocar.knowledge import known_codes
from trocar.lookup.guidance_map import MapRow, map_rows
from trocar.reference.law import law


def guidance_matrix(pack: Pack, setting: str, code: str, day: date) -> list[MapRow]:
    """Rows for the code: itself when it is a procedure; for a guidance code the procedures that include it, those
    described here first."""
    own = law()
    in_force = [fact for fact in own.included if fact.first <= day and (fact.last is None or day <= fact.last)]
    if code in own.guidance:
        procedures = sorted({fact.primary for fact in in_force if fact.guidance == code}, key=_order)
    else:
        is_procedure = code in own.needle_procedures or any(fact.primary == code for fact in in_force)
        procedures = [code] if is_procedure else []
    return map_rows(pack, setting, procedures, day)


def _order(procedure: str) -> tuple[bool, bool, str]:
    """Codes described here first, category III codes last."""
    return procedure not in known_codes(), not procedure.isdigit(), procedure
