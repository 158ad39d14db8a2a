"""From what law and files say of a procedure with a guidance code to one verdict, and where they conflict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from trocar.lookup.guidance_files import FilesSay
from trocar.reference.law import law

# Statuses that are paid: by the schedule, or by the contractor.
_PAYABLE = frozenset("ARTC")


class Verdict(StrEnum):
    """What becomes of the guidance beside the procedure."""

    INCLUDED = "included"
    SEPARATE = "separately reportable"
    NOT_REPORTABLE = "not reportable"
    NOT_CHECKED = "not checked"


# Each kind of conflict between authorities, in own words.
CONFLICTS = {
    "included-without-edit": "the code or the manual includes the guidance, and the edit table of the day has no edit",
    "included-and-listed": "the code or the manual includes the guidance, and the add-on list has the procedure as its "
    "primary",
    "included-by-reading": "the inclusion is a reading of the code, or of the manual's general words",
    "edited-and-listed": "the edit denies the guidance, and the add-on list has the procedure as its primary",
    "units": "the manual allows one unit of needle guidance at an encounter, and the unit table allows more",
    "contractor-decides": "the contractor defines the primaries of this add-on code: there is no national list",
    "silent": "no edit, no add-on list and no passage of the manual names the pair: nothing forbids or grants it",
}
# Of these a person has to judge a billed line; the others only say how little the verdict rests on.
DISAGREEMENTS = frozenset(
    {"included-without-edit", "included-and-listed", "included-by-reading", "edited-and-listed", "units"}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with its reason in own words, and the kinds of ``CONFLICTS`` that stand in its way."""

    verdict: Verdict
    reason: str
    conflicts: tuple[str, ...] = ()

    @property
    def strength(self) -> str:
        """What a check makes of the guidance billed beside the procedure: ``deny``, ``review`` or nothing."""
        if self.verdict in (Verdict.SEPARATE, Verdict.NOT_CHECKED):
            return ""
        return "deny" if DISAGREEMENTS.isdisjoint(self.conflicts) else "review"

    def is_like(self, other: Decision) -> bool:
        """The same verdict with the same conflicts, for whatever reason."""
        return (self.verdict, self.conflicts) == (other.verdict, other.conflicts)


def decide(said: FilesSay) -> Decision:
    """The first that decides: the code's life, inclusion, an edit, the add-on list, silence; then the conflicts."""
    verdict, reason, basis = next(_grounds(said))
    conflicts = dict.fromkeys([*basis, *_units(said, verdict)])
    return Decision(verdict, reason, tuple(conflicts))


def _grounds(said: FilesSay) -> Iterator[tuple[Verdict, str, list[str]]]:
    procedure, guidance = said.procedure, said.guidance
    if said.schedule_held:
        yield from _not_payable(said)
    if said.fact:
        yield Verdict.INCLUDED, " ".join(said.fact.words.split()), list(_against_inclusion(said))
    if said.edit >= 0:
        yield Verdict.NOT_REPORTABLE, _edited(said), ["edited-and-listed"] if said.listed >= 0 else []
    if said.reverse_edit >= 0:
        yield Verdict.NOT_REPORTABLE, f"an edit pays {guidance} and denies {procedure}: they do not go together", []
    if said.hint:
        words, instead = " ".join(said.hint.words.split()), ", ".join(said.hint.suggest)
        yield Verdict.NOT_REPORTABLE, f"{words} Look at {instead}.", []
    if said.closed_list and said.listed < 0:
        reason = f"{guidance} is an add-on code with a closed list of primaries, and {procedure} is not on it"
        yield Verdict.NOT_REPORTABLE, reason, []
    if said.edit_unknown:
        yield Verdict.NOT_CHECKED, "the table has the edit, but not since when: it may not have begun", []
    if not said.edits_held:
        yield Verdict.NOT_CHECKED, "no edit table in the store covers the day", []
    if law().guidance[guidance].addon_type and not said.addons_held:
        yield Verdict.NOT_CHECKED, f"{guidance} is an add-on code, and no add-on table in the store covers the day", []
    yield from _separate(said)


def _not_payable(said: FilesSay) -> Iterator[tuple[Verdict, str, list[str]]]:
    for code, row in ((said.procedure, said.procedure_row), (said.guidance, said.guidance_row)):
        if row < 0:
            yield Verdict.NOT_REPORTABLE, f"{code} is not in the fee schedule of the day", []
    if said.guidance_status not in _PAYABLE:
        reason = f"{said.guidance} has status {said.guidance_status}: Medicare does not pay it on this schedule"
        yield Verdict.NOT_REPORTABLE, reason, []
    if said.mue_value == 0:
        yield Verdict.NOT_REPORTABLE, f"the unit limit of {said.guidance} is zero", []


def _against_inclusion(said: FilesSay) -> Iterator[str]:
    if said.edits_held and said.edit < 0 and not said.edit_unknown:
        yield "included-without-edit"
    if said.listed >= 0:
        yield "included-and-listed"
    if said.fact and said.fact.strength == "review":
        yield "included-by-reading"


def _edited(said: FilesSay) -> str:
    words = f"an edit pays {said.procedure} and denies {said.guidance}"
    if said.hint:
        return f"{words}. {' '.join(said.hint.words.split())}"
    return f"{words}; no authority held says that the imaging is inside the code"


def _separate(said: FilesSay) -> Iterator[tuple[Verdict, str, list[str]]]:
    procedure, guidance = said.procedure, said.guidance
    if said.listed >= 0:
        yield Verdict.SEPARATE, f"no edit, and {procedure} is a listed primary of the add-on code {guidance}", []
    if law().guidance[guidance].addon_type and said.addon >= 0:
        known = procedure in law().contractor_primaries.get(guidance, ())
        own = "is" if known else "is not"
        reason = f"no edit; {guidance} is an add-on code by contractor's list, and {procedure} {own} usual among them"
        yield Verdict.SEPARATE if known else Verdict.NOT_REPORTABLE, reason, ["contractor-decides"]
    yield Verdict.SEPARATE, "no edit, no inclusion; an add-on list does not bind it", ["silent"]


def _units(said: FilesSay, verdict: Verdict) -> Iterator[str]:
    once = law().guidance[said.guidance].once_per_encounter
    if verdict is Verdict.SEPARATE and once and said.mue_value > 1:
        yield "units"
