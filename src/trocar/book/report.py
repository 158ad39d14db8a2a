"""Summaries as a workbook, or as one page that needs nothing from the network."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from trocar.book.summary import Summary
from trocar.book.summary_rows import TITLES, in_words, notes, rows
from trocar.files.whole import written_whole

_MONEY = ("at_risk",)
_SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
_MOST_BARS = 20
# A page is read; more than this (the providers of a region) is looked up in the workbook.
_MOST_ROWS = 200
# Few ticks, as 200k or 1.2M: at full length they run into each other on a narrow screen.
_DOLLARS = {"format": "~s", "tickCount": 6}
_LONG = re.compile(r"\d{4,}")


def write_workbook(path: Path, summaries: Sequence[Summary]) -> None:
    """One sheet per summary; counts and dollars as numbers, shares as text with their n."""
    import xlsxwriter

    with written_whole(path) as building:
        workbook = xlsxwriter.Workbook(building)
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        for summary in summaries:
            sheet = workbook.add_worksheet(f"by {summary.by.value}")
            table = list(rows(summary))
            columns = [name for name in TITLES if name != "by"]
            sheet.set_column(0, 0, 20)
            sheet.set_column(1, len(columns) - 1, 16)
            sheet.freeze_panes(1, 1)
            for at, name in enumerate(columns):
                sheet.write_string(0, at, TITLES[name] or summary.by.value, head)
                for below, row in enumerate(table, start=1):
                    _cell(sheet, below, at, name, row[name], money)
            for below, note in enumerate(notes(summary), start=len(table) + 2):
                sheet.write_string(below, 0, note)
        workbook.close()


def _cell(sheet: Any, row: int, column: int, name: str, value: Any, money: Any) -> None:
    if name in _MONEY:
        # A spreadsheet has no decimals; two of them survive its numbers up to 10^13.
        sheet.write_number(row, column, float(value), money)
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value)


def write_page(path: Path, summaries: Sequence[Summary]) -> None:
    """One HTML page: for each summary a chart, what it shows in words, and its table."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_data("report.html.jinja"))
    sections = [
        {
            "by": summary.by.value,
            "words": in_words(summary),
            "notes": [*notes(summary), *_cut(summary)],
            "rows": [_for_reading(row) for row in _largest(list(rows(summary)))],
            "titles": _titles(summary),
            # No markup may begin inside a script element.
            "chart": json.dumps(chart(summary), ensure_ascii=False).replace("<", "\\u003c"),
        }
        for summary in summaries
    ]
    scripts = [_data("vega", name) for name in _SCRIPTS]
    with written_whole(path) as building:
        building.write_text(template.render(sections=sections, scripts=scripts), "utf-8")


def _titles(summary: Summary) -> dict[str, str]:
    """The columns of the page; shares of a book that was not given are left out."""
    left_out = {"by"} if summary.total.book_lines is not None else {"by", "share_of_lines"}
    return {name: title for name, title in TITLES.items() if name not in left_out}


def _for_reading(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its thousands apart; the name of a group may be a number, and stays as it is."""
    return {name: value if name == "name" else _LONG.sub(_apart, str(value)) for name, value in row.items()}


def _apart(digits: re.Match[str]) -> str:
    return f"{int(digits[0]):,}"


def _largest(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups with most at risk, and the row of all together."""
    return [*table[:-1][:_MOST_ROWS], table[-1]]


def _cut(summary: Summary) -> list[str]:
    left_out = len(summary.groups) - _MOST_ROWS
    return [f"{left_out} more groups are in the workbook (-o FILE.xlsx)."] if left_out > 0 else []


def _data(*names: str) -> str:
    return resources.files("trocar").joinpath("data", *names).read_text("utf-8")


def chart(summary: Summary) -> dict[str, Any]:
    """The Vega-Lite chart of a summary: dollars at risk, one bar per group (the largest twenty; months in order)."""
    groups = summary.groups if summary.by == "month" else summary.groups[:_MOST_BARS]
    order: Any = "x" if summary.by == "month" else {"field": "at_risk", "order": "descending"}
    values = [
        {"name": group.name, "at_risk": str(group.at_risk), "findings": group.findings, "lines": group.lines}
        for group in groups
    ]
    bar = {"field": "name", "type": "nominal", "title": summary.by.value, "sort": order}
    amount = {"field": "at_risk", "type": "quantitative", "title": "dollars at risk", "axis": _DOLLARS}
    upright = summary.by == "month"
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": in_words(summary),
        "background": None,
        "config": {"view": {"stroke": None}},
        "width": "container",
        "height": 240 if upright else {"step": 22},
        "data": {"values": values, "format": {"parse": {"at_risk": "number"}}},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {"x": bar, "y": amount} if upright else {"y": bar, "x": amount},
    }
