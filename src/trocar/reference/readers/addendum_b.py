"""OPPS Addendum B csv: the outpatient hospital status of each code."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa

from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import (
    convert,
    exact,
    find_heading,
    listed,
    refusal,
    repaired_codes,
    rounded,
    rows_of,
    same_width,
)
from trocar.reference.readers.headed_csv import has_header
from trocar.reference.release import outpatient_release
from trocar.reference.tables import TABLES

_HEADINGS = {
    "hcpcs": "(HCPCS )?CODE",
    "status_indicator": "SI",
    "apc": "APC",
    "relative_weight": "RELATIVE[ _]WEIGHT",
    "payment_cents": "PAYMENT[ _]RATE",
}


def recognises(source: SourceFile) -> bool:
    """A heading row with code, status indicator, APC, weight and rate."""
    return has_header(source, _HEADINGS)


def read(source: SourceFile) -> Reading:
    """Rows of ``opps_status``; the quarter is the one the file (or its folder) is named by.

    The title names the year only, so a file whose name lost its month is refused. Rates have up to four
    decimals for drugs; they are rounded to the cent, with a warning.
    """
    release = outpatient_release(f"{source.path.parent.name}/{source.name}")
    if release is None:
        raise refusal(
            source,
            "nothing tells which quarter it is for: the title has the year only",
            remedy="Name the file as CMS does, by year and month, such as OPPS_AddendumB_2025Oct.csv.",
        )
    rows = rows_of(source)
    found = find_heading(rows, _HEADINGS)
    if found is None:
        raise refusal(source, "no heading row names code, status indicator, APC and rate")
    heading, at = found
    body = [row for row in rows if row.line > heading.line]
    same_width(source, body, len(heading.cells))
    texts = {name: [row.cells[position] for row in body] for name, position in at.items()}
    codes, warnings = repaired_codes(source, body, texts["hcpcs"])
    if len(set(codes)) != len(codes):
        raise refusal(source, "a code stands twice", heading.line)
    rates = [re.sub("[$,]", "", text) for text in texts["payment_cents"]]
    finer = [text for text in rates if re.fullmatch(r"\d*\.\d\d0*[1-9]\d*", text)]
    if finer:
        warnings.append(f"{len(finer)} rates are finer than a cent and rounded to it ({listed(finer)})")
    titled = any("ADDENDUM B" in " ".join(row.cells).upper() for row in rows[:3])
    if titled and not any(code.startswith("V") for code in codes):
        raise refusal(source, "no code begins with V: the file is cut short", body[-1].line if body else heading.line)
    if not titled:
        warnings.append(
            f"without the addendum's title: an excerpt of {len(codes)} codes, retyped; a code absent from it may "
            "still have a status"
        )
    schema = TABLES["opps_status"].remove(TABLES["opps_status"].get_field_index("file_id"))
    columns = {
        "hcpcs": codes,
        "status_indicator": texts["status_indicator"],
        "apc": texts["apc"],
        "relative_weight": convert(
            source, "Relative Weight", body, texts["relative_weight"], _blank_or(lambda text: exact(text, 10_000))
        ),
        "payment_cents": convert(source, "Payment Rate", body, rates, _blank_or(lambda text: rounded(text, 100))),
        "line": [row.line for row in body],
    }
    return Reading(
        "opps_status", pa.table(columns, schema=schema), release.name, release.period, warnings=tuple(warnings)
    )


def _blank_or(parse: Callable[[str], int]) -> Callable[[str], int | None]:
    return lambda text: parse(text) if text not in ("", ".") else None


READER = Reader("addendum_b", recognises, read)
