"""The charts of pages as Vega-Lite specifications; every one stands beside its table and its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from trocar.lookup.localities import LocalPrice
from trocar.lookup.over_time import InRelease

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# At least 3 to 1 against the paper of the light page and of the dark one (WCAG 1.4.11).
_BLUE, _ORANGE = "#3b82c4", "#d9601a"
_DOLLARS = {"format": "$.2f", "gridOpacity": 0.4, "tickCount": 5}


def by_locality(prices: Sequence[LocalPrice], chosen: str | None) -> dict[str, Any]:
    """One dot per locality from cheapest to dearest; the one asked for stands out."""
    known = [price for price in prices if price.allowed is not None]
    values = [
        {
            "rank": rank,
            "allowed": str(price.allowed),
            "name": f"{price.name} ({price.state}), {price.mac}-{price.locality}",
            "chosen": f"{price.mac}-{price.locality}" == chosen,
        }
        for rank, price in enumerate(reversed(known), 1)
    ]
    return {
        "$schema": _SCHEMA,
        "description": f"Allowed amount in {len(known)} localities, cheapest first",
        "width": "container",
        "height": 200,
        "data": {"values": values, "format": {"parse": {"allowed": "number"}}},
        "mark": {"type": "point", "filled": True, "tooltip": True},
        "encoding": {
            "x": {
                "field": "rank", "type": "quantitative", "title": "localities, cheapest first",
                "axis": {"grid": False, "labelSeparation": 8},
            },
            "y": {
                "field": "allowed", "type": "quantitative", "title": "allowed", "axis": _DOLLARS,
                "scale": {"zero": False},
            },
            "size": {"condition": {"test": "datum.chosen", "value": 160}, "value": 28},
            "color": {"condition": {"test": "datum.chosen", "value": _ORANGE}, "value": _BLUE},
            "tooltip": [
                {"field": "name", "title": "locality"},
                {"field": "allowed", "type": "quantitative", "format": "$.2f"},
            ],
        },
    }  # fmt: skip


def through_releases(history: Sequence[InRelease]) -> dict[str, Any]:
    """The national amount through the releases held, as steps; the line breaks where none prices the code."""
    # Days of the calendar: in local time, a day of a reader west of Greenwich would be the one before.
    x = {
        "field": "first", "type": "temporal", "title": "first day of the release", "axis": {"grid": False},
        "scale": {"type": "utc"},
    }  # fmt: skip
    return {
        "$schema": _SCHEMA,
        "description": "National allowed amount by fee schedule release",
        "width": "container",
        "height": 200,
        "data": {"values": list(_steps(history)), "format": {"parse": {"allowed": "number", "first": "date"}}},
        "encoding": {
            "x": x,
            "y": {
                "field": "allowed", "type": "quantitative", "title": "allowed, national", "axis": _DOLLARS,
                "scale": {"zero": False},
            },
            "color": {"value": _BLUE},
        },
        "layer": [
            {"mark": {"type": "line", "interpolate": "step-after"}},
            {
                "transform": [{"filter": "isValid(datum.release)"}],
                "mark": {"type": "point", "filled": True, "size": 45, "tooltip": True},
                "encoding": {
                    "tooltip": [
                        {"field": "release"},
                        {"field": "from", "type": "nominal"},
                        {"field": "allowed", "type": "quantitative", "format": "$.2f"},
                    ],
                },
            },
        ],
    }  # fmt: skip


def _steps(history: Sequence[InRelease]) -> Iterator[dict[str, Any]]:
    """A point for each release that prices the code; where its days end and no other begins, the end of its line."""
    priced = [entry for entry in history if entry.allowed is not None]
    begins = {entry.first for entry in priced}
    for entry in priced:
        first = entry.first.isoformat()
        yield {"first": first, "from": first, "release": entry.release, "allowed": str(entry.allowed)}
        after = entry.last + timedelta(days=1)
        if after not in begins:
            yield {"first": after.isoformat(), "allowed": str(entry.allowed)}
            yield {"first": after.isoformat(), "allowed": None}


def payer_boxes(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A box for each kind of published rate, most providers first; Medicare's amount as a mark on the same line."""
    values = [
        {
            "label": row["label"],
            **{name: vote["amount"] for name, vote in row["percentiles"].items()},
            "medicare": row["medicare"][0] if row["medicare"] else None,
            "providers": row["providers"],
        }
        for row in rows
    ]
    numbers = dict.fromkeys(("p10", "p25", "p50", "p75", "p90", "medicare"), "number")
    y = {"field": "label", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 330}}
    dollars = {"type": "quantitative", "title": "dollars a unit", "axis": {**_DOLLARS, "format": "$,.0f"}}
    medicare = {
        "transform": [{"filter": "isValid(datum.medicare)"}],
        "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 90, "color": _ORANGE},
        "encoding": {"x": {"field": "medicare", **dollars}},
    }
    tooltip: list[dict[str, Any]] = [{"field": "label", "title": "rates"}, {"field": "providers"}]
    tooltip += [{"field": name, "type": "quantitative", "format": "$,.2f"} for name in numbers]
    return {
        "$schema": _SCHEMA,
        "description": f"Percentiles of {len(values)} kinds of published rates",
        "width": "container",
        "height": max(200, 34 * len(values)),
        "data": {"values": values, "format": {"parse": numbers}},
        "encoding": {"y": y, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "rule", "color": "#6b7280"},
                "encoding": {"x": {"field": "p10", **dollars}, "x2": {"field": "p90"}},
            },
            {
                "mark": {"type": "bar", "height": 14, "color": "#93b7de"},
                "encoding": {"x": {"field": "p25", **dollars}, "x2": {"field": "p75"}},
            },
            {
                "mark": {"type": "tick", "size": 18, "thickness": 2, "color": "#1e3a5f"},
                "encoding": {"x": {"field": "p50", **dollars}},
            },
            *([medicare] if any(entry["medicare"] for entry in values) else []),
        ],
    }
