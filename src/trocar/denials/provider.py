"""Provider level adjustments: which claims they name, and what of them is still owed."""

from __future__ import annotations

import tomllib
from importlib import resources

import duckdb
import pyarrow as pa

# A reference is the number of a claim, of the payer's claim or of a payment, or several of them between marks; Medicare
# puts its claim number at the third place (X12 request for interpretation 2370).
_ADJUSTMENTS = """
CREATE TABLE provider_adjustment AS
SELECT row_number() OVER (ORDER BY p.file_sequence, p.payment, a.segment, a.reason, a.reference, a.amount_cents) AS id,
       p.payer, p.payer_name, p.file_name, p.check_number, p.payment_date, a.provider_id, upper(a.reason) AS reason,
       a.reference, a.amount_cents, r.means, coalesce(r.flow, 'other') AS flow
FROM provider_adjustments a JOIN payment p USING (file_id, payment)
LEFT JOIN provider_reason r ON r.reason = upper(a.reason)
WHERE NOT p.repeated
"""
_NAMED = """
CREATE TABLE provider_named AS
WITH word AS (
    SELECT id, payer, unnest(list_distinct(list_concat([upper(trim(reference)), trim(substr(upper(reference), 3, 17))],
           list_filter(regexp_split_to_array(upper(reference), '[^A-Z0-9-]+'), lambda x: length(x) > 3)))) AS text
    FROM provider_adjustment WHERE reference IS NOT NULL
), known AS (
    SELECT payer, upper(claim_id) AS text, claim_id FROM claim
    UNION SELECT payer, upper(payer_claim_control_number), claim_id FROM claim
)
SELECT w.id, list(DISTINCT k.claim_id ORDER BY k.claim_id) AS claims
FROM word w JOIN known k USING (payer, text) WHERE w.text <> '' GROUP BY w.id
"""
# What is put off comes back with the other sign: of one claim or reference (recovery), of the provider (forward).
_CARRIED = """
CREATE TABLE provider_carried AS
WITH keyed AS (
    SELECT a.*, coalesce(n.claims, []) AS claims,
           CASE WHEN flow = 'forward' THEN '' ELSE coalesce(n.claims[1], reference, '') END AS account
    FROM provider_adjustment a LEFT JOIN provider_named n USING (id)
)
SELECT *, sum(amount_cents) OVER (one ORDER BY payment_date NULLS FIRST, id)::BIGINT AS carried_cents,
       sum(amount_cents) OVER one::BIGINT AS total_cents
FROM keyed WINDOW one AS (PARTITION BY payer, provider_id, flow, account)
"""


def provider_flows(database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``provider_adjustment`` and ``provider_carried`` (claims named, what is carried, the total)."""
    rows = tomllib.loads(resources.files("trocar.denials").joinpath("params", "provider.toml").read_text("utf-8"))
    database.register("provider_reason", pa.Table.from_pylist([{"reason": code, **row} for code, row in rows.items()]))
    for statement in (_ADJUSTMENTS, _NAMED, _CARRIED):
        database.execute(statement)
