"""Claims taken back by a payer: each reversal with the claim it undoes and the correction, or what is amiss with it."""

from __future__ import annotations

# A reversal takes back the claim with the same number, payer and, negated, charge and payment; where the payer gave the
# claim another number, the one with the payer's own number.
REVERSED = """
CREATE TABLE reversed AS
WITH numbered AS (
    SELECT ordinal, payer, claim_id, coalesce(payer_claim_control_number, '') AS icn,
           coalesce(original_reference, payer_claim_control_number, '') AS original, is_reversal,
           CASE WHEN is_reversal THEN -charge_cents ELSE charge_cents END AS charge,
           CASE WHEN is_reversal THEN -paid_cents ELSE paid_cents END AS paid
    FROM claim
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY payer, claim_id, charge, paid, is_reversal ORDER BY ordinal) AS rank
    FROM numbered
), by_claim AS (
    SELECT r.ordinal AS reversal, o.ordinal AS original
    FROM ranked r JOIN ranked o USING (payer, claim_id, charge, paid, rank)
    WHERE r.is_reversal AND NOT o.is_reversal
), left_over AS (
    SELECT *, row_number() OVER (PARTITION BY payer, CASE WHEN is_reversal THEN original ELSE icn END, charge, paid,
                                 is_reversal ORDER BY ordinal) AS nth
    FROM numbered
    WHERE ordinal NOT IN (SELECT reversal FROM by_claim) AND ordinal NOT IN (SELECT original FROM by_claim)
)
FROM by_claim
UNION ALL
SELECT r.ordinal, o.ordinal
FROM left_over r JOIN left_over o ON o.payer = r.payer AND o.icn = r.original AND o.charge = r.charge
 AND o.paid = r.paid AND o.nth = r.nth
WHERE r.is_reversal AND NOT o.is_reversal AND r.original <> ''
"""
# The correction is the next claim with the number after the reversal.
PAIRING = """
CREATE TABLE pairing AS
SELECT r.reversal, r.original, min(c.ordinal) AS correction
FROM reversed r JOIN claim v ON v.ordinal = r.reversal
LEFT JOIN claim c ON c.payer = v.payer AND c.claim_id = v.claim_id AND NOT c.is_reversal AND c.ordinal > r.original
     AND c.ordinal NOT IN (SELECT original FROM reversed x WHERE x.reversal <= r.reversal)
GROUP BY ALL
"""
# A claim taken back by a reversal, or replaced by a later one with frequency 7, no longer says anything. A payer may
# answer a replacement in parts: those of one payment don't replace each other.
TAKEN_BACK = """
CREATE TABLE taken_back AS
SELECT original AS ordinal FROM reversed
UNION
SELECT c.ordinal FROM claim c JOIN claim r ON r.payer = c.payer AND r.claim_id = c.claim_id
    AND r.service_start_date IS NOT DISTINCT FROM c.service_start_date AND r.ordinal > c.ordinal
WHERE r.claim_frequency_code = '7' AND r.status <> '22'
  AND (coalesce(c.claim_frequency_code, '') <> '7' OR c.payment_rank < r.payment_rank)
"""
# Requests for interpretation of X12: all adjustments come back with the sign turned (1429), before the correction
# (791); what is not taken from this payment is put off by WO (227, 1756).
REVERSALS = """
WITH unturned AS (
    SELECT reversal FROM (
        SELECT p.reversal, a."group", a.reason, sum(a.amount_cents) AS rest
        FROM pairing p JOIN claim c ON c.ordinal IN (p.reversal, p.original)
        JOIN adjustments a ON a.file_id = c.file_id AND a.claim = c.claim GROUP BY ALL
    ) WHERE rest <> 0 GROUP BY ALL
), put_off AS (
    SELECT payer, account AS claim_id, any_value(total_cents) AS rest, min(amount_cents) AS least
    FROM provider_carried WHERE flow = 'recovery' GROUP BY ALL
)
SELECT v.claim_id, coalesce(v.payer_name, v.payer) AS payer, v.payment_date AS reversed_on,
       o.payment_date AS first_paid_on, o.paid_cents AS first_paid, c.paid_cents AS corrected_paid,
       CASE WHEN p.reversal IS NOT NULL THEN coalesce(c.paid_cents, 0) - o.paid_cents END AS net,
       CASE WHEN w.least < 0 THEN greatest(-w.rest, 0) END AS put_off,
       CASE WHEN p.reversal IS NULL THEN 'no claim in the book is taken back by it'
            WHEN p.reversal IN (FROM unturned) THEN 'its adjustments are not those of the claim with the sign turned'
            WHEN c.ordinal IS NULL THEN 'not yet corrected'
            WHEN c.ordinal < v.ordinal THEN 'paired; the correction came before the reversal' ELSE 'paired' END AS state
FROM claim v LEFT JOIN pairing p ON p.reversal = v.ordinal
LEFT JOIN claim o ON o.ordinal = p.original LEFT JOIN claim c ON c.ordinal = p.correction
LEFT JOIN put_off w ON w.payer = v.payer AND w.claim_id = v.claim_id
WHERE v.is_reversal ORDER BY v.ordinal
"""
# A claim may not be answered again to collect a balance (1604): what was paid before is taken back first.
REPEATED = """
SELECT c.claim_id, coalesce(c.payer_name, c.payer) AS payer, o.payment_date AS first_paid_on,
       o.paid_cents AS first_paid, c.payment_date AS paid_again_on, c.paid_cents AS paid_again,
       c.file_name || ' segment ' || c.segment AS "where"
FROM claim c JOIN claim o ON o.payer = c.payer AND o.claim_id = c.claim_id AND o.charge_cents = c.charge_cents
 AND o.patient_id IS NOT DISTINCT FROM c.patient_id
 AND o.service_start_date IS NOT DISTINCT FROM c.service_start_date AND o.status = c.status AND o.ordinal < c.ordinal
WHERE c.paid_cents > 0 AND o.paid_cents > 0 AND NOT c.is_reversal AND NOT o.is_reversal
  AND c.ordinal NOT IN (FROM taken_back) AND o.ordinal NOT IN (FROM taken_back) ORDER BY c.ordinal
"""
