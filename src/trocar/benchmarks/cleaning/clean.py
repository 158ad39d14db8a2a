"""The published rates of one code, cleaned for a day: held against Medicare, flagged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import duckdb

from trocar.benchmarks.cleaning.flags import FLAGS_VIEW, marks
from trocar.benchmarks.cleaning.observations import CHARGES
from trocar.benchmarks.cleaning.thresholds import Thresholds, thresholds_on
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.medicare import COMPONENTS, Medicare, medicare_amounts
from trocar.knowledge import knowledge
from trocar.lookup.asked import OUTSIDE_SCOPE, Asked
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
    """The tables of one code on one day, in ``database``: beside those of ``cleaning.observe``, ``observations``.

    They are the rates in the scope, each with its flags as one number; ``outside`` counts the others by the first part
    of the scope that leaves them out (NULL: those within), and ``here`` has the voters in the state asked for.
    ``ghosts`` are the voters who don't do the service; ``is_placed``: whether states of voters are known.
    """

    database: duckdb.DuckDBPyConnection
    code: str
    asked: Asked
    limits: Thresholds
    medicare: Medicare
    not_checked: tuple[str, ...]
    is_placed: bool

    def tell_flags(self) -> None:
        """Create ``flags``: those of the rates in the scope, a row each (id, flag, detail, blocks, place)."""
        self.database.execute(_REASONS)
        self.database.execute(FLAGS_VIEW)


_HOSPITALS = """
CREATE TABLE hospitals AS
SELECT hospital_id, -(row_number() OVER ())::INTEGER AS voter
FROM (SELECT DISTINCT hospital_id FROM observed WHERE hospital_id IS NOT NULL)
"""
_NAMES = """
CREATE VIEW names AS
SELECT voter, name FROM voter_names UNION ALL SELECT voter, 'hospital ' || hospital_id FROM hospitals
"""
_GHOSTS = """
CREATE TABLE ghosts AS
SELECT voter FROM doers WHERE NOT list_has_any(taxonomies, $taxonomies)
AND voter NOT IN (SELECT voter FROM billers WHERE code = $code)
"""
# Rates with a ghost among their voters, and no other.
_IS_GHOST = """
CREATE TABLE ghost_rates AS
WITH members AS (SELECT id, unnest(voters) AS voter FROM observed),
haunted AS (SELECT DISTINCT id FROM members SEMI JOIN ghosts USING (voter))
SELECT id FROM haunted
WHERE id NOT IN (SELECT id FROM members SEMI JOIN haunted USING (id) ANTI JOIN ghosts USING (voter))
"""
_HERE = "CREATE TABLE here AS SELECT id, voter, state FROM ({voters}) WHERE state = ?"
_QUARTILES = """
SELECT amount_kind, class, component, quantile_disc(rate, 0.25), quantile_disc(rate, 0.75)
FROM observed JOIN kinds USING (kind) WHERE rate > $placeholder AND rate < $sentinel
GROUP BY ALL HAVING count(*) >= $fewest
"""
# The kinds met, with what they have alike: what of the scope leaves them out, their flags, the band in which a rate is
# wherever it may be, the fences where Medicare has no amount.
_KINDS_MET = f"""
CREATE TABLE kinds_met AS
SELECT k.*, len($kinds) > 0 AND NOT list_contains($kinds, k.amount_kind) AS is_other_amount,
       CASE WHEN len($payers) > 0 AND NOT coalesce(list_contains($payers, k.payer_id), false)
                 AND NOT coalesce(list_contains($payers, k.payer_family), false) THEN 'payer'
            WHEN k.component <> $component THEN 'component' END AS left_out,
       m.low IS NOT NULL AND k.amount_kind <> 'percent' AS is_held, m.inner_floor,
       m.inner_ceiling, CASE WHEN m.low IS NULL THEN p.low END AS peers_low,
       CASE WHEN m.low IS NULL THEN p.high END AS peers_high
FROM (SELECT *, {marks(of_kind=True)} AS flags FROM kinds SEMI JOIN observed USING (kind)) k
LEFT JOIN (SELECT *, max(floor) OVER sort AS inner_floor, min(ceiling) OVER sort AS inner_ceiling FROM medicare
           WINDOW sort AS (PARTITION BY component, class, place, amount_kind)) m
       ON m.component = k.component AND m.class = k.class AND m.place = k.place AND m.amount_kind = k.amount_kind
      AND m.state IS NULL
