"""What the guidance map says of some procedures, as statements with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.lookup.asked import OUTSIDE_SCOPE, SETTINGS, Asked
from trocar.lookup.guidance_map import MODALITIES, MapCell, MapRow, Span, guidance_map
from trocar.lookup.guidance_proof import proofs
from trocar.lookup.guidance_verdict import CONFLICTS, Decision, Verdict
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.law import law
from trocar.reference.store import Store


def guidance_said(
    pack: Pack, store: Store, texts: Sequence[str], day: date, setting: str = "practitioner"
) -> list[Said]:
    """The verdict of each modality, then of each guidance code, for some procedures on a day.

    Raises ``InvalidCodeError`` for a text that is no code, ``UsageError`` for a code the store has never seen, for a
    guidance code that includes no other, and for an unknown setting.
    """
    if setting not in SETTINGS:
        raise UsageError(f"{setting!r} has no NCCI table", where="--setting", remedy=f"Use {' or '.join(SETTINGS)}.")
    asked = Asked(pack, store, day)
    codes = list(dict.fromkeys(asked.checked(text) for text in texts))
    answer: list[Said] = [*asked.pinned(" ".join(codes), f"ncci_ptp_{setting}", "addon", "schedule")]
    for code in codes:
        if not asked.in_scope(code):
            answer.append(NotKnown(code, "guidance_map", f"{code} is {OUTSIDE_SCOPE}", "ncci_ptp"))
        elif code in law().guidance and code not in law().included_primaries:
            raise UsageError(
                f"{code} is guidance itself; the map is about procedures",
                where=code,
                remedy=f"Name the procedure, or see which include it: trocar code {code} --on {day.isoformat()}.",
            )
        else:
            answer += row_said(asked, guidance_map(pack, setting, code, day), setting)
    return answer


def row_said(asked: Asked, row: MapRow, setting: str) -> Iterator[Said]:
    """The statements of one procedure."""
    for modality in MODALITIES:
        cell = row.of_modality(modality)
        decision = cell.decision
        as_code = f" as {cell.guidance}" if decision.verdict is Verdict.SEPARATE else ""
        values = {
            "modality": modality,
            "verdict": str(decision.verdict),
            "strength": decision.strength,
            "guidance": cell.guidance,
        }
        says = f"{modality}: {decision.verdict}{_for_review(decision)}{as_code}"
        yield Statement(row.procedure, "guidance_modality", says, values)
    for cell in row.cells:
        yield from _cell(asked, cell, setting)


def _cell(asked: Asked, cell: MapCell, setting: str) -> Iterator[Said]:
    decision, found = cell.decision, proofs(asked, cell.said, setting)
    subject = f"{cell.said.procedure}/{cell.guidance}"
    if decision.verdict is Verdict.NOT_CHECKED:
        yield NotKnown(subject, "guidance_map", _with_periods(decision.reason, cell), "ncci_ptp")
        return
    values: dict[str, Any] = {
        "procedure": cell.said.procedure,
        "guidance": cell.guidance,
        "modality": cell.modality,
        "verdict": str(decision.verdict),
        "strength": decision.strength,
        "setting": setting,
        "conflicts": [{"kind": kind, "says": CONFLICTS[kind]} for kind in decision.conflicts],
        "periods": [_period(span) for span in cell.spans],
        "evidence": [proof.to_dict() for proof in found],
    }
    says = f"{decision.verdict}{_for_review(decision)}: {decision.reason}"
    cited = tuple(dict.fromkeys(proof.citation for proof in found if proof.citation))
    yield Statement(subject, "guidance_map", says, values, cited)


def _for_review(decision: Decision) -> str:
    return " (for review)" if decision.strength == "review" else ""


def _with_periods(reason: str, cell: MapCell) -> str:
    known = [span for span in cell.spans if span.decision.verdict is not Verdict.NOT_CHECKED]
    told = "; ".join(f"{span.decision.verdict} {_days(span)}" for span in known)
    return f"{reason}. By the files held: {told}" if told else reason


def _days(span: Span) -> str:
    return f"{span.first.isoformat()} to {span.last.isoformat()}"


def _period(span: Span) -> dict[str, Any]:
    return {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "verdict": str(span.decision.verdict),
        "strength": span.decision.strength,
        "conflicts": list(span.decision.conflicts),
    }
