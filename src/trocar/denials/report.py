"""Sections as a workbook, or as one page with charts that needs nothing from the network."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from trocar.denials.section import Section
from trocar.files.whole import written_whole

_SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
_MOST_BARS = 20
_BAR = 24  # pixels
_WORD = 24  # characters
# A page is read; the workbook holds every row.
_MOST_ROWS = 200
# What a spreadsheet can hold on one sheet, less its heading.
_MOST_SHEET_ROWS = 1_048_575


def heading(column: str) -> str:
    """The heading of a column for people."""
    return column.replace("_", " ")


def cell(value: Any) -> str:
    """A value as text; nothing is the empty text."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def write_workbook(path: Path, sections: Sequence[Section]) -> None:
    """One sheet per section, dollars and counts as numbers."""
    with written_whole(path) as building:
        building.write_bytes(workbook_of(sections))


def workbook_of(sections: Sequence[Section]) -> bytes:
    """The workbook, made in memory."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as workbook:
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        for section in sections:
            sheet = workbook.add_worksheet(section.id)
            sheet.set_column(0, max(len(section.columns) - 1, 0), 18)
            sheet.freeze_panes(1, 1)
            for at, column in enumerate(section.columns):
                sheet.write_string(0, at, heading(column), head)
            rows = section.rows[:_MOST_SHEET_ROWS]
            for below, row in enumerate(rows, start=1):
                for at, column in enumerate(section.columns):
                    _write(sheet, below, at, row[column], money)
            for below, note in enumerate(section.notes, start=len(rows) + 2):
                sheet.write_string(below, 0, note)
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, money: Any) -> None:
    if isinstance(value, Decimal):
        # A spreadsheet has no decimals; two of them survive its numbers up to 10^13.
        sheet.write_number(row, column, float(value), money)
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, cell(value))


def write_page(path: Path, title: str, sections: Sequence[Section]) -> None:
    """One HTML page: for each section its chart, if it has one, and its table."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_data("denials.html.jinja"))
    shown = [
        {
            "id": section.id,
            "title": section.title,
            "headings": [heading(column) for column in _in_table(section)],
            "kinds": [kind_of(section, column) for column in _in_table(section)],
            "rows": [[_shown(row[column]) for column in _in_table(section)] for row in section.rows[:_MOST_ROWS]],
            "texts": [_texts(section, row) for row in section.rows[:_MOST_ROWS] if section.texts_from],
            "notes": [*section.notes, *_cut(section)],
            "words": section.in_words,
            # No markup may begin inside a script element.
            "chart": json.dumps(chart(section), ensure_ascii=False).replace("<", "\\u003c") if section.in_words else "",
        }
        for section in sections
    ]
    scripts = [_data("vega", name) for name in _SCRIPTS]
    with written_whole(path) as building:
        building.write_text(template.render(title=title, sections=shown, scripts=scripts), "utf-8")


def _in_table(section: Section) -> tuple[str, ...]:
    """The columns of the table; those after them are texts, read below it."""
    return section.columns[: section.texts_from or None]


def _texts(section: Section, row: dict[str, Any]) -> dict[str, Any]:
    """The texts of a row, under the name of its first column."""
    first = section.columns[0]
    told = [(heading(column), cell(row[column])) for column in section.columns[section.texts_from :]]
    return {"name": f"{heading(first)} {cell(row[first]) or 'none'}", "told": [pair for pair in told if pair[1]]}


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, Decimal) else cell(value)


def kind_of(section: Section, column: str) -> str:
    """How a column is set: numbers to the right, sentences with room, codes and dates unbroken."""
    return "number" if is_number(section, column) else "long" if is_long(section, column) else "brief"


def is_long(section: Section, column: str) -> bool:
    """Whether a column holds sentences, which need room, and not codes or dates, which must not break."""
    return any(len(cell(row[column])) > _WORD for row in section.rows[:_MOST_ROWS])


def is_number(section: Section, column: str) -> bool:
    """Whether a column holds amounts, counts or shares."""
    values = [row[column] for row in section.rows[:_MOST_ROWS] if row[column] not in (None, "")]
    return bool(values) and all(
        isinstance(value, int | Decimal) or (isinstance(value, str) and value.endswith("%")) for value in values
    )


def _cut(section: Section) -> list[str]:
    left_out = len(section.rows) - _MOST_ROWS
    return [f"{left_out} more rows are in the workbook (.xlsx)."] if left_out > 0 else []


def chart(section: Section) -> dict[str, Any]:
    """The Vega-Lite chart of a section: dollars, one bar per row, the largest twenty."""
    name = section.columns[0]
    rows = section.rows[:_MOST_BARS]
    values = [{"name": cell(row[name]) or "(none)", "value": str(row[section.chart])} for row in rows]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": section.in_words,
        "width": "container",
        "height": _BAR * len(rows),
        "data": {"values": values, "format": {"parse": {"value": "number"}}},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {
                "field": "name",
                "type": "nominal",
                "title": heading(name),
                "sort": None,
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": f"{heading(section.chart)}, dollars",
                "axis": {"tickCount": 5, "gridOpacity": 0.4},
            },
        },
    }


def _data(*names: str) -> str:
    return resources.files("trocar").joinpath("data", *names).read_text("utf-8")