LEFT JOIN peers p ON p.amount_kind = k.amount_kind AND p.class = k.class AND p.component = k.component
"""
# Rates outside the band somewhere: whether they are outside it wherever their voters are. A state without a locality of
# its own is held against the whole country.
_HELD = """
CREATE TABLE held AS
SELECT v.id, min(m.low) AS low, max(m.high) AS high, min(m.floor) AS floor, max(m.ceiling) AS ceiling
FROM ({voters}) v JOIN doubtful d USING (id) JOIN kinds_met k USING (kind)
JOIN medicare m ON m.component = k.component AND m.class = k.class AND m.place = k.place
     AND m.amount_kind = k.amount_kind
     AND m.state IS NOT DISTINCT FROM CASE WHEN v.state IN (SELECT state FROM medicare) THEN v.state END
GROUP BY v.id
"""
_DOUBTFUL = """
CREATE TABLE doubtful AS
SELECT o.id, o.kind, o.hospital_id, o.state, o.parties, o.voters FROM observed o JOIN kinds_met k USING (kind)
WHERE k.is_held AND (o.rate < k.inner_floor OR o.rate > k.inner_ceiling) AND k.left_out IS NULL
      AND NOT k.is_other_amount {elsewhere}
"""
# The first part of the scope that leaves a rate out.
_LEFT_OUT = """CASE WHEN k.is_other_amount AND o.rate IS NOT NULL THEN 'amount_kind'
                    WHEN k.left_out IS NOT NULL THEN k.left_out {elsewhere} END"""
_OUTSIDE = f"""
CREATE TABLE outside AS
SELECT {_LEFT_OUT} AS left_out, count(*) AS rates FROM observed o JOIN kinds_met k USING (kind) GROUP BY 1
"""
_OBSERVATIONS = f"""
CREATE TABLE observations AS
SELECT id, kind, rate, file, "offset", ordinal, flags | {marks(of_kind=False)} AS flags
FROM (SELECT o.*, k.flags, k.peers_low, k.peers_high, h.floor, h.ceiling, g.id IS NOT NULL AS is_ghost
      FROM observed o JOIN kinds_met k USING (kind) LEFT JOIN held h USING (id) LEFT JOIN ghost_rates g USING (id)
      WHERE {_LEFT_OUT} IS NULL)
