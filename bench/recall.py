"""Measure recall and precision on planted errors: python bench/recall.py [--lines 100000] [--seed 1] [--store DIR]

A synthetic book (``examples/generate_claims.py``) is checked in memory and compared with its truth file, finding by
finding (claim, line, rule). Recall of a kind: planted findings made / planted. Precision of its rule: findings of that
rule that the truth lists / all findings of that rule, in the whole book, clean lines included. A planted error entails
others (a denied primary takes its add-on along); those the truth lists too, and they are counted apart. Whatever is
missed or unexpected is shown by example, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "examples"))

import trocar  # noqa: E402 - after the path
from claim_book.consequences import NOT_IN_THE_TRUTH  # noqa: E402
from claim_book.planted import KINDS  # noqa: E402
from claim_book.write import plain_table  # noqa: E402
from generate_claims import book  # noqa: E402

Found = set[tuple[str, int, str]]
SHOWN = 3


def findings(table: pa.Table, store: Path | None) -> Found:
    """Every finding to fix (deny or review) as claim, line and rule; what only informs is left aside."""
    result = trocar.check(table, trocar.open_store(store))
    lines = result.batch.line.lines
    answer: Found = set()
    for outcome in result.outcomes:
        if outcome.rule.severity is not trocar.Severity.INFO:
            for line in outcome.lines.tolist():
                answer.add((lines.claim_texts[line], int(lines.line_number[line]), outcome.rule.id))
    return answer


def ratio(part: int, whole: int) -> str:
    """Four decimals, rounded down, so that 1.0000 means all of them; a dash for nothing of nothing."""
    return f"{part * 10_000 // whole / 10_000:.4f}" if whole else "-"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path)
    told = parser.parse_args()
    table, truth = plain_table(book(told.lines, told.seed, store=told.store).chunks())
    rows = truth.to_pylist()
    due = {(row["claim_id"], row["line"], row["rule"]) for row in rows}
    every = findings(table, told.store)
    found = {one for one in every if one[2] not in NOT_IN_THE_TRUTH}
    claims = len(set(table["claim_id"].to_pylist()))
    planted_claims = len({row["claim_id"] for row in rows})
    print(f"{len(table):,} lines, {claims:,} claims, {planted_claims:,} with a planted error, seed {told.seed}")
    print(f"{'planted kind':<34}{'rule':<7}{'planted':>8}{'recall':>8}{'rule made':>11}{'precision':>10}")
    made = Counter(rule for _, _, rule in found)
    right = Counter(rule for _, _, rule in found & due)
    for kind in KINDS:
        meant = {(r["claim_id"], r["line"], r["rule"]) for r in rows if r["kind"] == kind.name and r["planted"]}
        recall, precision = ratio(len(meant & found), len(meant)), ratio(right[kind.rule], made[kind.rule])
        print(f"{kind.name:<34}{kind.rule:<7}{len(meant):>8,}{recall:>8}{made[kind.rule]:>11,}{precision:>10}")
    entailed = due - {(r["claim_id"], r["line"], r["rule"]) for r in rows if r["planted"]}
    print(f"{'entailed by them, all rules':<41}{len(entailed):>8,}{ratio(len(entailed & found), len(entailed)):>8}")
    print(f"all: {len(due):,} due, {len(found & due):,} made of them, {len(found - due):,} unexpected")
    print(f"findings of rules that the truth leaves out: {len(every - found):,}")
    kind_of = {row["claim_id"]: row["kind"] for row in rows}
    for title, odd in (("missed", due - found), ("unexpected", found - due)):
        show(title, odd, kind_of)
    return int(found != due)


def show(title: str, odd: Found, kind_of: dict[str, str]) -> None:
    """Count what differs by rule and kind, with some examples."""
    counts = Counter((rule, kind_of.get(claim, "clean claim")) for claim, _, rule in odd)
    for (rule, kind), count in sorted(counts.items()):
        some = [f"{c} line {n}" for c, n, r in sorted(odd) if r == rule and kind_of.get(c, "clean claim") == kind]
        print(f"{title} {count:,} x {rule} in {kind}: {', '.join(some[:SHOWN])}")


if __name__ == "__main__":
    sys.exit(main())
