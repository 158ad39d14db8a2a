"""One vote for each tax number or hospital: the lower median of its comparable rates, by kind of rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trocar.benchmarks.cleaning.clean import Cleaned, voters_of
from trocar.benchmarks.cleaning.flags import BLOCKING, flags_in

# An amount of four decimals as a whole number.
TEN_THOUSANDTHS = 10_000
_COMPARABLE = f"CREATE VIEW comparable AS SELECT id FROM observations WHERE flags & {BLOCKING} = 0"
# What votes together: kinds that differ in how a payer's name is written, or in the arrangement, do. By payer, and once
# more by family where it has several payers. A payer's tax numbers and a hospital's own file don't.
_BENCHES = f"""
CREATE TABLE benches AS
WITH met AS (
    SELECT * FROM kinds_met WHERE left_out IS NULL AND list_contains($kinds, amount_kind)
), families AS (
    SELECT payer_family FROM met SEMI JOIN (
        SELECT DISTINCT kind FROM observations WHERE flags & {BLOCKING} = 0) USING (kind)
    WHERE payer_family IS NOT NULL GROUP BY 1 HAVING count(DISTINCT payer_id) > 1
), meant AS (
    SELECT payer_id AS payer, min(payer_name) OVER (PARTITION BY payer_id) AS name, false AS rolled_up, * FROM met
    UNION ALL
    SELECT payer_family, payer_family, true, * FROM met SEMI JOIN families USING (payer_family)
)
SELECT dense_rank() OVER (ORDER BY rolled_up DESC, payer NULLS LAST, class, place, component, amount_kind,
                          negotiated_type, source_kind)::INTEGER AS bench, kind, payer, name AS payer_name, rolled_up,
       class, place AS setting, component, amount_kind, negotiated_type, source_kind
FROM meant
"""
_BALLOTS = f"""
CREATE TABLE ballots AS
SELECT bench, {{state}} AS state, voter, id, rate, file, "offset", ordinal
FROM (SELECT id, kind, rate, file, "offset", ordinal FROM observations
      WHERE flags & {BLOCKING} = 0) o
JOIN (SELECT bench, kind FROM benches) b USING (kind)
JOIN (SELECT id, voter, {{state}} AS state FROM ({{voters}})) v USING (id)
WHERE voter NOT IN (SELECT voter FROM ghosts)
"""
_VOTES = f"""
CREATE TABLE votes AS
SELECT bench, state, (rate * {TEN_THOUSANDTHS})::BIGINT AS amount, file, "offset", ordinal FROM (
    SELECT *, row_number() OVER voter AS place, count(*) OVER (PARTITION BY bench, state, voter) AS held FROM ballots
    WINDOW voter AS (PARTITION BY bench, state, voter ORDER BY rate, file, "offset", ordinal)
) WHERE place = (held + 1) // 2
"""
_COUNTS = """
SELECT b.*, v.state, v.votes, r.rates
FROM (SELECT bench, state, count(*) AS votes FROM votes GROUP BY ALL) v
JOIN (SELECT bench, state, count(DISTINCT id) AS rates FROM ballots GROUP BY ALL) r
  ON r.bench = v.bench AND r.state IS NOT DISTINCT FROM v.state
JOIN (SELECT DISTINCT * EXCLUDE (kind) FROM benches) b ON b.bench = v.bench
ORDER BY v.bench, v.state
"""
# All rates asked for of the same kinds, by their flags: what each benchmark was made of.
_PUBLISHED = """
SELECT bench, {state} AS state, flags, count(*) FROM observations JOIN (SELECT bench, kind FROM benches) USING (kind)
{where} GROUP BY ALL
"""
_IN_ORDER = 'SELECT amount, file, "offset", ordinal FROM votes ORDER BY bench, state, amount, file, "offset", ordinal'


@dataclass(frozen=True)
class Votes:
    """The votes of one kind in one state (None: anywhere), by amount: ``amounts`` in ten-thousandths of a dollar.

    ``rates`` counts the rates behind all of them, ``published`` those of the kind, compared or not, and ``flags`` how
    many of these carry each flag.
    """

    kind: Mapping[str, Any]
    state: str | None
    rates: int
    published: int
    flags: Mapping[str, int]
    amounts: npt.NDArray[np.int64]
    places: tuple[npt.NDArray[np.int64], ...]

    def place(self, at: int) -> tuple[int, int, int]:
        """Where a vote stands: the number of its file, the byte or row, the place within its item."""
        file, offset, ordinal = (int(column[at]) for column in self.places)
        return file, offset, ordinal


def votes_of(cleaned: Cleaned, kinds: Sequence[str], state: str | None, *, each_state: bool) -> Iterator[Votes]:
    """The votes of comparable rates by kind and, if asked for, state; creates ``comparable``, those rates' ids."""
    database = cleaned.database
    database.execute(_COMPARABLE)
    database.execute(_BENCHES, {"kinds": list(kinds)})
    has_states = each_state or state is not None
    voters = voters_of("observed", is_placed=cleaned.is_placed and has_states) if state is None else "FROM here"
    by_state = "state" if has_states else "NULL::VARCHAR"
    database.execute(_BALLOTS.format(state=by_state, voters=voters))
    database.execute(_VOTES)
    counted = database.execute(_COUNTS)
    names = [column[0] for column in counted.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in counted.fetchall()]
    where = f"JOIN (SELECT DISTINCT id, state FROM ({voters})) USING (id)" if each_state else ""
    state_of = "state" if each_state else "$state"
    query = _PUBLISHED.format(state=state_of, where=where)
    published = _by_bench(database.execute(query, {} if each_state else {"state": state}).fetchall())
    held = database.execute(_IN_ORDER).fetchnumpy()
    at = 0
    for row in rows:
        mine = slice(at, at := at + row["votes"])
        amounts, *places = (held[name][mine] for name in ("amount", "file", "offset", "ordinal"))
        total, flags = published[row["bench"], row["state"]]
        yield Votes(row, row["state"], row["rates"], total, flags, amounts, tuple(places))


def _by_bench(rows: Iterable[tuple[int, str | None, int, int]]) -> dict[tuple[int, str | None], _Published]:
    """The rates of each kind and state, and how many of them carry each flag."""
    totals = Counter[tuple[int, str | None]]()
    carried: dict[tuple[int, str | None], Counter[str]] = {}
    for bench, state, marks, count in rows:
        totals[bench, state] += count
        flags = carried.setdefault((bench, state), Counter())
        for flag in flags_in(marks):
            flags[flag.code] += count
    return {key: (total, carried[key]) for key, total in totals.items()}


_Published = tuple[int, Mapping[str, int]]
