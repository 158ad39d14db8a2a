"""The charts of pages as Vega-Lite specifications; every one stands beside its table and its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trocar.lookup.localities import LocalPrice
from trocar.lookup.over_time import InRelease

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
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
                "field": "rank", "type": "quantitative", "title": "localities, cheapest first", "axis": {"grid": False},
            },
            "y": {
                "field": "allowed", "type": "quantitative", "title": "allowed", "axis": _DOLLARS,
                "scale": {"zero": False},
            },
            "size": {"condition": {"test": "datum.chosen", "value": 160}, "value": 28},
            "color": {"condition": {"test": "datum.chosen", "value": "#c2410c"}, "value": "#2563a8"},
            "tooltip": [
                {"field": "name", "title": "locality"},
                {"field": "allowed", "type": "quantitative", "format": "$.2f"},
            ],
        },
    }  # fmt: skip


def through_releases(history: Sequence[InRelease]) -> dict[str, Any]:
    """The national amount through the releases held, as steps; a release that lacks the code is a gap."""
    values = [
        {"first": entry.first.isoformat(), "release": entry.release, "allowed": str(entry.allowed)}
        for entry in history
        if entry.allowed is not None
    ]
    return {
        "$schema": _SCHEMA,
        "description": "National allowed amount by fee schedule release",
        "width": "container",
        "height": 200,
        "data": {"values": values, "format": {"parse": {"allowed": "number", "first": "date"}}},
        "mark": {"type": "line", "interpolate": "step-after", "point": {"size": 45}, "tooltip": True},
        "encoding": {
            "x": {"field": "first", "type": "temporal", "title": "first day of the release", "axis": {"grid": False}},
            "y": {
                "field": "allowed", "type": "quantitative", "title": "allowed, national", "axis": _DOLLARS,
                "scale": {"zero": False},
            },
            "color": {"value": "#2563a8"},
            "tooltip": [
                {"field": "release"},
                {"field": "first", "type": "temporal", "title": "from"},
                {"field": "allowed", "type": "quantitative", "format": "$.2f"},
            ],
        },
    }  # fmt: skip
