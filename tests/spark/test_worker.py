"""What a worker makes of the rows Spark hands it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from trocar.book.dictionaries import encoded
from trocar.claims.model import ClaimLine, claim_table
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError, StoreError
from trocar.engine.starter import open_starter
from trocar.scrub.check import check
from trocar.scrub.findings_table import FINDINGS_SCHEMA, encoded_table, rows_table
from trocar.spark.shipped_store import ShippedStore, open_shipped
from trocar.spark.worker import claim_lines, findings_of_partition, packed, unpacked

LINE = ClaimLine(claim_id="C1", line=1, service_date=date(2025, 11, 3), hcpcs="77002")


def with_column(name: str, values: pa.Array) -> pa.Table:
    """One claim line with another column under a name."""
    table = claim_table([LINE])
    return table.set_column(table.column_names.index(name), name, values)


def test_wider_types_are_narrowed_exactly() -> None:
    """A bigint line number is a line number while it fits."""
    table = claim_lines(with_column("line", pa.array([7], pa.int64())))
    assert table.schema == CLAIM_SCHEMA
    assert table["line"].to_pylist() == [7]


def test_a_number_too_large_for_its_column_is_refused() -> None:
    """Nothing wraps around."""
    with pytest.raises(ClaimInputError, match="column units"):
        claim_lines(with_column("units", pa.array([1 << 40], pa.int64())))


def test_a_line_without_a_code_is_refused() -> None:
    """Null where the claim table allows none stops the job: no line is dropped in silence."""
    with pytest.raises(ClaimInputError, match="1 lines of a partition have no hcpcs"):
        claim_lines(with_column("hcpcs", pa.array([None], pa.string())))


def test_findings_survive_packing() -> None:
    """Findings and rows that can't be read, whose dictionaries differ, are the same when they are unpacked."""
    checked = encoded_table(check(claim_table([LINE, replace(LINE, line=2)]), open_starter()))
    unread = rows_table(
        [{"claim_id": "C1", "line": 3, "not_checked": "no code", "needs": "readable input", "rules": []}]
    )
    batches = [encoded(checked), encoded(unread)]
    back = list(unpacked(packed(batches)))
    assert [batch.to_pylist() for batch in back] == [batch.to_pylist() for batch in batches]
    assert pa.table(back[0]).cast(FINDINGS_SCHEMA).equals(checked.cast(FINDINGS_SCHEMA))


def test_an_empty_partition_opens_no_store() -> None:
    """Spark has empty partitions; they need nothing."""
    assert findings_of_partition([], ShippedStore("", "", "/nowhere", (), "none")) is None


def test_a_worker_with_another_version_refuses() -> None:
    """Rules are code: a worker with another Trocar says so and does not answer."""
    with pytest.raises(StoreError, match=r"the one that asks is 0\.0"):
        open_shipped(ShippedStore("", "", "/nowhere", (), "0.0"))
