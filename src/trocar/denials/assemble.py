"""A book of remittances as one DuckDB database: every line with its payer, adjustments, claim as sent and history."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from trocar.denials.reasons import reasons
from trocar.denials.reversals import PAIRING, REVERSED, TAKEN_BACK
from trocar.denials.store import RemittanceBook, Tables
from trocar.denials.tables import TABLES

# What does not fit is spilled to a folder of the book, which is emptied at the end.
_MEMORY = "512MiB"
# The same payment twice: equal originator, number, amount, day and claims. The first file added counts. A payment whose
# money and claims come apart (BPR01 D or U) is one payment: the part without claims is told, and not counted.
_PAYMENTS = """
CREATE TABLE payment AS
WITH content AS (
    SELECT file_id, payment, md5(string_agg(concat_ws('|', claim_id, status, charge_cents, paid_cents,
           payer_claim_control_number), ';' ORDER BY claim)) AS claims
    FROM claims GROUP BY ALL
), numbered AS (
    SELECT p.*, c.claims, f.sequence AS file_sequence, f.name AS file_name,
           coalesce(p.payer_id, p.payer_reference_2u, p.originator_id, '') AS payer,
           row_number() OVER same AS copy
    FROM payments p JOIN files f USING (file_id) LEFT JOIN content c USING (file_id, payment)
    WINDOW same AS (PARTITION BY p.originator_id, p.check_number, p.paid_cents, p.payment_date, c.claims
                    ORDER BY f.sequence, p.payment)
)
SELECT n.*, copy > 1 AS repeated,
       n.claims IS NULL AND coalesce(handling, '') IN ('D', 'U') AND EXISTS (
           FROM numbered o WHERE o.originator_id = n.originator_id AND o.check_number = n.check_number
           AND o.paid_cents = n.paid_cents AND o.claims IS NOT NULL) AS is_money_alone
FROM numbered n
"""
# In order of time: what a payer said last of a claim stands.
_CLAIMS = """
CREATE TABLE claim AS
SELECT c.* REPLACE (coalesce(c.status, '') AS status, coalesce(c.paid_cents, 0) AS paid_cents),
       p.payer, p.payer_name, p.payment_date, p.check_number, p.file_sequence, p.file_name,
       row_number() OVER (ORDER BY p.payment_date NULLS FIRST, p.file_sequence, c.payment, c.claim) AS ordinal,
       dense_rank() OVER (ORDER BY p.payment_date NULLS FIRST, p.file_sequence, c.payment) AS payment_rank,
       coalesce(c.status, '') = '22' AS is_reversal, coalesce(c.status, '') = '25' AS is_predetermination,
       coalesce(c.status, '') IN ('2', '3', '20', '21') AS is_after_others
FROM claims c JOIN payment p USING (file_id, payment) WHERE NOT p.repeated
"""
# A payer may give reasons for the claim alone and leave its lines without: where what its lines lack is what the claim
# has, each line gets its part, to the cent. What goes beyond the lines (a share of the claim) stays with the claim.
_REASONS = """
CREATE TABLE given AS
WITH lack AS (
    SELECT file_id, claim, line, charge_cents - adjusted_cents - coalesce(paid_cents, 0) AS cents
    FROM lines SEMI JOIN (FROM adjustments WHERE line IS NULL) USING (file_id, claim)
), part AS (
    SELECT file_id, claim, line, cents, sum(cents) OVER (PARTITION BY file_id, claim ORDER BY line) AS until,
           sum(cents) OVER (PARTITION BY file_id, claim) AS total
    FROM lack QUALIFY min(cents) OVER (PARTITION BY file_id, claim) >= 0 AND total > 0
), own AS (
    SELECT file_id, claim, sum(amount_cents) AS total FROM adjustments WHERE line IS NULL GROUP BY ALL
)
SELECT a.* REPLACE (coalesce(a.line, p.line) AS line,
           CASE WHEN p.line IS NULL THEN a.amount_cents
                ELSE a.amount_cents * p.until // p.total - a.amount_cents * (p.until - p.cents) // p.total
           END::BIGINT AS amount_cents)
FROM adjustments a
LEFT JOIN (FROM part SEMI JOIN own USING (file_id, claim, total)) p
  ON a.line IS NULL AND p.file_id = a.file_id AND p.claim = a.claim AND p.cents > 0
