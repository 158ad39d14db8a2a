"""What published rates say of one another, whatever the day: the facts that flags are found by."""

from __future__ import annotations

from trocar.benchmarks.cleaning.observations import ADDRESS

# The provider groups that rates name, resolved: {named} has file_id and provider_group_ids; {groups} file_id,
# provider_group_id, party (one row of groups) and voter (one tax number). A list that many rates share is resolved once.
RESOLVED = """
SELECT file_id, provider_group_ids, list_sort(list(DISTINCT party)) AS parties,
       list_sort(list(DISTINCT voter)) AS voters
FROM (SELECT file_id, provider_group_ids, unnest(provider_group_ids) AS provider_group_id
      FROM (SELECT DISTINCT file_id, provider_group_ids FROM {named} WHERE provider_group_ids <> []))
JOIN {groups} USING (file_id, provider_group_id)
GROUP BY file_id, provider_group_ids
"""
# Over how many codes of the file the same providers have this very rate, and any: {every} has all rates of the file.
COPIED = """
SELECT s.*, e.copied_of
FROM (SELECT file_id, hospital_id, provider_group_ids, amount_kind, rate, count(DISTINCT code) AS copied_codes
      FROM {every} WHERE rate IS NOT NULL GROUP BY ALL) s
JOIN (SELECT file_id, hospital_id, provider_group_ids, amount_kind, count(DISTINCT code) AS copied_of
      FROM {every} GROUP BY ALL) e
  ON e.file_id = s.file_id AND e.hospital_id IS NOT DISTINCT FROM s.hospital_id
 AND e.provider_group_ids = s.provider_group_ids AND e.amount_kind = s.amount_kind
"""
# How many of a payer's file's rates for the code are this very rate, of how many.
BASE = """
SELECT *, (sum(base_rates) OVER (PARTITION BY file_id, is_service, code, class, component, amount_kind))::BIGINT AS base_of
FROM (SELECT file_id, is_service, code, class, component, amount_kind, rate, count(*) AS base_rates
      FROM {normal}
      WHERE source_kind = 'in_network' AND rate IS NOT NULL GROUP BY ALL)
"""
# Rates with what stands in their own file: {normal} is of NORMAL, with an id.
OF_ITS_FILE = f"""
SELECT n.*, coalesce(r.parties, []) AS parties, coalesce(r.voters, []) AS voters,
       CASE WHEN n.source_kind = 'hospital' THEN n.hospital_id IS NOT NULL ELSE r.voters IS NOT NULL END AS is_resolved,
       c.copied_codes, c.copied_of, b.base_rates, b.base_of
FROM {{normal}} n
LEFT JOIN ({RESOLVED}) r ON r.file_id = n.file_id AND r.provider_group_ids = n.provider_group_ids
LEFT JOIN ({COPIED}) c ON c.file_id = n.file_id AND c.hospital_id IS NOT DISTINCT FROM n.hospital_id
      AND c.provider_group_ids = n.provider_group_ids AND c.amount_kind = n.amount_kind AND c.rate = n.rate
LEFT JOIN ({BASE}) b ON b.file_id = n.file_id AND b.is_service = n.is_service AND b.code = n.code AND b.class = n.class
      AND b.component = n.component AND b.amount_kind = n.amount_kind AND b.rate = n.rate
"""

# Every field but the amount, for the same providers; in hospitals' files the plan tells rates apart.
_SAME = """is_service, code, source_kind, payer_id, hospital_id, modifiers, amount_kind, negotiated_type, arrangement, class, place,
list_sort(place_of_service), expiration_date, voters, CASE WHEN voters = [] THEN provider_group_ids END,
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
# Rates with what stands in any file of their payer (of their hospital, for its own prices): {rates} is of OF_ITS_FILE.
OF_ITS_PAYER = f"""
SELECT o.*, coalesce(t.is_repeated, false) AS is_repeated, coalesce(t.is_ambiguous, false) AS is_ambiguous, g.gross
FROM {{rates}} o LEFT JOIN ({TWICE}) t USING (id)
LEFT JOIN (SELECT is_service, code, hospital_id, modifiers, place, max(rate) AS gross
           FROM {{rates}} WHERE amount_kind = 'gross' GROUP BY ALL) g
       ON o.amount_kind = 'cash' AND g.is_service = o.is_service AND g.code = o.code AND g.hospital_id = o.hospital_id
      AND g.modifiers = o.modifiers AND g.place = o.place
"""
QUERIES = (OF_ITS_FILE, OF_ITS_PAYER)
