"""Read one knowledge file, strictly: every key known, every statement cited or editorial, every period a period."""

from __future__ import annotations

import tomllib
from typing import Any, TypeVar

from trocar.knowledge import cells
from trocar.knowledge.cells import Parser, many
from trocar.knowledge.errors import KnowledgeFileError
from trocar.knowledge.model import (
    Denial,
    Diagnosis,
    Element,
    Knowledge,
    Lineage,
    ModifierNote,
    Related,
    Site,
    Specialty,
    Statement,
    Tip,
)

_HEAD: dict[str, Parser] = {
    "code": cells.hcpcs,
    "title": cells.text,
    "kind": cells.one_of(*cells.KINDS),
    "modality": cells.one_of(*cells.MODALITIES),
    "search": many(cells.text),
    "reviewed_against": cells.day,
}
_SUPPORT: dict[str, Parser] = {"cite": many(cells.text), "editorial": cells.flag}
_DATED: dict[str, Parser] = {"first": cells.day, "last": cells.day}
_RULES: dict[str, Parser] = {"rules": many(cells.rule)}
# Each kind of statement: the keys it needs besides its text, and those it may have.
_KEYS: dict[type[Statement], tuple[dict[str, Parser], dict[str, Parser]]] = {
    Statement: ({}, {}),
    Site: ({"places": many(cells.place_of_service)}, {}),
    Element: ({"why": cells.text, "needed_for": many(cells.one_of(*cells.NEEDED_FOR))}, {}),
    Tip: ({}, {"impact": cells.impact, **_RULES}),
    Denial: ({"carc": cells.reason, "prevention": cells.text}, {"rarc": cells.reason, **_RULES}),
    Specialty: ({"taxonomy": cells.taxonomy}, {}),
    Diagnosis: ({"icd10": cells.icd10}, {"successors": many(cells.icd10)}),
    Related: ({"code": cells.hcpcs}, {}),
    ModifierNote: ({"modifier": cells.modifier}, {}),
    Lineage: ({name: many(cells.hcpcs, empty=True) for name in ("predecessor", "successor")}, {}),
}
# The name of each list in the file, its name in Python where that differs, and what it lists.
_LISTS: dict[str, tuple[str, type[Statement]]] = {
    "summary": ("summary", Statement),
    "is": ("what_it_is", Statement),
    "is_not": ("what_it_is_not", Statement),
    "sites": ("sites", Site),
    "indications": ("indications", Statement),
    "steps": ("steps", Statement),
    "guidelines": ("guidelines", Statement),
    "documentation": ("documentation", Element),
    "tips": ("tips", Tip),
    "denials": ("denials", Denial),
    "specialties": ("specialties", Specialty),
    "diagnoses": ("diagnoses", Diagnosis),
    "related": ("related", Related),
    "modifiers": ("modifiers", ModifierNote),
}
_SINGLES: dict[str, type[Statement]] = {"service_type": Statement, "vignette": Statement, "history": Lineage}
# Derived from the fee schedule's indicators (lookup.modifier_facts), so a file may not type them.
DERIVED_MODIFIERS = frozenset({"26", "TC", "50", "51", "52", "53", "62", "66", "80", "81", "82", "AS"})
_Kind = TypeVar("_Kind", bound=Statement)


def read_knowledge(source: str, name: str) -> Knowledge:
    """The knowledge in a TOML text; ``name`` is its file name, ``<code>.toml``. Raises ``KnowledgeFileError``."""
    try:
        body = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeFileError(f"not TOML: {error}", where=name, remedy="Mend the file.") from error
    lists: dict[str, Parser] = {block: _list_of(kind) for block, (_, kind) in _LISTS.items()}
    singles: dict[str, Parser] = {block: _single(kind) for block, kind in _SINGLES.items()}
    values = cells.keys(body, _HEAD | lists | singles, {}, name)
    made = Knowledge(**{_LISTS[block][0] if block in _LISTS else block: value for block, value in values.items()})
    _cross_check(made, name)
    return made


def _list_of(kind: type[Statement]) -> Parser:
    def parse(value: Any, where: str) -> tuple[Statement, ...]:
        if not isinstance(value, list) or not value:
            raise KnowledgeFileError("no list of statements", where=where, remedy="Write [[name]] blocks.")
        return tuple(_statement(kind, item, f"{where}[{number}]", _DATED) for number, item in enumerate(value, 1))

    return parse


def _single(kind: type[Statement]) -> Parser:
    def parse(value: Any, where: str) -> Statement:
        return _statement(kind, value, where, {})

    return parse


def _statement(kind: type[_Kind], value: Any, where: str, dated: dict[str, Parser]) -> _Kind:
    if not isinstance(value, dict):
        raise KnowledgeFileError("no statement", where=where, remedy='Write text = "..." and cite or editorial.')
    needed, optional = _KEYS[kind]
    made = kind(**cells.keys(value, {"text": cells.text} | needed, optional | _SUPPORT | dated, where))
    if bool(made.cite) == made.editorial:
        what = "both cited and editorial" if made.editorial else "neither cited nor editorial"
        raise KnowledgeFileError(what, where=where, remedy="Give cite = [...] or editorial = true, one of the two.")
    if made.first and made.last and made.last < made.first:
        raise KnowledgeFileError(f"ends on {made.last} before it begins", where=where, remedy="Mend first or last.")
    return made


def _cross_check(made: Knowledge, name: str) -> None:
    """What one block alone can't tell: the file's name, modifiers that are derived, successors of what is over."""
    if name != f"{made.code}.toml":
        raise KnowledgeFileError(f"it describes {made.code}", where=name, remedy="Name the file after its code.")
    for number, note in enumerate(made.modifiers, 1):
        if note.modifier in DERIVED_MODIFIERS:
            what = f"{note.modifier} is derived from the fee schedule"
            raise KnowledgeFileError(what, where=f"{name}.modifiers[{number}]", remedy="Take the block out.")
    for number, diagnosis in enumerate(made.diagnoses, 1):
        if diagnosis.successors and diagnosis.last is None:
            what = "successors of a code that does not end"
            raise KnowledgeFileError(what, where=f"{name}.diagnoses[{number}]", remedy="Give last.")
