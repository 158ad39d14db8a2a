"""An interchange written again without the persons in it, segment for segment."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from trocar.claims.x12.guide import NOWHERE, guides
from trocar.claims.x12.kept import Dates, Providers, Zips
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.pseudonymous import Stand
from trocar.claims.x12.replacement import Case, Replacement, Shape, crossed
from trocar.claims.x12.segments import Segments
from trocar.claims.x12.source import X12Source
from trocar.claims.x12.stream import Piece, pieces
from trocar.core.errors import ClaimInputError

UNKNOWN = "ZZZ"
PERSON, PROVIDER, PAYER = "person", "provider", "payer"
_OUTSIDE, _UNENDED = "XS101", "XS104"
# What a free text, a code or a date becomes when deidentify.toml does not name the element.
_BY_TYPE = {"AN": "text", "DT": "date", "C": "codes", "": "text"}
_OF_ROLE = frozenset({"NM1", "N1", "N3", "N4", "PER"})
_ADDRESS = frozenset({"N3", "N4"})
_FACILITY = "77"
# Where the search for the person a claim is about ends.
_BODY = frozenset({"CLM", "SVC", "LX", "SE", "STC"})
_BEGINS = frozenset({"CLP", "HL"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What is kept: days, ZIPs of persons, providers."""

    dates: Dates = Dates.KEEP
    zips: Zips = Zips.NONE
    providers: Providers = Providers.KEEP


@dataclass(slots=True)
class Written:
    """What was done: elements replaced by segment id, segments of no known id emptied, stretches outside left out."""

    segments: int = 0
    replaced: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    left_out: int = 0


