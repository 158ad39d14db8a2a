"""The published rates of one code in comparable terms: payer, component, class, setting, whose rate it is."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from trocar.benchmarks.cleaning.payers import payer_of
from trocar.reference.law import law

DOLLAR_KINDS = (
    "dollar",
    "allowed",
    "gross",
    "cash",
    "minimum",
    "maximum",
    "estimated",
    "median",
    "p10",
    "p90",
    "billed",
)
# Kinds that a payer negotiated or paid, and those a hospital sets by itself.
CHARGES = ("gross", "billed")

# id: one published amount under the code. A hospital's rate is institutional unless it says professional; a payer's
# class is as published. Setting: by the places of service of a professional rate (all of them facilities, none, or
# mixed), by the published setting of an institutional one. What is not said is unknown, which is not "any".
_OBSERVATIONS = """
CREATE TABLE observations AS
SELECT row_number() OVER (ORDER BY r.file_id, r."offset", r.ordinal, r.code_type) AS id,
       r.* EXCLUDE (setting, billing_class),
       r.billing_class AS published_class,
       coalesce(n.id, lower(r.payer)) AS payer_id, coalesce(n.name, r.payer) AS payer_name, n.family AS payer_family,
       n.id IS NOT NULL AS payer_known,
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
            ELSE 'any' END AS setting
FROM rates r LEFT JOIN payer_names n ON n.published = r.payer
WHERE r.code = $code AND r.code_type IN ('CPT', 'HCPCS')
"""
# Whose rate it is: the tax number behind each provider group, or the hospital. A state is that of the hospital, or
# where the group's providers practise by the registry loaded; a group in two states stands in both. By contract, each
# provider group of a file votes, whether or not the file says who it is.
_VOTERS = """
CREATE TABLE voters AS
WITH named AS (
    SELECT id, file_id, unnest(provider_group_ids) AS provider_group_id
    FROM observations WHERE source_kind <> 'hospital'
), groups_meant AS (
    SELECT DISTINCT g.file_id, g.provider_group_id, g.ordinal, g.tin_type, g.tin, g.npis
    FROM groups g SEMI JOIN named n ON g.file_id = n.file_id AND g.provider_group_id = n.provider_group_id
), places AS (
    SELECT DISTINCT file_id, provider_group_id, ordinal, p.state
    FROM (SELECT file_id, provider_group_id, ordinal, unnest(npis) AS npi FROM groups_meant) g
    JOIN providers p USING (npi) WHERE p.state IS NOT NULL
)
SELECT DISTINCT n.id, CASE WHEN $by_contract THEN 'contract ' || n.file_id || ' ' || n.provider_group_id
                           ELSE g.tin_type || ' ' || g.tin END AS voter, l.state
FROM named n LEFT JOIN groups_meant g USING (file_id, provider_group_id)
LEFT JOIN places l USING (file_id, provider_group_id, ordinal)
WHERE g.tin IS NOT NULL OR $by_contract
UNION ALL
SELECT id, 'hospital ' || hospital_id, state FROM observations
WHERE source_kind = 'hospital' AND hospital_id IS NOT NULL
"""


def prepare(database: duckdb.DuckDBPyConnection, code: str, *, by_contract: bool = False) -> None:
    """Create ``observations`` (one row per published amount of the code) and ``voters`` (whose it is, and where)."""
    query = "SELECT DISTINCT payer FROM rates WHERE code = ? AND payer IS NOT NULL"
    published = [row[0] for row in database.execute(query, [code]).fetchall()]
    known = [(name, payer) for name in published if (payer := payer_of(name)) is not None]
    names = pa.table(
        {
            "published": pa.array([name for name, _ in known], pa.string()),
            "id": pa.array([payer.id for _, payer in known], pa.string()),
            "name": pa.array([payer.name for _, payer in known], pa.string()),
            "family": pa.array([payer.family for _, payer in known], pa.string()),
        }
    )
    database.register("payer_names", names)
    database.execute(_OBSERVATIONS, {"code": code, "facility": sorted(law().facility_places)})
    database.execute(_VOTERS, {"by_contract": by_contract})
