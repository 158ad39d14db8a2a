"""An in-network file read the plain way: all of it at once by the standard library, row by row."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = tuple[Any, ...]


def expected(text: str, codes: set[str] | None) -> tuple[list[Row], set[Row]]:
    """The rates and the groups they name; inline groups by what they hold, since they have no id."""
    document = json.loads(text, parse_float=Decimal)
    rates: list[Row] = []
    used, groups = set(), set()
    for item in document.get("in_network", []):
        if codes is not None and item["billing_code"] not in codes:
            continue
        for rate in item["negotiated_rates"]:
            ids = [Decimal(named).normalize() for named in rate.get("provider_references", [])]
            used.update(ids)
            inline = [group_of("inline", group) for group in rate.get("provider_groups", [])]
            groups.update(inline)
            for price in rate["negotiated_prices"]:
                rates.append(
                    (
                        item["billing_code_type"],
                        item["billing_code"],
                        item["negotiation_arrangement"],
                        Decimal(price["negotiated_rate"]).normalize(),
                        price["negotiated_type"],
                        price["billing_class"],
                        price.get("setting"),
                        tuple(price.get("service_code", ())),
                        tuple(price.get("billing_code_modifier", ())),
                        price["expiration_date"],
                        len(ids) + len(inline),
                    )
                )
    for reference in document.get("provider_references", []):
        id_ = Decimal(reference["provider_group_id"]).normalize()
        if id_ in used:
            groups.update(group_of(id_, group) for group in reference.get("provider_groups", ()))
    return rates, groups


def group_of(id_: Any, group: dict[str, Any]) -> Row:
    """One group, comparable."""
    return (id_, group["tin"]["type"], group["tin"]["value"], tuple(group["npi"]))


def extracted(folder: Path) -> tuple[list[Row], set[Row]]:
    """The same of the tables that were written, in the order of the file."""
    rates = []
    for row in pq.read_table(folder / "rates.parquet").to_pylist():
        rates.append(
            (
                row["code_type"],
                row["code"],
                row["arrangement"],
                row["rate"].normalize() if row["rate"] is not None else Decimal(row["rate_text"]).normalize(),
                row["negotiated_type"],
                row["billing_class"],
                row["setting"],
                tuple(row["place_of_service"]),
                tuple(row["modifiers"]),
                row["expiration_date"].isoformat(),
                len(row["provider_group_ids"]),
            )
        )
    groups = set()
    for row in pq.read_table(folder / "groups.parquet").to_pylist():
        id_ = row["provider_group_id"]
        known = "inline" if id_.startswith("inline:") else Decimal(id_).normalize()
        groups.add((known, row["tin_type"], row["tin"], tuple(row["npis"])))
    return rates, groups