"""
_ADJUSTED = """
CREATE TABLE adjusted AS
SELECT a.file_id, a.claim, a.line,
       sum(a.amount_cents) AS adjusted_cents,
       coalesce(arg_max(a."group", a.amount_cents) FILTER (coalesce(r.kind, 'judged') IN ('judged', 'data_fault')),
                arg_max(a."group", a.amount_cents)) AS "group",
       coalesce(arg_max(a.reason, a.amount_cents) FILTER (coalesce(r.kind, 'judged') IN ('judged', 'data_fault')),
                arg_max(a.reason, a.amount_cents)) AS carc,
       coalesce(sum(a.amount_cents) FILTER (a."group" = 'PR'), 0) AS patient_cents,
       coalesce(sum(a.amount_cents) FILTER (a."group" = 'PR' AND r.kind = 'patient'), 0) AS share_cents,
       coalesce(sum(a.amount_cents) FILTER (coalesce(r.kind, 'judged') IN ('judged', 'data_fault')), 0)
           AS denied_cents,
       coalesce(sum(a.amount_cents) FILTER (a."group" <> 'PR' AND r.payment_only), 0) AS payment_only_cents,
       coalesce(sum(a.amount_cents) FILTER (r.family = 'sequestration'), 0) AS sequestration_cents,
       coalesce(sum(a.amount_cents) FILTER (r.family = 'prior_payer'), 0) AS prior_payer_cents,
       coalesce(sum(a.amount_cents) FILTER (r.family IN ('incentive', 'withheld')), 0) AS incentive_cents
FROM given a LEFT JOIN reason r ON r.carc = a.reason GROUP BY ALL
"""
# One row per line, and one with line 0 for what a payer said of a claim as a whole: charge and payment are there what
# the lines do not hold; a claim without lines is answered by it. What is remarked of a claim is remarked of its lines.
_LINES = """
CREATE TABLE service AS
WITH whole AS (
    SELECT c.file_id, c.claim, 0 AS line, c.charge_cents - coalesce(sum(l.charge_cents), 0)::BIGINT AS charge_cents,
           coalesce(c.paid_cents, 0) - coalesce(sum(l.paid_cents), 0)::BIGINT AS paid_cents, c.segment
    FROM claims c LEFT JOIN lines l USING (file_id, claim)
    WHERE c.lines = 0 OR EXISTS (FROM adjusted a WHERE a.file_id = c.file_id AND a.claim = c.claim AND a.line IS NULL)
    GROUP BY c.file_id, c.claim, c.charge_cents, c.paid_cents, c.segment
), remarked AS (
    SELECT file_id, claim, coalesce(line, 0) AS line, list(DISTINCT code) AS remarks FROM remarks GROUP BY ALL
), every AS (
    SELECT file_id, claim, line, charge_cents, coalesce(paid_cents, 0) AS paid_cents, segment, submitted_hcpcs,
           CASE WHEN procedure_qualifier IS DISTINCT FROM 'NU' THEN hcpcs END AS hcpcs,
           CASE WHEN procedure_qualifier = 'NU' THEN coalesce(revenue_code, hcpcs) ELSE revenue_code END
               AS revenue_code,
           list_filter([modifier_1, modifier_2, modifier_3, modifier_4], lambda x: x IS NOT NULL) AS paid_modifiers,
           CASE WHEN submitted_hcpcs IS NOT NULL THEN list_filter([submitted_modifier_1, submitted_modifier_2,
                submitted_modifier_3, submitted_modifier_4], lambda x: x IS NOT NULL) END AS submitted_modifiers,
           coalesce(submitted_units, units) AS billed_units, units AS paid_units,
           coalesce(service_date, service_start_date) AS line_date, line_control_number, allowed_cents,
           rendering_npi AS line_npi
    FROM lines
    UNION ALL BY NAME SELECT * FROM whole
)
SELECT row_number() OVER (ORDER BY c.ordinal, e.line) - 1 AS id, c.ordinal, c.payment_rank, c.payer,
       c.payer_name, c.claim_id, c.status,
       c.is_after_others,
       c.filing_indicator, c.payer_claim_control_number, c.payment_date, c.check_number, c.received_date,
       c.file_name || ' segment ' || e.segment AS "where",
       CASE WHEN length(c.facility_type) = 2 THEN c.facility_type END AS place_of_service, c.patient_id,
       coalesce(e.line_npi, c.rendering_npi) AS rendering_npi,
       e.line, e.line > 0 OR c.lines = 0 AS is_answer,
       coalesce(e.submitted_hcpcs, e.hcpcs) AS hcpcs, e.hcpcs AS paid_hcpcs,
       coalesce(e.submitted_modifiers, e.paid_modifiers, []) AS modifiers,
       e.submitted_hcpcs IS NOT NULL AND e.submitted_hcpcs <> e.hcpcs AS recoded,
       e.submitted_hcpcs IS NOT NULL AS of_several,
       e.billed_units, e.paid_units, coalesce(e.line_date, c.service_start_date) AS service_date,
       e.line_control_number, e.revenue_code, e.charge_cents, e.paid_cents, e.allowed_cents AS stated_allowed_cents,
       coalesce(a.adjusted_cents, 0)::BIGINT AS adjusted_cents, coalesce(a.patient_cents, 0)::BIGINT AS patient_cents,
       coalesce(a.share_cents, 0)::BIGINT AS share_cents, coalesce(a.denied_cents, 0)::BIGINT AS denied_cents,
       coalesce(a.payment_only_cents, 0)::BIGINT AS payment_only_cents,
       coalesce(a.sequestration_cents, 0)::BIGINT AS sequestration_cents,
       coalesce(a.prior_payer_cents, 0)::BIGINT AS prior_payer_cents,
       coalesce(a.incentive_cents, 0)::BIGINT AS incentive_cents,
       list_sort(list_distinct(list_concat(r.remarks, m.remarks))) AS remarks, a."group", a.carc,
       c.ordinal IN (FROM taken_back) AS taken_back,
       row_number() OVER (PARTITION BY c.ordinal, coalesce(e.submitted_hcpcs, e.hcpcs), e.line_date, e.charge_cents
                          ORDER BY e.line) AS nth
