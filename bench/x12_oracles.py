"""Compare the X12 reader with two others, on any files and on generated ones: every disagreement, counted by kind.

    python bench/x12_oracles.py FILE... [--generated 1000]

``pyx12`` validates (its 837, 835, 277CA and 999 maps), ``oxedi`` reads remittances; ``uv sync --group oracles``.
A disagreement with pyx12 is an error kind that one of the two reports at a segment and the other at none of the same
segment, with whether the other reports something else within 15 segments; with oxedi, a total that differs. Printed as
JSON: the kind, how often, the first place, and the id of its reason (``x12_differences.toml``; in words in
``docs/differences.md``). Exit code 1: some have none. A file on which pyx12 raises is compared no further. Its maps,
whose loading takes nine tenths of its time, are loaded once.

Generated are all five kinds, of four claims each. Every other set of five has claims with planted defects, denials and
underpayments, and one or two things done to the segments of each file (``damaged``).
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import random
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
import oxedi
import pyarrow.compute as pc
import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

import generate_edi
import generate_edi_kinds
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.read import Part, read_x12
from trocar.claims.x12.source import x12_sources
from trocar.claims.x12.x835 import Remittances
from trocar.core.money import dollars

CLAIMS_PER_FILE = 4
NEAR = 15
GENERATED = ("sent.837", "era.835", "sent.837i", "answer.277ca", "receipt.999")


def ours(path: Path) -> list[Part]:
    """The parts of a file."""
    return [part for source in x12_sources(path) for part in read_x12(source, persons=Pseudonyms(b"oracle"))]


pyx12.map_if.load_map_file = cache(pyx12.map_if.load_map_file)
# Its parameters, so that the same maps are asked for; and the reasons by pattern of the kind.
PARAMETERS = pyx12.params.params()
REASONS = [
    (re.compile(row["kind"]), row["id"])
    for row in tomllib.loads((Path(__file__).parent / "x12_differences.toml").read_text("utf-8"))["difference"]
]


def reason_of(kind: str) -> str:
    """The id of the reason for a kind of difference; empty where nobody has explained it."""
    return next((name for pattern, name in REASONS if pattern.fullmatch(kind)), "")


def pyx12_errors(path: Path) -> list[tuple[int, str]]:
    """Segment number in the file and kind of every error that pyx12 reports."""
    out = io.StringIO()
    try:
        pyx12.x12n_document.x12n_document(PARAMETERS, str(path), None, None, fd_json=out)
    except Exception as error:  # whatever it raises is its answer
        return [(0, f"raises {type(error).__name__}")]
    return list(_errors(json.loads(out.getvalue() or "{}"), 0, ""))


def _errors(node: Any, line: int, where: str) -> Iterator[tuple[int, str]]:
    if isinstance(node, list):
        for one in node:
            yield from _errors(one, line, where)
        return
    line = node.get("cur_line") or line
    where = node.get("seg_id") or where
    element = f"{where}{node['ele_pos']:02d}" if node.get("ele_pos") else where
    for error in node.get("errors", ()):
        words = "".join(character for character in error["err_str"] if not character.isdigit()).split()
        yield line, f"{element} {error['err_cde']} {' '.join(words[:5])}"
    for inner in ("interchanges", "groups", "transactions", "segments", "elements"):
        yield from _errors(node.get(inner, []), line, element)


def compared(path: Path, found: Counter[str], first: dict[str, str]) -> None:
    """Count the disagreements on a file."""

    def note(kind: str, segment: int) -> None:
        found[kind] += 1
        first.setdefault(kind, f"{path.parent.name}/{path.name} segment {segment}")

    parts = ours(path)
    said = [(one.segment, one.rule) for part in parts for one in part.findings]
    # Sums, situations and check digits are no matter of pyx12.
    comparable = [(segment, rule) for segment, rule in said if rule[2] in "12"]
    theirs = pyx12_errors(path)
    raised = any(kind.startswith("raises") for _, kind in theirs)
    for segment, kind in theirs:
        if all(segment != own for own, _ in said):
            note(f"pyx12 alone: {kind} [{_distance(segment, said)}]", segment)
    for segment, rule in () if raised else comparable:
        if all(segment != other for other, _ in theirs):
            note(f"trocar alone: {rule} [{_distance(segment, theirs)}]", segment)
    remittances = [part.tables for part in parts if part.tables]
    if remittances:
        for name, own, other in _totals(path, remittances):
            if own != other:
                note(f"oxedi: {name} ({own} here, {other} there)" if len(first) < 200 else f"oxedi: {name}", 0)


def _distance(segment: int, others: list[tuple[int, str]]) -> str:
    """Whether the other reports anything close to a segment: then the two may mean the same, at another place."""
    return "near" if any(abs(segment - other) <= NEAR for other, _ in others) else "nothing near"


def _totals(path: Path, tables: list[Remittances]) -> Iterator[tuple[str, Any, Any]]:
    try:
        read = oxedi.parse_file(path)
    except Exception as error:  # whatever it raises is its answer
        yield "raises", "", type(error).__name__
        return
    yield "claims", sum(one.claims.num_rows for one in tables), read.count_claims()
    paid = sum(pc.sum(one.payments["paid_cents"]).as_py() or 0 for one in tables)
    yield "payments", dollars(paid), Decimal(str(read.sum_payments())).quantize(Decimal("0.01"))


def damaged(text: str, draw: random.Random) -> str:
    """The text with one or two segments, not the first, lost, doubled, moved, unknown or wrong in an element."""
    segments = text.replace("\n", "").split("~")[:-1]
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.randrange(1, len(segments))
        elements = segments[at].split("*")
        position = draw.randrange(1, len(elements)) if len(elements) > 1 else 0
        what = draw.choice(("lost", "doubled", "moved", "unknown", "emptied", "longer", "letters", "surplus"))
        if what == "lost":
            del segments[at]
        elif what == "doubled":
            segments.insert(at, segments[at])
        elif what == "moved":
            segments.insert(draw.randrange(1, len(segments)), segments.pop(at))
        elif what == "unknown":
            segments.insert(at, "ZZQ*1")
        elif what == "surplus":
            segments[at] += "*1" * 20
        else:
            elements[position] = {"emptied": "", "longer": elements[position] * 40, "letters": "XQX"}[what]
            segments[at] = "*".join(elements)
    return "".join(segment + "~\n" for segment in segments)


def generated(folder: Path, seed: int) -> Iterator[Path]:
    """A set of files, one of each kind."""
    rate = 0.3 if seed % 2 else 0.0
    for of_kinds in (generate_edi.generate, generate_edi_kinds.generate):
        of_kinds(folder, CLAIMS_PER_FILE, seed=seed, rate=rate)
    for name in GENERATED:
        path = folder / name
        if seed % 2:
            path.write_text(damaged(path.read_text(), random.Random(f"{seed} {name}")))
        yield path


def main() -> None:
    """Print the disagreements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found: Counter[str] = Counter()
    first: dict[str, str] = {}
    sets = arguments.generated // len(GENERATED)
    files = len(arguments.files) + len(GENERATED) * sets
    for path in arguments.files:
        compared(path, found, first)
    with tempfile.TemporaryDirectory() as name:
        for seed in range(sets):
            for path in generated(Path(name) / str(seed), seed):
                compared(path, found, first)
    unexplained = 0
    for kind, count in found.most_common():
        reason = reason_of(kind)
        unexplained += not reason
        print(json.dumps({"kind": kind, "count": count, "first": first[kind], "reason": reason or "unexplained"}))
    totals: Counter[str] = Counter()
    for kind, count in found.items():
        totals[reason_of(kind) or "unexplained"] += count
    print(json.dumps({"files": files, "by_reason": dict(totals.most_common()), "unexplained_kinds": unexplained}))
    sys.exit(unexplained > 0)


if __name__ == "__main__":
    main()
