"""What the physician fee schedule says of a code on a day: status, indicators, relative values, prices, releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from trocar.engine.keys import COMPONENTS
from trocar.engine.pack import Rows
from trocar.lookup import words
from trocar.lookup.asked import Asked
from trocar.lookup.quotes import plain_line, priced_apart
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.pricing.explain import citations_of, explain

# Where the two rates of the fee schedule are shown: an office and an on-campus outpatient hospital.
PLACES = {"office": "11", "facility": "22"}
_ONE_CHARACTER = (
    ("pctc", "PC/TC", words.PCTC),
    ("multiple_procedure", "multiple procedures", words.MULTIPLE_PROCEDURE),
    ("bilateral", "both sides", words.BILATERAL),
    ("assistant", "assistant at surgery", words.ASSISTANT),
    ("co_surgeon", "co-surgeons", words.CO_SURGEON),
    ("team", "team surgery", words.TEAM),
)
# Every indicator of a row of the schedule, with its title.
INDICATORS = (
    *((name, title) for name, title, _ in _ONE_CHARACTER),
    ("global_days", "global period"),
    ("supervision", "supervision of the test"),
)
_VALUES = ("work", "nonfacility_pe", "facility_pe", "malpractice")


def schedule_facts(asked: Asked, code: str, place: Mapping[str, str]) -> Iterator[Said]:
    """Status, indicators, relative values and prices of every component, then the releases the code is in."""
    ordinal = asked.release("schedule")
    if ordinal < 0:
        yield NotKnown(code, "schedule", asked.no_release("schedule"), "schedule")
    else:
        rows = component_rows(asked, code, ordinal)
        if "" in rows:
            yield from _indicators(asked, code, rows[""])
            yield from _supervision(asked, code, rows.get("TC", rows[""]))
            yield from (_relative_values(asked, code, component, row) for component, row in rows.items())
            yield from _prices(asked, code, tuple(rows), place)
        else:
            release = asked.release_name("schedule", ordinal)
            says = f"not in the fee schedule in force on {asked.day.isoformat()} ({release})"
            yield Statement(code, "status", says, {"in_force": False, "release": release})
    yield from _releases(asked, code)


def component_rows(asked: Asked, code: str, ordinal: int) -> dict[str, int]:
    """The row of each component (``COMPONENTS``) that a release of the schedule has, by its ordinal."""
    rest = np.array([asked.number(code) * len(COMPONENTS) + slot for slot in range(len(COMPONENTS))], np.int64)
    found = asked.pack.find("schedule", np.full(len(rest), ordinal), np.where(asked.number(code) < 0, -1, rest))
    return {component: int(row) for component, row in zip(COMPONENTS, found, strict=True) if row >= 0}


def text_of(asked: Asked, name: str, row: int) -> str:
    """An indicator of a row of the schedule as text."""
    value = asked.pack.column("schedule", name)[row]
    return value.decode("ascii") if isinstance(value, bytes) else chr(int(value))


def _indicators(asked: Asked, code: str, row: int) -> Iterator[Statement]:
    """Each indicator of the global row with its meaning."""
    cited = (asked.pack.cite("schedule", row),)
    status = text_of(asked, "status", row)
    in_words = words.STATUS.get(status, "no meaning is known for it")
    yield Statement(code, "status", f"status {status} = {in_words}", {"in_force": True, "status": status}, cited)
    for name, title, meanings in _ONE_CHARACTER:
        yield _indicator(code, name, title, text_of(asked, name, row), meanings, cited)
    global_days = text_of(asked, "global_days", row)
    yield _indicator(code, "global_days", "global period", global_days, words.GLOBAL_DAYS, cited)


def _supervision(asked: Asked, code: str, row: int) -> Iterator[Statement]:
    """The level of supervision of the technical component; the global row has it only where there is no TC row."""
    level = text_of(asked, "supervision", row)
    if level:
        cited = (asked.pack.cite("schedule", row),)
        yield _indicator(code, "supervision", "supervision of the test", level, words.SUPERVISION, cited)


def _indicator(
    code: str, name: str, title: str, value: str, meanings: Mapping[str, str], cited: tuple[Any, ...]
) -> Statement:
    meaning = meanings.get(value, "no meaning is known for it")
    return Statement(code, name, f"{title} {value} = {meaning}", {name: value}, cited)


def _relative_values(asked: Asked, code: str, component: str, row: int) -> Statement:
    """Work, practice expense in both settings (NA where marked) and malpractice of one component."""
    values: dict[str, Any] = {"component": component or "global", **relative_values(asked, row)}
    says = (
        f"{words.COMPONENTS[component]}: work {values['work']}, practice expense {_pe(values, 'nonfacility')} office / "
        f"{_pe(values, 'facility')} facility, malpractice {values['malpractice']}"
    )
    cited = (asked.pack.cite("schedule", row),)
    return Statement(_component_name(code, component), "relative_values", says, values, cited)


def relative_values(asked: Asked, row: int) -> dict[str, Any]:
    """The relative values of a row as exact text, and its NA marks."""
    values = {name: str(Decimal(int(asked.pack.column("schedule", name)[row])).scaleb(-2)) for name in _VALUES}
    return values | {name: bool(asked.pack.column("schedule", name)[row]) for name in ("nonfacility_na", "facility_na")}


def _pe(values: Mapping[str, Any], setting: str) -> str:
    return f"{values[f'{setting}_pe']}{' (NA)' if values[f'{setting}_na'] else ''}"


def _component_name(code: str, component: str) -> str:
    return f"{code}-{component}" if component else code


def _prices(asked: Asked, code: str, components: tuple[str, ...], place: Mapping[str, str]) -> Iterator[Said]:
    """One unit of each component, in an office and in a facility, priced as claims of their own."""
    asks = [(component, setting) for component in components for setting in PLACES]
    lines = [plain_line(code, component, asked.day, place, PLACES[setting]) for component, setting in asks]
    priced = priced_apart(asked.pack, lines)
    for number, (component, setting) in enumerate(asks):
        answer = explain(priced, number)
        subject, values = _component_name(code, component), {"place": setting, **_money(answer)}
        if answer["status"] == "not_checked":
            yield NotKnown(subject, "price", f"price, {setting}: {'; '.join(answer['reasons'])}", "price")
            continue
        allowed = answer["allowed"] or f"{answer['status'].replace('_', ' ')}: {'; '.join(answer['reasons'])}"
        says = f"{setting} (POS {PLACES[setting]}): {allowed}"
        if answer["assumed"]:
            says += f" (assumed: {'; '.join(answer['assumed'])})"
        yield Statement(subject, "price", says, values, tuple(citations_of(priced, number)))


def _money(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("status", "allowed", "reasons", "assumed")}


def rows_by_release(asked: Asked, code: str) -> Rows:
    """The global row of a code in every release of the schedule, by ordinal; -1 where a release lacks the code."""
    releases = len(asked.pack.calendars["schedule"].releases)
    number = asked.number(code)
    rest = np.full(releases, number * len(COMPONENTS) if number >= 0 else -1, np.int64)
    return asked.pack.find("schedule", np.arange(releases), rest)


def _releases(asked: Asked, code: str) -> Iterator[Statement]:
    """First and last fee schedule release held that has the code, and those between that lack it."""
    releases = asked.pack.calendars["schedule"].releases
    rows = rows_by_release(asked, code)
    calendar = asked.pack.calendars["schedule"]
    held = np.array([at for at in np.flatnonzero(rows >= 0).tolist() if calendar.counts(at)], np.int64)
    if not len(held):
        yield Statement(code, "releases", "in no fee schedule release of the store", {"first": None, "last": None})
        return
    first, last = int(held[0]), int(held[-1])
    lacking = [releases[at].release for at in range(first, last) if rows[at] < 0 and calendar.counts(at)]
    says = (
        f"in {len(held)} of {sum(map(calendar.counts, range(len(releases))))} fee schedule releases of the store, "
        f"{releases[first].release} (from {releases[first].first.isoformat()}) to {releases[last].release} "
        f"(to {releases[last].last.isoformat()})"
    )
    if lacking:
        says += f"; not in {', '.join(lacking)}"
    values = {"first": releases[first].release, "last": releases[last].release, "lacking": lacking}
    cited = tuple(asked.pack.cite("schedule", int(rows[at])) for at in dict.fromkeys((first, last)))
    yield Statement(code, "releases", says, values, cited)
