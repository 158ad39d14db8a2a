"""Write a synthetic claim book of image-guided procedures, clean but for errors planted on purpose.

    python examples/generate_claims.py --lines 100000 --seed 7 -o book --truth truth.parquet

No claim, patient or practitioner is real. A book has practitioners' claims only: needle procedures with their
guidance, reading of images, and the visits around them, in offices (global) and hospitals (26), over payers, ZIPs and
months, with patients that come several times and patient-days that are spread over two claims.

**The weights are editorial, not measured**: no volumes by code are held here, so how often a code, place, side or payer
appears is a guess and says nothing about real volumes (``claim_book/scenarios.py``). The facts are not: which codes are
in force, edited, listed, limited, payable at a place or billable as a diagnosis is read from the opened store for the
days concerned, so that the clean part is clean by construction and a planted error is a real one.

``--truth`` lists the findings due: ``planted`` those that an error is about, the others what it entails (an add-on
whose primary is denied). The same seed, lines, options and store give the same bytes. Months without a held fee
schedule stay empty; days on which edits, unit limits and diagnoses are all held (2024Q3 in the starter pack) get eight
times the claims. ``docs/benchmarks-method.md`` says how recall and precision are measured with it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pyarrow.parquet as pq

from claim_book.draw import TRUTH_SCHEMA, Book, Practitioners
from claim_book.facts import StoreFacts
from claim_book.library import Library
from claim_book.planted import KINDS
from claim_book.scenarios import all_codes
from claim_book.write import BookWriter, scattered
from trocar import TrocarError

# Of the patient-days; some have two claims, and some kinds have no table on some days: about 8% of the claims.
DEFAULT_RATE = 0.105
DEFAULT_MONTHS = "2024-07:2025-12"


def months(text: str) -> tuple[date, date]:
    """``2024-07:2024-09`` or ``2024-07`` as first and last day."""
    first, _, last = text.partition(":")
    year, month = map(int, (last or first).split("-"))
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromisoformat(f"{first}-01"), following - timedelta(days=1)


def rates_of(settings: Sequence[str]) -> dict[str, float]:
    """The share of episodes with each kind: ``0.08`` in all, or ``kind=0.01`` for one."""
    rates = {kind.name: DEFAULT_RATE / len(KINDS) for kind in KINDS}
    for setting in settings:
        name, given, share = setting.rpartition("=")
        if not given:
            rates = {kind.name: float(share) / len(KINDS) for kind in KINDS}
        elif name in rates:
            rates[name] = float(share)
        else:
            raise ValueError(f"no planted kind {name!r}; there are: {', '.join(rates)}")
    if not 0 <= sum(rates.values()) <= 1 or min(rates.values()) < 0:
        raise ValueError(f"the rates add up to {sum(rates.values()):.3f}; they must lie between 0 and 1 in all")
    return rates


def book(
    lines: int,
    seed: int,
    *,
    store: Path | None = None,
    month_range: str = DEFAULT_MONTHS,
    rates: Sequence[str] = (),
) -> Book:
    """A book ready to be drawn. Raises ``ValueError`` when no fee schedule is held in the months."""
    facts = StoreFacts(store, all_codes())
    if not list(facts.runs(*months(month_range))):
        raise ValueError(f"the store holds no fee schedule in {month_range}")
    library = Library(facts, *months(month_range))
    practitioners = Practitioners(min(20_000, max(40, lines // 2_000)), library, facts.places(), seed)
    return Book(library, practitioners, lines, seed, rates_of(rates))


def write_book(made: Book, target: Path, form: str, *, truth: Path | None = None, shuffle: bool = False) -> int:
    """Write a book and its truth; the number of planted findings."""
    planted = 0
    chunks = made.chunks()
    for folder in (target.parent, *((truth.parent,) if truth else ())):
        folder.mkdir(parents=True, exist_ok=True)
    if shuffle:
        chunks = scattered(chunks, made.lines, made.seed, target.parent)
    truth_file = pq.ParquetWriter(truth, TRUTH_SCHEMA) if truth else None
    with BookWriter(target, form) as writer:
        for chunk in chunks:
            if len(chunk.claims):
                writer.write(chunk.claims)
            if truth_file and len(chunk.truth):
                truth_file.write_table(chunk.truth)
            planted += len(chunk.truth)
    if truth_file:
        truth_file.close()
    return planted


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, required=True, help="lines of the book, exactly (1e4 to 1e8)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a file (.parquet, .csv) or a folder of parts")
    parser.add_argument("--format", choices=("parquet", "csv"), help="default: by the name of the file, else parquet")
    parser.add_argument("--shuffle", action="store_true", help="lines in random order over the whole book")
    parser.add_argument("--truth", type=Path, help="Parquet of the findings due")
    parser.add_argument("--store", type=Path, help="a built store; default: the embedded starter pack")
    parser.add_argument("--month-range", default=DEFAULT_MONTHS, metavar="FROM:TO", help=f"default {DEFAULT_MONTHS}")
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="[KIND=]SHARE",
        help=f"share of patient-days with a planted error, in all (default {DEFAULT_RATE}) or of one kind: "
        + ", ".join(kind.name for kind in KINDS),
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Generate, and say how fast."""
    told = arguments(words)
    form = told.format or ("csv" if told.output.suffix == ".csv" else "parquet")
    if told.output.is_dir() and any(told.output.iterdir()):
        print(f"generate_claims: {told.output} is not empty; name another folder or empty it", file=sys.stderr)
        return 2
    start = perf_counter()
    try:
        made = book(told.lines, told.seed, store=told.store, month_range=told.month_range, rates=told.rate)
    except (TrocarError, ValueError) as error:
        print(f"generate_claims: {error}", file=sys.stderr)
        return 2
    ready = perf_counter()
    planted = write_book(made, told.output, form, truth=told.truth, shuffle=told.shuffle)
    seconds = perf_counter() - ready
    print(
        f"{told.lines:,} lines, {planted:,} findings due, written to {told.output} in {seconds:.1f} s "
        f"({told.lines / seconds:,.0f} lines/s) after {ready - start:.1f} s of reading the store"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
