"""What a rule is: a predicate over a subject, with everything a person needs to believe and mend its finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from trocar.core.finding import Severity
from trocar.core.once import once
from trocar.core.period import OPEN_END, day_number
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices
from trocar.rules.cites import NOTHING, Cited

Subject = Literal["line", "pair", "day", "claim", "encounter"]
Setting = Literal["practitioner", "hospital", "asc"]
# By name a value for each entry asked of; None where a name says nothing of an entry.
Evidence = dict[str, Column | Sequence[Any]]
FIRST_DAY = date(2000, 1, 1)


def _no_evidence(batch: Batch, entries: Indices) -> Evidence:
    return {}


def _no_citation(batch: Batch, entries: Indices) -> Cited:
    return NOTHING


@dataclass(frozen=True, eq=False)
class Scope:
    """What rules of the same settings, days (as numbers, both included) and tables share: the lines they speak of."""

    settings: tuple[Setting, ...]
    first: int
    last: int
    needs: tuple[str, ...]


# One object for each, so that a scope is found by what it is and not by what it holds.
_scope = cache(Scope)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check. ``fires`` answers for every entry of the subject at once; it holds no join and no date logic.

    ``needs`` names the tables without which the rule can't speak (what was not checked follows from it);
    ``first``/``last`` bound the dates of service the law is in force on; ``authority`` are keys of
    ``reference/params/authorities.toml``. ``evidence`` and ``cites`` answer for some entries at once, in their order.
    ``message`` and ``remedy`` are filled from the evidence and from the line (hcpcs, modifiers, units, line,
    service_date, place_of_service). ``carc`` is the adjustment reason a payer would use. ``at_risk`` says whether the
    line's allowed amount is at stake. Rules of stage 2 see the denials of stage 1 in ``batch.line.denied``.
    """

    id: str
    name: str
    subject: Subject
    needs: tuple[str, ...]
    authority: tuple[str, ...]
    severity: Severity
    carc: str
    message: str
    remedy: str
    fires: Callable[[Batch], Bools]
    evidence: Callable[[Batch, Indices], Evidence] = _no_evidence
    cites: Callable[[Batch, Indices], Cited] = _no_citation
    settings: tuple[Setting, ...] = ("practitioner",)
    first: date = FIRST_DAY
    last: date | None = None
    at_risk: bool = True
    stage: Literal[1, 2] = 1

    @once
    def scope(self) -> Scope:
        """The lines that the rule speaks of, in an object of all rules that speak of the same."""
        return _scope(self.settings, day_number(self.first), day_number(self.last or OPEN_END), self.needs)
