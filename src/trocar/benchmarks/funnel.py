"""From published to comparable: how many rates each step leaves, and how many carry each flag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import duckdb

from trocar.benchmarks.cleaning.flags import FLAGS, flags_in


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was taken out and why, and what is left after it."""

    name: str
    words: str
    taken: int
    left: int


_SCOPE = {
    "amount_kind": "another kind of amount than asked for",
    "payer": "of another payer",
    "component": "another component (26, TC and both together are never pooled)",
    "state": "in another state, or nobody knows where",
}


@dataclass(frozen=True)
class Funnel:
    """The steps, each rate counted at the first that takes it out; and each flag: how many carry it, of how many.

    ``flags`` are of the rates asked for alone; a rate may carry several.
    """

    steps: tuple[Step, ...]
    flags: tuple[tuple[str, int, int], ...]


def funnel(database: duckdb.DuckDBPyConnection, parts: tuple[str, ...]) -> Funnel:
    """Count what ``clean`` left; ``parts``: what of the scope was asked for, told even where it takes out nothing."""
    out = Counter[str | None](dict(database.execute("SELECT left_out, rates FROM outside").fetchall()))
    marks = database.execute("SELECT flags, count(*) FROM observations GROUP BY 1").fetchall()
    steps = [Step("published", "rates published for the code", 0, sum(out.values()))]
    for name, words in _SCOPE.items():
        if name in parts:
            steps.append(Step(name, words, out[name], steps[-1].left - out[name]))
    asked_for = steps[-1].left
    first, carried = Counter[str](), Counter[str]()
    for number, count in marks:
        flags = flags_in(number)
        carried.update({flag.code: count for flag in flags})
        first.update({flag.code: count for flag in [flag for flag in flags if flag.blocks][:1]})
    for flag in FLAGS:
        if taken := first[flag.code]:
            steps.append(Step(flag.code, flag.words, taken, steps[-1].left - taken))
    steps.append(Step("comparable", "rates compared", 0, steps[-1].left))
    shares = tuple((flag.code, carried[flag.code], asked_for) for flag in FLAGS if carried[flag.code])
    return Funnel(tuple(steps), shares)
