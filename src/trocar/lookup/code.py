"""Everything known of one code on a day, each statement with its citation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from trocar.engine.pack import Pack
from trocar.lookup.asked import OUTSIDE_SCOPE, Asked
from trocar.lookup.guidance_facts import guidance_facts
from trocar.lookup.schedule_facts import schedule_facts
from trocar.lookup.statement import NotKnown, Said
from trocar.lookup.table_facts import addon_facts, edit_counts, mue_facts, opps_facts
from trocar.reference.store import Store

NATIONAL: Mapping[str, str] = {"locality": "NATIONAL"}
# What stands in a table of the store that is in force on a day; the rest is own words, or spans days.
DATED_TOPICS = frozenset({"status", "mue", "addon", "edits", "opps"})


def code_facts(pack: Pack, store: Store, text: str, day: date, place: Mapping[str, str] = NATIONAL) -> list[Said]:
    """What the store and the own tables say of a code; what they can't say on that day is said too.

    ``place`` is where prices are computed: ``{"zip": ...}``, ``{"mac": ..., "locality": ...}`` or national. Raises
    ``InvalidCodeError`` for a text that is no code and ``UsageError`` for a code the store has never seen.
    """
    asked = Asked(pack, store, day)
    code = asked.checked(text)
    if not asked.in_scope(code):
        return [NotKnown(code, "scope", f"{code} is {OUTSIDE_SCOPE}", "schedule"), *guidance_facts(code, day)]
    return [
        *asked.pinned(code, *pack.calendars),
        *schedule_facts(asked, code, place),
        *mue_facts(asked, code),
        *addon_facts(asked, code),
        *guidance_facts(code, day),
        *edit_counts(asked, code),
        *opps_facts(asked, code),
    ]
