"""From published to comparable: how many rates each step leaves, and how many carry each flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from trocar.benchmarks.cleaning.flags import BY_CODE


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was taken out and why, and what is left after it."""

    name: str
    words: str
    taken: int
    left: int


_SCOPE = (
    ("amount_kind", "another kind of amount than asked for", "list_contains($kinds, amount_kind) OR rate IS NULL"),
    ("payer", "of another payer", "list_contains($payers, payer_id) OR list_contains($payers, payer_family)"),
    ("component", "another component (26, TC and both together are never pooled)", "component = $component"),
    ("state", "in another state, or nobody knows where", "id IN (SELECT id FROM voters WHERE state = $state)"),
)


def funnel(
    database: duckdb.DuckDBPyConnection,
    component: str | None,
    state: str | None,
    payers: Sequence[str],
    kinds: Sequence[str],
) -> tuple[Step, ...]:
    """Create ``scope`` (rates asked for) and ``comparable`` (those without a flag that blocks); the steps between.

    A rate is counted at the first step that takes it out.
    """
    given = {"kinds": list(kinds), "payers": list(payers), "component": component, "state": state}
    steps = [Step("published", "rates published for the code", 0, _count(database, "observations"))]
    database.execute(
        "CREATE TABLE scope AS SELECT id, payer_id, payer_family, component, amount_kind, rate FROM observations"
    )
    for (name, words, condition), key in zip(_SCOPE, given, strict=True):
        if given[key]:
            database.execute(f"DELETE FROM scope WHERE coalesce(NOT ({condition}), true)", {key: given[key]})
            left = _count(database, "scope")
            steps.append(Step(name, words, steps[-1].left - left, left))
    first = "SELECT arg_min(flag, place) AS flag FROM flags SEMI JOIN scope USING (id) WHERE blocks GROUP BY id"
    taken = database.execute(f"SELECT flag, count(*) FROM ({first}) GROUP BY flag").fetchall()
    counts = dict(taken)
    for code, entry in BY_CODE.items():
        if counts.get(code):
            steps.append(Step(code, entry.words, counts[code], steps[-1].left - counts[code]))
    database.execute(
        "CREATE TABLE comparable AS SELECT id FROM scope WHERE id NOT IN (SELECT id FROM flags WHERE blocks)"
    )
    return (*steps, Step("comparable", "rates compared", 0, steps[-1].left))


def flag_shares(database: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int, int], ...]:
    """Each flag with how many of the rates asked for carry it, of how many; a rate may carry several."""
    every = _count(database, "scope")
    query = "SELECT flag, count(*) FROM flags WHERE id IN (SELECT id FROM scope) GROUP BY flag, place ORDER BY place"
    return tuple((flag, count, every) for flag, count in database.execute(query).fetchall())


def _count(database: duckdb.DuckDBPyConnection, table: str) -> int:
    found = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