def deidentified(source: X12Source, written: Written, choices: Choices, persons: Pseudonyms) -> Iterator[bytes]:
    """The file's bytes without persons, a piece at a time; ``written`` counts along.

    Segments keep their number, order, delimiters and line ends. Raises ``ClaimInputError`` when the file holds no
    interchange, or one whose delimiters are letters or digits: replacements could not be told from them.
    """
    writer = _Writer(choices, persons, written)
    for piece in pieces(source):
        written.left_out += sum(one.rule == _OUTSIDE for one in piece.findings)
        made = writer.piece(piece)
        del piece  # or it would stand beside the next one
        yield made
    if not written.segments:
        remedy = "Give an 837, 835, 277CA or 999, plain, gzip or zip."
        raise ClaimInputError("the file holds no X12 interchange", where=source.name, remedy=remedy)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The action on each element by position, with its shape; on components by (position, component)."""

    actions: tuple[tuple[str, Shape], ...]
    components: dict[tuple[int, int], str]


class _Writer:
    def __init__(self, choices: Choices, persons: Pseudonyms, written: Written) -> None:
        small = frozenset(_law()["small"]["zips"])
        self._replace = Replacement(Stand(persons), choices.dates, choices.zips, choices.providers, small)
        self._written = written
        self._case = Case()
        self._line_place = ""

    def piece(self, piece: Piece) -> bytes:
        segments, nodes = piece.segments, piece.node.tolist()
        marks = segments.delimiters
        if any(mark.isalnum() for mark in (marks.element, marks.component, marks.terminator)):
            what = "the delimiters of an interchange are letters or digits: no replacement could be told from them"
            raise ClaimInputError(what, where=piece.file, remedy="Ask the sender for a file with usual delimiters.")
        element, end = marks.element.decode(), marks.terminator
        unended = any(one.rule == _UNENDED for one in piece.findings)
        out = bytearray()
        line_end = b""  # that of the last segment is no part of the text: it is that of the one before
        for at in range(len(segments)):
            elements = segments.segment(at).replace("\r", "").replace("\n", "").split(element)
            self._follow(segments, at, elements, element)
            if at < segments.known:
                continue
            out += element.join(self._segment(elements, nodes[at], marks.component.decode())).encode()
            if not (unended and at == len(segments) - 1):
                line_end = _line_end(segments, at) or (line_end if at == len(segments) - 1 else b"")
                out += end + line_end
        self._written.segments += len(segments) - segments.known
        return bytes(out)

    def _follow(self, segments: Segments, at: int, elements: list[str], mark: str) -> None:
        """Whose claim what follows is about, and where it was served."""
        case, name = self._case, elements[0].strip()
        if name in _BEGINS:
            level = elements[3] if name == "HL" and len(elements) > 3 else ""
            if level != "23":  # a dependent goes by the subscriber above
                case.person = _person_after(segments, at, mark) if name == "CLP" or level in ("22", "PT") else None
            case.place = self._line_place = ""
        elif name in ("ISA", "GS", "ST", "PLB"):
            case.person = None
            if name == "ISA" and len(elements) > 9 and elements[9][:2].isdigit():
                case.year = 2000 + int(elements[9][:2])
        elif name == "CLM" and len(elements) > 5:
            case.place = self._line_place = elements[5].split(segments.delimiters.component.decode())[0]
        elif name == "SV1":
            self._line_place = elements[5] if len(elements) > 5 and elements[5] else case.place
        elif name == "LX":
            self._line_place = case.place

    def _segment(self, elements: list[str], node: int, component: str) -> list[str]:
        name = elements[0].strip()
        if name not in guides().elements:
            self._written.unknown += 1
            return [UNKNOWN]
        role = _role(node, name, elements[1] if len(elements) > 1 else "")
        home = role == PROVIDER and self._line_place in _residences() and _names_a_facility(node)
        if home and name in _ADDRESS:
            role = PERSON
        plan = _plan(name, role, elements[1] if name == "REF" and node and len(elements) > 1 else "")
        made = [name]
        for position, text in enumerate(elements[1:], 1):
            action, shape = plan.actions[position - 1] if position <= len(plan.actions) else ("beyond", Shape())
            if not text:
                made.append(text)
            elif action == "beyond":
                made.append(crossed(text))
            elif action == "codes":
                parts = enumerate(text.split(component), 1)
                named = [(plan.components.get((position, part), "keep"), own) for part, own in parts]
                made.append(component.join(self._made(act, own, Shape("AN", 0), replaced=home) for act, own in named))
            else:
                made.append(self._made(action, text, shape, replaced=home))
        if name == "ISA":  # whose elements have their widths
            made[1:] = [new.ljust(len(old))[: len(old)] for new, old in zip(made[1:], elements[1:], strict=True)]
        changed = sum(new != old for new, old in zip(made, elements, strict=True))
        if changed:
            self._written.replaced[name] += changed
        return made

    def _made(self, action: str, text: str, shape: Shape, *, replaced: bool) -> str:
        return self._replace.made(action, text, shape, self._case, replaced=replaced)


def _person_after(segments: Segments, at: int, mark: str) -> str:
    """The member number of the insured named next, else of the patient; their names where there is no number."""
    found: dict[str, str] = {}
    for row in range(at + 1, len(segments)):
        name, *elements = segments.segment(row).split(mark)
        if name in _BODY or name in _BEGINS:
            break
        if name == "NM1" and elements and elements[0] in ("IL", "QC"):
            number = elements[8] if len(elements) > 8 else ""
            found.setdefault(elements[0], number.strip() or " ".join(elements[2:4]).strip())
    return found.get("IL") or found.get("QC", "")


def _line_end(segments: Segments, at: int) -> bytes:
    """The line ends after a terminator, as they are."""
    begin = end = int(segments.end[at]) + 1
    while segments.text[end : end + 1] in (b"\r", b"\n"):
        end += 1
    return segments.text[begin:end]


@cache
def _law() -> dict[str, Any]:
    return tomllib.loads((files("trocar.claims.x12") / "params" / "deidentify.toml").read_text("utf-8"))


@cache
def _residences() -> frozenset[str]:
    return frozenset(_law()["residence"]["places"])


@cache
def _roles() -> dict[str, str]:
    return {code: role for role, codes in _law()["named"].items() for code in codes}


def _role(node: int, name: str, qualifier: str) -> str:
    """Whom a name, address or contact belongs to; outside of its place in a guide a person."""
    if name not in _OF_ROLE or node == NOWHERE:
        return PERSON
    return _roles().get(qualifier, PERSON) if name in ("NM1", "N1") else _role_of_loop(node)


@cache
def _role_of_loop(node: int) -> str:
    first = _first_of_loop(node)
    return _roles().get(first[1][0], PERSON) if first[0] in ("NM1", "N1") and first[1] else PERSON


def _names_a_facility(node: int) -> bool:
    return _FACILITY in _first_of_loop(node)[1]


@cache
def _first_of_loop(node: int) -> tuple[str, tuple[str, ...]]:
    law = guides()
    of = law.nodes[node]
    if of is None:
        return "", ()
    first = law.loops[of.loop].nodes[0]
    return first.segment, first.qualifiers


@cache
def _plan(name: str, role: str, reference: str) -> _Plan:
    """The actions on a segment's elements; ``reference`` is REF01 where the segment stands in its place."""
    law = _law()
    stated = law["role"][role][name] if name in _OF_ROLE else law["segment"].get(name, {})
    if name == "REF":
        known = {code: action for action, codes in law["reference"].items() for code in codes}
        stated = stated | {"2": known.get(reference, "number")}
    components = {
        (int(place), int(part)): action
        for key, action in stated.items()
        for place, _, part in (key.partition("-"),)
        if part
    }
    actions = []
    for position, text in enumerate(guides().elements[name], 1):
        shape = Shape.of(text) if text else Shape()
        if name == "ISA":  # filled up with blanks to its width
            shape = Shape(shape.kind, 0, shape.most)
        actions.append((stated.get(str(position), _BY_TYPE.get(shape.kind, "keep")), shape))
    return _Plan(tuple(actions), components)
