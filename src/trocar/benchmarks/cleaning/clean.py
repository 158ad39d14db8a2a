"""The published rates of one code, cleaned for a day: held against Medicare, flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import duckdb

from trocar.benchmarks.cleaning.flags import FLAGS_VIEW, MARKS
from trocar.benchmarks.cleaning.observations import CHARGES
from trocar.benchmarks.cleaning.thresholds import Thresholds, thresholds_on
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.medicare import Medicare, medicare_amounts
from trocar.knowledge import knowledge
from trocar.lookup.asked import Asked
from trocar.lookup.schedule_facts import component_rows

_TEN_THOUSANDTH = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which of a code's rates are asked for; empty: all."""

    kinds: Sequence[str] = ()
    payers: Sequence[str] = ()
    component: str | None = None
    state: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """What of it was asked for, by the names of the funnel's steps."""
        told = {
            "amount_kind": self.kinds, "payer": self.payers, "component": self.component, "state": self.state
        }  # fmt: skip
        return tuple(name for name, value in told.items() if value)


@dataclass(frozen=True)
class Cleaned:
    """The tables of one code on one day, in ``database``: ``scoped``, ``observations``, ``voters``, ``ghosts``, ``flags``.

    ``scoped`` are all published rates, with the first part of the scope that leaves each out; ``observations`` those
    within it, each with its flags as one number.
    """

    database: duckdb.DuckDBPyConnection
    code: str
    asked: Asked
    limits: Thresholds
    medicare: Medicare
    not_checked: tuple[str, ...]


# Whose rate it is, and where that voter is: by the registry, for each party of the rate; a hospital by its licence.
_VOTERS = """
CREATE TABLE voters AS
SELECT DISTINCT id, voter, state FROM ({by_party})
UNION ALL
SELECT id, voter, state FROM observed JOIN hospitals USING (hospital_id) WHERE source_kind = 'hospital'
"""
_HOSPITALS = """
CREATE TABLE hospitals AS
SELECT hospital_id, -(row_number() OVER ())::INTEGER AS voter
FROM (SELECT DISTINCT hospital_id FROM observed WHERE hospital_id IS NOT NULL)
"""
_NAMES = """
CREATE VIEW names AS
SELECT voter, name FROM voter_names UNION ALL SELECT voter, 'hospital ' || hospital_id FROM hospitals
"""
_PLACED = """
SELECT id, voter, state FROM (SELECT id, unnest(parties) AS party FROM observed) JOIN parties USING (party)
LEFT JOIN (SELECT party, unnest(states) AS state FROM places) USING (party)
"""
_NOT_PLACED = "SELECT id, unnest(voters) AS voter, NULL::VARCHAR AS state FROM observed"
_GHOSTS = """
CREATE TABLE ghosts AS
SELECT voter FROM doers WHERE NOT list_has_any(taxonomies, $taxonomies)
AND voter NOT IN (SELECT voter FROM billers WHERE code = $code)
"""
# The first part of the scope that leaves a rate out.
_OUTSIDE = """
CREATE TABLE scoped AS
SELECT *, CASE WHEN len($kinds) > 0 AND rate IS NOT NULL AND NOT list_contains($kinds, amount_kind) THEN 'amount_kind'
               WHEN len($payers) > 0 AND NOT coalesce(list_contains($payers, payer_id), false)
                    AND NOT coalesce(list_contains($payers, payer_family), false) THEN 'payer'
               WHEN component <> $component THEN 'component'
               WHEN $state IS NOT NULL AND id NOT IN (SELECT id FROM voters WHERE state = $state) THEN 'state' END
          AS left_out
FROM observed
"""
_QUARTILES = """
SELECT amount_kind, class, component, quantile_disc(rate, 0.25), quantile_disc(rate, 0.75)
FROM observed WHERE rate > $placeholder AND rate < $sentinel
GROUP BY ALL HAVING count(*) >= $fewest
"""
_HELD = """
CREATE TABLE held AS
SELECT id, min(low) AS low, max(high) AS high, min(floor) AS floor, max(ceiling) AS ceiling
FROM (SELECT * FROM scoped WHERE left_out IS NULL) o LEFT JOIN voters v USING (id)
JOIN medicare m ON m.component = o.component AND m.class = o.class AND m.setting = o.setting
     AND m.amount_kind = o.amount_kind AND m.state IS NOT DISTINCT FROM v.state
GROUP BY id
"""
_OBSERVATIONS = f"""
CREATE TABLE observations AS
SELECT *, {MARKS} AS flags FROM (
    SELECT o.* EXCLUDE (left_out), h.low, h.high, h.floor, h.ceiling, p.low AS peers_low,
           p.high AS peers_high, coalesce(g.is_ghost, false) AS is_ghost
    FROM (SELECT * FROM scoped WHERE left_out IS NULL) o
    LEFT JOIN held h USING (id)
    LEFT JOIN peers p ON p.amount_kind = o.amount_kind AND p.class = o.class AND p.component = o.component
    LEFT JOIN (SELECT id, bool_and(voter IN (SELECT voter FROM ghosts)) AS is_ghost FROM voters GROUP BY id) g USING (id)
)
"""


