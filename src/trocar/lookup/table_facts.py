"""What the unit, add-on, edit and hospital tables say of one code on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trocar.core.money import dollars
from trocar.engine.addon import CONTRACTOR_DEFINED
from trocar.engine.keys import CODE_BITS, NO_CODE, UNDATED, release_key
from trocar.engine.pack import Column
from trocar.lookup import words
from trocar.lookup.asked import SETTINGS, Asked
from trocar.lookup.statement import NotKnown, Said, Statement


def mue_facts(asked: Asked, code: str) -> Iterator[Said]:
    """Medically unlikely edits of both settings."""
    for setting in SETTINGS:
        table = f"mue_{setting}"
        ordinal = asked.release(table)
        if ordinal < 0:
            yield NotKnown(code, "mue", asked.no_release(table), "mue")
            continue
        row = int(asked.pack.find(table, np.array([ordinal]), np.array([asked.number(code)]))[0])
        if row < 0:
            release = asked.release_name(table, ordinal)
            says = f"{setting}: no published MUE in {release} (some values are confidential)"
            yield Statement(code, "mue", says, {"setting": setting, "value": None, "release": release})
            continue
        value = int(asked.pack.column(table, "value")[row])
        adjudication = int(asked.pack.column(table, "adjudication")[row])
        rationale = asked.rationales(table, [row])[0]
        says = (
            f"{setting}: MUE {value}, adjudication indicator {adjudication}: "
            f"{words.ADJUDICATION.get(adjudication, 'no meaning is known for it')}; "
            f"rationale: {rationale or 'not given'}"
        )
        values = {"setting": setting, "value": value, "adjudication": adjudication, "rationale": rationale}
        yield Statement(code, "mue", says, values, (asked.pack.cite(table, row),))


def addon_facts(asked: Asked, code: str) -> Iterator[Said]:
    """Whether the code is an add-on, of which type, with which primaries; and how many add-ons list it as primary."""
    ordinal = asked.release("addon", recorded_later=True)
    if ordinal < 0:
        yield NotKnown(code, "addon", asked.no_release("addon"), "addon")
        return
    number = asked.number(code)
    keys = asked.pack.column("addon", "key")
    one, two = np.searchsorted(keys, release_key(np.array([ordinal, ordinal + 1]), np.array([0, 0])))
    rows = np.arange(one, two)[_in_force(asked, "addon", slice(one, two))]
    addons, primaries = (keys[rows] >> CODE_BITS) & NO_CODE, keys[rows] & NO_CODE
    own = rows[addons == number]
    release = asked.release_name("addon", ordinal)
    if len(own):
        yield _addon(asked, code, own)
    else:
        yield Statement(code, "addon", f"not an add-on code ({release})", {"is_addon": False, "release": release})
    listing = rows[primaries == number]
    if len(listing):
        names = _codes(asked, (keys[listing] >> CODE_BITS) & NO_CODE)
        plural = "s" if len(names) > 1 else ""
        says = f"a listed primary of {len(names)} add-on code{plural}{asked.within}: {', '.join(names)}"
        cited = tuple(asked.pack.cite("addon", int(row)) for row in listing)
        yield Statement(code, "primary_of", says, {"addons": names}, cited)


def _addon(asked: Asked, code: str, rows: Column) -> Statement:
    kind = int(asked.pack.column("addon", "edit_type")[rows[0]])
    contractor = asked.number(CONTRACTOR_DEFINED)
    primaries = asked.pack.column("addon", "key")[rows] & NO_CODE
    names = _codes(asked, primaries[primaries != contractor])
    says = f"add-on code, type {kind}: {words.ADDON_TYPE.get(kind, 'no meaning is known for it')}"
    if names:
        says += f"; {len(names)} listed primaries in force: {', '.join(names)}"
    values = {"is_addon": True, "type": kind, "primaries": names}
    return Statement(code, "addon", says, values, (asked.pack.cite("addon", int(rows[0])),))


def _codes(asked: Asked, numbers: Any) -> list[str]:
    return sorted(asked.pack.codes[number].decode() for number in numbers.tolist())


def _in_force(asked: Asked, table: str, rows: slice) -> Any:
    """Rows of a dated table that are in force on the day (a deletion date is the last active day)."""
    day = int(asked.days[0])
    effective = asked.pack.column(table, "effective")[rows]
    return (effective <= day) & (day <= asked.pack.column(table, "deletion")[rows])


def edit_counts(asked: Asked, code: str) -> Iterator[Said]:
    """How many edits in force have the code as column 1 and as column 2, in both settings."""
    for setting in SETTINGS:
        table = f"ncci_ptp_{setting}"
        ordinal, own = asked.release(table, recorded_later=True), asked.release(table)
        if ordinal < 0 or (own < 0 and _is_undated(asked, table, ordinal)):
            yield NotKnown(code, "edits", asked.no_release(table), "ncci_ptp")
            continue
        keys = asked.pack.column(table, "key")
        one, two = np.searchsorted(keys, release_key(np.array([ordinal, ordinal + 1]), np.array([0, 0])))
        number = asked.number(code)
        low = np.searchsorted(keys[one:two], release_key(np.array([ordinal]), np.array([number << CODE_BITS])))[0]
        high = np.searchsorted(keys[one:two], release_key(np.array([ordinal]), np.array([(number + 1) << CODE_BITS])))[
            0
        ]
        first = _active(asked, table, np.arange(one + low, one + high))
        second = _active(asked, table, one + np.flatnonzero((keys[one:two] & NO_CODE) == number))
        release = asked.release_name(table, ordinal)
        says = f"{setting}: column 1 of {first} edits in force, column 2 of {second}{asked.within} ({release})"
        values = {"setting": setting, "column_1": first, "column_2": second, "release": release}
        yield Statement(code, "edits", says, values)


def _is_undated(asked: Asked, table: str, ordinal: int) -> bool:
    """The release does not say since when its pairs are edited, so it can't count them for an earlier day."""
    keys = asked.pack.column(table, "key")
    row = int(np.searchsorted(keys, release_key(np.array([ordinal]), np.array([0])))[0])
    return bool(asked.pack.column(table, "effective")[row] == UNDATED)


def _active(asked: Asked, table: str, rows: Any) -> int:
    live = asked.pack.column(table, "modifier_indicator")[rows] != 9
    return int(np.count_nonzero(live & _in_force(asked, table, rows)))


def opps_facts(asked: Asked, code: str) -> Iterator[Said]:
    """The code on an outpatient hospital claim: status indicator, APC, national rate."""
    ordinal = asked.release("opps_status")
    if ordinal < 0:
        yield NotKnown(code, "opps", asked.no_release("opps_status"), "opps_status")
        return
    row = int(asked.pack.find("opps_status", np.array([ordinal]), np.array([asked.number(code)]))[0])
    if row < 0:
        release = asked.release_name("opps_status", ordinal)
        yield Statement(code, "opps", f"not in OPPS addendum B ({release})", {"status": None, "release": release})
        return
    status = asked.pack.column("opps_status", "status_indicator")[row].decode()
    apc = asked.pack.column("opps_status", "apc")[row].decode()
    cents = int(asked.pack.column("opps_status", "payment_cents")[row])
    rate = str(dollars(cents)) if cents >= 0 else None
    says = f"OPPS status {status}: {words.OPPS_STATUS.get(status, 'no meaning is known for it')}"
    says += f"; APC {apc}" if apc else ""
    says += f", national rate {rate} before wage adjustment" if rate else ""
    values = {"status": status, "apc": apc, "payment": rate}
    yield Statement(code, "opps", says, values, (asked.pack.cite("opps_status", row),))
