"""Several books checked in one batch, each as if it were alone: small ones share what a batch costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.finding import Finding, NotChecked
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.rules.rule import Rule
from trocar.scrub.check import CheckResult, check_batch
from trocar.scrub.summary import summaries
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions

# What ties lines across a book; the same text in two books is not the same claim or patient.
_TIES = ("claim_id", "patient_id")
_MARK = "\x1f"


@dataclass
class Part:
    """The answer to one book, by input row: what ``CheckResult`` says of it."""

    summary: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)


def check_together(tables: Sequence[pa.Table], pack: Pack, suppressions: Suppressions = NO_SUPPRESSIONS) -> list[Part]:
    """Check claim tables (``CLAIM_SCHEMA``) in one batch; each gets the answers it would get alone."""
    result, ends = checked_together(tables, pack, suppressions=suppressions)
    parts = [Part(summary) for summary in summaries(result, ends)]
    for line, finding in result.located_findings:
        parts[int(np.searchsorted(ends, line, "right"))].findings.append(finding)
    for line, entry in result.located_not_checked:
        parts[int(np.searchsorted(ends, line, "right"))].not_checked.append(entry)
    return parts


def checked_together(
    tables: Sequence[pa.Table],
    pack: Pack,
    rules: Sequence[Rule] | None = None,
    suppressions: Suppressions = NO_SUPPRESSIONS,
) -> tuple[CheckResult, list[int]]:
    """One check of claim tables that know nothing of each other, and where each ends in its canonical order."""
    if len(tables) == 1:
        return check_batch(Batch(tables[0], pack), rules, suppressions), [tables[0].num_rows]
    batch = Batch(_apart(tables), pack)
    for name in _TIES:
        batch.line.lines.say_as(name, lambda text: text.partition(_MARK)[2])
    # Claims stand in the order in which they are first named: the lines of a book stay together.
    return check_batch(batch, rules, suppressions), list(accumulate(table.num_rows for table in tables))


def _apart(tables: Sequence[pa.Table]) -> pa.Table:
    """All lines, with the claims and patients of each table named so that no other has them."""
    marked = [f"{number}{_MARK}" for number, table in enumerate(tables) for _ in range(table.num_rows)]
    marks = pa.array(marked, pa.string())
    together = pa.concat_tables(tables)
    for name in _TIES:
        at = together.schema.get_field_index(name)
        named = pc.binary_join_element_wise(marks, together[name], "")
        together = together.set_column(at, together.schema.field(at), named)
    return together
