"""Lines of remittances joined to the lines of claims as sent; what matches nothing, both ways."""

from __future__ import annotations

import duckdb

# Each stage joins what the stages before left over: the n-th such line of the remittance's claim to the n-th sent.
_STAGES = (
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
# A remittance that gives no day of service is of the day of the claim, where all of its lines have one.
_ANSWERED = """
CREATE TABLE answered_line AS
SELECT o.id, o.ordinal, o.claim_id, o.line, o.hcpcs, coalesce(o.service_date, d.day) AS service_date, o.charge_cents,
       o.line_control_number, o.of_several, list_sort(o.modifiers) AS modifiers
FROM outcome o LEFT JOIN (
    SELECT claim_id, min(service_date) AS day FROM sent_line GROUP BY ALL HAVING min(service_date) = max(service_date)
) d USING (claim_id)
WHERE o.line > 0
"""
# The sender's own number decides (REF*6R), where it tells the lines of the claim apart; a payer may answer one line
# sent with several.
_BY_NUMBER = """
INSERT INTO matched
SELECT a.id, a.ordinal, a.claim_id, s.line, 'line control number'
FROM answered_line a
JOIN (FROM sent_line QUALIFY count(*) OVER (PARTITION BY claim_id, line_control_number) = 1) s
USING (claim_id, line_control_number)
"""
_STAGE = """
INSERT INTO matched
WITH answered AS (
    SELECT id, ordinal, claim_id, {keys}, row_number() OVER (PARTITION BY ordinal, {keys} ORDER BY line) AS nth
    FROM answered_line ANTI JOIN matched USING (id) WHERE {not_null}
), free AS (
    SELECT c.ordinal, s.* FROM (SELECT DISTINCT ordinal, claim_id FROM answered) c JOIN sent_line s USING (claim_id)
    ANTI JOIN matched m ON m.ordinal = c.ordinal AND m.line = s.line
    WHERE {not_null}
), numbered AS (
    SELECT ordinal, line AS sent, {keys}, row_number() OVER (PARTITION BY ordinal, {keys} ORDER BY line) AS nth
    FROM free
)
SELECT a.id, a.ordinal, a.claim_id, n.sent, '{how}' FROM answered a JOIN numbered n USING (ordinal, {keys}, nth)
"""
# What is left of lines made of one line sent belongs to that line: SVC06 names its code, or the charges of all with the
# code and day make up what was sent.
_OF_SEVERAL = """
INSERT INTO matched
WITH charged AS (
    SELECT ordinal, hcpcs, service_date, sum(charge_cents) AS cents FROM answered_line GROUP BY ALL
), sent AS (
    SELECT claim_id, hcpcs, service_date, sum(charge_cents) AS cents FROM sent_line GROUP BY ALL
), made AS (
    SELECT c.ordinal, c.hcpcs, c.service_date, s.claim_id FROM charged c JOIN sent s USING (hcpcs, service_date, cents)
)
SELECT a.id, a.ordinal, a.claim_id, min(s.line), 'one of several lines made of it'
FROM (FROM answered_line ANTI JOIN matched USING (id)) a
JOIN sent_line s USING (claim_id, hcpcs, service_date)
WHERE a.of_several OR (a.ordinal, a.hcpcs, a.service_date, a.claim_id) IN (
    SELECT (ordinal, hcpcs, service_date, claim_id) FROM made)
GROUP BY ALL
"""


def match(database: duckdb.DuckDBPyConnection) -> None:
    """Fill the table ``matched`` (id of a remittance's line, claim_id and line as sent, how) and ``sent_line``."""
    database.execute(_SENT)
    database.execute(_ANSWERED)
    database.execute("CREATE TABLE matched (id BIGINT, ordinal BIGINT, claim_id VARCHAR, line INTEGER, how VARCHAR)")
    database.execute(_BY_NUMBER)
    for how, keys in _STAGES:
        not_null = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        database.execute(_STAGE.format(keys=", ".join(keys), not_null=not_null, how=how))
    database.execute(_OF_SEVERAL)
    database.execute("DROP TABLE answered_line")
