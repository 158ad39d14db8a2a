"""Published rates in comparable terms: payer, component, class, setting."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from trocar.benchmarks.cleaning.payers import payer_of
from trocar.reference.law import law

# Kinds that a hospital, or a provider, sets by itself.
CHARGES = ("gross", "billed")
# The code types under which a code of the fee schedule is published.
CODE_TYPES = "('CPT', 'HCPCS')"

# The relation {rates} with more columns. A hospital's rate is institutional unless it says professional; a payer's
# class is as published. Place: by the places of service of a professional rate (all of them facilities, none, or
# mixed), by the published setting of an institutional one. What is not said is unknown, which is not "any".
NORMAL = f"""
SELECT r.*,
       coalesce(n.id, lower(r.payer)) AS payer_id, coalesce(n.name, r.payer) AS payer_name, n.family AS payer_family,
       CASE WHEN r.modifiers IN ([], ['00']) THEN 'global' WHEN r.modifiers = ['26'] THEN '26'
            WHEN r.modifiers = ['TC'] THEN 'TC' ELSE 'other' END AS component,
       CASE WHEN r.source_kind = 'hospital' AND coalesce(r.billing_class, 'facility') <> 'professional'
                 AND coalesce(r.billing_class, 'facility') <> 'both' THEN 'institutional'
            ELSE coalesce(r.billing_class, 'unknown') END AS class,
       CASE WHEN r.source_kind = 'hospital' OR r.billing_class = 'institutional' THEN coalesce(r.setting, 'unknown')
            WHEN r.place_of_service = [] THEN 'unknown'
            WHEN list_contains(r.place_of_service, 'CSTM-00') THEN 'any'
            WHEN len(list_filter(r.place_of_service, lambda p: list_contains($facility, p))) = len(r.place_of_service)
                 THEN 'facility'
            WHEN len(list_filter(r.place_of_service, lambda p: list_contains($facility, p))) = 0 THEN 'office'
            ELSE 'any' END AS place,
       r.code_type IN {CODE_TYPES} AS is_service
FROM {{rates}} r LEFT JOIN payer_names n ON n.published = r.payer
"""
_PARTS = ("id", "name", "family")
# Where an amount stands, as an order that is the same however the rates are kept.
ADDRESS = 'file_id, "offset", ordinal, code_type'


def facility_places() -> list[str]:
    """The places of service that the fee schedule calls facilities: what ``NORMAL`` asks as ``$facility``."""
    return sorted(law().facility_places)


def name_payers(database: duckdb.DuckDBPyConnection, published: Iterable[str]) -> None:
    """Create ``payer_names``: the canonical payer of each published name that is known to stand for one."""
    known = [(name, payer) for name in published if (payer := payer_of(name)) is not None]
    columns = [[name for name, _ in known], *([getattr(payer, part) for _, payer in known] for part in _PARTS)]
    database.execute(
        """CREATE OR REPLACE TABLE payer_names AS
           SELECT unnest($1::VARCHAR[]) AS published, unnest($2::VARCHAR[]) AS id, unnest($3::VARCHAR[]) AS name,
                  unnest($4::VARCHAR[]) AS family""",
        columns,
    )


# What tells one kind of rate from another: rates that differ in one of these are never pooled. A rate has a kind by its
# number; the words are compared once for each kind, not for each rate.
_KIND = ("source_kind", "payer_id", "payer_name", "payer_family", "component", "class", "place", "amount_kind",
         "negotiated_type", "arrangement")  # fmt: skip
KIND = ", ".join(_KIND)
KINDS = f"CREATE TABLE kinds (kind INTEGER, {', '.join(f'{name} VARCHAR' for name in _KIND)})"
NEW_KINDS = f"""
INSERT INTO kinds
SELECT (SELECT coalesce(max(kind), 0) FROM kinds) + row_number() OVER (), *
FROM (SELECT DISTINCT {KIND} FROM {{normal}} EXCEPT SELECT {KIND} FROM kinds)
"""
# The condition that a rate ``n`` is of a kind ``k``.
OF_KIND = " AND ".join(f"k.{name} IS NOT DISTINCT FROM n.{name}" for name in _KIND)
