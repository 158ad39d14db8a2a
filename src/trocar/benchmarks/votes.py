"""One vote for each tax number or hospital: the lower median of its comparable rates, by kind of rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from trocar.benchmarks.cleaning.flags import BLOCKING

# An amount of four decimals as a whole number.
TEN_THOUSANDTHS = 10_000
_COMPARABLE = f"CREATE VIEW comparable AS SELECT id FROM observations WHERE flags & {BLOCKING} = 0"
# What is never pooled. ``source_kind`` too: a payer's tax numbers and a hospital's own file don't vote together.
_KEYS = "payer_id, class, setting, component, amount_kind, negotiated_type, source_kind"
_MET = f"""
CREATE TABLE met AS
SELECT row_number() OVER () AS combination, * FROM (
    SELECT {_KEYS}, min(payer_name) AS payer_name, any_value(payer_family) AS payer_family
    FROM observations SEMI JOIN comparable USING (id) WHERE list_contains($kinds, amount_kind) GROUP BY {_KEYS}
)
"""
# By payer, and once more by family where it has several payers.
_KINDS = """
CREATE TABLE kinds AS
WITH families AS (
    SELECT payer_family FROM met WHERE payer_family IS NOT NULL GROUP BY 1 HAVING count(DISTINCT payer_id) > 1
), meant AS (
    SELECT payer_id AS payer, min(payer_name) OVER (PARTITION BY payer_id) AS payer_name, false AS rolled_up,
           * EXCLUDE (payer_id, payer_name) FROM met
    UNION ALL
    SELECT payer_family, payer_family, true, * EXCLUDE (payer_id, payer_name) FROM met
    SEMI JOIN families USING (payer_family)
)
SELECT dense_rank() OVER (ORDER BY rolled_up DESC, payer NULLS LAST, class, setting, component, amount_kind,
                          negotiated_type, source_kind) AS kind, * FROM meant
"""
_BALLOTS = f"""
CREATE TABLE ballots AS
SELECT kind, {{state}} AS state, voter, id, rate
FROM (SELECT id, rate, {_KEYS} FROM observations SEMI JOIN comparable USING (id)) o
JOIN (SELECT combination, {_KEYS} FROM met) m
  ON m.payer_id IS NOT DISTINCT FROM o.payer_id AND m.negotiated_type IS NOT DISTINCT FROM o.negotiated_type
 AND m.class = o.class AND m.setting = o.setting AND m.component = o.component AND m.amount_kind = o.amount_kind
 AND m.source_kind = o.source_kind
JOIN (SELECT combination, kind FROM kinds) k USING (combination)
JOIN (SELECT DISTINCT id, voter, {{state}} AS state FROM voters
      WHERE voter NOT IN (SELECT voter FROM ghosts) AND ($state IS NULL OR state = $state)) v USING (id)
"""
_VOTES = f"""
CREATE TABLE votes AS
SELECT kind, state, (rate * {TEN_THOUSANDTHS})::BIGINT AS amount, id FROM (
    SELECT *, row_number() OVER voter AS place, count(*) OVER (PARTITION BY kind, state, voter) AS held FROM ballots
    WINDOW voter AS (PARTITION BY kind, state, voter ORDER BY rate, id)
) WHERE place = (held + 1) // 2
"""
_COUNTS = """
SELECT k.*, v.state, votes, rates
FROM (SELECT kind, state, count(*) AS votes FROM votes GROUP BY ALL) v
JOIN (SELECT kind, state, count(DISTINCT id) AS rates FROM ballots GROUP BY ALL) b
  ON b.kind = v.kind AND b.state IS NOT DISTINCT FROM v.state
JOIN (SELECT DISTINCT kind, payer, payer_name, rolled_up, class, setting, component, amount_kind, negotiated_type,
                      source_kind FROM kinds) k ON k.kind = v.kind
ORDER BY v.kind, v.state
"""


@dataclass(frozen=True)
class Votes:
    """The votes of one kind in one state (None: anywhere), by amount: ``amounts`` in ten-thousandths of a dollar.

    ``ids`` say which row of ``observations`` each stands in; ``rates`` counts the rates behind all of them.
    """

    kind: Mapping[str, Any]
    state: str | None
    rates: int
    amounts: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]


def votes_of(
    database: duckdb.DuckDBPyConnection, kinds: Sequence[str], state: str | None, *, each_state: bool
) -> Iterator[Votes]:
    """The votes of comparable rates by kind and, if asked for, state; creates ``comparable``, the ids of those rates."""
    database.execute(_COMPARABLE)
    database.execute(_MET, {"kinds": list(kinds)})
    database.execute(_KINDS)
    by_state = "state" if each_state or state is not None else "NULL::VARCHAR"
    database.execute(_BALLOTS.format(state=by_state), {"state": state})
    database.execute(_VOTES)
    counted = database.execute(_COUNTS)
    names = [column[0] for column in counted.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in counted.fetchall()]
    held = database.execute("SELECT amount, id FROM votes ORDER BY kind, state, amount, id").fetchnumpy()
    at = 0
    for row in rows:
        mine = slice(at, at := at + row["votes"])
        yield Votes(row, row["state"], row["rates"], held["amount"][mine], held["id"][mine])
