"""Every edit between given codes on a day, in both directions, with what would help and what ties them otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import UsageError
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.batch import Batch
from trocar.engine.dated_rows import ACTIVE, INACTIVE, UNKNOWN, rows_in_force
from trocar.engine.keys import CODE_BITS, UNDATED
from trocar.engine.pack import Pack
from trocar.engine.pair import DISTINCT_SERVICE, EITHER_COLUMN_FROM, EVALUATION, STAGED
from trocar.lookup import words
from trocar.lookup.absence import Absence
from trocar.lookup.asked import OUTSIDE_SCOPE, SETTINGS, Asked
from trocar.lookup.guidance_facts import facts_between
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.law import law
from trocar.reference.store import Store

_OPEN = day_number(OPEN_END)
NEVER_ACTIVE = 9
# How many codes a page or a request compares: each stands against each.
MOST_CODES = 12


def edits_between(
    pack: Pack, store: Store, texts: Sequence[str], day: date, setting: str = "practitioner"
) -> list[Said]:
    """What ties each ordered pair of the codes: PTP edits (also ended ones), add-on lists, included guidance; where no
    edit is in force, the proof of its absence (topic ``absence``).

    Raises ``InvalidCodeError`` for a text that is no code, ``UsageError`` for a code the store has never seen, for
    fewer than two different codes and for an unknown setting.
    """
    asked = Asked(pack, store, day)
    codes = list(dict.fromkeys(asked.checked(text) for text in texts))
    if len(codes) < 2:
        raise UsageError("edits stand between two codes", where=" ".join(texts), remedy="Name two different codes.")
    if setting not in SETTINGS:
        raise UsageError(f"{setting!r} has no NCCI table", where="--setting", remedy=f"Use {' or '.join(SETTINGS)}.")
    lines = [
        ClaimLine(claim_id="edits", line=number, service_date=day, hcpcs=code, setting=setting)
        for number, code in enumerate(codes, 1)
    ]
    question = _Pairs(asked, Batch(claim_table(lines), pack), codes, setting)
    answers = [said for pair in range(len(question.neighbours.left)) for said in question.answer(pair)]
    return [*asked.pinned(" ".join(codes), question.table, "addon"), *answers]


class _Pairs:
    """All ordered pairs of the codes, asked of the engine at once."""

    def __init__(self, asked: Asked, batch: Batch, codes: list[str], setting: str) -> None:
        self.asked, self.codes, self.setting = asked, codes, setting
        self.neighbours = batch.neighbours
        self.table = f"ncci_ptp_{setting}"
        self.absence = Absence(asked, setting)
        self.release = asked.release(self.table, recorded_later=True)
        left, right = self.neighbours.left, self.neighbours.right
        self.edits = rows_in_force(batch.line, self.table, left, right)
        self.addons = rows_in_force(batch.line, "addon", left, right)
        self.is_addon = batch.addon.is_addon

    def answer(self, pair: int) -> Iterator[Said]:
        """Everything said of one ordered pair."""
        left, right = int(self.neighbours.left[pair]), int(self.neighbours.right[pair])
        one, two = self.codes[left], self.codes[right]
        outside = [code for code in (one, two) if not self.asked.in_scope(code)]
        if outside:
            yield NotKnown(f"{one}/{two}", "edit", f"{outside[0]} is {OUTSIDE_SCOPE}", "ncci_ptp")
        else:
            yield from self._edits(pair, one, two)
            if self.is_addon[left]:
                yield from self._addon(pair, one, two)
        yield from facts_between(one, two, self.asked.day)

    def _edits(self, pair: int, one: str, two: str) -> Iterator[Said]:
        subject = f"{one}/{two}"
        if self.release < 0:
            yield NotKnown(subject, "edit", self.asked.no_release(self.table), "ncci_ptp")
            return
        rows = self._rows(one, two)
        state, current = int(self.edits.state[pair]), int(self.edits.row[pair])
        if state == UNKNOWN:
            why = (
                f"{self._release_name()} has the edit without its first day; whether it was in force on "
                f"{self.asked.day.isoformat()} is not known (to apply it all the same: --pin ncci_ptp="
                f"{self._release_name()})"
            )
            yield NotKnown(subject, "edit", why, "ncci_ptp")
        if not rows:
            says = f"no edit with {one} in column 1 and {two} in column 2 ({self._release_name()})"
            yield Statement(subject, "edit", says, {"in_force": False, "release": self._release_name()})
        rationales = self.asked.rationales(self.table, rows)
        for row, rationale in zip(rows, rationales, strict=True):
            if not (state == UNKNOWN and row == current):
                yield self._edit(row, one, two, rationale, in_force=state == ACTIVE and row == current)
        if state == INACTIVE:
            yield self.absence.proof(one, two)

    def _release_name(self) -> str:
        return self.asked.release_name(self.table, self.release)

    def _rows(self, one: str, two: str) -> list[int]:
        pair = np.array([(self.asked.number(one) << CODE_BITS) | self.asked.number(two)], np.int64)
        first, count = self.asked.pack.find_range(self.table, np.array([self.release]), pair)
        return list(range(int(first[0]), int(first[0] + count[0])))

    def _edit(self, row: int, one: str, two: str, rationale: str, *, in_force: bool) -> Statement:
        """One row of the table: in force, over, not yet begun, or never active."""
        column = self.asked.pack.column
        indicator = int(column(self.table, "modifier_indicator")[row])
        first, last = self._dates(row)
        values: dict[str, Any] = {
            "in_force": in_force, "column_1": one, "column_2": two, "setting": self.setting, "indicator": indicator,
            "first": first, "last": last, "rationale": rationale,
        }  # fmt: skip
        dates = _span(first, last)
        if in_force:
            helps = modifiers_that_help(one, two, indicator, self.asked.day)
            values["helps"] = helps
            says = (
                f"edit in force ({dates}): {one} is paid, {two} is denied. Indicator {indicator}: "
                f"{words.PTP_INDICATOR[indicator]}. {_help_in_words(helps, one, two)}"
            )
        elif indicator == NEVER_ACTIVE:
            says = f"no edit: the row has indicator 9 ({words.PTP_INDICATOR[9]})"
        else:
            says = f"not in force on {self.asked.day.isoformat()}: the edit ran {dates}; indicator {indicator}"
        says += f" Rationale: {rationale}." if in_force and rationale else ""
        return Statement(f"{one}/{two}", "edit", says, values, (self.asked.pack.cite(self.table, row),))

    def _dates(self, row: int) -> tuple[str | None, str | None]:
        effective = int(self.asked.pack.column(self.table, "effective")[row])
        deletion = int(self.asked.pack.column(self.table, "deletion")[row])
        first = None if effective == UNDATED else day_from_number(effective).isoformat()
        return first, None if deletion == _OPEN else day_from_number(deletion).isoformat()

    def _addon(self, pair: int, addon: str, primary: str) -> Iterator[Said]:
        """The left code is an add-on: is the right one among its primaries?"""
        subject = f"{addon}/{primary}"
        if int(self.addons.state[pair]) == ACTIVE:
            row = int(self.addons.row[pair])
            kind = int(self.asked.pack.column("addon", "edit_type")[row])
            says = f"{addon} is an add-on code (type {kind}) and {primary} is one of its primaries: they go together"
            values = {"addon": addon, "primary": primary, "type": kind, "listed": True}
            yield Statement(subject, "addon", says, values, (self.asked.pack.cite("addon", row),))
        elif primary in law().contractor_primaries.get(addon, ()):
            says = f"{addon} is an add-on code whose primaries the contractor defines; {primary} is usual among them"
            yield Statement(subject, "addon", says, {"addon": addon, "primary": primary, "listed": False})
        else:
            says = f"{addon} is an add-on code; {primary} is not among its listed primaries"
            yield Statement(subject, "addon", says, {"addon": addon, "primary": primary, "listed": False})


def _span(first: str | None, last: str | None) -> str:
    """The days of an edit in words; the undated files say at most the last one."""
    if first:
        return f"from {first} to {last}" if last else f"from {first} on"
    return f"until {last}, first day not in the file" if last else "first day not in the file, not deleted"


def modifiers_that_help(column_1: str, column_2: str, indicator: int, day: date) -> dict[str, list[str]]:
    """The modifiers that may lift an edit, by the code they stand on; none for indicator 0 (NCCI manual ch. I)."""
    if indicator != 1:
        return {}
    distinct = sorted(DISTINCT_SERVICE)
    others = sorted(law().bypass_modifiers - DISTINCT_SERVICE)
    on_column_1 = distinct if day_number(day) >= EITHER_COLUMN_FROM else []
    return {column_2: [*distinct, *others], column_1: [*on_column_1, *sorted(EVALUATION | STAGED)]}


def _help_in_words(helps: dict[str, list[str]], column_1: str, column_2: str) -> str:
    """The list in short; the whole of it is in the values."""
    if not helps:
        return "Bill one of the two."
    either = f"{column_1} or {column_2}" if "59" in helps[column_1] else column_2
    return (
        f"59, XE, XP, XS or XU on {either}, or the side, digit or vessel on {column_2} (24, 25, 57 where one is a "
        "visit; 58 on the staged one; 27, 78, 79, 91), when the record shows another site, side or encounter."
    )
