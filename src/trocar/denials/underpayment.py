"""Expected against allowed, line by line: underpaid and overpaid, with what is not the price kept apart."""

from __future__ import annotations

import duckdb

# Only the allowed amount is compared: sequestration, interest and earlier payers change the payment, not the price.
_COMPARED = """
CREATE TABLE compared AS
SELECT o.id, o.claim_id, o.line, o.payer, o.payer_name, o.hcpcs, o.modifiers, o.place_of_service, o.service_date,
       o.payment_date, o.billed_units, o.charge_cents, o.paid_cents, o.outcome, o.carc, o.family,
       e.expected_cents, e.basis, e.why_not, o.allowed_of_line_cents AS allowed_cents, o.allowed_is_stated,
       e.expected_cents - o.allowed_of_line_cents AS short_cents, e.tolerance_cents, o."where",
       CASE WHEN e.expected_cents IS NULL THEN 'not_compared'
            WHEN o.outcome IN ('denied', 'cut') THEN 'denied_or_cut'
            WHEN abs(e.expected_cents - o.allowed_of_line_cents) <= e.tolerance_cents THEN 'as_expected'
            WHEN e.expected_cents > o.allowed_of_line_cents THEN 'underpaid' ELSE 'overpaid' END AS verdict
FROM outcome o JOIN expected e USING (id)
"""
_APART = """
SELECT coalesce(sum(sequestration_cents), 0)::BIGINT, coalesce(sum(incentive_cents), 0)::BIGINT,
       coalesce(sum(prior_payer_cents), 0)::BIGINT, count(*) FILTER (is_after_others)
FROM outcome WHERE stands
"""
_INTEREST = "SELECT coalesce(-sum(amount_cents), 0)::BIGINT FROM provider_adjustment WHERE reason = 'L6'"


def compare(database: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``compared`` out of ``outcome`` and ``expected``."""
    database.execute(_COMPARED)


def kept_apart(database: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Cents that are no part of any price: sequestration, incentives, earlier payers, interest; and secondary lines."""
    sequestration, incentives, earlier, secondary = database.execute(_APART).fetchall()[0]
    (interest,) = database.execute(_INTEREST).fetchall()[0]
    return {
        "sequestration": sequestration,
        "incentives": incentives,
        "earlier_payers": earlier,
        "interest": interest,
        "secondary_lines": secondary,
    }
