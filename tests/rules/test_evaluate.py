"""What holds for every rule on any claim: conservation, and no dependence on order or company."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.period import day_number
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.rules.coverage import gaps
from trocar.rules.evaluate import Outcome, evaluate
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule

# Guidance, its procedures, add-ons, visits, a code that ended, one outside the starter pack, one that never was.
CODES = (
    "76942", "77002", "77003", "77012", "77014", "77021", "77001", "76937", "76998", "10005", "10006", "20610",
    "20611", "32405", "32408", "47000", "55700", "60100", "62284", "62323", "64415", "64450", "64483", "64484",
    "36561", "77290", "99213", "99292", "33533", "00000",
)  # fmt: skip
MODIFIERS = ("26", "TC", "59", "XS", "XE", "RT", "LT", "50", "25", "76", "53")
# Quiet days, and both sides of the days on which releases or laws begin and end.
DAYS = (
    date(2014, 12, 31), date(2019, 6, 30), date(2019, 7, 1), date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31),
    date(2021, 1, 1), date(2023, 1, 1), date(2024, 8, 15), date(2024, 9, 30), date(2024, 10, 1), date(2025, 12, 31),
    date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2030, 1, 1),
)  # fmt: skip
DIAGNOSES = ("M1711", "R160", "C61", "Z9999", "M17")
NPIS = ("1111111112", "2222222223", "1234567893")

Answers = dict[tuple[str, date, str, int], tuple[str, ...]]


@st.composite
def a_line(draw: st.DrawFn, claim_id: str, number: int, days: tuple[date, ...]) -> ClaimLine:
    """One line of a claim; every column that a rule reads may be given or not."""
    return ClaimLine(
        claim_id=claim_id,
        line=number,
        service_date=draw(st.sampled_from(days)),
        hcpcs=draw(st.sampled_from(CODES)),
        modifiers=tuple(draw(st.lists(st.sampled_from(MODIFIERS), max_size=3))),
        units=draw(st.sampled_from((None, 1, 2, 3))),
        place_of_service=draw(st.sampled_from((None, "11", "22", "24", "03"))),
        locality="NATIONAL",
        diagnoses=tuple(draw(st.lists(st.sampled_from(DIAGNOSES), max_size=2))),
        setting=draw(st.sampled_from((None, "practitioner", "practitioner", "hospital", "asc"))),
        rendering_npi=draw(st.sampled_from((None, *NPIS))),
        taxonomy=draw(st.sampled_from((None, "2085R0202X", "2085R0200X"))),
        patient_id=f"patient of {claim_id}",
        prior_outcome=draw(st.sampled_from((None, None, None, "DENY"))),
    )


@st.composite
def claims(draw: st.DrawFn, most: int = 3) -> list[ClaimLine]:
    """A few small claims of different patients."""
    lines = []
    for number in range(draw(st.integers(1, most))):
        days = tuple(draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=2)))
        lines += [draw(a_line(f"C{number}", line, days)) for line in range(1, draw(st.integers(1, 5)) + 1)]
    return lines


@cache
def pack() -> Pack:
    """The starter pack, opened once."""
    return open_starter()


def evaluated(lines: list[ClaimLine]) -> tuple[Batch, list[Outcome]]:
    """The lines through every rule."""
    batch = Batch(claim_table(lines), pack())
    return batch, evaluate(batch, all_rules())


def answers(lines: list[ClaimLine]) -> Answers:
    """For every rule and line: clear, or the evidence of each finding, or the reasons why it was not checked."""
    batch, outcomes = evaluated(lines)
    claim, number = batch.line.lines.claim_texts, batch.line.lines.line_number
    answer: Answers = {}
    for outcome in outcomes:
        said: dict[int, list[str]] = {line: [] for line in range(len(batch.line))}
        columns = outcome.rule.evidence(batch, outcome.entries)
        for at, line in enumerate(outcome.lines.tolist()):
            evidence = {name: values[at] for name, values in columns.items()}
            said[line].append("found " + json.dumps(evidence, sort_keys=True, default=int))
        for gap in outcome.unchecked:
            lines = np.flatnonzero(gap.where)
            why = gap.why(batch, lines)
            for line, text in zip(lines.tolist(), why.which.tolist(), strict=True):
                said[line].append("not checked: " + why.texts[text])
        for line, words in said.items():
            key = (outcome.rule.id, outcome.rule.first, claim[line], int(number[line]))
            answer[key] = tuple(sorted(words)) or ("clear",)
    return answer


def asked(rule: Rule, line: ClaimLine) -> bool:
    """Whether the rule speaks of the line's setting and day, said without the engine."""
    setting = line.setting or "practitioner"
    day = day_number(line.service_date)
    return (
        setting in rule.settings
        and day_number(rule.first) <= day
        and (rule.last is None or day <= day_number(rule.last))
    )


@settings(max_examples=60, deadline=None)
@given(claims())
def test_every_line_is_found_clear_or_not_checked(lines: list[ClaimLine]) -> None:
    """Every rule answers for every line once: no finding is also not checked, no reason stands twice."""
    batch, outcomes = evaluated(lines)
    length = len(batch.line)
    assert length == len(lines)
    assert Counter(outcome.rule for outcome in outcomes) == Counter(all_rules())
    for outcome in outcomes:
        found, missing = outcome.found(length), outcome.not_checked(length)
        assert not (found & missing).any()
        reasons = sum((gap.where.astype(int) for gap in outcome.unchecked), np.zeros(length, int))
        assert (reasons == missing).all()


@settings(max_examples=60, deadline=None)
@given(claims())
def test_a_missing_table_is_never_a_clean_line(lines: list[ClaimLine]) -> None:
    """Where a table that a rule needs is silent, the rule never calls a line clear; elsewhere it always answers."""
    batch, outcomes = evaluated(lines)
    length = len(batch.line)
    in_order = [lines[row] for row in batch.line.lines.source.tolist()]
    for outcome in outcomes:
        rule = outcome.rule
        silent = np.zeros(length, bool)
        for table in rule.needs:
            for gap in gaps(batch, table):
                silent |= gap.where
        spoken_of = np.array([asked(rule, line) for line in in_order])
        found, missing = outcome.found(length), outcome.not_checked(length)
        assert (missing == (spoken_of & silent & ~found)).all()
        assert not (found & ~spoken_of).any()
        if rule.subject != "pair":
            assert not (found & silent).any()


@settings(max_examples=40, deadline=None)
@given(claims(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_claims_changes_nothing(lines: list[ClaimLine], random: Random) -> None:
    """The same lines in any order get the same answers, evidence and reasons included."""
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert answers(shuffled) == answers(lines)


@settings(max_examples=40, deadline=None)
@given(claims())
def test_a_claim_alone_is_answered_as_among_others(lines: list[ClaimLine]) -> None:
    """Claims of different patients know nothing of one another."""
    alone: Answers = {}
    for claim_id in {line.claim_id for line in lines}:
        alone |= answers([line for line in lines if line.claim_id == claim_id])
    assert alone == answers(lines)


@settings(max_examples=20, deadline=None)
@given(claims(most=1))
def test_the_name_of_a_claim_changes_nothing(lines: list[ClaimLine]) -> None:
    """What a claim or its patient is called is no reason for anything."""
    renamed = [replace(line, claim_id="other", patient_id="somebody", where="") for line in lines]
    mine = {(rule, first, number): said for (rule, first, _, number), said in answers(lines).items()}
    theirs = {(rule, first, number): said for (rule, first, _, number), said in answers(renamed).items()}
    assert mine == theirs
