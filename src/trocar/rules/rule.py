"""What a rule is: a predicate over a subject, with everything a person needs to believe and mend its finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trocar.core.cite import Citation
from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools

Subject = Literal["line", "pair", "day", "claim", "encounter"]
Setting = Literal["practitioner", "hospital", "asc"]
FIRST_DAY = date(2000, 1, 1)


def _nothing(batch: Batch, at: int) -> dict[str, Any]:
    return {}


def _no_citation(batch: Batch, at: int) -> list[Citation]:
    return []


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check. ``fires`` answers for every entry of the subject at once; it holds no join and no date logic.

    ``needs`` names the tables without which the rule can't speak (what was not checked follows from it);
    ``first``/``last`` bound the dates of service the law is in force on; ``authority`` are keys of
    ``reference/params/authorities.toml``. ``message`` and ``remedy`` are filled from ``evidence`` and from the line (hcpcs,
    modifiers, units, service_date). ``carc`` is the adjustment reason a payer would use. ``at_risk`` says whether
    the line's allowed amount is at stake. Rules of stage 2 see the denials of stage 1 in ``batch.line.denied``.
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
    evidence: Callable[[Batch, int], dict[str, Any]] = _nothing
    cites: Callable[[Batch, int], list[Citation]] = _no_citation
    settings: tuple[Setting, ...] = ("practitioner",)
    first: date = FIRST_DAY
    last: date | None = None
    at_risk: bool = True
    stage: Literal[1, 2] = 1