"""
_REASONS = """
CREATE OR REPLACE VIEW reasons AS
SELECT b.*, n.flags, k.peers_low, k.peers_high, h.low, h.high
FROM observed b JOIN (SELECT id, flags FROM observations) n USING (id) JOIN kinds_met k USING (kind)
LEFT JOIN held h USING (id)
"""


def voters_of(rates: str, *, is_placed: bool) -> str:
    """The query for whose rates some are, and where: id, voter, state (NULL: not known).

    A party of a rate is where its providers practise by the registry, in several states if they do; a hospital where
    its licence is.
    """
    members = f"SELECT id, unnest(voters) AS voter, NULL::VARCHAR AS state FROM {rates}"
    if is_placed:
        parties = f"SELECT id, unnest(parties) AS party FROM {rates}"
        members = f"SELECT DISTINCT id, voter, state FROM ({parties}) JOIN places USING (party)"
    return f"{members} UNION ALL SELECT id, voter, state FROM {rates} JOIN hospitals USING (hospital_id)"


def clean(
    folder: RatesFolder, asked: Asked, code: str, scope: Scope = Scope(), *, by_contract: bool = False
) -> Cleaned:
    """Flag every published rate of a code in a scope as it is seen on the day of ``asked``; nothing is left out.

    ``by_contract``: a rate belongs to the provider group that a file lists, not to the tax numbers behind it.
    """
    limits = thresholds_on(asked.day)
    component = "" if scope.component == "global" else scope.component
    medicare = medicare_amounts(asked, code, components=COMPONENTS if component is None else (component,))
    database = folder.observe(code, by_contract=by_contract)
    database.execute(_HOSPITALS)
    database.execute(_NAMES)
    not_checked = _ghosts(database, folder, asked, code)
    database.execute(_IS_GHOST)
    is_in_force, is_split = _schedule(asked, code)
    if is_in_force is None:
        is_dated = asked.release("schedule") >= 0
        why = f"{code} is {OUTSIDE_SCOPE}" if is_dated else asked.no_release("schedule")
        not_checked.append(f"code_not_in_force: {why}")
    given = {
        "sentinel": limits.sentinel_at_least, "placeholder": limits.placeholder_at_most, "day": asked.day,
        "in_force": is_in_force is not False, "is_split": is_split, "copied_codes": limits.copied_codes,
        "copied_share": limits.copied_share, "base_share": limits.base_schedule_share, "kinds": list(scope.kinds),
        "payers": list(scope.payers), "component": scope.component, "fewest": limits.peers_fewest,
    }  # fmt: skip
    _medicare(database, limits, medicare)
    _peers(database, limits, given)
    _run(database, _KINDS_MET, given)
    is_placed = folder.has_providers
    if scope.state is not None:
        database.execute(_HERE.format(voters=voters_of("observed", is_placed=is_placed)), [scope.state])
    database.execute(_DOUBTFUL.format(elsewhere="" if scope.state is None else "AND o.id IN (SELECT id FROM here)"))
    database.execute(_HELD.format(voters=voters_of("doubtful", is_placed=is_placed)))
    elsewhere = "" if scope.state is None else "WHEN o.id NOT IN (SELECT id FROM here) THEN 'state'"
    database.execute(_OUTSIDE.format(elsewhere=elsewhere))
    _run(database, _OBSERVATIONS.format(elsewhere=elsewhere), given)
    return Cleaned(database, code, asked, limits, medicare, tuple(not_checked), is_placed)


def _run(database: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """Execute a query with those of the parameters that it names."""
    return database.execute(query, {name: given[name] for name in _NAMED.findall(query)})


_NAMED = re.compile(r"\$(\w+)")


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


def _medicare(database: duckdb.DuckDBPyConnection, limits: Thresholds, medicare: Medicare) -> None:
    """Create ``medicare``: for each kind of rate that it has an amount for, in each state, the amounts and the band."""
    met = "component, class, place, amount_kind"
    kinds = database.execute(f"SELECT DISTINCT {met} FROM kinds SEMI JOIN observed USING (kind)").fetchall()
    held = []
    for component, class_, place, kind in kinds:
        band = "charge" if kind in CHARGES else class_ if class_ == "institutional" else "professional"
        least, most = limits.medicare_band[band]
        for state in medicare.states:
            amount = comparable_amount(medicare, component, class_, place, state)
            if amount is not None:
                low, high = amount
                # A rate has four decimals: it is below the band if it is below this, and above likewise.
                floor = (low * least).quantize(_TEN_THOUSANDTH, ROUND_CEILING)
                ceiling = (high * most).quantize(_TEN_THOUSANDTH, ROUND_FLOOR)
                held.append((component, class_, place, kind, state, low, high, floor, ceiling))
    texts = ("component", "class", "place", "amount_kind", "state")
    types = {**dict.fromkeys(texts, "VARCHAR"), **dict.fromkeys(("low", "high", "floor", "ceiling"), "DECIMAL(18, 4)")}
    columns = ", ".join(f"unnest(${at}::{kind}[]) AS {name}" for at, (name, kind) in enumerate(types.items(), 1))
    values = [list(column) for column in zip(*held, strict=True)] if held else [[] for _ in types]
    database.execute(f"CREATE TABLE medicare AS SELECT {columns}", values)


def comparable_amount(
    medicare: Medicare, component: str, class_: str, setting: str, state: str | None
) -> tuple[Decimal, Decimal] | None:
    """Medicare's least and most for rates of one kind: the fee schedule for professionals, OPPS for hospitals."""
    if class_ == "institutional":
        is_opps = medicare.opps is not None and component == "global" and setting != "inpatient"
        return (medicare.opps, medicare.opps) if is_opps and medicare.opps else None
    amount = medicare.of("" if component == "global" else component, setting, state)
    return None if amount is None else (amount.low, amount.high)


def _peers(database: duckdb.DuckDBPyConnection, limits: Thresholds, given: Mapping[str, Any]) -> None:
    """The fences of each kind of price: the quartiles, moved outwards by the square of their ratio."""
    quartiles = _run(database, _QUARTILES, given).fetchall()
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
