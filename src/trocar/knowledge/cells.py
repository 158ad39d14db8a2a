"""Values of a knowledge file: each parser returns the typed value or says in which block it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from trocar.core.codes import Hcpcs, Icd10, Modifier, PlaceOfService, Taxonomy
from trocar.core.errors import InvalidCodeError
from trocar.knowledge.errors import KnowledgeFileError
from trocar.knowledge.impact import Ask, AtRisk, Compare, Impact, Together

# A parser takes the value as TOML gives it and its address.
Parser: TypeAlias = Callable[[Any, str], Any]
NEEDED_FOR = ("26", "global", "TC", "units", "modifier")
KINDS = ("guidance", "procedure")
MODALITIES = ("fluoroscopy", "ct", "mr", "ultrasound", "several", "none")
_RULE = re.compile(r"[A-Z]{2}[0-9]{3}")
_REASON = re.compile(r"[A-Z]{0,2}[0-9]{1,4}")


def text(value: Any, where: str) -> str:
    """Own words, white space made single; raises ``KnowledgeFileError`` for anything else, or for nothing."""
    if not isinstance(value, str) or not value.strip():
        raise KnowledgeFileError(f"{value!r} is no text", where=where, remedy="Write a sentence in quotes.")
    return " ".join(value.split())


def flag(value: Any, where: str) -> bool:
    """``editorial = true``; false says nothing and is refused."""
    if value is not True:
        raise KnowledgeFileError(f"{value!r} says nothing", where=where, remedy="Write true, or leave the key out.")
    return True


def day(value: Any, where: str) -> date:
    """A TOML date, or the same in quotes."""
    try:
        parsed = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        parsed = None
    if type(parsed) is not date:
        raise KnowledgeFileError(f"{value!r} is no date", where=where, remedy="Write 2026-01-01.")
    return parsed


def one_of(*choices: str) -> Parser:
    """A parser of one word among some."""

    def parse(value: Any, where: str) -> str:
        if value not in choices:
            raise KnowledgeFileError(
                f"{value!r} is none of {', '.join(choices)}", where=where, remedy="Use one of them."
            )
        return str(value)

    return parse


def many(parse: Parser, *, empty: bool = False) -> Parser:
    """A parser of a list without repetitions; ``empty`` allows a list of nothing."""

    def parse_list(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or not (value or empty):
            raise KnowledgeFileError(f"{value!r} is no list of values", where=where, remedy='Write ["...", "..."].')
        items = tuple(parse(item, f"{where}[{number}]") for number, item in enumerate(value, 1))
        if len(set(items)) < len(items):
            raise KnowledgeFileError("a value stands there twice", where=where, remedy="Keep one of them.")
        return items

    return parse_list


def _coded(kind: type[Hcpcs] | type[Modifier] | type[Icd10] | type[PlaceOfService] | type[Taxonomy]) -> Parser:
    def parse(value: Any, where: str) -> str:
        try:
            return str(kind.parse(text(value, where), where=where))
        except InvalidCodeError as error:
            raise KnowledgeFileError(error.what, where=where, remedy=error.remedy or "Mend the code.") from error

    return parse


hcpcs, modifier, icd10 = _coded(Hcpcs), _coded(Modifier), _coded(Icd10)
place_of_service, taxonomy = _coded(PlaceOfService), _coded(Taxonomy)


def _shaped(pattern: re.Pattern[str], is_a: str) -> Parser:
    def parse(value: Any, where: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise KnowledgeFileError(f"{value!r} is not {is_a}", where=where, remedy="Mend the code.")
        return value

    return parse


rule = _shaped(_RULE, "the id of a rule (two letters, three digits)")
reason = _shaped(_REASON, "an adjustment reason or remark code")


def ask(value: Any, where: str) -> Ask:
    """One line to price: 77002 or 77002-26."""
    code, *modifiers = text(value, where).split("-")
    return Ask(hcpcs(code, where), tuple(modifier(each, where) for each in modifiers))


_IMPACTS: dict[str, tuple[type[Compare] | type[AtRisk] | type[Together], dict[str, Parser]]] = {
    "compare": (Compare, {"ask": ask, "against": ask}),
    "at_risk": (AtRisk, {"ask": ask}),
    "together": (Together, {"lines": many(ask), "denied": ask}),
}


def impact(value: Any, where: str) -> Impact:
    """What a tip's effect is computed from: compare, at_risk or together."""
    if not isinstance(value, dict) or value.get("kind") not in _IMPACTS:
        kinds = ", ".join(_IMPACTS)
        raise KnowledgeFileError(f"{value!r} is no impact", where=where, remedy=f"Give a kind: {kinds}.")
    shape, parsers = _IMPACTS[value["kind"]]
    given = {name: item for name, item in value.items() if name != "kind"}
    parsed = keys(given, parsers, {"place_of_service": place_of_service}, where)
    made = shape(**parsed)
    if isinstance(made, Together) and made.denied not in made.lines:
        raise KnowledgeFileError(f"{made.denied} is none of the lines", where=f"{where}.denied", remedy="Name a line.")
    return made


def keys(given: dict[str, Any], needed: dict[str, Parser], optional: dict[str, Parser], where: str) -> dict[str, Any]:
    """The keys of a table parsed; raises ``KnowledgeFileError`` for one too many and one too few."""
    parsers = needed | optional
    for name in given:
        if name not in parsers:
            remedy = f"Keys here: {', '.join(parsers)}."
            raise KnowledgeFileError(f"the key {name!r} is not known", where=f"{where} {name}".strip(), remedy=remedy)
    for name in needed:
        if name not in given:
            raise KnowledgeFileError(f"the key {name!r} is missing", where=where, remedy=f"Add {name}.")
    return {name: parsers[name](value, f"{where}.{name}") for name, value in given.items()}
