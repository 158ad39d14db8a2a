"""What usual mistakes cost: the tips for each code, priced for the day and place."""

from __future__ import annotations

from collections.abc import Iterator

from trocar.lookup.tip_impact import TipImpact, impacts_of
from trocar.toolkit.document import Block, Heading, Says, Section, Table, Tone, numbers, plain
from trocar.toolkit.question import Question, sentence


def tips(question: Question) -> Section:
    """The section; a tip that can't be priced says why."""
    blocks = tuple(_of_codes(question))
    return Section("What usual mistakes cost", blocks or (plain("Nobody has described these codes here yet."),))


def _of_codes(question: Question) -> Iterator[Block]:
    if question.asked.release("schedule") < 0:
        yield plain(f"Not known: {question.asked.no_release('schedule')}.")
        return
    for code, known in question.known.items():
        if known.tips:
            priced = zip(known.tips, impacts_of(question.asked, known.tips, question.place), strict=True)
            rows = tuple(
                (question.proved(code, tip), _impact(question, impact), Says(", ".join(tip.rules) or "–"))
                for tip, impact in priced
            )
            yield Heading(question.heading(code))
            yield Table(("tip", "in dollars of the day, allowed", "found by"), rows, (4.7, 3.3, 1))


def _impact(question: Question, impact: TipImpact | None) -> Says:
    if impact is None:
        return Says("–")
    if impact.amount is None:
        return Says(sentence(f"not priced: {impact.not_checked}"), tone=Tone.UNKNOWN)
    cited = [citation for line in impact.lines for citation in line.citations]
    return Says(sentence(impact.says), numbers(question.sources.refs(cited)))
