"""Draw a book from a library: chunk by chunk, each from its own seed, so that the memory stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claim_book.library import CLEAN, FILLER, SPECIALTIES, Library
from claim_book.planted import KINDS
from claim_book.texts import coded, numbered
from trocar.claims.table import CLAIM_SCHEMA

Numbers = NDArray[np.int64]
EPISODES_PER_CHUNK = 65_536
# How many days one patient has in the book: in turn, so that nobody meets the same practitioner twice on one day.
VISITS = (1, 1, 2, 3, 1, 4, 2, 6)
PAYERS = ("Medicare", "Railroad Medicare", "Medicare Advantage A", "Medicare Advantage B")
# The payer of every sixth patient in turn: half of them have the first.
PAYER_OF = np.array([0, 0, 0, 1, 2, 3])
TRUTH_SCHEMA = pa.schema(
    [
        pa.field("claim_id", pa.string(), nullable=False),
        pa.field("line", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("planted", pa.bool_(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Chunk:
    """Some claims (``CLAIM_SCHEMA`` without ``where``; texts as dictionaries) and the truth of their planted errors."""

    claims: pa.Table
    truth: pa.Table


class Practitioners:
    """Who bills: number, group, taxonomy and ZIP of each, in runs of one specialty."""

    def __init__(self, count: int, library: Library, places: list[tuple[str, str, str]], seed: int) -> None:
        random = np.random.default_rng([seed, 1 << 40])
        each = max(2, count // len(SPECIALTIES))
        self.first = np.arange(len(SPECIALTIES)) * each
        self.each = each
        total = each * len(SPECIALTIES)
        # 1000000000 and on: below the numbers that the registry has given out, with a right check digit.
        self.npis = [npi(100_000_000 + number) for number in range(total)]
        self.wrong = [one[:9] + str((int(one[9]) + 1 + number % 9) % 10) for number, one in enumerate(self.npis)]
        groups = max(1, total // 6)
        self.group_npis = [npi(100_200_000 + number) for number in range(groups)]
        self.group = random.integers(groups, size=total)
        self.zips = [zip_code for zip_code, _, _ in places]
        self.zip = random.integers(len(places), size=groups)[self.group]
        self.markup = random.integers(150, 400, size=groups)[self.group]
        own = [library.own_taxonomies[specialty] for specialty in SPECIALTIES]
        self.taxonomy = np.array([own[n // each][int(random.integers(len(own[n // each])))] for n in range(total)])


def npi(base: int) -> str:
    """Nine digits with the check digit of the NPI standard (Luhn over 80840 and the number)."""
    digits = [int(digit) for digit in f"80840{base}"]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::-2]]
    return f"{base}{-(sum(doubled) + sum(digits[-2::-2])) % 10}"


@dataclass(frozen=True)
class Book:
    """A book of exactly ``lines`` lines. ``rates`` is the share of episodes with each kind of planted error."""

    library: Library
    practitioners: Practitioners
    lines: int
    seed: int
    rates: Mapping[str, float]

    def chunks(self) -> Iterator[Chunk]:
        """The book, some 150,000 lines at a time."""
        left, claims_before, number = self.lines, 0, 0
        while left:
            chunk, claims = self._chunk(number, left, claims_before)
            yield chunk
            left -= chunk.claims.num_rows
            claims_before += claims
            number += 1

    def _chunk(self, number: int, left: int, claims_before: int) -> tuple[Chunk, int]:
        random = np.random.default_rng([self.seed, number])
        patient, day = self._patient_days(random)
        patient += number * len(patient)
        episode = self._episodes(random, day)
        through = np.cumsum(self.library.episode_lines[episode])
        whole = int(np.searchsorted(through, left, "right"))
        if whole < len(episode):
            rest = left - (int(through[whole - 1]) if whole else 0)
            end = min(whole + rest, len(episode))
            for at in range(whole, end):
                episode[at] = self._draw(random, int(self.library.days.run[day[at]]), FILLER, 1)[0]
            patient, day, episode = patient[:end], day[:end], episode[:end]
        owner, claim = self._claims(random, episode)
        ids = np.arange(claims_before, claims_before + len(claim))
        table = self._lines(random, ids, claim, patient[owner], day[owner], owner)
        return Chunk(table, self._truth(ids, claim)), len(claim)

    # --- who, when, what

    def _patient_days(self, random: np.random.Generator) -> tuple[Numbers, Numbers]:
        """A patient and a day for each episode; the days of one patient differ."""
        pattern = np.array(VISITS)
        rounds = -(-EPISODES_PER_CHUNK // int(pattern.sum()))
        visits = np.tile(pattern, rounds)
        patient = np.repeat(np.arange(len(visits)), visits)[:EPISODES_PER_CHUNK]
        first = np.cumsum(visits) - visits
        nth = np.arange(len(patient)) - first[patient]
        days = self.library.days
        # The days are cut into as many parts as the patient has visits, each visit has one part.
        bounds = (nth[:, None] + [0, 1]) * len(days.slots) // visits[patient][:, None]
        low, high = np.searchsorted(days.start, bounds.T)
        starts = np.append(days.start, len(days.slots))
        low = np.minimum(low, len(days.days) - 1)
        slot = starts[low] + (random.random(len(patient)) * np.maximum(starts[high] - starts[low], 1)).astype(np.int64)
        order = random.permutation(len(patient))
        return patient[order], days.slots[slot][order]

    def _episodes(self, random: np.random.Generator, day: Numbers) -> Numbers:
        run = self.library.days.run[day]
        through = np.cumsum([self.rates.get(kind.name, 0.0) for kind in KINDS])
        kind = np.searchsorted(through, random.random(len(day)), "right")
        answer = np.empty(len(day), np.int64)
        for of_run in np.unique(run):
            for of_kind in range(len(KINDS) + 1):
                here = np.flatnonzero((run == of_run) & (kind == of_kind))
                answer[here] = self._draw(random, int(of_run), of_kind, len(here))
        return answer

    def _draw(self, random: np.random.Generator, run: int, kind: int, count: int) -> Numbers:
        pools = self.library.pools
        numbers, through = pools[run, kind] if (run, kind) in pools else pools[run, CLEAN]
        return numbers[np.searchsorted(through, random.integers(through[-1], size=count), "right")]

    def _claims(self, random: np.random.Generator, episode: Numbers) -> tuple[Numbers, Numbers]:
        """The claims of the episodes, mixed, each with its owner; an episode's first claim stays before its second."""
        count = self.library.episode_claims[episode]
        owner = np.repeat(np.arange(len(episode)), count)
        second = np.zeros(len(owner), np.int64)
        second[1:] = owner[1:] == owner[:-1]
        place = random.permutation(len(owner))
        two = np.flatnonzero(second)
        place[two - 1], place[two] = np.minimum(place[two - 1], place[two]), np.maximum(place[two - 1], place[two])
        order = np.argsort(place)
        return owner[order], (self.library.episode_first[episode][owner] + second)[order]

    # --- the table

    def _lines(
        self, random: np.random.Generator, ids: Numbers, claim: Numbers, patient: Numbers, day: Numbers, owner: Numbers
    ) -> pa.Table:
        library, who = self.library, self.practitioners
        count = library.claim_lines[claim]
        of_claim = np.repeat(np.arange(len(claim)), count)
        within = np.arange(len(of_claim)) - np.repeat(np.cumsum(count) - count, count)
        line = library.claim_first[claim][of_claim] + within
        luck = random.random(int(owner.max()) + 1)[owner]
        doctor = who.first[library.claim_specialty[claim]] + (luck * who.each).astype(np.int64)
        told = library.claim_taxonomy[claim]
        taxonomy = np.where(told > 0, told, who.taxonomy[doctor])
        rendering = doctor + len(who.npis) * library.claim_npi_wrong[claim]
        cents = library.line_charge[line] * who.markup[doctor][of_claim] // 10_000 * 100
        words = self._words
        columns = {
            "claim_id": numbered("C", ids, of_claim),
            "line": pa.array((within + 1).astype(np.int32)),
            "service_date": pa.array(library.days.days[day][of_claim].astype(np.int32)).cast(pa.date32()),
            "hcpcs": coded(words["codes"], library.line_code[line]),
            **{
                f"modifier_{number}": coded(words["modifiers"], column[line], none=0)
                for number, column in enumerate(library.line_modifiers, start=1)
            },
            "units": pa.array(library.line_units[line].astype(np.int32)),
            "charge_cents": pa.array(cents),
            "place_of_service": coded(words["places"], library.claim_place[claim][of_claim]),
            "zip": coded(words["zips"], who.zip[doctor][of_claim]),
            "diagnoses": words["diagnoses"].take(pa.array(library.line_diagnoses[line])),
            "setting": coded(words["setting"], np.zeros(len(line), np.int64)),
            "rendering_npi": coded(words["npis"], rendering[of_claim]),
            "billing_npi": coded(words["groups"], who.group[doctor][of_claim]),
            "taxonomy": coded(words["taxonomies"], taxonomy[of_claim], none=0),
            "patient_id": numbered("P", patient, of_claim),
            "payer": coded(words["payers"], PAYER_OF[patient % len(PAYER_OF)][of_claim]),
            "provider_type": coded(words["provider_type"], (doctor % 7 == 0).astype(np.int64)[of_claim]),
        }
        fields = [field for field in CLAIM_SCHEMA if field.name != "where"]
        arrays = [columns[field.name] if field.name in columns else pa.nulls(len(line), field.type) for field in fields]
        kinds = [field.with_type(one.type) for field, one in zip(fields, arrays, strict=True)]
        return pa.table(arrays, schema=pa.schema(kinds))

    @cached_property
    def _words(self) -> dict[str, Any]:
        library, who = self.library, self.practitioners
        plain = {
            "codes": library.codes.words, "modifiers": library.modifiers.words, "places": library.places.words,
            "zips": who.zips, "setting": ["practitioner"], "npis": [*who.npis, *who.wrong], "groups": who.group_npis,
            "taxonomies": library.taxonomies.words, "payers": list(PAYERS), "provider_type": ["MD", "DO"],
        }  # fmt: skip
        lists = pa.array([list(codes) for codes in library.diagnoses.words], pa.list_(pa.string()))
        return {name: pa.array(words, pa.string()) for name, words in plain.items()} | {"diagnoses": lists}

    def _truth(self, ids: Numbers, claim: Numbers) -> pa.Table:
        library = self.library
        count = library.truth_count[claim]
        of_claim = np.repeat(np.arange(len(claim)), count)
        within = np.arange(len(of_claim)) - np.repeat(np.cumsum(count) - count, count)
        mark = library.truth_first[claim][of_claim] + within
        kinds = pa.array([kind.name for kind in KINDS], pa.string())
        rules = pa.array(library.rules.words, pa.string())
        columns = [
            numbered("C", ids, of_claim),
            pa.array(library.truth_line[mark].astype(np.int32)),
            kinds.take(pa.array(library.truth_kind[mark])),
            rules.take(pa.array(library.truth_rule[mark])),
            pa.array(library.truth_planted[mark].astype(np.bool_)),
        ]
        return pa.table(columns, schema=TRUTH_SCHEMA)
