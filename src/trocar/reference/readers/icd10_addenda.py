"""ICD-10-CM order addenda: the codes a year adds, deletes and revises, and how to put them on an order file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.delimited import refusal

ROWS_SCHEMA = pa.schema({"code": pa.string(), "billable": pa.bool_(), "side": pa.string(), "line": pa.int32()})

_CHANGE = re.compile(r"(Add|Delete|Revise from|Revise to): +(?:([01]) )?([A-Z][0-9A-Z]{2,6}) +(\S.*)")
_COUNT = re.compile(r" *(\d+) (headers|codes) in (\S+)")
_SUMMARY = re.compile(r"\s*|Headers|Codes|of which| *\d+ (additions|deletions|revisions).*")
_LONG_TITLE_AT = 61


@dataclass(frozen=True)
class Addenda:
    """The changes of one addenda file.

    ``put`` and ``taken`` are rows of (code, billable, side, line): what the changes add (and revise to) and what
    they delete (and revise from). ``counts`` are headers and codes (before, after) as the file's summary states
    them; ``within_year`` says codes change within one fiscal year: an update of 1 April (42 USC 1395ww(d)(5)(K)(vii)).
    """

    put: pa.Table
    taken: pa.Table
    counts: dict[str, tuple[int, int]]
    within_year: bool


def sides(long_titles: Sequence[str]) -> pa.Array:
    """R, L, B or empty: the one side a long title names as a whole word; a title naming two has none."""
    titles = pa.array(long_titles, pa.string())
    right, left, both = (
        pc.match_substring_regex(titles, rf"\b{word}\b", ignore_case=True) for word in ("right", "left", "bilateral")
    )
    named = pc.add(pc.add(right.cast(pa.int8()), left.cast(pa.int8())), both.cast(pa.int8()))
    one = pc.equal(named, 1)
    return pc.case_when(pc.make_struct(pc.and_(one, right), pc.and_(one, left), pc.and_(one, both)), "R", "L", "B", "")


def code_rows(codes: list[str], billable: list[bool], long_titles: list[str], lines: list[int]) -> pa.Table:
    """Rows of the ``icd10`` table without ``file_id``."""
    return pa.table([codes, billable, sides(long_titles), lines], schema=ROWS_SCHEMA)


def read_addenda(source: SourceFile) -> Addenda:
    """Read an addenda file; raises ``ReferenceFileError`` at a line that is neither change nor summary.

    The addenda of the codes file (without a billable flag) hold billable codes alone.
    """
    changes: dict[bool, list[tuple[str, bool, str, int]]] = {True: [], False: []}
    counts: dict[str, list[int]] = {"headers": [], "codes": []}
    files = set()
    for line, text in enumerate(source.content.decode("latin-1").splitlines(), 1):
        if change := _CHANGE.fullmatch(text.rstrip()):
            action, flag, code, titles = change.groups()
            title = titles[_LONG_TITLE_AT:] if flag else titles
            changes[action in ("Add", "Revise to")].append((code, flag != "0", title, line))
        elif count := _COUNT.fullmatch(text.rstrip()):
            counts[count[2]].append(int(count[1]))
            files.add(count[3])
        elif not _SUMMARY.fullmatch(text.rstrip()):
            raise refusal(source, "neither a change (Add:, Delete:, Revise from:, Revise to:) nor the summary", line)
    if len(counts["codes"]) != 2:
        raise refusal(source, "the summary with the number of codes before and after is missing: cut off")
    put, taken = (code_rows(*_columns(changes[kind])) for kind in (True, False))
    totals = {name: (values[0], values[1]) for name, values in counts.items() if len(values) == 2}
    return Addenda(put, taken, totals, within_year=len(files) == 1 and len(put) + len(taken) > 0)


def _columns(rows: list[tuple[str, bool, str, int]]) -> tuple[list[str], list[bool], list[str], list[int]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]


def keys(rows: pa.Table) -> pa.Array:
    """Code and flag as one text, such as ``B880 1``: a code may turn from billable into a header."""
    flags = pc.if_else(rows["billable"], "1", "0")
    return pc.binary_join_element_wise(rows["code"], flags, " ").combine_chunks()


def fiscal_year_from_addenda(previous: pa.Table, source: SourceFile) -> pa.Table:
    """The year an addenda file makes of the order file before it.

    ``previous`` are that order file's rows (code, billable, side, line). Returned are the year's rows in order of
    code with one column more: ``from_previous``, true for a row taken over (``line`` is then a line of the order
    file), false for one added or revised (``line`` is then a line of the addenda).
    Raises ``ReferenceFileError`` when the addenda don't belong to ``previous`` or the totals don't come out.
    """
    addenda = read_addenda(source)
    return _applied(previous, addenda.taken, addenda.put, {k: v[1] for k, v in addenda.counts.items()}, source)


def before_addenda(updated: pa.Table, source: SourceFile) -> pa.Table:
    """The code set before an update within the year: ``fiscal_year_from_addenda`` the other way round."""
    addenda = read_addenda(source)
    return _applied(updated, addenda.put, addenda.taken, {k: v[0] for k, v in addenda.counts.items()}, source)


def _applied(rows: pa.Table, taken: pa.Table, put: pa.Table, totals: dict[str, int], source: SourceFile) -> pa.Table:
    unknown = pc.invert(pc.is_in(keys(taken), keys(rows)))
    if pc.any(unknown).as_py():
        missing = taken.filter(unknown).slice(0, 1).to_pylist()[0]
        reason = f"{missing['code']} is not in the order file these addenda would change"
        raise refusal(source, reason, missing["line"], "Load the order file of the year before.")
    kept = rows.select(ROWS_SCHEMA.names).filter(pc.invert(pc.is_in(keys(rows), keys(taken))))
    result = pa.concat_tables(
        [
            kept.append_column("from_previous", pa.array([True] * len(kept))),
            put.append_column("from_previous", pa.array([False] * len(put))),
        ]
    ).sort_by("code")
    billable = pc.sum(result["billable"]).as_py() or 0
    for kind, found in (("codes", billable), ("headers", len(result) - billable)):
        if found != totals[kind]:
            raise refusal(source, f"{found} {kind} after the changes where the summary says {totals[kind]}")
    return result
