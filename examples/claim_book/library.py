"""All episodes of a book as flat arrays, so that drawing millions of claims is gathering from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claim_book.episode import Episode, Line
from claim_book.facts import Facts, StoreFacts, service_days
from claim_book.planted import KINDS, Means, planted
from claim_book.scenarios import TAXONOMIES, clean_episodes
from trocar.core.period import day_number

Numbers = NDArray[np.int64]
SPECIALTIES = tuple(TAXONOMIES)
CLEAN = len(KINDS)
# A visit of one line: what fills a book up to the number of lines asked for.
FILLER = CLEAN + 1
# Days on which edits, unit limits and diagnoses are all held weigh more: there every rule can speak.
FULLY_HELD = frozenset({"ncci_ptp_practitioner", "mue_practitioner", "icd10", "schedule"})
WEIGHT_FULLY_HELD = 8
DEFAULT_CHARGE_CENTS = 5_000


class Words:
    """Distinct texts, numbered in the order in which they are met."""

    def __init__(self, *first: Any) -> None:
        self.numbers: dict[Any, int] = {word: number for number, word in enumerate(first)}

    def __getitem__(self, word: Any) -> int:
        return self.numbers.setdefault(word, len(self.numbers))

    @property
    def words(self) -> list[Any]:
        return list(self.numbers)


@dataclass(frozen=True)
class Days:
    """Days of service: ``slots`` names each day as often as it weighs, ``start`` is each day's first slot."""

    days: Numbers
    run: Numbers
    slots: Numbers
    start: Numbers


class Library:
    """The episodes of every run of days, flat: lines, claims over lines, episodes over claims, pools of episodes."""

    def __init__(self, facts: StoreFacts, first: date, last: date) -> None:
        self.codes, self.places, self.diagnoses, self.rules = Words(), Words(), Words(), Words()
        self.modifiers, self.taxonomies = Words(""), Words("")
        self._rows: dict[str, list[tuple[int, ...]]] = {"line": [], "claim": [], "episode": [], "truth": []}
        self.pools: dict[tuple[int, int], tuple[Numbers, Numbers]] = {}
        runs = [facts.on(*run) for run in facts.runs(first, last)]
        ever = facts.diagnoses_ever()
        for run, of_run in enumerate(runs):
            self._add_run(run, of_run, ever)
        self.days = _days(runs)
        tables = {name: np.array(rows, np.int64).T for name, rows in self._rows.items()}
        self.line_code, *self.line_modifiers, self.line_units, self.line_diagnoses, self.line_charge = tables["line"]
        self.claim_first, self.claim_lines, self.claim_place, self.claim_specialty = tables["claim"][:4]
        self.claim_npi_wrong, self.claim_taxonomy, self.truth_first, self.truth_count = tables["claim"][4:]
        self.episode_first, self.episode_claims, self.episode_lines = tables["episode"]
        self.truth_line, self.truth_rule, self.truth_kind, self.truth_planted = tables["truth"]
        listed = [of_run.taxonomies for of_run in runs if of_run.taxonomies]
        self.own_taxonomies = {
            specialty: [self.taxonomies[code] for code in codes if all(code in one for one in listed)]
            for specialty, codes in TAXONOMIES.items()
        }

    def _add_run(self, run: int, facts: Facts, ever: Sequence[str]) -> None:
        clean = clean_episodes(facts)
        never = [code for code in ever if code not in facts.billable and code not in facts.headers] or ["ZZZ99"]
        self._pool(run, CLEAN, clean, facts)
        visits = [one for one in clean if len(one.claims) == 1 and len(one.claims[0]) == 1]
        self._pool(run, FILLER, visits, facts)
        means = Means(facts, clean, never[:: max(1, len(never) // 40)])
        for number, kind in enumerate(KINDS):
            self._pool(run, number, planted(kind, means), facts)

    def _pool(self, run: int, kind: int, episodes: Sequence[Episode], facts: Facts) -> None:
        if not episodes:
            return
        numbers = np.array([self._add(episode, kind, facts) for episode in episodes], np.int64)
        self.pools[run, kind] = (numbers, np.cumsum([episode.weight for episode in episodes]))

    def _add(self, episode: Episode, kind: int, facts: Facts) -> int:
        first = len(self._rows["claim"])
        for number, lines in enumerate(episode.claims):
            truth = [(mark.line, self.rules[mark.rule], kind, mark in episode.planted)
                     for mark in sorted(episode.marks) if mark.claim == number]  # fmt: skip
            self._rows["claim"].append(
                (len(self._rows["line"]), len(lines), self.places[episode.place],
                 SPECIALTIES.index(episode.specialty), episode.npi_wrong, self.taxonomies[episode.taxonomy],
                 len(self._rows["truth"]), len(truth))
            )  # fmt: skip
            self._rows["truth"] += truth
            self._rows["line"] += [self._line(line, facts) for line in lines]
        self._rows["episode"].append((first, len(episode.claims), sum(map(len, episode.claims))))
        return len(self._rows["episode"]) - 1

    def _line(self, line: Line, facts: Facts) -> tuple[int, ...]:
        modifiers = [self.modifiers[one] for one in (*line.modifiers, "", "", "", "")[:4]]
        charge = _fee_cents(line, facts) * line.units
        return (self.codes[line.code], *modifiers, line.units, self.diagnoses[line.diagnoses], charge)


def _fee_cents(line: Line, facts: Facts) -> int:
    """The national office amount of the billed component, in cents; a round sum where the schedule has none."""
    component = next((one for one in ("26", "TC") if one in line.modifiers), "")
    row: Mapping[str, Any] = facts.row(line.code, component) or facts.row(line.code) or {}
    # Hundredths of relative value units x ten-thousandths of dollars / 10,000 = cents.
    return (row.get("nonfacility_total") or 0) * (row.get("conversion_factor") or 0) // 10_000 or DEFAULT_CHARGE_CENTS


def _days(runs: Iterable[Facts]) -> Days:
    found = [
        (day_number(day), run, WEIGHT_FULLY_HELD if facts.held >= FULLY_HELD else 1)
        for run, facts in enumerate(runs)
        for day in service_days(facts.first, facts.last)
    ]
    days, run, weight = np.array(found, np.int64).T
    return Days(days, run, np.repeat(np.arange(len(days)), weight), np.cumsum(weight) - weight)
