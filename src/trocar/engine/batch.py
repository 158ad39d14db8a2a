"""One batch prepared: the five subjects over the same lines, each built once, when first asked for."""

from __future__ import annotations

import pyarrow as pa

from trocar.core.once import once
from trocar.engine.addon import AddOn
from trocar.engine.better_said import BetterSaid
from trocar.engine.claim import Claim
from trocar.engine.day import Day
from trocar.engine.diagnosis import Diagnosis, TaxonomyFact
from trocar.engine.encounter import Encounter
from trocar.engine.filing import Filing
from trocar.engine.guidance import Guidance
from trocar.engine.history import History
from trocar.engine.line import Line
from trocar.engine.lines import Lines
from trocar.engine.neighbours import Neighbours
from trocar.engine.pack import Pack
from trocar.engine.pair import Pair
from trocar.engine.patient_day import PatientDay
from trocar.engine.same_day import SameDay
from trocar.engine.stated import Stated
from trocar.engine.visit import Visit
from trocar.reference.law import Law, law


class Batch:
    """A claim table against a pack and a law; ``line`` carries the facts, the others group or tie lines."""

    def __init__(self, table: pa.Table, pack: Pack, own_law: Law | None = None) -> None:
        self.line = Line(Lines.of(table), pack, own_law or law())

    @once
    def neighbours(self) -> Neighbours:
        """Ordered pairs of lines of one claim-day."""
        return self.line.lines.neighbours

    @once
    def pair(self) -> Pair:
        """Pairs tied by an edit or a guidance fact."""
        return Pair(self.line, self.neighbours)

    @once
    def addon(self) -> AddOn:
        """Add-on facts of the lines."""
        return AddOn(self.line, self.neighbours)

    @once
    def guidance(self) -> Guidance:
        """Guidance facts of the lines."""
        return Guidance(self.line, self.neighbours, self.addon)

    @once
    def better_said(self) -> BetterSaid:
        """Hints that another code says better what was done."""
        return BetterSaid(self.line, self.neighbours)

    @once
    def same_day(self) -> SameDay:
        """What the other lines of the claim-day say of a line."""
        return SameDay(self.line, self.neighbours)

    @once
    def diagnosis(self) -> Diagnosis:
        """Diagnosis facts of the lines."""
        return Diagnosis(self.line)

    @once
    def taxonomy(self) -> TaxonomyFact:
        """Taxonomy facts of the lines."""
        return TaxonomyFact(self.line)

    @once
    def stated(self) -> Stated:
        """What the policy manual says of codes that stand together."""
        return Stated(self.line, self.neighbours)

    @once
    def visit(self) -> Visit:
        """Visits against the procedures of the claim-day."""
        return Visit(self.line, self.neighbours)

    @once
    def history(self) -> History:
        """Postoperative periods of a patient with one practitioner."""
        return History(self.line)

    @once
    def patient_day(self) -> PatientDay:
        """One code of one patient on one day, across claims."""
        return PatientDay(self.line, self.day)

    @once
    def filing(self) -> Filing:
        """When the claim was received."""
        return Filing(self.line)

    @once
    def day(self) -> Day:
        """One code on one claim-day."""
        return Day(self.line, self.neighbours)

    @once
    def claim(self) -> Claim:
        """Whole claims."""
        return Claim(self.line)

    @once
    def encounter(self) -> Encounter:
        """One patient with one practitioner on one day."""
        return Encounter(self.line)