FROM every e JOIN claim c USING (file_id, claim)
LEFT JOIN adjusted a ON a.file_id = e.file_id AND a.claim = e.claim AND coalesce(a.line, 0) = e.line
LEFT JOIN remarked r ON r.file_id = e.file_id AND r.claim = e.claim AND r.line = e.line
LEFT JOIN remarked m ON m.file_id = e.file_id AND m.claim = e.claim AND m.line = 0
WHERE NOT c.is_reversal AND NOT c.is_predetermination
"""
# A line is denied when nothing was allowed for it, cut when less was, written off when nothing was and no reason is a
# denial. What an earlier payer did (OA-23) says that a claim comes after others, whatever its status.
_OUTCOMES = """
CREATE TABLE judged AS
SELECT * REPLACE (is_after_others OR bool_or(prior_payer_cents <> 0) OVER (PARTITION BY ordinal) AS is_after_others),
       stated_allowed_cents IS NOT NULL AS allowed_is_stated,
       paid_cents + patient_cents + payment_only_cents AS derived_allowed_cents,
       coalesce(stated_allowed_cents, paid_cents + patient_cents + payment_only_cents) AS allowed_of_line_cents,
       CASE WHEN paid_cents = 0 AND share_cents = 0 AND charge_cents > 0
                 AND CASE WHEN prior_payer_cents = 0 THEN denied_cents > 0 OR status = '4'
                          ELSE denied_cents > 0 AND status = '4' END THEN 'denied'
            WHEN denied_cents > 0 THEN 'cut'
            WHEN charge_cents > 0 AND paid_cents + patient_cents + payment_only_cents = 0 THEN 'written_off'
            ELSE 'paid' END AS outcome
FROM service
"""
# The same line judged again: what was said last stands. A duplicate's denial only echoes the answer it follows.
_HISTORY = """
CREATE TABLE outcome AS
WITH judged AS (
    SELECT j.*, coalesce(r.family, 'unknown') AS family,
           NOT taken_back AND coalesce(r.family, '') <> 'duplicate' AS counts
    FROM judged j LEFT JOIN reason r USING (carc)
)
SELECT *, first_value(outcome) OVER times AS first_outcome, first_value(family) OVER times AS first_family,
       first_value(payment_rank) OVER times AS first_rank,
       row_number() OVER times AS time,
       NOT taken_back AND NOT counts AND count(*) FILTER (counts) OVER same > 0 AS echoes,
       NOT taken_back AND NOT echoes AND payment_rank = coalesce(max(payment_rank) FILTER (counts) OVER same,
           max(payment_rank) FILTER (NOT taken_back) OVER same) AS stands
FROM judged
WINDOW same AS (PARTITION BY payer, claim_id, patient_id, hcpcs, service_date, charge_cents, nth),
       times AS (PARTITION BY payer, claim_id, patient_id, hcpcs, service_date, charge_cents, nth ORDER BY ordinal)
"""


def assemble(book: Tables) -> duckdb.DuckDBPyConnection:
    """The tables ``payment``, ``claim``, ``pairing`` and ``outcome`` over a book.

    What a folder holds may be spilled to it; of a book in memory nothing is written anywhere.
    """
    stored = book if isinstance(book, RemittanceBook) else None
    # Without a folder for it DuckDB makes one where it is: an empty name is none.
    spill = "" if stored is None else str(stored.folder / ".spill")
    database = duckdb.connect(
        config={"memory_limit": _MEMORY, "temp_directory": spill, "preserve_insertion_order": False}
    )
    for name in TABLES:
        if stored is not None and (paths := [str(path) for path in stored.paths(name)]):
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
        else:
            database.register("rows_held", book.table(name))
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM rows_held")
            database.unregister("rows_held")
    database.register("reason_rows", _reason_rows())
    database.execute("CREATE TABLE reason AS SELECT * FROM reason_rows")
    for statement in (
        _PAYMENTS,
        _CLAIMS,
        REVERSED,
        PAIRING,
        TAKEN_BACK,
        _REASONS,
        _ADJUSTED,
        _LINES,
        _OUTCOMES,
        _HISTORY,
    ):
        database.execute(statement)
    for name in ("given", "adjusted", "service", "judged"):
        database.execute(f"DROP TABLE {name}")
    return database


def _reason_rows() -> pa.Table:
    rows = [
        {"carc": code, "family": entry.family.id, "kind": entry.family.kind, "payment_only": entry.family.payment_only}
        for code, entry in reasons().items()
    ]
    return pa.Table.from_pylist(rows)
