"""Arrow schemas in Spark's words."""

from __future__ import annotations

import pyarrow as pa

_PLAIN = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.binary(): "binary",
}


def spark_type(kind: pa.DataType) -> str:
    """The name Spark's DDL has for an Arrow type; raises ``TypeError`` for one that no table here uses."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if pa.types.is_decimal128(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'`{field.name}`:{spark_type(field.type)}' for field in kind.fields)}>"
    raise TypeError(f"no Spark type for Arrow's {kind}")


def spark_schema(schema: pa.Schema) -> str:
    """A schema as Spark's DDL text."""
    return ", ".join(f"`{field.name}` {spark_type(field.type)}" for field in schema)
