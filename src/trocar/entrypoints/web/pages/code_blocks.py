"""The blocks of a code's page as data: verdict, price, settings, charts, what is not held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.cite import Citation
from trocar.core.period import day_from_number, day_number
from trocar.engine.batch import Batch
from trocar.entrypoints.web.context import COMPONENTS, Context
from trocar.knowledge import Knowledge
from trocar.knowledge.model import Tip
from trocar.lookup import words
from trocar.lookup.asked import TITLES, Asked
from trocar.lookup.localities import LocalPrice
from trocar.lookup.modifier_facts import Answer
from trocar.lookup.over_time import InRelease
from trocar.lookup.quotes import quotes
from trocar.lookup.schedule_facts import component_rows, text_of
from trocar.lookup.statement import Said, Statement
from trocar.lookup.tip_impact import TipImpact, impacts_of

PLACES = {
    "11": "11 office", "19": "19 off-campus hospital outpatient", "21": "21 inpatient hospital",
    "22": "22 on-campus hospital outpatient", "23": "23 emergency room", "24": "24 ambulatory surgery center",
    "31": "31 skilled nursing facility", "32": "32 nursing facility", "49": "49 independent clinic",
    "50": "50 federally qualified health center", "65": "65 dialysis facility", "72": "72 rural health clinic",
    "81": "81 independent laboratory",
}  # fmt: skip
# The place of service of charts and tips where the context gives none.
OFFICE = "11"
# The tables a page answers from, beside those of the calculator.
_TABLES = ("schedule", "ncci_ptp_practitioner", "mue_practitioner", "addon", "opps_status")


_CONTENTS = (
    ("calculator", "Price"), ("settings", "By setting"), ("localities", "Localities"), ("releases", "Releases"),
    ("edits", "Edits"), ("guidance", "Guidance included"), ("units", "Units"), ("about", "What it is"),
    ("documentation", "The report"), ("modifiers", "Modifiers"), ("diagnoses", "Diagnoses"),
    ("taxonomies", "Who does it"), ("related", "Related codes"), ("tips", "Tips"), ("denials", "Denials"),
    ("benchmarks", "Payer benchmarks"),
    ("changes", "What changed"), ("sources", "Sources"),
)  # fmt: skip
_DESCRIBED = frozenset({"about", "documentation", "diagnoses", "taxonomies", "related", "tips"})


def contents(is_described: bool) -> list[tuple[str, str]]:
    """The sections of the page; a code that nobody described has fewer."""
    return [(anchor, title) for anchor, title in _CONTENTS if is_described or anchor not in _DESCRIBED]


class Topics(defaultdict[str, list[Said]]):
    """Statements by topic; a topic nobody spoke of is empty."""

    def __init__(self, statements: Iterable[Said]) -> None:
        super().__init__(list)
        for statement in statements:
            self[statement.topic].append(statement)

    def __getattr__(self, topic: str) -> list[Said]:
        return self[topic]


# How an answer about a modifier looks: the class of its mark, and its words.
ANSWERS = {
    Answer.APPLIES: ("yes", "applies"),
    Answer.DOCUMENTATION: ("review", "when the record shows it"),
    Answer.NO: ("no", "does not apply"),
}


def tips(
    asked: Asked, known: Knowledge, place: Mapping[str, str], place_of_service: str | None
) -> list[tuple[Tip, TipImpact | None]]:
    """Each tip with its effect, computed at the place asked."""
    return list(zip(known.tips, impacts_of(asked, known.tips, place, place_of_service), strict=True))


def assumed(context: Context) -> list[str]:
    """What the page took where the context bar gives nothing, in the words of the reader."""
    took = []
    if context.day_is_default:
        took.append(f"date of service not given: today, {context.day.isoformat()}, is used")
    if not context.component and not context.part:
        took.append("component not given: global is used")
    if not context.place_of_service:
        took.append(f"place of service not given: charts and tips show {PLACES[OFFICE]}, the price is not known")
    if not context.payer:
        took.append("payer not given: Medicare's rules are used")
    return took


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line: what the code is, what it pays here."""

    words: str
    citations: Sequence[Citation | Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Unheld:
    """A table that the store does not hold for the day, and the nearest days for which it does."""

    title: str
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A release beside the day asked for, and its day nearest to it."""

    release: str
    day: str


def calculator_line(code: str, context: Context) -> ClaimLine:
    """The line that the calculator prices; what the context does not give, the answer confesses as assumed."""
    place = context.place
    return ClaimLine(
        claim_id="page", line=1, service_date=context.day, hcpcs=code, modifiers=context.all_modifiers,
        units=context.units, charge=context.charge, place_of_service=context.place_of_service,
        zip=place.get("zip"), mac=place.get("mac"), locality=place.get("locality"), setting="practitioner",
        participating=context.participating, qualifying_apm=context.qualifying_apm,
    )  # fmt: skip


def priced(asked: Asked, code: str, context: Context) -> dict[str, Any]:
    """The calculator's answer (the JSON shape of ``trocar price``)."""
    return quotes(asked.pack, [calculator_line(code, context)])[0]


def verdict(
    asked: Asked, code: str, title: str, context: Context, answer: Mapping[str, Any], topics: Topics
) -> Verdict:
    """What the code is on this day, and what one line of it pays here."""
    parts = [f"{title[:1].upper()}{title[1:]}." if title else ""]
    cited: list[Citation | Mapping[str, Any]] = []
    for statement in (*topics["status"], *topics["addon"]):
        if isinstance(statement, Statement):
            says = _status_words(asked, statement, context) if statement.topic == "status" else _addon_words(statement)
            parts.append(says)
            cited += statement.citations if says else ()
    component = COMPONENTS[context.part or "global"]
    where = PLACES.get(context.place_of_service or "", "")
    where = f"at {where}" if where else "with no place of service given"
    if answer["allowed"] is not None:
        parts.append(f"Here ({component}, {where}): ${Decimal(answer['allowed']):,.2f} allowed.")
    else:
        status = answer["status"].replace("_", " ")
        parts.append(f"Here ({component}, {where}): {status}: {'; '.join(answer['reasons'])}.")
    return Verdict(" ".join(part for part in parts if part), [*cited, *answer["citations"]])


def _status_words(asked: Asked, statement: Statement, context: Context) -> str:
    """The status of the code; beside it that of the component asked for, where its row of the schedule differs."""
    says = f"{statement.says[:1].upper()}{statement.says[1:]}"
    row = component_rows(asked, statement.subject, asked.release("schedule")).get(context.part)
    if context.part and row is not None and (own := text_of(asked, "status", row)) != statement.values["status"]:
        says += f"; of {context.part} it is {own} = {words.STATUS.get(own, 'no meaning is known for it')}"
    return f"{says}."


def _addon_words(statement: Statement) -> str:
    if not statement.values.get("is_addon"):
        return ""
    listed = len(statement.values["primaries"])
    return "An add-on code: paid only beside " + (
        f"one of its {listed} listed primaries." if listed else "a primary that the contractor accepts."
    )


def unheld(asked: Asked) -> list[Unheld]:
    """The tables without a release on the day, each with the nearest days held before and after it."""
    answer = []
    for table in _TABLES:
        if asked.release(table) < 0:
            family = table.removesuffix("_practitioner")
            answer.append(Unheld(TITLES[family], tuple(_nearest(asked, table))))
    return answer


def _nearest(asked: Asked, table: str) -> Iterable[Nearest]:
    calendar = asked.pack.calendars[table]
    days = calendar.first_day + np.flatnonzero(np.asarray(calendar.by_day) >= 0)
    day = day_number(asked.day)
    before, after = days[days < day], days[days > day]
    for near in (*before[-1:].tolist(), *after[:1].tolist()):
        ordinal = int(calendar.on(np.array([near], np.int32))[0])
        yield Nearest(calendar.releases[ordinal].release, day_from_number(near).isoformat())


def locality_of(asked: Asked, context: Context) -> str | None:
    """The locality that the context's place is in, as ``13202-01``; None for the national amount."""
    if not context.place:
        return None
    line = Batch(claim_table([calculator_line("99213", context)]), asked.pack).line
    place = int(line.place[0])
    return f"{place // 100:05d}-{place % 100:02d}" if place > 0 else None


def place_words(context: Context) -> str:
    """The place of the prices in words."""
    place = context.place
    if "mac" in place:
        return f"locality {place['mac']}-{place['locality']}"
    return f"ZIP {place['zip']}" if "zip" in place and "locality" not in place else "national amounts"


def _of_what(context: Context) -> str:
    """Which line a chart shows: its component and place of service."""
    return f"{COMPONENTS[context.part or 'global']}, place of service {context.place_of_service or OFFICE}"


def locality_words(prices: Sequence[LocalPrice], chosen: str | None, context: Context) -> str:
    """The chart of localities in a sentence."""
    known = [price for price in prices if price.allowed is not None]
    if not known:
        return ""
    dearest, cheapest = known[0], known[-1]
    says = (
        f"On {context.day.isoformat()} ({_of_what(context)}), {len(known)} localities allow from ${cheapest.allowed} "
        f"({_place(cheapest)}) to ${dearest.allowed} ({_place(dearest)})."
    )
    for rank, price in enumerate(known, 1):
        if f"{price.mac}-{price.locality}" == chosen:
            says += f" {_place(price)}, asked for here, is number {rank} from the top: ${price.allowed}."
    return says


def _place(price: LocalPrice) -> str:
    return f"{price.name.title()}, {price.state}"


def release_words(history: Sequence[InRelease], context: Context) -> str:
    """The chart of releases in a sentence."""
    known = [entry for entry in history if entry.allowed is not None]
    if not known:
        return "No release held prices this line."
    first, last = known[0], known[-1]
    high = max(known, key=lambda entry: entry.allowed or 0)
    low = min(known, key=lambda entry: entry.allowed or 0)
    breaks = any(before.last + timedelta(days=1) < after.first for before, after in pairwise(known))
    gaps = " The line breaks where no release is held." if breaks else ""
    return (
        f"National amount ({_of_what(context)}): ${first.allowed} in {first.release} ({first.first}), "
        f"${last.allowed} in {last.release} ({last.first}); highest ${high.allowed} in {high.release}, "
        f"lowest ${low.allowed} in {low.release}.{gaps}"
    )
