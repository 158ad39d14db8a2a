"""What was billed, as claim lines the rules can judge: the claims as sent, else rebuilt from the remittance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.ledger import Status
from trocar.scrub.check import CheckResult, check
from trocar.scrub.findings_table import result_table

LINES_PER_SLICE = 50_000
_SAID = ["claim_id", "line", "kind", "rule", "name", "severity", "message", "remedy", "carc", "not_checked", "needs",
         "rules", "citations"]  # fmt: skip
_SENT = """
SELECT * EXCLUDE (file_id) FROM sent s
SEMI JOIN (SELECT DISTINCT claim_id FROM outcome) o USING (claim_id)
JOIN files f USING (file_id)
QUALIFY f.sequence = max(f.sequence) OVER (PARTITION BY s.claim_id)
"""
# Rebuilt from the first answer to each line; a code, modifier or unit that no claim line can hold is left out and the
# line is told as not checked.
_REBUILT = """
SELECT o.claim_id || '#' || o.ordinal AS claim_id, o.line::INTEGER AS line, o.service_date, o.hcpcs,
       {modifiers},
       try_cast(try_cast(o.billed_units AS DECIMAL(12, 3)) AS INTEGER) AS units,
       CASE WHEN o.charge_cents >= 0 THEN o.charge_cents END AS charge_cents,
       CASE WHEN regexp_full_match(o.place_of_service, '[0-9]{{2}}') AND o.revenue_code IS NULL
            THEN o.place_of_service END AS place_of_service,
       CASE WHEN o.revenue_code IS NULL THEN 'practitioner' ELSE 'hospital' END AS setting,
       o.rendering_npi, o.patient_id, o.payer_name AS payer, o."where"
FROM outcome o ANTI JOIN sent_line s USING (claim_id)
WHERE o.time = 1 AND o.line > 0 AND o.service_date BETWEEN DATE '1966-07-01' AND DATE '2099-12-31'
  AND regexp_full_match(o.hcpcs, '[A-Z][0-9]{{4}}|[0-9]{{4}}[A-Z0-9]')
  AND coalesce(list_bool_and(list_transform(o.modifiers, lambda x: regexp_full_match(x, '[A-Z0-9]{{2}}'))), true)
  AND coalesce(try_cast(o.billed_units AS DECIMAL(12, 3)) BETWEEN 1 AND 9999999
               AND try_cast(o.billed_units AS DECIMAL(12, 3)) % 1 = 0, true)
"""
# The line of what was billed that each line of a remittance answers.
_KEYS = """
CREATE TABLE billed_key AS
SELECT m.id, m.claim_id AS billed_claim, m.line AS billed_line, m.how FROM matched m
UNION ALL
SELECT o.id, f.claim_id || '#' || f.ordinal, f.line::INTEGER, 'rebuilt from the remittance'
FROM outcome o
JOIN outcome f ON f.time = 1 AND f.payer = o.payer AND f.claim_id = o.claim_id AND f.nth = o.nth
 AND f.patient_id IS NOT DISTINCT FROM o.patient_id AND f.hcpcs = o.hcpcs
 AND f.service_date = o.service_date AND f.charge_cents = o.charge_cents
ANTI JOIN sent_line s ON s.claim_id = o.claim_id
SEMI JOIN billed b ON b.claim_id = f.claim_id || '#' || f.ordinal AND b.line = f.line
WHERE o.line > 0
"""


def prepare_billed(database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``billed`` (the claim table) and ``billed_key`` (id -> claim and line billed)."""
    modifiers = ", ".join(f"o.modifiers[{n}] AS modifier_{n}" for n in (1, 2, 3, 4))
    names = ", ".join(f'"{name}"' for name in CLAIM_SCHEMA.names)
    database.register("billed_shape", CLAIM_SCHEMA.empty_table())
    database.execute(
        f"CREATE TABLE billed AS SELECT {names} FROM (SELECT * FROM billed_shape UNION ALL BY NAME ({_SENT.strip()}) "
        f"UNION ALL BY NAME ({_REBUILT.format(modifiers=modifiers)}))"
    )
    database.execute(_KEYS)


def slices(database: duckdb.DuckDBPyConnection, table: str = "billed") -> Iterator[pa.Table]:
    """The claim table in parts of about 50,000 lines, all lines of a patient (or else of a claim) in one part."""
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE sliced AS SELECT *, count(*) OVER (ORDER BY who RANGE UNBOUNDED PRECEDING) "
        f"// {LINES_PER_SLICE} AS slice FROM (SELECT *, coalesce(patient_id, claim_id) AS who FROM {table})"
    )
    (last,) = database.execute("SELECT max(slice) FROM sliced").fetchall()[0]
    for number in range(-1 if last is None else last + 1):
        found = database.sql(
            f"SELECT * EXCLUDE (who, slice) FROM sliced WHERE slice = {number} ORDER BY claim_id, line"
        ).to_arrow_table()
        if found.num_rows:
            columns = {field.name: found[field.name].fill_null([]) if field.name == "diagnoses" else found[field.name]
                       for field in CLAIM_SCHEMA}  # fmt: skip
            yield pa.table(columns).cast(CLAIM_SCHEMA)


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules and fee schedule say of some lines billed, as Arrow tables keyed by claim_id and line."""

    said: pa.Table
    prices: pa.Table


def judge(table: pa.Table, pack: Pack) -> Judged:
    """Check and price claim lines."""
    result = check(table, pack)
    said = result_table(result).select(_SAID)
    return Judged(said, _prices(result))


def _prices(result: CheckResult) -> pa.Table:
    """Medicare's allowed amount in cents by line, null where there is none; whether the place had to be assumed."""
    batch: Batch = result.batch
    lines, allowed = batch.line.lines, result.prices.allowed
    return pa.table(
        {
            "claim_id": lines.table["claim_id"],
            "line": pa.array(lines.line_number.astype("int32")),
            "medicare_cents": pa.array(allowed.astype("int64"), mask=allowed < 0),
            "place_assumed": pa.array(batch.line.place_assumed_national),
            "not_payable": pa.array(result.prices.ledger.stands(Status.NOT_PAYABLE)),
        }
    )
