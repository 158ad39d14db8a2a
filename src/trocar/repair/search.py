"""Search for the fewest changes: exact over the changes that findings call for, and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count

from trocar.repair.change import Change, Lines, Option
from trocar.repair.judge import FindingKey, Judge, Judged, finding_key
from trocar.repair.proposals import proposal

# Variants of one group of claims that are judged at most; beyond it the best found stands, and says so.
MOST_JUDGED = 2_000


@dataclass(frozen=True)
class Taken:
    """One change made: the claims before and after it, and what it cleared."""

    change: Change
    before: Judged
    after: Judged

    @property
    def clears(self) -> list[FindingKey]:
        """The findings of severity deny that are no more."""
        return sorted(self.before.open - self.after.open)


@dataclass(frozen=True)
class Offered:
    """An option: the finding it is about, the claims it is offered on, and the claims as it would leave them."""

    about: FindingKey
    option: Option
    before: Judged
    after: Judged


@dataclass(frozen=True)
class Mended:
    """The end of a search: the changes, what they leave denied with what a person must decide, and the options.

    ``least`` says that no fewer changes would do; false when the search came to its bound first.
    """

    came: Judged
    taken: tuple[Taken, ...]
    decide: dict[FindingKey, str]
    offered: tuple[Offered, ...]
    least: bool

    @property
    def now(self) -> Judged:
        """The claims as the changes leave them."""
        return self.taken[-1].after if self.taken else self.came


Path = tuple[Taken, ...]


def mend(lines: Lines, judge: Judge, most_judged: int = MOST_JUDGED) -> Mended:
    """Clear the findings of severity deny with the fewest changes; ties go to the smaller claim, then by order.

    A state branches on the finding with the fewest changes that clear it, so that every way of clearing that one is
    followed. What no change clears stays, with what a person must decide.
    """
    (came,) = judge.of_all([lines])
    tie, seen, judged = count(), {lines}, 1
    waiting: list[tuple[tuple[int, Decimal, list[object]], int, Path]] = [(_rank(came, ()), next(tie), ())]
    best: tuple[tuple[object, ...], Path] | None = None
    met: Path = ()
    while waiting and judged < most_judged:
        rank, _, path = heappop(waiting)
        met = min(met, path, key=lambda one: _left(one, came))
        now = path[-1].after if path else came
        ways = _ways(now, came, judge) if now.deny else []
        judged += len(ways)
        for way in _narrowest(now, ways):
            if way.after.lines not in seen:
                seen.add(way.after.lines)
                longer = (*path, way)
                heappush(waiting, (_rank(way.after, longer), next(tie), longer))
        end = (len(now.deny), *rank)
        if not any(set(way.clears) for way in ways) and (best is None or end < best[0]):
            best = (end, path)
            if not now.deny:
                break
    least = best is not None and (judged < most_judged or best[0][0] == 0)
    path = best[1] if best else min([met, *(entry[2] for entry in waiting)], key=lambda one: _left(one, came))
    return _told(came, path, judge, least=least)


def _rank(now: Judged, path: Path) -> tuple[int, Decimal, list[object]]:
    return len(path), now.allowed(), [taken.change.order for taken in path]


def _left(path: Path, came: Judged) -> tuple[object, ...]:
    now = path[-1].after if path else came
    return len(now.deny), *_rank(now, path)


def _ways(now: Judged, came: Judged, judge: Judge) -> list[Taken]:
    """Every change that a finding calls for, made and judged."""
    changes = dict.fromkeys(change for finding in now.deny for change in proposal(now, came, finding).changes)
    called_for = [change for change in changes if change.edits]
    after = judge.of_all([change.applied(now.lines) for change in called_for]) if called_for else []
    return [Taken(change, now, judged) for change, judged in zip(called_for, after, strict=True)]


def _narrowest(now: Judged, ways: list[Taken]) -> list[Taken]:
    """The ways to clear the finding that has the fewest of them."""
    by_finding = [[way for way in ways if key in way.clears] for key in sorted(now.open)]
    return min(filter(None, by_finding), key=len, default=[])


def _told(came: Judged, path: Path, judge: Judge, *, least: bool) -> Mended:
    now = path[-1].after if path else came
    decide = {}
    for finding in now.deny:
        decide[finding_key(finding)] = proposal(now, came, finding).decide or finding.remedy
    made = {taken.change.edits for taken in path}
    offered = [one for state in (came, *(taken.after for taken in path)) for one in _offered(state, came, judge)]
    useful = {one.option.change.edits: one for one in reversed(offered) if one.option.change.edits not in made}
    return Mended(came, path, decide, tuple(reversed(useful.values())), least)


def _offered(state: Judged, came: Judged, judge: Judge) -> list[Offered]:
    """The options of a state's findings that would leave the lines they change without any finding to deny."""
    options = [
        (finding_key(finding), option)
        for finding in state.deny
        for option in proposal(state, came, finding).options
        if option.change.edits
    ]
    after = judge.of_all([option.change.applied(state.lines) for _, option in options]) if options else []
    answer = []
    for (about, option), judged in zip(options, after, strict=True):
        changed = {edit.line for edit in option.change.edits}
        if changed.isdisjoint((claim_id, line) for claim_id, line, *_ in judged.open):
            answer.append(Offered(about, option, state, judged))
    return answer
