"""The measured effect of the cleaning on real published rates, and what reading a hospital's file costs.

    python bench/rates_cleaning.py [--samples ../shared/mrf] [--store DIR] [--on DATE] [--rows 400000] [--only NAME]

Prints Markdown: for the real hospital prices the flags of all codes and, code by code, mean and median before and
after; for the real CareFirst file the flags by contract; then CPU time and peak memory of generated hospital files of
two sizes, each in a process of its own. CPU seconds, never the clock.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from trocar.benchmarks.cleaning.flags import BY_CODE
from trocar.benchmarks.code_sets import codes_asked
from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.summary import Question, Summary, summarise
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.asked import Asked
from trocar.reference.store import Store

HOSPITALS = "hospital_cash_gross_needle_codes.csv.gz"
CAREFIRST = "dolthub/carefirst_in_network.json.gz"
SHOWN = ("77002", "77012", "77021", "76942", "10005", "32408", "47000", "50200", "62270", "64483")
_EFFECT = """
SELECT amount_kind, count(*), avg(rate)::DECIMAL(18, 2), quantile_disc(rate, 0.5)::DECIMAL(18, 2),
       count(*) FILTER (c.id IS NOT NULL), (avg(rate) FILTER (c.id IS NOT NULL))::DECIMAL(18, 2),
       (quantile_disc(rate, 0.5) FILTER (c.id IS NOT NULL))::DECIMAL(18, 2)
FROM (SELECT * FROM observations JOIN kinds USING (kind)) o LEFT JOIN comparable c USING (id) GROUP BY 1 ORDER BY 1
"""
_TALL = (
    "hospital_name,last_updated_on,version,location_name,hospital_address,license_number|MD,type_2_npi,attester_name,"
    '"To the best of its knowledge and belief"\nH,4/1/2026,3.0.0,H,1 Street,7,1234567893,A. Tester,true\n'
    "description,code|1,code|1|type,code|2,code|2|type,modifiers,setting,drug_unit_of_measurement,"
    "drug_type_of_measurement,standard_charge|gross,standard_charge|discounted_cash,payer_name,plan_name,"
    "standard_charge|negotiated_dollar,standard_charge|negotiated_percentage,standard_charge|negotiated_algorithm,"
    "median_amount,10th_percentile,90th_percentile,count,standard_charge|methodology,standard_charge|min,"
    "standard_charge|max,additional_generic_notes\n"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=Path("../shared/mrf"))
    parser.add_argument("--store", type=Path)
    parser.add_argument("--on", type=date.fromisoformat, default=date(2025, 11, 3))
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--only", choices=("hospitals", "carefirst", "cost"), action="append")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read(given.read)
        return
    pack = Pack.open(given.store) if given.store else open_starter()
    asked = Asked(pack, Store(given.store or starter_store()), given.on)
    with tempfile.TemporaryDirectory() as folder:
        wanted = given.only or ("hospitals", "carefirst", "cost")
        if "hospitals" in wanted:
            hospitals(extracted(given.samples / HOSPITALS, Path(folder) / "hospitals"), asked)
        if "carefirst" in wanted:
            carefirst(extracted(given.samples / CAREFIRST, Path(folder) / "carefirst"), asked)
        for rows in (given.rows // 4, given.rows) if "cost" in wanted else ():
            cost(Path(folder), rows)


def extracted(path: Path, folder: Path) -> RatesFolder:
    """All codes of a file."""
    (outcome,) = extract([str(path)], Extraction(folder, None))
    if outcome.file is None:
        sys.exit(outcome.problem)
    print(f"\n{path.name}: {outcome.file['rates']:,} rates, {outcome.file['rejects']} rejects")
    return open_rates(folder)


def codes_of(folder: RatesFolder) -> list[str]:
    """Every code of the folder."""
    return [row[0] for row in folder.connect().execute("SELECT DISTINCT code FROM rates ORDER BY 1").fetchall()]


def flag_table(summaries: list[Summary]) -> None:
    """Rates by flag, over some codes."""
    counts: Counter[str] = Counter()
    for summary in summaries:
        counts.update({flag: count for flag, count, _ in summary.flags})
    published, compared = (sum(summary.steps[at].left for summary in summaries) for at in (0, -1))
    print(f"{len(summaries)} codes, {published:,} rates, {compared:,} compared ({100 * compared / published:.1f}%)\n")
    print("| flag | rates | share | kept |\n|---|---:|---:|---|")
    for code, entry in BY_CODE.items():
        if counts[code]:
            share = f"{100 * counts[code] / published:.2f}%"
            print(f"| `{code}` | {counts[code]:,} | {share} | {'' if entry.blocks else 'yes'} |")


def hospitals(folder: RatesFolder, asked: Asked) -> None:
    """The flags of all codes; mean and median of some before and after."""
    summaries = [summarise(folder, asked, Question(code)) for code in codes_of(folder) if asked.in_scope(code)]
    flag_table(summaries)
    print("\n| code | | prices | mean | median | compared | mean | median |\n|---|---|---:|---:|---:|---:|---:|---:|")
    for summary in summaries:
        if summary.question.code in SHOWN:
            for kind, *figures in summary.cleaned.database.execute(_EFFECT).fetchall():
                print(f"| {summary.question.code} | {kind} | " + " | ".join(f"{figure:,}" for figure in figures) + " |")


def carefirst(folder: RatesFolder, asked: Asked) -> None:
    """The flags of needle procedures, each provider group with a vote: the file names no tax number."""
    codes = sorted(codes_asked(["@needle"]) & set(codes_of(folder)))
    summaries = [summarise(folder, asked, Question(code, by_contract=True)) for code in codes]
    flag_table(summaries)
    print("\n| code | groups | p10 | p50 | p90 | Medicare | times |\n|---|---:|---:|---:|---:|---:|---:|")
    for summary in summaries:
        for entry in summary.benchmarks if summary.question.code in SHOWN else ():
            votes = [entry.percentile(percent) for percent in (10, 50, 90)]
            shown = " | ".join(f"{vote.amount:,.2f}" if vote else "" for vote in votes)
            beside = " to ".join(map(str, dict.fromkeys(entry.medicare or ())))
            times = " to ".join(map(str, dict.fromkeys(entry.multiple() or ())))
            print(f"| {summary.question.code} | {len(entry.votes)} | {shown} | {beside} | {times} |")


def cost(folder: Path, rows: int) -> None:
    """Generate a tall CSV and a JSON of that many payer rows and read each in a process of its own."""
    made = {"tall.csv": _tall, "hospital.json": _json}
    for name, make in made.items():
        path = folder / name
        make(path, rows)
        answer = subprocess.run(
            [sys.executable, __file__, "--read", str(path)], check=True, capture_output=True, text=True
        ).stdout
        print(f"{name}, {rows:,} payer rows, {path.stat().st_size / 1e6:.0f} MB: {answer.strip()}")


def read(path: Path) -> None:
    """Extract one code of a file and say what it cost."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        (outcome,) = extract([str(path)], Extraction(Path(folder), frozenset({"77012"})))
        rates = outcome.file and outcome.file["rates"]
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rates:,} rates, {spent:.1f} CPU s, {path.stat().st_size / 1e6 / spent:.0f} MB/s, peak {peak:.0f} MiB")


