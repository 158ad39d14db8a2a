"""Whether a book of remittances adds up: balance, copies, reversals, provider level adjustments, what is unanswered."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from trocar.denials.deposits import DEPOSITS
from trocar.denials.other_payers import CHANGED, OTHER_PAYERS
from trocar.denials.reversals import REPEATED, REVERSALS
from trocar.denials.section import Section, section_of

_BALANCE = """
WITH paid AS (SELECT file_id, payment, sum(paid_cents)::BIGINT AS claims FROM claims GROUP BY ALL),
taken AS (SELECT file_id, payment, sum(amount_cents)::BIGINT AS adjusted FROM provider_adjustments GROUP BY ALL),
line AS (
    SELECT file_id, payment,
           count(*) FILTER (charge_cents - adjusted_cents IS DISTINCT FROM coalesce(paid_cents, 0)) AS lines
    FROM lines GROUP BY ALL
), claim AS (
    SELECT file_id, payment, count(*) FILTER (charge_cents - adjusted_cents IS DISTINCT FROM paid_cents) AS claims
    FROM claims GROUP BY ALL
)
SELECT p.file_name AS file, p.check_number, coalesce(p.payer_name, p.payer) AS payer, p.payment_date,
       CASE WHEN p.credit_or_debit = 'D' THEN -p.paid_cents ELSE p.paid_cents END AS amount,
       coalesce(paid.claims, 0) AS claims_paid, coalesce(taken.adjusted, 0) AS provider_adjustments,
       CASE WHEN p.is_money_alone THEN 0
            ELSE amount - (coalesce(paid.claims, 0) - coalesce(taken.adjusted, 0)) END AS difference,
       coalesce(line.lines, 0) AS lines_out_of_balance, coalesce(claim.claims, 0) AS claims_out_of_balance,
       CASE WHEN p.repeated THEN 'a copy' WHEN p.is_money_alone THEN 'money alone, its claims come apart'
            WHEN p.handling = 'U' THEN 'claims alone, the money comes apart'
            WHEN p.handling = 'H' OR p.method = 'NON' THEN 'no money moves' ELSE 'money with its claims' END AS kind
FROM payment p LEFT JOIN paid USING (file_id, payment) LEFT JOIN taken USING (file_id, payment)
LEFT JOIN line USING (file_id, payment) LEFT JOIN claim USING (file_id, payment)
ORDER BY p.file_sequence, p.payment
"""
_PROVIDER = """
SELECT file_name AS file, check_number, coalesce(payer_name, payer) AS payer, payment_date, reason,
       coalesce(means, 'a reason this version has no words for') AS means, reference,
       array_to_string(claims, ' ') AS claims_named, amount_cents AS amount,
       CASE WHEN flow IN ('recovery', 'forward') THEN carried_cents END AS carried,
       CASE WHEN flow NOT IN ('recovery', 'forward') THEN '' WHEN total_cents = 0 THEN 'settled'
            WHEN flow = 'forward' AND total_cents < 0 THEN 'carried forward, still to be taken from a payment'
            WHEN flow = 'forward' THEN 'taken for a balance from before this book'
            WHEN total_cents < 0 THEN 'put off, still to be taken back' ELSE 'taken back' END AS state
FROM provider_carried ORDER BY id
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
_FILES = "SELECT name AS file, kind, rows, segments, unread, sha256 FROM files ORDER BY sequence"
_FINDINGS = 'SELECT rule, severity, message, remedy, "where" FROM findings ORDER BY rule, "where"'
_COPIES = """
SELECT file_name AS file, check_number, paid_cents AS amount, payment_date FROM payment WHERE repeated
ORDER BY file_sequence, payment
"""
_SAME_NUMBER = """
SELECT file_name AS file, check_number, paid_cents AS amount, payment_date FROM payment
WHERE NOT repeated AND NOT is_money_alone AND check_number IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY originator_id, check_number) > 1 ORDER BY check_number, file_sequence, payment
"""
_DISAGREE = """
SELECT claim_id, line, payer_name AS payer, hcpcs, stated_allowed_cents AS stated,
       derived_allowed_cents AS derived, "where"
FROM (SELECT * FROM outcome WHERE stands AND line > 0 AND NOT is_after_others
      AND stated_allowed_cents IS NOT NULL AND stated_allowed_cents <> derived_allowed_cents)
ORDER BY abs(stated - derived) DESC, id
"""
_SIGN = "A positive amount takes money from the payment, a negative one adds to it."
_NONE_SENT = "No claims as sent are in this book: add them (--claims), and what is unmatched on either side is listed."


def _provider(database: duckdb.DuckDBPyConnection) -> Section:
    section = section_of(database, "provider", "Provider level adjustments", _PROVIDER, ("amount", "carried"))
    return replace(section, notes=(_SIGN,)) if section.rows else section


def _unsent(database: duckdb.DuckDBPyConnection) -> Section:
    """Lines answered that were never sent; a book without any claim as sent can't say, and says so."""
    title = "Answered and not among the claims sent"
    section = section_of(database, "unsent", title, _UNSENT, ("charge",))
    (sent,) = database.execute("SELECT count(*) FROM sent_line").fetchall()[0]
    return section if sent or not section.rows else replace(section, rows=[], notes=(_NONE_SENT,))


def reconciliation(database: duckdb.DuckDBPyConnection) -> list[Section]:
    """The sections of ``trocar remit``; those that list exceptions are empty when all is well."""
    balance_money = ("amount", "claims_paid", "provider_adjustments", "difference")
    reversal_money = ("first_paid", "corrected_paid", "net", "put_off")
    others = ("charge", "paid", "patient", "earlier_payers", "allowed_above_charge", "contractual", "first_payer_paid",
              "first_payer_wrote_off", "left_to_write_off")  # fmt: skip
    return [
        section_of(database, "balance", "Payments and their balance", _BALANCE, balance_money),
        section_of(database, "copies", "Payments that are in the book already", _COPIES, ("amount",)),
        section_of(database, "same_number", "Different payments under one number", _SAME_NUMBER, ("amount",)),
        section_of(database, "deposits", "Payments and the bank's deposits", DEPOSITS, ("announced", "deposited")),
        section_of(database, "reversals", "Reversals and corrections", REVERSALS, reversal_money),
        section_of(database, "repeated", "Paid again without a reversal", REPEATED, ("first_paid", "paid_again")),
        _provider(database),
        section_of(database, "other_payers", "Answers of second and third payers", OTHER_PAYERS, others),
        section_of(database, "changed", "Lines answered otherwise than sent", CHANGED, ("charge", "paid")),
        section_of(database, "unanswered", "Sent and not answered", _UNANSWERED, ("charge",)),
        _unsent(database),
        section_of(
            database,
            "disagreement",
            "Allowed amount stated otherwise than it adds up",
            _DISAGREE,
            ("stated", "derived"),
        ),
        section_of(database, "files", "Files, and segments that have no place in their guide", _FILES),
        section_of(database, "findings", "What the readers found", _FINDINGS),
    ]
