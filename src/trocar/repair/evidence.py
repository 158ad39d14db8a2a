"""What the record must hold for a change to be true: the documentation elements known of a code."""

from __future__ import annotations

from datetime import date

from trocar.knowledge.load import knowledge_of


def documentation(code: str, needed_for: frozenset[str], day: date) -> tuple[str, ...]:
    """The elements known for a code on a day that some purposes need (26, global, TC, units, modifier)."""
    known = knowledge_of(code)
    if known is None:
        return ()
    return tuple(element.text for element in known.on(day).documentation if needed_for.intersection(element.needed_for))
