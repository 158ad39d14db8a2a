"""The published rates of one code, cleaned for a day: prepared, held against Medicare, flagged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow as pa

from trocar.benchmarks.cleaning.flags import flag
from trocar.benchmarks.cleaning.observations import CHARGES, prepare
from trocar.benchmarks.cleaning.thresholds import Thresholds, thresholds_on
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.medicare import Medicare, medicare_amounts
from trocar.knowledge import knowledge
from trocar.lookup.asked import Asked
from trocar.lookup.schedule_facts import component_rows

_AMOUNT = pa.decimal128(18, 4)
# A group no known provider of which does the service, by taxonomy or by what it billed.
_GHOSTS = """
CREATE OR REPLACE TABLE voters AS
WITH known AS (
    SELECT g.tin_type || ' ' || g.tin AS voter,
           bool_or(list_has_any(p.taxonomies, $taxonomies) OR b.npi IS NOT NULL) AS does
    FROM (SELECT DISTINCT tin_type, tin, unnest(npis) AS npi FROM groups
          WHERE tin_type || ' ' || tin IN (SELECT voter FROM voters)) g
    JOIN providers p USING (npi)
    LEFT JOIN (SELECT DISTINCT npi FROM billed WHERE code = $code) b ON b.npi = g.npi
    GROUP BY ALL
)
SELECT v.*, coalesce(NOT k.does, false) AS ghost FROM voters v LEFT JOIN known k USING (voter)
"""
_BOUNDS = """
CREATE TABLE bounds AS
WITH meant AS (
    SELECT o.id, o.component, o.class, o.setting, o.amount_kind, v.state
    FROM observations o LEFT JOIN (SELECT DISTINCT id, state FROM voters) v USING (id)
)
SELECT id, min(low)::DECIMAL(18, 4) AS low, max(high)::DECIMAL(18, 4) AS high, any_value(least) AS least,
       any_value(most) AS most
FROM meant JOIN medicare m ON m.component = meant.component AND m.class = meant.class AND m.setting = meant.setting
     AND m.amount_kind = meant.amount_kind AND m.state IS NOT DISTINCT FROM meant.state
GROUP BY id
"""
_QUARTILES = """
SELECT amount_kind, class, component, quantile_disc(rate, 0.25), quantile_disc(rate, 0.75)
FROM observations WHERE rate > $placeholder AND rate < $sentinel
GROUP BY ALL HAVING count(*) >= $fewest
"""


@dataclass(frozen=True)
class Cleaned:
    """The tables ``observations``, ``voters`` and ``flags`` of one code on one day, in ``database``."""

    database: duckdb.DuckDBPyConnection
    code: str
    asked: Asked
    limits: Thresholds
    medicare: Medicare
    not_checked: tuple[str, ...]


def clean(folder: RatesFolder, asked: Asked, code: str, *, by_contract: bool = False) -> Cleaned:
    """Flag every published rate of a code as it is seen on the day of ``asked``; nothing is left out.

    ``by_contract``: a rate belongs to the provider group that a file lists, not to the tax numbers behind it.
    """
    database, limits = folder.connect(), thresholds_on(asked.day)
    medicare = medicare_amounts(asked, code)
    prepare(database, code, by_contract=by_contract)
    not_checked = _ghosts(database, folder, asked, code)
    _bounds(database, limits, medicare)
    _peers(database, limits)
    is_in_force, is_split = _schedule(asked, code)
    if is_in_force is None:
        not_checked.append("code_not_in_force: " + asked.no_release("schedule"))
    flag(
        database,
        {
            "sentinel": limits.sentinel_at_least, "placeholder": limits.placeholder_at_most, "day": asked.day,
            "in_force": is_in_force is not False, "is_split": is_split, "copied_codes": limits.copied_codes,
            "copied_share": limits.copied_share, "base_share": limits.base_schedule_share,
        },
    )  # fmt: skip
    return Cleaned(database, code, asked, limits, medicare, tuple(not_checked))


# Why it is not known, and what can be done now.
_NO_REGISTRY = (
    "ghost_taxonomy: no registry of providers is loaded; load NPPES's (trocar rates providers --registry FILE)",
    "states of payers' rates: a payer's file does not say where its providers practise; load NPPES's registry likewise",
)


def _ghosts(database: duckdb.DuckDBPyConnection, folder: RatesFolder, asked: Asked, code: str) -> list[str]:
    """Mark voters that are ghosts; what could not be asked is said."""
    described = knowledge(code)
    known = described.on(asked.day) if described else None
    taxonomies = sorted({entry.taxonomy for entry in known.specialties}) if known else []
    if folder.has_providers and (taxonomies or folder.has_billed):
        database.execute(_GHOSTS, {"taxonomies": taxonomies, "code": code})
        return []
    database.execute("ALTER TABLE voters ADD COLUMN ghost BOOLEAN DEFAULT false")
    if not folder.has_providers:
        return list(_NO_REGISTRY)
    return [f"ghost_taxonomy: who does {code} is not described, and no file of what providers billed is loaded"]


def _bounds(database: duckdb.DuckDBPyConnection, limits: Thresholds, medicare: Medicare) -> None:
    """For each rate that Medicare has an amount to hold against: the least and most of it, and the band."""
    rows = database.execute(
        """SELECT DISTINCT o.component, o.class, o.setting, o.amount_kind, v.state
           FROM observations o LEFT JOIN voters v USING (id) WHERE o.rate IS NOT NULL"""
    ).fetchall()
    held = []
    for component, class_, setting, kind, state in rows:
        amount = comparable_amount(medicare, component, class_, setting, state)
        if amount is not None:
            band = "charge" if kind in CHARGES else class_ if class_ == "institutional" else "professional"
            held.append((component, class_, setting, kind, state, *amount, *limits.medicare_band[band]))
    types = [*[pa.string()] * 5, *[_AMOUNT] * 4]
    names = ("component", "class", "setting", "amount_kind", "state", "low", "high", "least", "most")
    columns = zip(*held, strict=True) if held else [[] for _ in names]
    table = {name: pa.array(list(column), kind) for name, column, kind in zip(names, columns, types, strict=True)}
    database.register("medicare", pa.table(table))
    database.execute(_BOUNDS)


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
