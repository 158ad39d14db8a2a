"""Recall and precision of ``trocar remit`` and ``trocar denials`` on generated pairs of claims and remittances.

    python bench/denials.py [--claims 20000] [--seed 1] [--rate 0.1] [--store DIR]

Generates a pair (``examples/generate_edi.py``), makes a book of it and compares what is said with what was planted:
denials by reason, underpayments by line and to the cent, reversals paired, claims not answered, and the payer's own
policy, which no public rule explains. A planted denial counts as right only with the cause it must have.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import generate_edi
from trocar.denials.analysis import Analysis, analyse
from trocar.denials.contract_file import read_contracts
from trocar.denials.ingest import add_claims, add_remittances
from trocar.denials.reconciliation import reconciliation
from trocar.denials.store import RemittanceBook
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.reference.store import Store

Lines = set[tuple[str, int]]
# The reason each planted kind is denied with; information missing and late filing are faults of data, never of rules.
_CARC = {"denied_bundled": "97", "denied_information": "16", "denied_necessity": "50", "denied_late": "29"}


def planted(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What was planted, by kind."""
    answer: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "planted.jsonl").read_text().splitlines():
        entry = json.loads(line)
        answer[entry["kind"]].append(entry)
    return answer


def book_of(folder: Path) -> RemittanceBook:
    """The pair as a book."""
    book = RemittanceBook.create(folder / "book.parquet")
    add_remittances(book, folder / "era.835")
    add_claims(book, folder / "sent.837")
    return book


def contracts_of(folder: Path) -> Path:
    """The fees the pair was generated with, as a contract file."""
    fees = json.loads((folder / "truth.json").read_text())["fees"]
    with (folder / "fees.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("hcpcs", "amount"))
        writer.writerows(fees.items())
    payers = json.dumps([payer for payer, _ in generate_edi.PAYERS])
    path = folder / "contracts.toml"
    path.write_text(f'[[contract]]\nname = "generated"\npayer = {payers}\nfees = "fees.csv"\n')
    return path


def said(analysis: Analysis) -> dict[str, Lines]:
    """What the analysis says, by planted kind."""
    database = analysis.database
    lines = "SELECT DISTINCT claim_id, line FROM attributed WHERE stands AND outcome = 'denied' AND carc = ?"
    answer = {kind: set(database.execute(lines, [carc]).fetchall()) for kind, carc in _CARC.items()}
    underpaid = "SELECT claim_id, line FROM compared WHERE verdict = 'underpaid'"
    answer["underpaid"] = set(database.execute(underpaid).fetchall())
    tables = {section.id: section.rows for section in reconciliation(database)}
    answer["reversed"] = {(row["claim_id"], 0) for row in tables["reversals"] if row["state"] == "paired"}
    answer["not_answered"] = {(row["claim_id"], 0) for row in tables["unanswered"]}
    for found in analysis.patterns:
        print(f"  {found.words}; {found.low:.1%} to {found.high:.1%}, elsewhere {found.others:.1%}")
    answer["denied_by_policy"] = {(f"{found.payer} {found.hcpcs} {found.modifier}", 0) for found in analysis.patterns}
    return answer


def truth(kinds: dict[str, list[dict[str, Any]]]) -> dict[str, Lines]:
    """What should be said, by kind."""
    answer: dict[str, Lines] = {
        kind: {(entry["claim_id"], entry["line"]) for entry in kinds[kind]} for kind in (*_CARC, "underpaid")
    }
    # The payer's own policy denies with the reason of necessity.
    answer["denied_necessity"] |= {(entry["claim_id"], entry["line"]) for entry in kinds["denied_by_policy"]}
    for kind in ("reversed", "not_answered"):
        answer[kind] = {(entry["claim_id"], 0) for entry in kinds[kind]}
    payer, code, modifier, _ = generate_edi.POLICY
    answer["denied_by_policy"] = {(f"{payer} {code} {modifier}", 0)} if kinds["denied_by_policy"] else set()
    return answer


def run(folder: Path, claims: int, seed: int, rate: float, pack: Pack, store: Store) -> list[dict[str, Any]]:
    """Generate, analyse, compare: one row per kind."""
    generate_edi.generate(folder, claims, seed=seed, rate=rate)
    before = time.process_time()
    book = book_of(folder)
    read = time.process_time()
    analysis = analyse(book, pack, store, date(2024, 9, 1), read_contracts(contracts_of(folder)))
    found, wanted = said(analysis), truth(planted(folder))
    print(f"CPU seconds: {read - before:.1f} to read, {time.process_time() - read:.1f} to analyse")
    rows = []
    for kind, lines in wanted.items():
        right = len(found[kind] & lines)
        rows.append({"kind": kind, "planted": len(lines), "said": len(found[kind]), "right": right})
    short = {(entry["claim_id"], entry["line"]): entry["short_cents"] for entry in planted(folder)["underpaid"]}
    underpaid = "SELECT claim_id, line, short_cents FROM compared WHERE verdict = 'underpaid'"
    cents = {(claim, line): short_of for claim, line, short_of in analysis.database.execute(underpaid).fetchall()}
    exact = sum(cents.get(key) == amount for key, amount in short.items())
    rows.append({"kind": "underpaid, to the cent", "planted": len(short), "said": len(cents), "right": exact})
    causes = "SELECT carc, cause, count(*) FROM attributed WHERE stands GROUP BY ALL ORDER BY ALL"
    for carc, cause, count in analysis.database.execute(causes).fetchall():
        print(f"  {carc:>3} {cause:<12} {count}")
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--store", type=Path)
    asked = parser.parse_args()
    pack = open_starter() if asked.store is None else Pack.open(asked.store)
    store = Store(asked.store or starter_store())
    with tempfile.TemporaryDirectory() as folder:
        rows = run(Path(folder), asked.claims, asked.seed, asked.rate, pack, store)
    print(f"{'kind':<24}{'planted':>9}{'said':>9}{'right':>9}{'recall':>9}{'precision':>11}")
    for row in rows:
        recall = f"{row['right'] / row['planted']:.4f}" if row["planted"] else "-"
        precision = f"{row['right'] / row['said']:.4f}" if row["said"] else "-"
        print(f"{row['kind']:<24}{row['planted']:>9}{row['said']:>9}{row['right']:>9}{recall:>9}{precision:>11}")


if __name__ == "__main__":
    main()
