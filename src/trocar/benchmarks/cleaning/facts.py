"""What published rates say of one another, whatever the day: the facts that flags are found by."""

from __future__ import annotations

import duckdb

from trocar.benchmarks.cleaning.observations import ADDRESS, NEW_KINDS, OF_KIND

# Each list of provider groups that the rates of a file name, once, by a number: lists are long, many rates share one.
_LISTS = """
CREATE OR REPLACE TABLE lists AS
SELECT row_number() OVER () AS list, * FROM (SELECT DISTINCT file_id, provider_group_ids FROM {every})
"""
# The groups resolved: {groups} has file_id, provider_group_id, party (a row of groups) and voter (a tax number).
_RESOLVED = """
CREATE OR REPLACE TABLE resolved AS
SELECT list, list(party) AS parties, list_sort(list(DISTINCT voter)) AS voters
FROM (SELECT list, file_id, unnest(provider_group_ids) AS provider_group_id FROM lists WHERE provider_group_ids <> [])
JOIN {groups} USING (file_id, provider_group_id) GROUP BY list
"""
# Over how many codes of the file the same providers have this very rate, and any: {every} has all rates of the file.
_LISTED = """
CREATE OR REPLACE TABLE listed_rates AS
SELECT DISTINCT list, hospital_id, amount_kind, rate, code FROM {every} JOIN lists USING (file_id, provider_group_ids)
"""
_COPIED = """
CREATE OR REPLACE TABLE copied AS
SELECT s.*, e.copied_of
FROM (SELECT list, hospital_id, amount_kind, rate, count(*) AS copied_codes FROM listed_rates
      WHERE rate IS NOT NULL GROUP BY ALL) s
JOIN (SELECT list, hospital_id, amount_kind, count(*) AS copied_of
      FROM (SELECT DISTINCT list, hospital_id, amount_kind, code FROM listed_rates) GROUP BY ALL) e
  ON e.list = s.list AND e.hospital_id IS NOT DISTINCT FROM s.hospital_id AND e.amount_kind = s.amount_kind
"""
# How many of a payer's file's rates for the code are this very rate, of how many.
_BASE = """
CREATE OR REPLACE TABLE base AS
SELECT *, (sum(base_rates) OVER (PARTITION BY file_id, is_service, code, class, component, amount_kind))::BIGINT
          AS base_of
FROM (SELECT file_id, is_service, code, class, component, amount_kind, rate, count(*) AS base_rates
      FROM {normal} WHERE source_kind = 'in_network' AND rate IS NOT NULL GROUP BY ALL)
"""
_STEPS = (NEW_KINDS, _LISTS, _RESOLVED, _LISTED, _COPIED, _BASE)
# Rates with what stands in their own file: {normal} is of NORMAL, with an id.
_OF_ITS_FILE = f"""
SELECT n.*, k.kind, coalesce(r.parties, []) AS parties, coalesce(r.voters, []) AS voters,
       CASE WHEN n.source_kind = 'hospital' THEN n.hospital_id IS NOT NULL ELSE r.voters IS NOT NULL END AS is_resolved,
       c.copied_codes, c.copied_of, b.base_rates, b.base_of
FROM {{normal}} n JOIN kinds k ON {OF_KIND}
JOIN lists l ON l.file_id = n.file_id AND l.provider_group_ids = n.provider_group_ids
LEFT JOIN resolved r ON r.list = l.list
LEFT JOIN copied c ON c.list = l.list AND c.hospital_id IS NOT DISTINCT FROM n.hospital_id
      AND c.amount_kind = n.amount_kind AND c.rate = n.rate
LEFT JOIN base b ON b.file_id = n.file_id AND b.is_service = n.is_service AND b.code = n.code AND b.class = n.class
      AND b.component = n.component AND b.amount_kind = n.amount_kind AND b.rate = n.rate
"""

# Every field but the amount, for the same providers; in hospitals' files the plan tells rates apart.
_SAME = """is_service, code, source_kind, payer_id, hospital_id, modifiers, amount_kind, negotiated_type, arrangement,
class, place, list_sort(place_of_service), expiration_date, voters, CASE WHEN voters = [] THEN provider_group_ids END,
CASE WHEN source_kind = 'hospital' THEN plan_name END"""
# Rates that stand in an earlier place too, and those beside another amount, every field alike. Rates whose digest of
# these fields no other has are neither, which spares the comparison of most.
TWICE = f"""
WITH keyed AS (SELECT id, hash({_SAME}) AS digest FROM {{rates}} WHERE rate IS NOT NULL),
several AS (SELECT digest FROM keyed GROUP BY digest HAVING count(*) > 1)
SELECT id, row_number() OVER (PARTITION BY {_SAME}, rate ORDER BY {ADDRESS}) > 1 AS is_repeated,
       min(rate) OVER (PARTITION BY file_id, plan_name, {_SAME})
     < max(rate) OVER (PARTITION BY file_id, plan_name, {_SAME}) AS is_ambiguous
FROM {{rates}} SEMI JOIN (SELECT id FROM keyed SEMI JOIN several USING (digest)) USING (id)
"""
# Rates with what stands in any file of their payer (hospitals' own prices: of the hospital): {rates} are those of
# of_its_file.
OF_ITS_PAYER = f"""
SELECT o.*, coalesce(t.is_repeated, false) AS is_repeated, coalesce(t.is_ambiguous, false) AS is_ambiguous, g.gross
FROM {{rates}} o LEFT JOIN ({TWICE}) t USING (id)
LEFT JOIN (SELECT is_service, code, hospital_id, modifiers, place, max(rate) AS gross
           FROM {{rates}} WHERE amount_kind = 'gross' GROUP BY ALL) g
       ON o.amount_kind = 'cash' AND g.is_service = o.is_service AND g.code = o.code AND g.hospital_id = o.hospital_id
      AND g.modifiers = o.modifiers AND g.place = o.place
"""
QUERIES = (*_STEPS, _OF_ITS_FILE, OF_ITS_PAYER)


def of_its_file(database: duckdb.DuckDBPyConnection, normal: str, groups: str, every: str) -> str:
    """Work out what rates say of others in their own file; gives the query for the rates with it.

    ``normal``: the rates, of ``NORMAL`` with an ``id``; ``groups``: provider groups by number; ``every``: all rates of
    the same files and providers, of whatever code. ``kinds`` is there (``KINDS``); new ones are added.
    """
    for step in _STEPS:
        database.execute(step.format(normal=normal, groups=groups, every=every))
    return _OF_ITS_FILE.format(normal=normal)
