"""Lines of remittances joined to the lines of claims as sent; what matches nothing, both ways."""

from __future__ import annotations

import duckdb

# Each stage joins what the stages before left over: the n-th such line of the remittance's claim to the n-th sent.
_STAGES = (
    ("line control number", ("line_control_number",)),
    ("code, modifiers, day and charge", ("hcpcs", "service_date", "charge_cents", "modifiers")),
    ("code, day and charge", ("hcpcs", "service_date", "charge_cents")),
    ("day and charge", ("service_date", "charge_cents")),
    ("code and day", ("hcpcs", "service_date")),
)
# A claim sent again replaces itself: the lines of its last file.
_SENT = """
CREATE TABLE sent_line AS
SELECT s.claim_id, s.line, s.hcpcs, s.service_date, s.charge_cents, s.line_control_number,
       list_sort(list_filter([modifier_1, modifier_2, modifier_3, modifier_4], lambda x: x IS NOT NULL)) AS modifiers
FROM sent s JOIN files f USING (file_id)
QUALIFY f.sequence = max(f.sequence) OVER (PARTITION BY s.claim_id)
"""
_STAGE = """
INSERT INTO matched
WITH answered AS (
    SELECT id, claim_id, {answered}, row_number() OVER (PARTITION BY ordinal, {keys} ORDER BY line) AS nth
    FROM (SELECT * REPLACE (list_sort(modifiers) AS modifiers) FROM outcome)
    WHERE line > 0 AND id NOT IN (SELECT id FROM matched) AND {not_null}
), sent AS (
    SELECT s.claim_id, s.line, {sent}, row_number() OVER (PARTITION BY s.claim_id, {keys} ORDER BY s.line) AS nth
    FROM sent_line s WHERE {not_null}
)
SELECT a.id, a.claim_id, s.line, '{how}'
FROM answered a JOIN sent s USING (claim_id, {keys}, nth)
WHERE NOT EXISTS (FROM matched m JOIN outcome o USING (id)
                  WHERE m.claim_id = s.claim_id AND m.line = s.line
                    AND o.ordinal = (SELECT ordinal FROM outcome x WHERE x.id = a.id))
"""


def match(database: duckdb.DuckDBPyConnection) -> None:
    """Fill the table ``matched`` (id of a remittance's line, claim_id and line as sent, how) and ``sent_line``."""
    database.execute(_SENT)
    database.execute("CREATE TABLE matched (id BIGINT, claim_id VARCHAR, line INTEGER, how VARCHAR)")
    for how, keys in _STAGES:
        listed = ", ".join(keys)
        not_null = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        database.execute(_STAGE.format(answered=listed, sent=listed, keys=listed, not_null=not_null, how=how))
