"""The evidence of a cell of the guidance map: the rows of files, of the own tables, pages of the manual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from trocar.core.cite import Citation
from trocar.engine.keys import COMPONENTS
from trocar.lookup.asked import Asked
from trocar.lookup.guidance_files import FilesSay
from trocar.reference.authorities import authorities
from trocar.reference.law import law, parameters


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence: ``kind`` names the authority; ``citation`` where it is a row of a publisher's file."""

    kind: str
    says: str
    citation: Citation | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape; a passage of the manual or an own row has its place in ``says``."""
        shape: dict[str, Any] = {"kind": self.kind, "says": self.says}
        return shape | ({"citation": self.citation.to_dict()} if self.citation else {})


@cache
def own_evidence() -> Mapping[str, list[dict[str, Any]]]:
    """The evidence of each row of the includes-guidance table, by the row's name."""
    return {row["id"]: row["evidence"] for row in parameters("includes_guidance")["row"]}


def proofs(asked: Asked, said: FilesSay, setting: str) -> tuple[Proof, ...]:
    """Everything that bears on the cell: edits, add-on list, unit limit, schedule rows, own tables, the manual."""
    return (
        *_edits(asked, said, f"ncci_ptp_{setting}"),
        *_addon(asked, said),
        *_rows(asked, said, f"mue_{setting}"),
        *_own(asked, said),
    )


def _edits(asked: Asked, said: FilesSay, table: str) -> Iterator[Proof]:
    pairs = (
        (said.edit, said.procedure, said.guidance),
        (said.reverse_edit, said.guidance, said.procedure),
    )
    for row, paid, denied in pairs:
        if row >= 0:
            indicator = int(asked.pack.column(table, "modifier_indicator")[row])
            rationale = asked.rationales(table, [row])[0]
            why = f"; rationale: {rationale}" if rationale else ""
            yield Proof("edit", f"edit {paid}/{denied}, indicator {indicator}{why}", asked.pack.cite(table, row))
    if said.edit < 0 and said.edits_held and not said.edit_unknown:
        release = asked.release_name(table, asked.release(table, recorded_later=True))
        yield Proof("no_edit", f"no edit {said.procedure}/{said.guidance} in {release}")


def _addon(asked: Asked, said: FilesSay) -> Iterator[Proof]:
    if said.listed >= 0:
        words = f"{said.procedure} is a listed primary of {said.guidance}"
        yield Proof("addon", words, asked.pack.cite("addon", said.listed))
    elif said.addon >= 0:
        kind = int(asked.pack.column("addon", "edit_type")[said.addon])
        words = f"{said.guidance} is an add-on code of type {kind}; {said.procedure} is not among its listed primaries"
        yield Proof("addon", words, asked.pack.cite("addon", said.addon))
    elif said.addons_held:
        yield Proof("no_addon", f"{said.guidance} is no add-on code: no list of primaries binds it")


def _rows(asked: Asked, said: FilesSay, mue: str) -> Iterator[Proof]:
    if said.mue >= 0:
        yield Proof("mue", f"{said.guidance}: {said.mue_value} a day at most", asked.pack.cite(mue, said.mue))
    for code, row in ((said.procedure, said.procedure_row), (said.guidance, said.guidance_row)):
        if row >= 0:
            status = chr(int(asked.pack.column("schedule", "status")[row]))
            yield Proof("schedule", f"{code}: status {status}", asked.pack.cite("schedule", row))
        elif said.schedule_held:
            release = asked.release_name("schedule", asked.release("schedule"))
            yield Proof("no_schedule_row", f"{code} is not in {release}")


def _own(asked: Asked, said: FilesSay) -> Iterator[Proof]:
    if said.fact:
        days = f"from {said.fact.first.isoformat()}" + (f" to {said.fact.last.isoformat()}" if said.fact.last else "")
        yield Proof("own", f"includes_guidance.toml [{said.fact.row}], {days}, strength {said.fact.strength}")
        for proof in own_evidence()[said.fact.row]:
            yield from _of_own_row(asked, said, proof)
    if said.hint:
        yield Proof("own", f"guidance_family.toml, use_instead {said.hint.billed} -> {', '.join(said.hint.suggest)}")
        yield _manual(said.hint.authority)
    if said.procedure in law().contractor_primaries.get(said.guidance, ()):
        row = parameters("contractor_defined_primaries")["addon"][said.guidance]
        yield Proof("own", f"contractor_defined_primaries.toml [addon.{said.guidance}]: editorial, no list of CMS")
        yield _manual(row["authority"])


def _of_own_row(asked: Asked, said: FilesSay, proof: Mapping[str, Any]) -> Iterator[Proof]:
    """What the own row rests on beyond the rows of the day: a passage of the manual, a label of the schedule."""
    if proof["kind"] == "manual":
        yield _manual(proof["authority"], proof["page"])
    elif proof["kind"] == "schedule" and said.procedure in proof.get("primary", [said.procedure]):
        release = proof["release"].upper()
        names = [file.release for file in asked.pack.calendars["schedule"].releases]
        if release in names:
            number = asked.number(said.procedure) * len(COMPONENTS)
            row = int(asked.pack.find("schedule", np.array([names.index(release)]), np.array([number]))[0])
            has = "lacks" if proof.get("absent") else "has"
            words = f"the short label of {said.procedure} {has} the mark of imaging"
            yield Proof("schedule", words, asked.pack.cite("schedule", row) if row >= 0 else None)


def _manual(key: str, page: int | None = None) -> Proof:
    authority = authorities()[key]
    sheet = f", sheet {page}" if page else ""
    where = f"{authority.file or 'not held'}: {authority.where}{sheet}"
    return Proof("manual", f"{authority.says} ({' '.join(where.split())}; {key}, {authority.tag})")
