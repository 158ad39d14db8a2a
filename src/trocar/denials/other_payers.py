"""Claims that a second or third payer answered: what earlier payers did, and what is left to write off, once."""

from __future__ import annotations

# Each payer accounts for the whole charge; the effect of earlier payers is OA-23, and OA-94 with the sign turned where
# more was allowed than charged (requests for interpretation 2143, 2535, 1696). CO-45 there is a misuse (2194): posting
# it would write the same amount off a second time. What is left to write off is what no payer paid, nobody wrote off
# before and the last payer does not leave to the patient. Payers know a patient by different numbers: the answers meet
# by the claim's own number and its charge, which every payer accounts for. The last answer says what is left.
OTHER_PAYERS = """
WITH reasons AS (
    SELECT c.ordinal, c.payer, c.payer_name, c.claim_id, c.status, c.charge_cents, c.paid_cents,
           coalesce(sum(a.amount_cents) FILTER (a.reason = '23'), 0) AS earlier,
           coalesce(sum(a.amount_cents) FILTER (a."group" = 'CO' AND a.reason = '45'), 0) AS contractual,
           coalesce(sum(a.amount_cents) FILTER (a."group" = 'OA' AND a.reason = '94'), 0) AS above_charge,
           coalesce(sum(a.amount_cents) FILTER (a."group" = 'PR'), 0) AS patient,
           coalesce(sum(a.amount_cents) FILTER (a."group" = 'CO'), 0) AS written_off,
           coalesce(sum(a.amount_cents), 0) AS adjusted
    FROM claim c LEFT JOIN adjustments a ON a.file_id = c.file_id AND a.claim = c.claim
    WHERE NOT c.is_reversal AND c.ordinal NOT IN (FROM taken_back) GROUP BY ALL
), first AS (
    FROM reasons WHERE status IN ('1', '4', '19') AND earlier = 0
    QUALIFY row_number() OVER (PARTITION BY claim_id, charge_cents ORDER BY ordinal DESC) = 1
), later AS (
    SELECT *, coalesce(sum(paid_cents) OVER (PARTITION BY claim_id, charge_cents ORDER BY ordinal
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS paid_between,
           row_number() OVER (PARTITION BY claim_id, charge_cents ORDER BY ordinal DESC) = 1 AS is_last
    FROM reasons WHERE status IN ('2', '3', '20', '21') OR earlier <> 0
)
SELECT s.claim_id, coalesce(s.payer_name, s.payer) AS payer, s.status, s.charge_cents AS charge, s.paid_cents AS paid,
       s.patient AS patient, s.earlier AS earlier_payers, s.above_charge AS allowed_above_charge,
       s.contractual AS contractual, f.paid_cents AS first_payer_paid, f.written_off AS first_payer_wrote_off,
       CASE WHEN f.ordinal IS NOT NULL AND s.is_last
            THEN s.charge_cents - f.paid_cents - f.written_off - s.paid_between::BIGINT - s.paid_cents - s.patient
       END AS left_to_write_off,
       CASE WHEN s.charge_cents - s.adjusted <> s.paid_cents THEN 'does not account for the whole charge'
            WHEN s.earlier = 0 AND s.contractual > 0
            THEN 'CO-45 stands where OA-23 belongs: not to be written off a second time'
            WHEN f.ordinal IS NULL THEN 'the answer of the first payer is not in the book'
            ELSE 'accounts for the whole charge' END AS state
FROM later s LEFT JOIN first f ON f.claim_id = s.claim_id AND f.charge_cents = s.charge_cents
 AND f.payer <> s.payer ORDER BY s.ordinal
"""
# Lines that came back otherwise than they were sent (SVC06, SVC07), and lines without pay inside another (CO-97).
CHANGED = """
WITH placed AS (
    SELECT o.*, m.line AS sent, count(*) OVER (PARTITION BY o.ordinal, m.line) AS of_line,
           count(*) FILTER (o.recoded) OVER (PARTITION BY o.ordinal, o.paid_hcpcs) AS of_code
    FROM outcome o LEFT JOIN matched m USING (id) WHERE o.line > 0 AND o.stands
)
SELECT claim_id, line, coalesce(payer_name, payer) AS payer, hcpcs AS sent_code, paid_hcpcs AS answered_code,
       billed_units AS sent_units, paid_units AS answered_units, charge_cents AS charge, paid_cents AS paid, carc,
       CASE WHEN sent IS NOT NULL AND of_line > 1 THEN 'one line answered with several'
            WHEN recoded AND of_code > 1 THEN 'several lines answered under one code'
            WHEN recoded THEN 'another code' ELSE 'other units' END AS how, "where"
FROM placed
WHERE recoded OR (sent IS NOT NULL AND of_line > 1)
   OR try_cast(billed_units AS DECIMAL(12, 3)) <> try_cast(paid_units AS DECIMAL(12, 3)) ORDER BY id
"""
