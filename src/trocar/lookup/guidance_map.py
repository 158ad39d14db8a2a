"""The guidance map: procedure x guidance code -> verdict on a day, with the periods for which it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from trocar.engine.guidance import FIRST_VISIT, LAST_VISIT
from trocar.engine.pack import Pack
from trocar.lookup.guidance_files import FilesSay, change_days, files_say
from trocar.lookup.guidance_verdict import Decision, Verdict, decide
from trocar.reference.law import law

# The four ways to see a needle, by the code that is reported where guidance is separate.
MODALITIES: Mapping[str, str] = {"ultrasound": "76942", "fluoroscopy": "77002", "CT": "77012", "MR": "77021"}
_MODALITY_OF = {"ultrasound": "ultrasound", "fluoroscopy": "fluoroscopy", "ct": "CT", "mr": "MR", "any": "any"}
# Which verdict of several codes speaks for a modality: one that can be reported, else one that says it is inside.
_SPEAKS_FIRST = (Verdict.SEPARATE, Verdict.INCLUDED, Verdict.NOT_CHECKED, Verdict.NOT_REPORTABLE)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, on which one decision holds by the files held; the last span ends where they end."""

    first: date
    last: date
    decision: Decision


@dataclass(frozen=True, slots=True)
class MapCell:
    """One guidance code beside the procedure on the day: what is known, the decision, and its periods."""

    said: FilesSay
    decision: Decision
    spans: tuple[Span, ...] = ()

    @property
    def guidance(self) -> str:
        """The guidance code."""
        return self.said.guidance

    @property
    def modality(self) -> str:
        """``ultrasound``, ``fluoroscopy``, ``CT``, ``MR`` or ``any``."""
        return modality_of(self.guidance)


@dataclass(frozen=True, slots=True)
class MapRow:
    """A procedure with its cells, the four codes of needle guidance first, special ones where they matter."""

    procedure: str
    cells: tuple[MapCell, ...]

    def of_modality(self, modality: str) -> MapCell:
        """The cell that speaks for a modality: of a code that can be reported, else of one that is included."""
        found = [cell for cell in self.cells if cell.modality == modality]
        return min(found, key=lambda cell: _SPEAKS_FIRST.index(cell.decision.verdict))


def modality_of(guidance: str) -> str:
    """The modality of a guidance code as the map names it."""
    return _MODALITY_OF[law().guidance[guidance].modality]


def map_rows(pack: Pack, setting: str, procedures: Iterable[str], day: date) -> list[MapRow]:
    """The rows of some procedures on one day, without periods: one pass of the engine for all of them."""
    codes = _family()
    questions = [(procedure, guidance, day) for procedure in procedures for guidance in codes if guidance != procedure]
    by_procedure: dict[str, list[MapCell]] = {}
    for said in files_say(pack, setting, questions):
        if matters(said):
            by_procedure.setdefault(said.procedure, []).append(MapCell(said, decide(said)))
    return [MapRow(procedure, tuple(cells)) for procedure, cells in by_procedure.items()]


def guidance_map(pack: Pack, setting: str, procedure: str, day: date) -> MapRow:
    """The row of one procedure on a day; every cell with the periods of its decisions from the first day held."""
    codes = [code for code in _family() if code != procedure]
    changes, end = _days(pack, setting, procedure, codes)
    said = files_say(pack, setting, [(procedure, code, at) for code in codes for at in [day, *changes]])
    each = len(changes) + 1
    cells = []
    for start in range(0, len(said), each):
        today, then = said[start], said[start + 1 : start + each]
        if any(map(matters, (today, *then))):
            cells.append(MapCell(today, decide(today), tuple(_spans(then, end))))
    return MapRow(procedure, tuple(cells))


def _family() -> list[str]:
    """All guidance codes, needle guidance first."""
    first = list(MODALITIES.values())
    return [*first, *sorted(set(law().guidance) - set(first))]


def _days(pack: Pack, setting: str, procedure: str, codes: Sequence[str]) -> tuple[list[date], date]:
    """The days of change from the first fee schedule held on, and the last day of any table that decides."""
    releases = [file for table in ("schedule", f"ncci_ptp_{setting}") for file in pack.calendars[table].releases]
    if not releases:
        return [], date.max
    first, last = min(file.first for file in releases), max(file.last for file in releases)
    return [at for at in change_days(pack, setting, procedure, codes) if first <= at <= last], last


def _spans(said: Sequence[FilesSay], end: date) -> list[Span]:
    """Equal verdicts one after another as one span, with the reason of its first day."""
    spans: list[Span] = []
    last = end
    for one in reversed(said):
        decision = decide(one)
        if spans and spans[-1].decision.is_like(decision):
            spans[-1] = Span(one.day, spans[-1].last, decision)
        else:
            spans.append(Span(one.day, last, decision))
        last = date.fromordinal(one.day.toordinal() - 1)
    return spans[::-1]


def matters(said: FilesSay) -> bool:
    """Needle guidance always; another guidance code where anything ties it to the procedure."""
    if said.guidance in MODALITIES.values() or said.fact or said.edit_unknown:
        return True
    if said.hint and not said.hint.needle_procedure_only:
        return True
    if max(said.edit, said.reverse_edit, said.listed) >= 0:
        return True
    own = law()
    ablation = said.procedure in own.ablations and own.guidance[said.guidance].kind == "ablation"
    return ablation or said.procedure in own.contractor_primaries.get(said.guidance, ())


def mapped_procedures(pack: Pack) -> list[str]:
    """The procedures the map is about: every code the store answers for, but visits and guidance without guidance."""
    own = law()
    held = [pack.codes[number].decode() for number in np.flatnonzero(pack.in_scope()).tolist()]
    no_procedure = set(own.guidance) - own.included_primaries
    return [code for code in held if code not in no_procedure and not FIRST_VISIT <= code <= LAST_VISIT]