def _tall(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(_TALL)
        for row in range(rows):
            code = "77012" if row % 50 == 0 else f"{10_000 + row % 50_000:05d}"
            amount = 100 + row % 900
            file.write(
                f"a service of number {row},0350,RC,{code},CPT,,outpatient,,,{amount * 3},{amount * 2},"
                f"Payer {row % 9},PPO,{amount}.25,,,,,,,fee schedule,{amount}.25,{amount}.25,\n"
            )


def _json(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '{"hospital_name": "H", "last_updated_on": "2026-04-01", "version": "3.0.0", "location_name": ["H"], '
        )
        file.write('"license_information": {"license_number": "7", "state": "MD"}, "standard_charge_information": [')
        for item in range(rows // 5):
            code = "77012" if item % 50 == 0 else f"{10_000 + item % 50_000:05d}"
            payers = [
                {
                    "payer_name": f"Payer {payer}", "plan_name": "PPO", "standard_charge_dollar": 100.25 + item % 900,
                    "methodology": "fee schedule",
                }
                for payer in range(5)
            ]  # fmt: skip
            charge = {"setting": "outpatient", "gross_charge": 900, "minimum": 100, "maximum": 1100}
            entry = {
                "description": f"a service of number {item}",
                "code_information": [{"code": code, "type": "CPT"}],
                "standard_charges": [{**charge, "payers_information": payers}],
            }
            file.write(("," if item else "") + json.dumps(entry))
        file.write("]}")


if __name__ == "__main__":
    main()
