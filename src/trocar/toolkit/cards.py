"""Documentation checklists, the modifier card and denial triggers: what is known of each code, to pin up."""

from __future__ import annotations

from collections.abc import Sequence

from trocar.toolkit.document import Block, Checklist, Heading, Says, Section, Table, Tone, plain
from trocar.toolkit.question import Question

_NEEDED_FOR = {"26": "26", "TC": "TC", "global": "global", "units": "the units", "modifier": "the modifier"}


def documentation(question: Question) -> Section:
    """What the record must hold, as boxes to tick; a code that nobody described says so."""
    blocks: list[Block] = []
    for code in question.codes:
        blocks.append(Heading(question.heading(code)))
        known = question.known.get(code)
        if known is None or not known.documentation:
            blocks.append(_undescribed(code))
            continue
        items = tuple(
            (
                question.proved(code, element),
                Says(f"{element.why} Needed for {_listed(element.needed_for)}.", tone=Tone.SOFT),
            )
            for element in known.documentation
        )
        blocks.append(Checklist(items))
    return Section("Documentation checklists", tuple(blocks))


def denial_triggers(question: Question) -> Section:
    """Usual denials with the reason code a payer gives, and how to prevent each."""
    blocks: list[Block] = []
    for code in question.codes:
        blocks.append(Heading(question.heading(code)))
        known = question.known.get(code)
        if known is None or not known.denials:
            blocks.append(_undescribed(code))
            continue
        rows = tuple(
            (
                (
                    Says(f"CARC {denial.carc}", tone=Tone.CODE),
                    *([Says(f"RARC {denial.rarc}", tone=Tone.SOFT)] if denial.rarc else []),
                ),
                question.proved(code, denial),
                Says(denial.prevention),
                Says(", ".join(denial.rules) or "–"),
            )
            for denial in known.denials
        )
        blocks.append(Table(("reason", "trigger", "prevention", "found by"), rows, (1.2, 3.4, 3.4, 0.9)))
    return Section("Denial triggers and prevention", tuple(blocks))


def _undescribed(code: str) -> Block:
    return plain(f"Nobody has described {code} here yet: there is nothing to list.")


def _listed(names: Sequence[str]) -> str:
    words = [_NEEDED_FOR[name] for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
