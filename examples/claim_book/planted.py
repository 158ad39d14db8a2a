"""The errors planted in a book: for each kind, clean episodes changed so that one rule must fire.

A maker gets a clean episode and the facts and yields changed ones; what each of them entails is derived afterwards
(``consequences``), and a changed episode in which the meant finding is not due, or is undecided, is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from claim_book.consequences import UNDECIDED, marks_of
from claim_book.episode import FACILITIES, OFFICE, Episode, Line
from claim_book.facts import Facts
from claim_book.scenarios import billed

MOST_PER_KIND = 150
MOST_TRIED = 250
FEW = 4
NEEDLE_GUIDANCE = frozenset({"76942", "77002", "77003", "77012", "77021"})
ADDON_GUIDANCE = frozenset({"77002", "77003"})
Thing = TypeVar("Thing")
Maker = Callable[[Episode, "Means"], Iterator[Episode]]


@dataclass(frozen=True)
class Means:
    """What makers work with: the facts, the clean episodes, and diagnoses that are no code of the days."""

    facts: Facts
    clean: Sequence[Episode]
    never: Sequence[str]

    @cached_property
    def bases(self) -> list[Episode]:
        """The clean episodes that errors are made from, spread over the families."""
        return _spread(list(self.clean), MOST_TRIED)

    @cached_property
    def guided(self) -> list[Episode]:
        """Clean episodes of one claim with needle guidance."""
        return [one for one in self.clean if len(one.claims) == 1 and NEEDLE_GUIDANCE & set(one.codes)]


@dataclass(frozen=True)
class Kind:
    """A planted error: the rule that must find it, the tables that rule needs, how it is made."""

    name: str
    rule: str
    needs: tuple[str, ...]
    make: Maker


def planted(kind: Kind, means: Means) -> list[Episode]:
    """Episodes of one kind on the days of the facts; none where a table that the rule needs is not held."""
    if not set(kind.needs) <= means.facts.held:
        return []
    made: dict[Episode, None] = {}
    for clean in means.bases:
        for changed in kind.make(clean, means):
            marks = marks_of(changed, means.facts)
            meant = frozenset(mark for mark in marks if mark.rule == kind.rule)
            if meant and not any(mark.rule == UNDECIDED for mark in marks):
                made[replace(changed, kind=kind.name, planted=meant, marks=marks, weight=1)] = None
    # Mostly pure ones: an error that entails no other says most clearly whether its rule finds it.
    rules = {one: len({mark.rule for mark in one.marks}) for one in made}
    pure = [one for one, count in rules.items() if count == 1]
    mixed = [one for one, count in rules.items() if count > 1]
    return _spread(pure, MOST_PER_KIND) + _spread(mixed, MOST_PER_KIND // 3 if pure else MOST_PER_KIND)


def _spread(things: list[Thing], most: int) -> list[Thing]:
    return things[:: max(1, -(-len(things) // most))]


def _changed_line(
    episode: Episode, wanted: Callable[[Line], bool], change: Callable[[Line], Line]
) -> Iterator[Episode]:
    """The episode with each wanted line of its first claim changed in turn."""
    lines = episode.claims[0]
    for at, line in enumerate(lines):
        if wanted(line):
            yield episode.with_lines(*lines[:at], change(line), *lines[at + 1 :])


def _adding(modifier: str) -> Callable[[Line], Line]:
    return lambda line: line.with_modifiers(modifier)


def _adding_before(modifier: str) -> Callable[[Line], Line]:
    return lambda line: replace(line, modifiers=(modifier, *line.modifiers))


def _with_only(modifiers: tuple[str, ...]) -> Callable[[Line], Line]:
    return lambda line: replace(line, modifiers=modifiers)


def _edited_pair(indicator: int) -> Maker:
    def make(episode: Episode, means: Means) -> Iterator[Episode]:
        """A second code that is column 2 of an edit with the only one."""
        if len(episode.claims) > 1 or len(episode.claims[0]) > 1:
            return
        line = episode.claims[0][0]
        partners = sorted(
            two for (one, two), value in means.facts.edits.items() if (one, value) == (line.code, indicator)
        )
        for partner in _spread(partners, FEW):
            row = means.facts.row(partner) or means.facts.row(partner, "26")
            if row is not None and row["status"] == "A":
                yield episode.with_lines(line, billed(partner, episode.place, line.diagnoses, means.facts))

    return make


def addon_guidance_alone(episode: Episode, means: Means) -> Iterator[Episode]:
    """Guidance whose primary has been forgotten."""
    lines = episode.claims[0]
    if any(line.code in ADDON_GUIDANCE for line in lines):
        left = [line for line in lines if line.code in ADDON_GUIDANCE or line.code.startswith("99")]
        yield replace(episode, claims=(tuple(left),))


def _units_over(adjudication: int) -> Maker:
    def make(episode: Episode, means: Means) -> Iterator[Episode]:
        """One unit more than the limit of the day, on one line or on two."""
        limits = means.facts.mue

        def limited(line: Line) -> bool:
            return limits.get(line.code, (0, 0))[1] == adjudication and not line.code.startswith("99")

        yield from _changed_line(episode, limited, lambda line: replace(line, units=limits[line.code][0] + 1))
        for line in filter(limited, episode.claims[0]):
            again = replace(line, units=max(1, limits[line.code][0])).with_modifiers("76")
            yield episode.with_lines(*episode.claims[0], again)

    return make


def second_guidance(episode: Episode, means: Means) -> Iterator[Episode]:
    """A second guided procedure of the day, on a claim of its own."""
    guided = NEEDLE_GUIDANCE & set(episode.codes)
    if not guided or len(episode.claims) > 1 or "99" in {code[:2] for code in episode.codes}:
        return
    others = [one for one in means.guided if (one.place, one.specialty) == (episode.place, episode.specialty)]
    for other in _spread([one for one in others if one.codes[0] > episode.codes[0]], FEW):
        yield replace(episode, claims=(episode.claims[0], other.claims[0]))


def global_in_facility(episode: Episode, means: Means) -> Iterator[Episode]:
    """The whole service, or its technical part, where the facility owns the room."""
    if episode.place in FACILITIES:
        whole_and_technical: tuple[tuple[str, ...], ...] = ((), ("TC",))
        for modifiers in whole_and_technical:
            yield from _changed_line(episode, lambda line: "26" in line.modifiers, _with_only(modifiers))


def component_invalid(episode: Episode, means: Means) -> Iterator[Episode]:
    """26 or TC on a code that is not split."""
    for wrong in ("26", "TC"):
        yield from _changed_line(
            episode,
            lambda line: means.facts.row(line.code, "26") is None and means.facts.row(line.code, "TC") is None,
            _adding_before(wrong),
        )


def bilateral_without_effect(episode: Episode, means: Means) -> Iterator[Episode]:
    """50 on a code for which two sides pay as one."""
    yield from _changed_line(
        episode, lambda line: not {"RT", "LT"} & set(line.modifiers), lambda line: line.with_modifiers("50")
    )


def code_not_in_force(episode: Episode, means: Means) -> Iterator[Episode]:
    """A code that has ended, or has not begun, in place of the procedure."""
    for gone in ("32405", "10022", "55700", "77014", "64451", "32408", "62328"):
        if means.facts.row(gone) is None and means.facts.row(gone, "26") is None:
            line = episode.claims[0][0]
            yield episode.with_lines(replace(line, code=gone, modifiers=()))


def status_bundled(episode: Episode, means: Means) -> Iterator[Episode]:
    """Supplies, or putting in a needle, billed apart."""
    for bundled in ("99070", "36000"):
        yield episode.with_lines(*episode.claims[0], Line(bundled, (), 1, episode.claims[0][0].diagnoses))


def diagnosis_not_billable(episode: Episode, means: Means) -> Iterator[Episode]:
    """The heading of the diagnosis in place of the code."""
    for line in episode.claims[0]:
        heading = line.diagnoses[0][:-1]
        if heading in means.facts.headers:
            yield replace(
                episode, claims=tuple(tuple(_with(one, heading) for one in claim) for claim in episode.claims)
            )
            return


def diagnosis_not_in_force(episode: Episode, means: Means) -> Iterator[Episode]:
    """A diagnosis of another year, or a mistyped one."""
    wrong = means.never[sum(map(ord, "".join(episode.codes))) % len(means.never)]
    yield replace(episode, claims=tuple(tuple(_with(one, wrong) for one in claim) for claim in episode.claims))


def _with(line: Line, diagnosis: str) -> Line:
    return replace(line, diagnoses=(diagnosis,))


def wrong_npi(episode: Episode, means: Means) -> Iterator[Episode]:
    """The last digit of the rendering number is another."""
    yield replace(episode, npi_wrong=True)


def taxonomy_unknown(episode: Episode, means: Means) -> Iterator[Episode]:
    """A taxonomy of a lookalike list."""
    wrong = ("2085R0200X", "207X00000Z", "208VP0019X")[len(episode.codes) % 3]
    if wrong not in means.facts.taxonomies:
        yield replace(episode, taxonomy=wrong)


def anesthesia_modifier(episode: Episode, means: Means) -> Iterator[Episode]:
    """AA or QZ on a procedure."""
    for wrong in ("AA", "QZ"):
        yield from _changed_line(episode, lambda line: not line.code.startswith("99"), _adding(wrong))


def assistant_not_payable(episode: Episode, means: Means) -> Iterator[Episode]:
    """An assistant at a procedure that never pays one."""
    for wrong in ("80", "AS"):
        yield from _changed_line(episode, lambda line: True, _adding(wrong))


def duplicate_line(episode: Episode, means: Means) -> Iterator[Episode]:
    """A line said twice."""
    for line in episode.claims[0]:
        yield episode.with_lines(*episode.claims[0], line)


def guidance_included(episode: Episode, means: Means) -> Iterator[Episode]:
    """Guidance beside a procedure that holds it."""
    for guidance in sorted(NEEDLE_GUIDANCE):
        if episode.place == OFFICE or episode.place in FACILITIES:
            line = billed(guidance, episode.place, episode.claims[0][0].diagnoses, means.facts)
            yield episode.with_lines(*episode.claims[0], line)


def conflicting_modifiers(episode: Episode, means: Means) -> Iterator[Episode]:
    """59 and XS on one line."""
    yield from _changed_line(
        episode, lambda line: len(line.modifiers) < 3, lambda line: line.with_modifiers("59", "XS")
    )


KINDS = (
    Kind("pair never together", "NC001", ("ncci_ptp_practitioner", "schedule"), _edited_pair(0)),
    Kind("pair without modifier", "NC002", ("ncci_ptp_practitioner", "schedule"), _edited_pair(1)),
    Kind("add-on guidance alone", "GD001", ("addon",), addon_guidance_alone),
    Kind("units over absolute limit", "UN002", ("mue_practitioner",), _units_over(2)),
    Kind("units over day limit", "UN003", ("mue_practitioner",), _units_over(3)),
    Kind("second guidance on another claim", "GD002", (), second_guidance),
    Kind("global in facility", "PS001", ("schedule",), global_in_facility),
    Kind("component invalid", "MD001", ("schedule",), component_invalid),
    Kind("bilateral without effect", "MD003", ("schedule",), bilateral_without_effect),
    Kind("code not in force", "CD001", ("schedule",), code_not_in_force),
    Kind("status bundled", "CD002", ("schedule",), status_bundled),
    Kind("diagnosis not billable", "DX002", ("icd10",), diagnosis_not_billable),
    Kind("diagnosis not in force", "DX001", ("icd10",), diagnosis_not_in_force),
    Kind("wrong NPI digit", "ID001", (), wrong_npi),
    Kind("taxonomy unknown", "ID002", ("taxonomy",), taxonomy_unknown),
    Kind("anesthesia modifier", "MD009", ("schedule",), anesthesia_modifier),
    Kind("assistant not payable", "MD004", ("schedule",), assistant_not_payable),
    Kind("duplicate line", "UN004", (), duplicate_line),
    Kind("guidance included", "GD003", (), guidance_included),
    Kind("59 with an X modifier", "NC004", (), conflicting_modifiers),
)
