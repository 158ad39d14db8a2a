"""Count how often each rule fires on the golden scrub cases: ``uv run python tools/golden_firings.py [--store DIR]``.

Writes ``src/trocar/rules/golden_firings.toml``, which ``trocar rule`` and the rule pages show. Needs the golden cases
beside the publishers' files, and the full store (by default the one the tests have built); without them it says so
and leaves the file as it is: the full-data test that compares the two is what keeps it fresh.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from golden.test_scrub_cases import PINS, answer  # noqa: E402 (the cases are read in one place, the tests)
from trocar.engine.pack import Pack  # noqa: E402

FILE = REPOSITORY / "src" / "trocar" / "rules" / "golden_firings.toml"
HEAD = """\
# On how many of the golden scrub cases each rule fires, at any severity. Written by tools/golden_firings.py.
"""


def firings(cases: Path, store: Path) -> str:
    """The text of the file for the cases of a CSV, each on the releases it names."""
    held, pinned = Pack.open(store), Pack.open(store, PINS)
    fired: Counter[str] = Counter()
    with cases.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for case in rows:
        _, found = answer(case, pinned if case["data_release"] == "NCCI 2024Q3" else held)
        fired.update({rule for _, rule in found})
    counts = "".join(f"{rule} = {count}\n" for rule, count in sorted(fired.items()))
    return f'{HEAD}cases = {len(rows)}\nsha256 = "{sha256(cases.read_bytes()).hexdigest()}"\n\n[fired]\n{counts}'


def main() -> None:
    """Write the file where the cases and a store are at hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    files = Path(os.environ.get("TROCAR_CMS_FILES", REPOSITORY.parent / "shared" / "cms"))
    cases = files.parent / "golden" / "scrub_cases.csv"
    built = sorted((REPOSITORY / ".cache" / "trocar").glob("full-*"))
    store = parser.parse_args().store or (built[-1] if built else None)
    if store is None or not cases.is_file():
        print("golden firings: no golden cases or no full store at hand; the file stays as it is", file=sys.stderr)
        return
    FILE.write_text(firings(cases, store), "utf-8")


if __name__ == "__main__":
    main()
