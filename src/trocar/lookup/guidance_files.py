"""What law and files say of procedures with guidance codes on given days, looked up for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.batch import Batch
from trocar.engine.dated_rows import ACTIVE, UNKNOWN, rows_in_force
from trocar.engine.in_force import NONE
from trocar.engine.included import edit_table_answers, facts_in_force
from trocar.engine.keys import CODE_BITS
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack
from trocar.reference.law import IncludedGuidance, UseInstead, law

Question = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class FilesSay:
    """What is known of one procedure with one guidance code on one day; rows are -1 where there is none.

    ``edit`` is the row of the PTP edit that denies the guidance, ``reverse_edit`` of the one that denies the
    procedure; ``edit_unknown``: the table has the edit without its first day. ``*_held``: a release answers.
    """

    procedure: str
    guidance: str
    day: date
    fact: IncludedGuidance | None
    hint: UseInstead | None
    edits_held: bool
    edit: int
    edit_unknown: bool
    reverse_edit: int
    addons_held: bool
    addon: int
    listed: int
    closed_list: bool
    schedule_held: bool
    procedure_row: int
    guidance_row: int
    guidance_status: str
    mue: int
    mue_value: int


def files_say(pack: Pack, setting: str, questions: Sequence[Question]) -> list[FilesSay]:
    """The answers to (procedure, guidance, day), in order; the engine's own look-ups, so that rules say the same."""
    lines = [
        ClaimLine(claim_id=str(number), line=place, service_date=day, hcpcs=code, setting=setting)
        for number, (procedure, guidance, day) in enumerate(questions)
        for place, code in enumerate((procedure, guidance), 1)
    ]
    if not lines:
        return []
    batch = Batch(claim_table(lines), pack)
    line = batch.line
    one: Indices = np.arange(0, 2 * len(questions), 2, dtype=np.int64)
    two = one + 1
    table = f"ncci_ptp_{setting}"
    edits, reverse = rows_in_force(line, table, one, two), rows_in_force(line, table, two, one)
    listed = rows_in_force(line, "addon", two, one)
    facts = facts_in_force(line, one, two)
    status, answers = line.indicator("status"), edit_table_answers(line)
    answer = []
    for at, (procedure, guidance, day) in enumerate(questions):
        left, right = 2 * at, 2 * at + 1
        answer.append(
            FilesSay(
                procedure, guidance, day,
                fact=line.law.included[facts[at]] if facts[at] >= 0 else None,
                hint=hint_for(procedure, guidance, day),
                edits_held=bool(answers[left]),
                edit=int(edits.row[at]) if edits.state[at] == ACTIVE else NONE,
                edit_unknown=bool(edits.state[at] == UNKNOWN),
                reverse_edit=int(reverse.row[at]) if reverse.state[at] == ACTIVE else NONE,
                addons_held=bool(batch.addon.release[right] >= 0),
                addon=int(batch.addon.row[right]),
                listed=int(listed.row[at]) if listed.state[at] == ACTIVE else NONE,
                closed_list=bool(batch.addon.closed_list[right]),
                schedule_held=bool(line.schedule_release[right] >= 0),
                procedure_row=_schedule_row(batch, left),
                guidance_row=_schedule_row(batch, right),
                guidance_status=chr(int(status[right])) if status[right] else "",
                mue=int(line.mue_row[right]),
                mue_value=int(line.mue_value[right]),
            )
        )  # fmt: skip
    return answer


def _schedule_row(batch: Batch, line: int) -> int:
    row = int(batch.line.global_row[line])
    return row if row >= 0 else int(batch.line.professional_row[line])


def hint_for(procedure: str, guidance: str, day: date) -> UseInstead | None:
    """The hint that this procedure with this guidance is better said with another code, if one is in force."""
    needle = procedure in law().needle_procedures
    for hint in law().use_instead:
        beside = hint.billed == procedure and guidance in hint.beside
        for_needle = hint.billed == guidance and hint.needle_procedure_only and needle
        in_force = hint.first <= day and (hint.last is None or day <= hint.last)
        if in_force and (beside or for_needle):
            return hint
    return None


def change_days(pack: Pack, setting: str, procedure: str, guidances: Sequence[str]) -> list[date]:
    """The days on which anything that is known of the procedure with these guidance codes may change, in order."""
    days: set[date] = set()

    def span(first: date, last: date | None) -> None:
        days.add(first)
        if last is not None and last < date.max:
            days.add(date.fromordinal(last.toordinal() + 1))

    for table in ("schedule", f"ncci_ptp_{setting}", "addon", f"mue_{setting}"):
        for file in pack.calendars[table].releases:
            span(file.first, file.last)
    own = law()
    for guidance in guidances:
        for position in own.included_by_pair.get((procedure, guidance), ()):
            span(own.included[position].first, own.included[position].last)
    for hint in own.use_instead:
        if hint.billed in (procedure, *guidances):
            span(hint.first, hint.last)
    return sorted(days | set(_addon_days(pack, procedure, guidances)))


def _addon_days(pack: Pack, procedure: str, guidances: Sequence[str]) -> list[date]:
    """First days, and days after the last one, of the add-on rows that tie them."""
    numbers = pack.code_numbers([procedure, *guidances]).astype(np.int64)
    ordinals = np.arange(len(pack.calendars["addon"].releases))
    answer = []
    for number in numbers[1:]:
        rest = np.full(len(ordinals), (number << CODE_BITS) | numbers[0])
        first, count = pack.find_range("addon", ordinals, rest)
        for row in np.concatenate([np.arange(one, one + many) for one, many in zip(first, count, strict=True)]):
            answer.append(int(pack.column("addon", "effective")[row]))
            deletion = int(pack.column("addon", "deletion")[row])
            if deletion < day_number(OPEN_END):
                answer.append(deletion + 1)
    return [day_from_number(number) for number in answer]