def clean(
    folder: RatesFolder, asked: Asked, code: str, scope: Scope = Scope(), *, by_contract: bool = False
) -> Cleaned:
    """Flag every published rate of a code in a scope as it is seen on the day of ``asked``; nothing is left out.

    ``by_contract``: a rate belongs to the provider group that a file lists, not to the tax numbers behind it.
    """
    database, limits = folder.connect(), thresholds_on(asked.day)
    medicare = medicare_amounts(asked, code)
    folder.observe(database, code, by_contract=by_contract)
    database.execute(_HOSPITALS)
    database.execute(_NAMES)
    database.execute(_VOTERS.format(by_party=_PLACED if folder.has_providers else _NOT_PLACED))
    not_checked = _ghosts(database, folder, asked, code)
    given = {
        "kinds": list(scope.kinds), "payers": list(scope.payers), "component": scope.component, "state": scope.state
    }  # fmt: skip
    database.execute(_OUTSIDE, given)
    _hold(database, limits, medicare)
    _peers(database, limits)
    is_in_force, is_split = _schedule(asked, code)
    if is_in_force is None:
        not_checked.append("code_not_in_force: " + asked.no_release("schedule"))
    database.execute(
        _OBSERVATIONS,
        {
            "sentinel": limits.sentinel_at_least, "placeholder": limits.placeholder_at_most, "day": asked.day,
            "in_force": is_in_force is not False, "is_split": is_split, "copied_codes": limits.copied_codes,
            "copied_share": limits.copied_share, "base_share": limits.base_schedule_share,
        },
    )  # fmt: skip
    database.execute(FLAGS_VIEW)
    return Cleaned(database, code, asked, limits, medicare, tuple(not_checked))


# Why it is not known, and what can be done now.
_NO_REGISTRY = (
    "ghost_taxonomy: no registry of providers is loaded; load NPPES's (trocar rates providers --registry FILE)",
    "states of payers' rates: a payer's file does not say where its providers practise; load NPPES's registry likewise",
)


def _ghosts(database: duckdb.DuckDBPyConnection, folder: RatesFolder, asked: Asked, code: str) -> list[str]:
    """Create ``ghosts``, the voters who don't do the service; what could not be asked is said."""
    described = knowledge(code)
    known = described.on(asked.day) if described else None
    taxonomies = sorted({entry.taxonomy for entry in known.specialties}) if known else []
    if folder.has_providers and (taxonomies or folder.has_billed):
        database.execute(_GHOSTS, {"taxonomies": taxonomies, "code": code})
        return []
    database.execute("CREATE TABLE ghosts (voter INTEGER)")
    if not folder.has_providers:
        return list(_NO_REGISTRY)
    return [f"ghost_taxonomy: who does {code} is not described, and no file of what providers billed is loaded"]


