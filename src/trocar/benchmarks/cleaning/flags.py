"""The flags of the cleaning: what each says of a rate, how it is found, whether it keeps the rate apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: a stable code, its words, and the query that gives the ids with the reason in figures (or NULL).

    ``blocks``: a rate so flagged is shown and counted, and stays out of percentiles.
    """

    code: str
    words: str
    sql: str
    blocks: bool = True


def _where(condition: str, detail: str = "NULL") -> str:
    return f"SELECT id, {detail} FROM observations WHERE {condition}"


_SAME = """source_kind, payer_id, hospital_id, modifiers, amount_kind, negotiated_type, arrangement, class, setting,
list_sort(place_of_service), expiration_date, coalesce(v.voters, provider_group_ids),
CASE WHEN source_kind = 'hospital' THEN plan_name END"""
_WITH_VOTERS = """FROM observations LEFT JOIN (
    SELECT id, list_sort(list(DISTINCT voter)) AS voters FROM voters GROUP BY id
) v USING (id)"""

# In the order of the funnel: what can't be a price comes first, then what is no price of this service for these
# people on this day, then what is improbable, then what is there twice.
FLAGS = (
    Flag("no_amount", "an algorithm, or a number that can't be read: no dollar amount", _where("rate IS NULL")),
    Flag("percentage", "a percentage whose base is not published", _where("amount_kind = 'percent'")),
    Flag("sentinel_amount", "nine 9s or the like: stands for unknown", _where("rate >= $sentinel")),
    Flag("placeholder_amount", "zero or a cent: stands for none", _where("rate <= $placeholder")),
    Flag("per_diem", "paid by the day, not by the service",
         _where("amount_kind = 'per_diem' OR negotiated_type = 'per diem'")),
    Flag("capitation", "paid by the member and month", _where("arrangement = 'capitation'")),
    Flag("bundle", "one rate for several services", _where("arrangement = 'bundle'")),
    Flag("expired", "its last day is past", _where("expiration_date < $day", "'expired ' || expiration_date")),
    Flag("code_not_in_force", "the code is not in the fee schedule in force on the day", _where("NOT $in_force")),
    Flag("other_modifier", "a modifier other than 26 and TC changes what is paid",
         _where("component = 'other'", "'modifiers ' || array_to_string(modifiers, ' ')")),
    Flag("modifier_missing", "a code of two components at facilities alone, without 26 or TC: which part is unsaid",
         _where("$is_split AND component = 'global' AND class = 'professional' AND setting = 'facility'")),
    Flag("unresolved_provider", "whose rate it is can't be told: its provider group is not in the file",
         "SELECT id, NULL FROM observations ANTI JOIN voters USING (id)"),
    Flag("ghost_taxonomy", "no provider of the group, as far as known, does this service",
         "SELECT id, NULL FROM voters GROUP BY id HAVING bool_and(ghost)"),
    Flag("copied_over_codes", "the same rate over many different codes of the file, for the same providers",
         """
WITH mine AS (SELECT DISTINCT file_id, hospital_id, provider_group_ids, amount_kind, rate FROM observations
              WHERE rate IS NOT NULL),
same AS (SELECT m.file_id, m.hospital_id, m.provider_group_ids, m.amount_kind, m.rate,
                count(DISTINCT r.code) FILTER (r.rate = m.rate) AS codes, count(DISTINCT r.code) AS all_codes
         FROM mine m JOIN rates r ON r.file_id = m.file_id AND r.hospital_id IS NOT DISTINCT FROM m.hospital_id
              AND r.provider_group_ids = m.provider_group_ids AND r.amount_kind = m.amount_kind
         GROUP BY ALL)
SELECT o.id, 'over ' || s.codes || ' of ' || s.all_codes || ' codes'
FROM observations o JOIN same s ON s.file_id = o.file_id AND s.hospital_id IS NOT DISTINCT FROM o.hospital_id
     AND s.provider_group_ids = o.provider_group_ids AND s.amount_kind = o.amount_kind AND s.rate = o.rate
WHERE s.codes >= $copied_codes AND s.codes >= $copied_share * s.all_codes"""),
    Flag("medicare_ratio", "far from Medicare's amount for the same component, setting and day",
         """
SELECT id, rate || ' beside ' || low || CASE WHEN high > low THEN ' to ' || high ELSE '' END
FROM observations JOIN bounds USING (id)
WHERE amount_kind <> 'percent' AND (rate < least * low OR rate > most * high)"""),
    Flag("far_from_peers", "far from the other prices of this kind (Medicare has no amount to hold it against)",
         """
SELECT o.id, o.rate || ' beside ' || p.low || ' to ' || p.high
FROM observations o JOIN peers p ON p.amount_kind = o.amount_kind AND p.class = o.class AND p.component = o.component
WHERE o.id NOT IN (SELECT id FROM bounds) AND (o.rate < p.low OR o.rate > p.high)"""),
    Flag("duplicate", "the same rate of the same payer for the same providers stands in an earlier row or file",
         f"""
SELECT id, NULL {_WITH_VOTERS} WHERE rate IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY {_SAME}, rate ORDER BY id) > 1"""),
    Flag("ambiguous_multi_rate", "another amount stands beside it, every field alike: which applies is unsaid",
         f"""
SELECT id, NULL {_WITH_VOTERS} WHERE rate IS NOT NULL
QUALIFY min(rate) OVER (PARTITION BY file_id, plan_name, {_SAME})
      < max(rate) OVER (PARTITION BY file_id, plan_name, {_SAME})""", blocks=False),
    Flag("base_fee_schedule", "the rate that most provider groups of the file have for this code",
         """
WITH counted AS (SELECT file_id, class, component, amount_kind, rate, count(*) AS n FROM observations
                 WHERE source_kind = 'in_network' AND rate IS NOT NULL GROUP BY ALL),
shares AS (SELECT *, n::DECIMAL(18, 4) / sum(n) OVER (PARTITION BY file_id, class, component, amount_kind) AS share,
                  sum(n) OVER (PARTITION BY file_id, class, component, amount_kind) AS of_all FROM counted)
SELECT o.id, s.n || ' of ' || s.of_all
FROM observations o JOIN shares s USING (file_id, class, component, amount_kind, rate)
WHERE s.share > $base_share AND s.of_all > 1""", blocks=False),
    Flag("cash_above_gross", "the cash price is above the hospital's own gross charge",
         """
SELECT o.id, o.rate || ' above ' || g.rate FROM observations o
JOIN (SELECT hospital_id, modifiers, setting, max(rate) AS rate
      FROM observations WHERE amount_kind = 'gross' GROUP BY ALL) g
     USING (hospital_id, modifiers, setting)
WHERE o.amount_kind = 'cash' AND o.rate > g.rate""", blocks=False),
    Flag("setting_unknown", "no place of service (professional) or setting (hospital) is published",
         _where("setting = 'unknown'"), blocks=False),
)  # fmt: skip
BY_CODE: Mapping[str, Flag] = {flag.code: flag for flag in FLAGS}
_NAMED = re.compile(r"\$(\w+)")


def flag(database: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    """Fill ``flags`` (id, flag, detail, blocks, place in the order) from the tables prepared."""
    database.execute("CREATE TABLE flags (id BIGINT, flag VARCHAR, detail VARCHAR, blocks BOOLEAN, place INTEGER)")
    for place, entry in enumerate(FLAGS):
        named = {name: values[name] for name in _NAMED.findall(entry.sql)}
        query = f"INSERT INTO flags SELECT found.*, $flag, $blocks, $place FROM ({entry.sql}) found(id, detail)"
        query = query.replace("found.*, $flag", "found.id, $flag, found.detail")
        database.execute(query, {**named, "flag": entry.code, "blocks": entry.blocks, "place": place})
