"""The law that no data file states: own tables in TOML, each row dated and with its authority.

``reference/params/*.toml`` are part of the program, not of a store; ``docs/authorities.md`` lists the sources.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class GuidanceCode:
    """One code of the image-guidance family: what kind of guidance, by which modality, in own words.

    ``addon_type`` is 0 for a code that is no add-on.
    """

    code: str
    kind: str
    modality: str
    once_per_encounter: bool
    addon_type: int
    words: str


@dataclass(frozen=True, slots=True)
class IncludedGuidance:
    """From ``first`` to ``last`` the procedure ``primary`` includes the guidance; ``row`` names the row of the table.

    ``strength`` is deny where edits or the policy manual name the pair, review where a person has to decide.
    """

    row: str
    primary: str
    guidance: str
    first: date
    last: date | None
    strength: str
    words: str


@dataclass(frozen=True, slots=True)
class UseInstead:
    """A code (beside some others, if any are named) that is better said with another code."""

    billed: str
    beside: frozenset[str]
    needle_procedure_only: bool
    suggest: tuple[str, ...]
    words: str
    authority: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class StatedPair:
    """The policy manual's word on codes of one claim-day: ``told`` is not reported for what ``beside`` includes.

    ``rule`` is the name of the rule that says it. ``also`` names codes one of which must stand on the day too,
    ``unless`` codes that could explain ``told`` otherwise; both may be empty.
    """

    rule: str
    told: frozenset[str]
    beside: frozenset[str]
    also: frozenset[str]
    unless: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class ModifierFact:
    """What a modifier does to a professional line, and whether it is NCCI PTP-associated."""

    code: str
    effect: str
    ptp_bypass: bool
    words: str
    authority: str


@dataclass(frozen=True)
class Law:
    """Every own table, read once; plain dicts and sets so that a test can hand in a smaller law."""

    facility_places: frozenset[str]
    nonfacility_places: frozenset[str]
    hospital_places: frozenset[str]
    guidance: Mapping[str, GuidanceCode]
    needle_procedures: frozenset[str]
    ablations: frozenset[str]
    included: tuple[IncludedGuidance, ...]
    use_instead: tuple[UseInstead, ...]
    contractor_primaries: Mapping[str, frozenset[str]]
    guidance_taxonomies: frozenset[str]
    modifiers: Mapping[str, ModifierFact]
    stated_pairs: tuple[StatedPair, ...] = ()

    @cached_property
    def stated_of_code(self) -> Mapping[str, Mapping[str, int]]:
        """For each side of the stated pairs (``told`` ...), the pairs that name a code there: bit n for the n-th."""
        answer: dict[str, dict[str, int]] = {side: {} for side in ("told", "beside", "also", "unless")}
        for position, pair in enumerate(self.stated_pairs):
            for side, bits in answer.items():
                for code in getattr(pair, side):
                    bits[code] = bits.get(code, 0) | 1 << position
        return answer

    @cached_property
    def bypass_modifiers(self) -> frozenset[str]:
        """The NCCI PTP-associated modifiers."""
        return frozenset(code for code, fact in self.modifiers.items() if fact.ptp_bypass)

    @cached_property
    def included_by_pair(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """For each (procedure, guidance), the positions of its facts in ``included``."""
        answer: dict[tuple[str, str], tuple[int, ...]] = {}
        for position, fact in enumerate(self.included):
            pair = (fact.primary, fact.guidance)
            answer[pair] = (*answer.get(pair, ()), position)
        return answer

    @cached_property
    def included_primaries(self) -> frozenset[str]:
        """The procedures that include guidance at any time."""
        return frozenset(fact.primary for fact in self.included)

    def modifiers_with(self, *effects: str) -> frozenset[str]:
        """The modifiers of some effect classes."""
        return frozenset().union(*(self._by_effect.get(effect, frozenset()) for effect in effects))

    @cached_property
    def _by_effect(self) -> Mapping[str, frozenset[str]]:
        effects = {fact.effect for fact in self.modifiers.values()}
        return {
            effect: frozenset(code for code, fact in self.modifiers.items() if fact.effect == effect)
            for effect in effects
        }


def parameters(name: str) -> dict[str, Any]:
    """One parameter file as read from ``reference/params``."""
    return tomllib.loads(resources.files("trocar.reference").joinpath("params", f"{name}.toml").read_text("utf-8"))


@cache
def law() -> Law:
    """The packaged law."""
    family = parameters("guidance_family")
    place_of_service = parameters("place_of_service")
    places = place_of_service["rate"]
    return Law(
        facility_places=frozenset(code for code, rate in places.items() if rate == "F"),
        nonfacility_places=frozenset(code for code, rate in places.items() if rate == "N"),
        hospital_places=frozenset(place_of_service["hospital"]["codes"]),
        guidance={
            row["hcpcs"]: GuidanceCode(
                row["hcpcs"], row["kind"], row["modality"], row["one_unit"], row["addon_type"], row["scope"]
            )
            for row in family["code"]
        },
        needle_procedures=frozenset(family["needle_procedures"]["codes"]),
        ablations=frozenset(family["ablations"]["codes"]),
        included=tuple(_included(parameters("includes_guidance")["row"])),
        use_instead=tuple(_use_instead(row) for row in family["use_instead"]),
        contractor_primaries={
            code: frozenset(row["primaries"])
            for code, row in parameters("contractor_defined_primaries")["addon"].items()
        },
        guidance_taxonomies=frozenset(
            code for group in parameters("taxonomies")["group"].values() for code in group["codes"]
        ),
        modifiers={row["code"]: _modifier(row) for row in parameters("modifiers")["modifier"]},
        stated_pairs=tuple(_stated_pairs(parameters("stated_pairs"))),
    )


def _included(rows: list[dict[str, Any]]) -> Iterator[IncludedGuidance]:
    for row in rows:
        for primary in row["primary"]:
            for guidance in row["guidance"]:
                yield IncludedGuidance(
                    row["id"], primary, guidance, row["first"], row.get("last"), row["strength"], row["words"]
                )


def _stated_pairs(table: dict[str, Any]) -> Iterator[StatedPair]:
    groups = {name: _codes(row["codes"]) for name, row in table["group"].items()}
    for row in table["pair"]:
        told, beside, also, unless = (
            frozenset[str]().union(*(groups.get(name) or _codes([name]) for name in row.get(side, [])))
            for side in ("told", "beside", "also", "unless")
        )
        yield StatedPair(row["rule"], told, beside, also, unless, row["words"])


def _codes(listed: list[str]) -> frozenset[str]:
    """The five-digit codes of a list of codes and ranges of them (``36555-36571``, both ends included)."""
    ends = [(first, last or first) for first, _, last in (text.partition("-") for text in listed)]
    return frozenset(f"{number:05d}" for first, last in ends for number in range(int(first), int(last) + 1))


def _use_instead(row: dict[str, Any]) -> UseInstead:
    return UseInstead(
        row["billed"],
        frozenset(row["beside"]),
        row["context"] == "needle_procedure",
        tuple(row["suggest"]),
        row["words"],
        row["authority"],
        row["first"],
        row.get("last"),
    )


def _modifier(row: dict[str, Any]) -> ModifierFact:
    return ModifierFact(row["code"], row["effect"], row.get("ptp_bypass", False), row["words"], row["authority"])
