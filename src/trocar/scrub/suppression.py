"""Findings that a user has silenced or lowered: taken out after the rules have spoken, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from trocar.core.finding import Severity
from trocar.core.period import day_number
from trocar.engine.lines import Bools, Lines
from trocar.engine.neighbours import Indices
from trocar.rules.evaluate import NO_LINES, Outcome

# What a suppression may be limited to: columns of the claim line.
SCOPES = ("payer", "place_of_service", "billing_npi", "hcpcs")


@dataclass(frozen=True)
class Suppression:
    """One entry of the settings: a rule, for a payer, site or code, for a reason, to the end of a date of service.

    ``to`` is the severity its findings are lowered to, None where they are silenced; ``scope`` are texts by column
    of the claim line, all of which must fit; ``where`` is the entry's address in its file.
    """

    rule: str
    to: Severity | None
    scope: tuple[tuple[str, str], ...]
    reason: str
    until: date
    where: str

    def fits(self, lines: Lines) -> Bools:
        """The lines that the entry speaks of, on any day."""
        return np.logical_and.reduce([lines.texts(column).is_in({text}) for column, text in self.scope])


@dataclass(frozen=True)
class Use:
    """What one entry did in a batch, as lines of findings: taken by it, and left because its end had passed."""

    entry: Suppression
    taken: Indices
    expired: Indices


@dataclass(frozen=True)
class Suppressions:
    """The entries of the settings in their order; of two that fit one finding the first takes it."""

    entries: tuple[Suppression, ...] = ()

    def applied(self, lines: Lines, outcomes: Sequence[Outcome]) -> tuple[tuple[Outcome, ...], tuple[Use, ...]]:
        """The outcomes without what is silenced and with what is lowered, and what each entry did."""
        if not self.entries:
            return tuple(outcomes), ()
        fits = [entry.fits(lines) for entry in self.entries]
        uses: list[tuple[list[Indices], list[Indices]]] = [([NO_LINES], [NO_LINES]) for _ in self.entries]
        answer: list[Outcome] = []
        for outcome in outcomes:
            left = np.ones(len(outcome.lines), np.bool_)
            lowered: list[Outcome] = []
            for entry, fit, (taken, expired) in zip(self.entries, fits, uses, strict=True):
                if entry.rule != outcome.rule.id or not len(outcome.lines):
                    continue
                wanted = left & fit[outcome.lines]
                in_force = lines.day[outcome.lines] <= day_number(entry.until)
                expired.append(outcome.lines[wanted & ~in_force])
                hit = wanted & in_force
                taken.append(outcome.lines[hit])
                left &= ~hit
                if entry.to is not None and hit.any():
                    rule = replace(outcome.rule, severity=entry.to)
                    lowered.append(Outcome(rule, outcome.entries[hit], outcome.lines[hit], ()))
            kept = outcome if left.all() else outcome._replace(entries=outcome.entries[left], lines=outcome.lines[left])
            answer += [kept, *lowered]
        told = zip(self.entries, uses, strict=True)
        return tuple(answer), tuple(Use(entry, np.concatenate(one), np.concatenate(two)) for entry, (one, two) in told)


NO_SUPPRESSIONS = Suppressions()


def suppressed_shape(uses: Sequence[Use], first: int, end: int) -> dict[str, Any]:
    """What the entries did to the findings of some lines: silenced, lowered, and entry by entry."""
    entries: list[dict[str, Any]] = [
        {
            "rule": use.entry.rule,
            "to": "silent" if use.entry.to is None else use.entry.to.value,
            "scope": dict(use.entry.scope),
            "reason": use.entry.reason,
            "until": use.entry.until.isoformat(),
            "where": use.entry.where,
            "applied": _among(use.taken, first, end),
            "expired": _among(use.expired, first, end),
        }
        for use in uses
    ]
    silenced = sum(entry["applied"] for entry in entries if entry["to"] == "silent")
    return {
        "silenced": silenced,
        "lowered": sum(entry["applied"] for entry in entries) - silenced,
        "entries": entries,
    }


def merged_suppressed(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The same of several parts of a book together."""
    entries = [
        same[0] | {name: sum(entry[name] for entry in same) for name in ("applied", "expired")}
        for same in zip(*(part["entries"] for part in parts), strict=True)
    ]
    totals = {name: sum(part[name] for part in parts) for name in ("silenced", "lowered")}
    return totals | {"entries": entries}


def _among(lines: Indices, first: int, end: int) -> int:
    return int(np.count_nonzero((lines >= first) & (lines < end)))