def _hold(database: duckdb.DuckDBPyConnection, limits: Thresholds, medicare: Medicare) -> None:
    """For each rate that Medicare has an amount to hold against: the least and most of it, and the band."""
    kinds = database.execute(
        "SELECT DISTINCT component, class, setting, amount_kind FROM scoped WHERE left_out IS NULL AND rate IS NOT NULL"
    ).fetchall()
    states = {state for (state,) in database.execute("SELECT DISTINCT state FROM voters").fetchall()} | {None}
    held = []
    for component, class_, setting, kind in kinds:
        band = "charge" if kind in CHARGES else class_ if class_ == "institutional" else "professional"
        least, most = limits.medicare_band[band]
        for state in states:
            amount = comparable_amount(medicare, component, class_, setting, state)
            if amount is not None:
                low, high = amount
                # A rate has four decimals: it is below the band if it is below this, and above likewise.
                floor = (low * least).quantize(_TEN_THOUSANDTH, ROUND_CEILING)
                ceiling = (high * most).quantize(_TEN_THOUSANDTH, ROUND_FLOOR)
                held.append((component, class_, setting, kind, state, low, high, floor, ceiling))
    texts = ("component", "class", "setting", "amount_kind", "state")
    types = {**dict.fromkeys(texts, "VARCHAR"), **dict.fromkeys(("low", "high", "floor", "ceiling"), "DECIMAL(18, 4)")}
    columns = ", ".join(f"unnest(${at}::{kind}[]) AS {name}" for at, (name, kind) in enumerate(types.items(), 1))
    values = [list(column) for column in zip(*held, strict=True)] if held else [[] for _ in types]
    database.execute(f"CREATE TABLE medicare AS SELECT {columns}", values)
    database.execute(_HELD)


def comparable_amount(
    medicare: Medicare, component: str, class_: str, setting: str, state: str | None
) -> tuple[Decimal, Decimal] | None:
    """Medicare's least and most for rates of one kind: the fee schedule for professionals, OPPS for hospitals."""
    if class_ == "institutional":
        is_opps = medicare.opps is not None and component == "global" and setting != "inpatient"
        return (medicare.opps, medicare.opps) if is_opps and medicare.opps else None
    amount = medicare.of("" if component == "global" else component, setting, state)
    return None if amount is None else (amount.low, amount.high)


def _peers(database: duckdb.DuckDBPyConnection, limits: Thresholds) -> None:
    """The fences of each kind of price: the quartiles, moved outwards by the square of their ratio."""
    quartiles = database.execute(
        _QUARTILES,
        {
            "placeholder": limits.placeholder_at_most, "sentinel": limits.sentinel_at_least,
            "fewest": limits.peers_fewest,
        },
    ).fetchall()  # fmt: skip
    columns = "amount_kind VARCHAR, class VARCHAR, component VARCHAR, low DECIMAL(18, 4), high DECIMAL(18, 4)"
    database.execute(f"CREATE TABLE peers ({columns})")
    for kind, class_, component, lower, upper in quartiles:
        low, high = lower * (lower / upper) ** 2, upper * (upper / lower) ** 2
        most = limits.sentinel_at_least
        row = [kind, class_, component, round(low, 4), round(min(high, most), 4)]
        database.execute("INSERT INTO peers VALUES (?, ?, ?, ?, ?)", row)


def _schedule(asked: Asked, code: str) -> tuple[bool | None, bool]:
    """Whether the schedule of the day has the code (None: it can't be told), and whether the code is of two parts."""
    ordinal = asked.release("schedule")
    if ordinal < 0 or not asked.in_scope(code):
        return None, False
    rows = component_rows(asked, code, ordinal)
    return bool(rows), {"26", "TC"} <= rows.keys()
