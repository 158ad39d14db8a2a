"""Where authorities disagree on the guidance of procedures, grouped by what they disagree on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from trocar.engine.keys import CODE_BITS, NO_CODE
from trocar.engine.pack import Pack
from trocar.lookup.guidance_map import MapCell, map_rows, mapped_procedures
from trocar.lookup.guidance_verdict import CONFLICTS, DISAGREEMENTS
from trocar.reference.law import law

# The rules that go by the guidance map, and so stand in its conflicts: one denies nothing there, the other asks.
RULES_IN_CONFLICT = frozenset({"GD003", "GD004"})


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Procedures of which authorities say different things for one guidance code, on a day; why, in one sentence."""

    procedures: tuple[str, ...]
    guidance: str
    kinds: tuple[str, ...]
    reason: str

    def to_dict(self) -> dict[str, object]:
        """The disagreement as data, its kinds with what they say."""
        kinds = [{"kind": kind, "says": CONFLICTS[kind]} for kind in self.kinds]
        return {"procedures": list(self.procedures), "guidance": self.guidance, "kinds": kinds, "reason": self.reason}


def disagreements(pack: Pack, setting: str, day: date) -> list[Disagreement]:
    """All disagreements on a day, by guidance code and procedures; those on units alone are none of a procedure's."""
    told_of = _told_of(pack)
    procedures = [code for code in mapped_procedures(pack) if code in told_of]
    return disagreements_of(cell for row in map_rows(pack, setting, procedures, day) for cell in row.cells)


def _told_of(pack: Pack) -> set[str]:
    """Procedures that include a guidance by the law's table, and those that an add-on list names for one.

    Of the others an authority says one thing at most: the map of a whole store would be asked for nothing.
    """
    own = law()
    keys = pack.column("addon", "key")
    of_guidance = np.isin((keys >> CODE_BITS) & NO_CODE, pack.code_numbers(sorted(own.guidance)))
    listed = np.unique(keys[of_guidance] & NO_CODE)
    return {fact.primary for fact in own.included} | {code.decode() for code in pack.codes[listed].tolist()}


def disagreements_of(cells: Iterable[MapCell]) -> list[Disagreement]:
    """Cells of one day grouped by guidance code, kinds and reason."""
    found: dict[tuple[str, tuple[str, ...], str], list[str]] = defaultdict(list)
    for cell in cells:
        kinds = tuple(kind for kind in cell.decision.conflicts if kind in DISAGREEMENTS)
        if kinds:
            found[cell.guidance, kinds, in_short(cell)].append(cell.said.procedure)
    made = [Disagreement(tuple(sorted(codes)), *key) for key, codes in found.items()]
    return sorted(made, key=lambda one: (one.guidance, one.procedures, one.kinds))


def in_short(cell: MapCell) -> str:
    """The first sentence of the reason, and the own row that has the rest."""
    first = cell.decision.reason.partition(". ")[0].rstrip(".")
    row = f" (`{cell.said.fact.row}`)" if cell.said.fact else ""
    return f"{first}{row}"


def ranges(procedures: Sequence[str]) -> str:
    """Codes in order; three or more numbers in a row as first to last."""
    runs: list[list[str]] = []
    for code in sorted(procedures):
        follows = runs and code.isdigit() and runs[-1][-1].isdigit() and int(code) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(code)
        else:
            runs.append([code])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(run) for run in runs)
