"""The implementation guides as data: which segment may stand in which loop, compiled to one table of transitions."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

GUIDES = ("envelope", "837p", "837i", "835", "277ca", "999")
# A transaction of which only the envelope is read.
UNREAD = "unread"
NOWHERE = 0
_UNLIMITED = 1 << 30
_BEGINS_LOOPS = frozenset({"HL", "NM1", "N1", "CLM", "CLP", "SBR", "LX", "SVC", "SVD", "LIN", "TRN", "AK2", "IK3"})
Integers = npt.NDArray[np.int32]


class Table(dict[int, tuple[int, "Table"]]):
    """What may follow a state: for a kind of segment its node, and the state after it.

    A segment that has no place leaves the state as it is; where it begins a loop that is not of the guide, only what
    begins one of the guide comes next (``stranger``).
    """

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[int, int] = {}
        self.stranger: Table = self
        self.beginners: frozenset[int] = frozenset()

    def __missing__(self, kind: int) -> tuple[int, Table]:
        return NOWHERE, self.stranger if kind in self.beginners else self


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a segment in a loop; ``rank`` is its place in the order of the loop's segments."""

    index: int
    loop: int
    segment: str
    qualifiers: tuple[str, ...]
    required: bool
    most: int
    rank: int
    begins: bool

    @property
    def name(self) -> str:
        """The segment with its qualifiers, such as ``REF*EI|SY``."""
        return f"{self.segment}*{'|'.join(self.qualifiers)}" if self.qualifiers else self.segment


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of a guide; ``parents`` are indices, ``context`` and ``cut`` as the parameter files explain them."""

    index: int
    guide: str
    id: str
    parents: tuple[int, ...]
    required: bool
    most: int
    context: int
    cut: bool
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Guides:
    """All guides compiled: the kinds of segments, the loops with their nodes, and the table after each node.

    ``names`` numbers the segment ids, from 1.
    By node: ``context`` of its loop, ``cuts`` where a file may be cut before it, ``outermost`` where a context begins.
    """

    kinds: dict[tuple[str, str | None], int]
    loops: tuple[Loop, ...]
    nodes: tuple[Node | None, ...]
    start: Table
    names: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]
    elements: dict[str, tuple[str, ...]]
    components: dict[str, dict[str, list[int]]]
    qualifier_at: dict[str, int]
    context: Integers
    cuts: npt.NDArray[np.bool_]
    outermost: npt.NDArray[np.bool_]

    def kind(self, segment: str, qualifier: str | None) -> int:
        """The number of a segment by its id and qualifier; 0 for an id that no guide has."""
        return self.kinds.get((segment, qualifier)) or self.kinds.get((segment, None), 0)

    def guide_of(self, transaction: str, version: str) -> str:
        """The guide of a transaction by ST01 and the version in ST03 or GS08; ``unread`` when there is none."""
        of_kind = [(mark, guide) for code, mark, guide in self.versions if code == transaction]
        named = [guide for mark, guide in of_kind if mark in version]
        return named[0] if named else (of_kind[0][1] if len(of_kind) == 1 and "X" not in version else UNREAD)


@cache
def guides() -> Guides:
    """The guides of the parameter files."""
    folder = files("trocar.claims.x12") / "params"
    dictionary = tomllib.loads((folder / "segments.toml").read_text("utf-8"))
    stated = [tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in GUIDES]
    bare: dict[str, Any] = {"guide": UNREAD, "transaction": "", "versions": []}
    bare["loop"] = [
        {"id": "ST", "context": 3, "segments": ["ST R 1"]},
        {"id": "SE", "parent": "ST", "cut": True, "segments": ["SE R 1"]},
    ]
    return _Compiler(dictionary).compiled([*stated, bare])


@cache
def node_of(guide: str, loop: str, segment: str) -> Node:
    """The node of a loop whose name is, or whose qualifiers hold, what is asked: ``REF*EI``; must exist."""
    wanted, _, qualifier = segment.partition("*")
    for node in loop_of(guide, loop).nodes:
        if node.segment == wanted and (not qualifier or qualifier in node.qualifiers):
            return node
    raise KeyError(f"{guide} {loop} {segment}")


@cache
def loop_of(guide: str, loop: str) -> Loop:
    """A loop of a guide by its id; must exist."""
    return next(found for found in guides().loops if (found.guide, found.id) == (guide, loop))


class _Compiler:
    def __init__(self, dictionary: dict[str, Any]) -> None:
        self.elements = {name: tuple(shapes) for name, shapes in dictionary["elements"].items()}
        self.qualifier_at: dict[str, int] = dictionary["qualifier"]
        self.components: dict[str, dict[str, list[int]]] = dictionary["components"]
        self.kinds: dict[tuple[str, str | None], int] = {}
        self._of_segment: dict[str, list[int]] = defaultdict(list)
        self.loops: list[Loop] = []
        self.nodes: list[Node | None] = [None]
        for name in self.elements:
            self._kind(name, None)

    def compiled(self, stated: list[dict[str, Any]]) -> Guides:
        versions = []
        for guide in stated:
            self._add(guide)
            versions += [(guide["transaction"], mark, guide["guide"]) for mark in guide["versions"]]
        for (segment, _), kind in self.kinds.items():
            self._of_segment[segment].append(kind)
        of_loop = [self._table(loop) for loop in self.loops]
        start = self._envelope(Table())
        beginners = frozenset(kind for (name, _), kind in self.kinds.items() if name in _BEGINS_LOOPS)
        after = [start if node is None else of_loop[node.loop] for node in self.nodes]
        for table in (start, *of_loop, *(table.stranger for table in of_loop)):
            table.update({kind: (node, after[node]) for kind, node in table.nodes.items()})
            table.beginners = beginners
        context = np.array([0 if node is None else self.loops[node.loop].context for node in self.nodes], np.int32)
        cuts = np.array([node is not None and node.begins and self.loops[node.loop].cut for node in self.nodes])
        outermost = np.array([node is not None and self._is_outermost(node) for node in self.nodes])
        return Guides(
            self.kinds, tuple(self.loops), tuple(self.nodes), start, ("", *self.elements), tuple(versions),
            self.elements,
            self.components, self.qualifier_at, context, cuts, outermost,
        )  # fmt: skip

    def _is_outermost(self, node: Node) -> bool:
        """Whether a node begins a loop of some context that lies in none of the same."""
        loop = self.loops[node.loop]
        return node.begins and loop.context > 0 and loop.context not in {self.loops[up].context for up in loop.parents}

    def _kind(self, segment: str, qualifier: str | None) -> int:
        return self.kinds.setdefault((segment, qualifier), len(self.kinds) + 1)

    def _add(self, guide: dict[str, Any]) -> None:
        name = guide["guide"]
        own: dict[str, int] = {}
        for stated in guide["loop"]:
            index = len(self.loops)
            own[stated["id"]] = index
            parents = [own[parent] for parent in (stated.get("parent"), *stated.get("also_under", ())) if parent]
            if stated["id"] == "ST":
                parents = [next(loop.index for loop in self.loops if loop.id == "GS")]
            most = _UNLIMITED if stated.get("repeat") == "n" else stated.get("repeat", 1)
            nodes = self._nodes(name, index, stated["segments"])
            required, context = stated.get("usage") == "R", stated.get("context", 0)
            cut = stated.get("cut", False)
            self.loops.append(Loop(index, name, stated["id"], tuple(parents), required, most, context, cut, nodes))

    def _nodes(self, guide: str, loop: int, stated: list[str]) -> tuple[Node, ...]:
        nodes: list[Node] = []
        ranks: dict[str, int] = {}
        for text in stated:
            what, usage, most = text.split()
            segment, _, qualifiers = what.partition("*")
            told = () if segment == "ST" else tuple(qualifiers.split("|")) if qualifiers else ()
            for qualifier in told:
                self._kind(segment, qualifier)
            rank = ranks.setdefault(segment, len(ranks))
            limit = _UNLIMITED if most == "n" else int(most)
            node = Node(len(self.nodes), loop, segment, told, usage == "R", limit, rank, not nodes)
            nodes.append(node)
            self.nodes.append(node)
        if nodes[0].segment == "ST":
            self._kind("ST", guide)
        return tuple(nodes)

    def _table(self, loop: Loop) -> Table:
        table = Table()
        at = loop
        if loop.id in ("SE", "GE", "IEA"):  # what it closes is over
            at = self.loops[loop.parents[0]]
            if not at.parents:
                return self._envelope(table)
            at = self.loops[at.parents[0]]
        table.stranger = stranger = Table()
        stranger.stranger = stranger
        while True:
            self._put(table, at.nodes[1:])
            for child in self.loops:
                if at.index in child.parents:
                    self._put(table, child.nodes[:1])
                    self._put(stranger, child.nodes[:1])
            if not at.parents:
                break
            at = self.loops[at.parents[0]]
        self._envelope(stranger)
        return self._envelope(table)

    def _put(self, table: Table, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            loop = self.loops[node.loop]
            if node.segment == "ST":
                table.nodes.setdefault(self.kinds["ST", loop.guide], node.index)
                continue
            for qualifier in node.qualifiers:
                table.nodes.setdefault(self.kinds[node.segment, qualifier], node.index)
        for node in nodes:
            if not node.qualifiers and node.segment != "ST":
                for kind in self._of_segment[node.segment]:
                    table.nodes.setdefault(kind, node.index)

    def _envelope(self, table: Table) -> Table:
        """An envelope is recognised wherever it stands: whether it may stand there is for the checks to say."""
        for loop in self.loops:
            if loop.guide == "envelope" or loop.id == "ST":
                self._put(table, loop.nodes[:1])
        self._put(table, next(loop.nodes for loop in self.loops if loop.guide == UNREAD and loop.id == "SE"))
        return table
