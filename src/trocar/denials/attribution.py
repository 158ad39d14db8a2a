"""Why each line was denied or cut: a rule, the claim's data, the patient's part, or nothing public; or not checked."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import duckdb
import pyarrow as pa

from trocar.denials.billed import judge, slices
from trocar.denials.reasons import reason
from trocar.engine.pack import Pack
from trocar.rules.registry import all_rules


class Cause(StrEnum):
    """The five answers; ``NOT_CHECKED`` says that a rule which could explain the line had no data to judge it by."""

    RULE = "rule"
    DATA_FAULT = "data_fault"
    PATIENT = "patient"
    NOT_CHECKED = "not_checked"
    UNEXPLAINED = "unexplained"


# A remittance does not carry, or not always, what these families are judged by: only the claim as sent does.
_NOT_ON_REMITTANCES = ("diagnosis", "necessity", "provider", "place", "data", "documentation")
_JUDGED = "NOT (k.how LIKE 'rebuilt%' AND r.family IN ({not_on_remittances}))"
# Of several rules of the family the one with the payer's own code, then the one sure to deny, then the lowest id.
_EXPLAINED = """
CREATE TABLE explained AS
SELECT o.id, f.rule, f.name, f.severity, f.message, f.remedy, f.citations,
       list(DISTINCT f.rule ORDER BY f.rule) OVER (PARTITION BY o.id) AS rules
FROM outcome o JOIN billed_key k USING (id)
JOIN said f ON f.claim_id = k.billed_claim AND f.line = k.billed_line AND f.kind = 'finding' AND f.severity <> 'info'
JOIN rule_family r ON r.rule = f.rule AND r.family = o.family
WHERE o.outcome IN ('denied', 'cut') AND o.line > 0 AND {judged}
QUALIFY row_number() OVER (PARTITION BY o.id ORDER BY f.carc <> o.carc, f.severity <> 'deny', f.rule, f.message) = 1
"""
_HELD = """
CREATE TABLE held AS
SELECT o.id, min(f.not_checked) AS why
FROM outcome o JOIN billed_key k USING (id)
JOIN (SELECT claim_id, line, not_checked, unnest(rules) AS rule FROM said WHERE kind = 'not_checked') f
  ON f.claim_id = k.billed_claim AND f.line = k.billed_line
JOIN rule_family r ON r.rule = f.rule AND r.family = o.family
WHERE o.outcome IN ('denied', 'cut') GROUP BY o.id
"""
_ATTRIBUTED = """
CREATE TABLE attributed AS
SELECT o.*, coalesce(k.how, '') AS how, k.billed_claim, k.billed_line, e.rule, e.name AS rule_name,
       e.severity AS rule_severity, e.message, e.remedy, e.citations, e.rules,
       CASE WHEN e.rule IS NOT NULL THEN 'rule'
            WHEN o."group" = 'PR' THEN 'patient'
            WHEN r.kind = 'data_fault' THEN 'data_fault'
            WHEN k.id IS NULL THEN 'not_checked'
            WHEN h.why IS NOT NULL THEN 'not_checked'
            WHEN k.how LIKE 'rebuilt%' AND o.family IN ({not_on_remittances}) THEN 'not_checked'
            ELSE 'unexplained' END AS cause,
       CASE WHEN e.rule IS NOT NULL OR o."group" = 'PR' OR r.kind = 'data_fault' THEN NULL
            WHEN k.id IS NULL THEN 'the line is not among the lines billed, or can''t be read as one'
            WHEN h.why IS NOT NULL THEN h.why
            WHEN k.how LIKE 'rebuilt%' AND o.family IN ({not_on_remittances})
            THEN 'the claim as sent is not in the book, and a remittance does not carry what decides' END AS why
FROM outcome o LEFT JOIN billed_key k USING (id) LEFT JOIN explained e USING (id) LEFT JOIN held h USING (id)
LEFT JOIN reason r ON r.carc = o.carc
WHERE o.outcome IN ('denied', 'cut')
"""
# What each rule said of the lines answered, and what the payer made of them: first, and in the end.
_FEEDBACK = """
CREATE TABLE feedback AS
WITH fired AS (
    SELECT DISTINCT f.rule, f.name, r.family, k.id
    FROM said f JOIN rule_family r USING (rule)
    JOIN billed_key k ON k.billed_claim = f.claim_id AND k.billed_line = f.line
    WHERE f.kind = 'finding' AND f.severity <> 'info' AND {judged}
)
SELECT f.rule, f.name, o.payer, any_value(o.payer_name) AS payer_name, count(*) AS fired,
       count(*) FILTER (o.first_outcome IN ('denied', 'cut') AND o.first_family = f.family) AS denied,
       count(*) FILTER (o.first_outcome IN ('denied', 'cut', 'written_off')
                        AND NOT (o.first_outcome <> 'written_off' AND o.first_family = f.family)) AS denied_otherwise,
       count(*) FILTER (o.first_outcome = 'paid') AS paid,
       count(*) FILTER (o.first_outcome IN ('denied', 'cut') AND o.first_family = f.family AND o.outcome = 'paid')
           AS overturned
FROM fired f JOIN outcome o USING (id) WHERE o.stands GROUP BY f.rule, f.name, o.payer ORDER BY ALL
"""


def attribute(
    database: duckdb.DuckDBPyConnection, pack: Pack, told: Callable[[int], None] = lambda lines: None
) -> None:
    """Judge all lines billed; make the tables ``said``, ``price``, ``attributed`` and ``feedback``.

    ``told`` hears how many lines each step has judged.
    """
    for number, table in enumerate(slices(database)):
        judged = judge(table, pack)
        for name, rows in (("said", judged.said), ("price", judged.prices)):
            database.register("judged_rows", rows)
            how = f"CREATE TABLE {name} AS" if number == 0 else f"INSERT INTO {name}"
            database.execute(f"{how} SELECT * FROM judged_rows")
            database.unregister("judged_rows")
        told(table.num_rows)
    _empty_tables(database, pack)
    rules = {(rule.id, reason(rule.carc).family.id) for rule in all_rules()}
    database.register(
        "rule_rows", pa.table({"rule": [r for r, _ in sorted(rules)], "family": [f for _, f in sorted(rules)]})
    )
    database.execute("CREATE TABLE rule_family AS SELECT * FROM rule_rows")
    listed = ", ".join(f"'{family}'" for family in _NOT_ON_REMITTANCES)
    judged_by = _JUDGED.format(not_on_remittances=listed)
    for statement in (_EXPLAINED, _HELD, _ATTRIBUTED, _FEEDBACK):
        database.execute(statement.format(judged=judged_by, not_on_remittances=listed))


def _empty_tables(database: duckdb.DuckDBPyConnection, pack: Pack) -> None:
    """A book without a line to judge still has the tables."""
    from trocar.claims.table import CLAIM_SCHEMA

    judged = judge(CLAIM_SCHEMA.empty_table(), pack)
    for name, rows in (("said", judged.said), ("price", judged.prices)):
        database.register("judged_rows", rows)
        database.execute(f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM judged_rows")
        database.unregister("judged_rows")
