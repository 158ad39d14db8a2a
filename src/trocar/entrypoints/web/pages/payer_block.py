"""The block of published rates on a code's page: payers and hospitals beside Medicare, as table and box plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.medicare import Medicare, medicare_amounts
from trocar.benchmarks.shapes import benchmark_shape, summary_shape
from trocar.benchmarks.summary import Question, summarise
from trocar.core.errors import TrocarError
from trocar.entrypoints.web import charts
from trocar.entrypoints.web.context import COMPONENTS
from trocar.lookup.asked import Asked
from trocar.lookup.localities import LocalPrice
from trocar.lookup.quotes import NATIONAL

# Boxes that can still be told apart; the table has all rows.
MOST_BOXES = 14
_KINDS = {
    "dollar": "negotiated", "allowed": "allowed", "median": "median paid", "gross": "gross charge",
    "cash": "cash price",
}  # fmt: skip


def payer_block(
    rates: Path | None,
    asked: Asked,
    code: str,
    place: Mapping[str, str],
    chosen: str | None,
    local: Sequence[LocalPrice],
) -> dict[str, Any]:
    """What the template shows. Medicare's rows come from the calculator, whether or not any rates are loaded."""
    where = dict(place or NATIONAL)
    medicare = medicare_amounts(asked, code, where)
    block: dict[str, Any] = {
        "medicare": _medicare_rows(medicare), "rows": [], "beside": None, "problem": "", "state": None, "chart": None,
    }  # fmt: skip
    if rates is None:
        return block
    state = next((price.state for price in local if f"{price.mac}-{price.locality}" == chosen), None)
    question = Question(code=code, state=state or None, place=where)
    try:
        summary = summarise(open_rates(rates), asked, question)
    except TrocarError as error:
        return {**block, "problem": str(error)}
    rows = [_row(benchmark_shape(entry)) for entry in summary.benchmarks]
    shown = sorted((row for row in rows if row["enough"]), key=lambda row: -row["providers"])[:MOST_BOXES]
    return {
        **block,
        "rows": rows,
        "beside": summary_shape(summary),
        "state": state,
        "chart": charts.payer_boxes(shown) if shown else None,
        "words": _words(code, shown, state),
    }


def _row(shape: dict[str, Any]) -> dict[str, Any]:
    """A benchmark with its words: whose, where, what."""
    payer = shape["payer_name"] or "Hospitals"
    payer = f"{payer}, all licensees" if shape["rolled_up"] else payer
    kind = _KINDS.get(shape["amount_kind"], shape["amount_kind"].replace("_", " "))
    negotiated = shape["negotiated_type"]
    kind = f"{kind} ({negotiated})" if negotiated and negotiated != "negotiated" else kind
    setting = "" if shape["setting"] == "unknown" else f", {shape['setting']}"
    where = f"{shape['billing_class']}{setting}"
    component = COMPONENTS[shape["component"]]
    label = f"{payer}: {kind}, {where}, {component}"
    return {**shape, "payer_words": payer, "kind": kind, "where": where, "component_words": component, "label": label}


def _medicare_rows(medicare: Medicare) -> list[dict[str, Any]]:
    """The calculator's amounts for each component and setting that is paid here, and OPPS's for the hospital."""
    rows = [
        {
            "kind": "fee schedule", "where": f"professional, {entry.setting}",
            "component_words": COMPONENTS[entry.component or "global"], "amount": entry.low,
        }
        for entry in medicare.amounts
    ]  # fmt: skip
    if medicare.opps is not None:
        where = {"where": "institutional, outpatient", "component_words": COMPONENTS["global"]}
        rows.append({"kind": f"OPPS, national (status {medicare.opps_status})", **where, "amount": medicare.opps})
    return rows


def _words(code: str, shown: Sequence[Mapping[str, Any]], state: str | None) -> str:
    """The box plot in sentences."""
    where = f"in {state}" if state else "in all states loaded"
    if not shown:
        return ""
    sentences = [f"Published rates of {code} {where}, 10th to 90th percentile with the median."]
    for row in shown:
        low, middle, high = (row["percentiles"][name]["amount"] for name in ("p10", "p50", "p90"))
        multiple = row["multiple_of_medicare"]
        times = f", {multiple[0]} times Medicare" if multiple and multiple[0] == multiple[1] else ""
        sentences.append(f"{row['label']}: ${low} to ${high}, median ${middle}{times}.")
    return " ".join(sentences)
