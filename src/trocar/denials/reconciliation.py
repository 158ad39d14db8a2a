"""Whether a book of remittances adds up: balance, copies, reversals, provider level adjustments, what is unanswered."""

from __future__ import annotations

import duckdb

from trocar.denials.section import Section, section_of

_BALANCE = """
WITH paid AS (SELECT file_id, payment, sum(paid_cents)::BIGINT AS claims FROM claims GROUP BY ALL),
taken AS (SELECT file_id, payment, sum(amount_cents)::BIGINT AS adjusted FROM provider_adjustments GROUP BY ALL),
line AS (
    SELECT file_id, payment, count(*) FILTER (charge_cents - adjusted_cents IS DISTINCT FROM paid_cents) AS lines
    FROM lines GROUP BY ALL
), claim AS (
    SELECT file_id, payment, count(*) FILTER (charge_cents - adjusted_cents IS DISTINCT FROM paid_cents) AS claims
    FROM claims GROUP BY ALL
)
SELECT p.file_name AS file, p.check_number, coalesce(p.payer_name, p.payer) AS payer, p.payment_date,
       CASE WHEN p.credit_or_debit = 'D' THEN -p.paid_cents ELSE p.paid_cents END AS amount,
       coalesce(paid.claims, 0) AS claims_paid, coalesce(taken.adjusted, 0) AS provider_adjustments,
       amount - (coalesce(paid.claims, 0) - coalesce(taken.adjusted, 0)) AS difference,
       coalesce(line.lines, 0) AS lines_out_of_balance, coalesce(claim.claims, 0) AS claims_out_of_balance, p.repeated
FROM payment p LEFT JOIN paid USING (file_id, payment) LEFT JOIN taken USING (file_id, payment)
LEFT JOIN line USING (file_id, payment) LEFT JOIN claim USING (file_id, payment)
ORDER BY p.file_sequence, p.payment
"""
_REVERSALS = """
SELECT v.claim_id, coalesce(v.payer_name, v.payer) AS payer, v.payment_date AS reversed_on,
       o.payment_date AS first_paid_on, o.paid_cents AS first_paid, c.paid_cents AS corrected_paid,
       CASE WHEN p.reversal IS NOT NULL THEN coalesce(c.paid_cents, 0) - o.paid_cents END AS net,
       CASE WHEN p.reversal IS NULL THEN 'no claim in the book is taken back by it'
            WHEN c.ordinal IS NULL THEN 'not yet corrected' ELSE 'paired' END AS state
FROM claim v LEFT JOIN pairing p ON p.reversal = v.ordinal
LEFT JOIN claim o ON o.ordinal = p.original LEFT JOIN claim c ON c.ordinal = p.correction
WHERE v.is_reversal ORDER BY v.ordinal
"""
_PROVIDER = """
SELECT p.file_name AS file, p.check_number, a.reason, a.reference, a.amount_cents AS amount
FROM provider_adjustments a JOIN payment p USING (file_id, payment) WHERE NOT p.repeated
ORDER BY p.file_sequence, p.payment
"""
_UNANSWERED = """
SELECT DISTINCT s.claim_id, s.line, s.service_date, s.hcpcs, s.charge_cents AS charge,
       CASE WHEN s.claim_id IN (SELECT claim_id FROM claim) THEN 'the claim is answered, this line is not'
            ELSE 'no remittance answers the claim' END AS state
FROM sent_line s ANTI JOIN matched m USING (claim_id, line) ORDER BY ALL
"""
_UNSENT = """
SELECT o.claim_id, o.line, o.service_date, o.hcpcs, o.charge_cents AS charge, o."where",
       CASE WHEN o.claim_id IN (SELECT claim_id FROM sent_line) THEN 'the claim was sent, such a line was not'
            ELSE 'the claim as sent is not in the book' END AS state
FROM outcome o ANTI JOIN matched m USING (id) WHERE o.line > 0 ORDER BY o.id
"""
_FINDINGS = 'SELECT rule, severity, message, remedy, "where" FROM findings ORDER BY rule, "where"'
_COPIES = """
SELECT file_name AS file, check_number, paid_cents AS amount, payment_date FROM payment WHERE repeated
ORDER BY file_sequence, payment
"""
_SAME_NUMBER = """
SELECT file_name AS file, check_number, paid_cents AS amount, payment_date FROM payment
WHERE NOT repeated AND check_number IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY originator_id, check_number) > 1 ORDER BY check_number, file_sequence, payment
"""
_DISAGREE = """
SELECT claim_id, line, payer_name AS payer, hcpcs, stated_allowed_cents AS stated,
       derived_allowed_cents AS derived, "where"
FROM (SELECT * FROM outcome WHERE stands AND line > 0 AND status NOT IN ('2', '3') AND prior_payer_cents = 0
      AND stated_allowed_cents IS NOT NULL AND stated_allowed_cents <> derived_allowed_cents)
ORDER BY abs(stated - derived) DESC, id
"""


def reconciliation(database: duckdb.DuckDBPyConnection) -> list[Section]:
    """The sections of ``trocar remit``; those that list exceptions are empty when all is well."""
    balance_money = ("amount", "claims_paid", "provider_adjustments", "difference")
    reversal_money = ("first_paid", "corrected_paid", "net")
    return [
        section_of(database, "balance", "Payments and their balance", _BALANCE, balance_money),
        section_of(database, "copies", "Payments that are in the book already", _COPIES, ("amount",)),
        section_of(database, "same_number", "Different payments under one number", _SAME_NUMBER, ("amount",)),
        section_of(database, "reversals", "Reversals and corrections", _REVERSALS, reversal_money),
        section_of(database, "provider", "Provider level adjustments", _PROVIDER, ("amount",)),
        section_of(database, "unanswered", "Sent and not answered", _UNANSWERED, ("charge",)),
        section_of(database, "unsent", "Answered and not among the claims sent", _UNSENT, ("charge",)),
        section_of(
            database,
            "disagreement",
            "Allowed amount stated otherwise than it adds up",
            _DISAGREE,
            ("stated", "derived"),
        ),
        section_of(database, "findings", "What the readers found", _FINDINGS),
    ]
