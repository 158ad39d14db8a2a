"""Arrow schemas in Spark's words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from trocar.claims.table import CLAIM_SCHEMA
from trocar.scrub.findings_table import FINDINGS_SCHEMA
from trocar.spark.schema import spark_schema, spark_type


def test_every_column_of_both_tables_has_a_type() -> None:
    """Claim lines and findings can both be said in Spark's DDL."""
    assert "`service_date` date" in spark_schema(CLAIM_SCHEMA)
    assert "`amount_at_risk` decimal(14,2)" in spark_schema(FINDINGS_SCHEMA)


def test_nested_types() -> None:
    """Lists and structs keep the names and types of what they hold."""
    kind = pa.list_(pa.struct([("line", pa.int32()), ("warnings", pa.list_(pa.string()))]))
    assert spark_type(kind) == "array<struct<`line`:int, `warnings`:array<string>>>"


def test_a_type_that_no_table_uses_is_refused() -> None:
    """There is no silent text or float in place of an unknown type."""
    with pytest.raises(TypeError, match="double"):
        spark_type(pa.float64())
