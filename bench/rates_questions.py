"""What a question about published rates costs over a large set, by the commands themselves.

    python bench/rates_questions.py [--rows 50000000] [--folder /tmp/trocar-questions] [--steps 1] [--keep]

Invents extracted folders (40 payers, 600 codes, 20,000 tax numbers in 50 states, two provider groups a rate, a
registry of providers), compacts them with ``trocar rates compact`` (in steps, so that all but the first add to the
set, then one more file of 100,000 rates) and asks ``trocar rates summary``. Each question runs in a process of its own,
five times: the same question to a set of 4,000 rates first, which imports and opens what is needed, then to the large
one; printed are the least CPU and clock seconds of the second, and the CPU seconds before it. With ``--keep`` the
folder stays, and what is in it is used again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

PAYERS = ("Aetna", "Cigna", "UnitedHealthcare", "CareFirst", "BCBS TX", "Anthem", *(f"Plan {n}" for n in range(34)))
# The payer of the file that comes last.
LATE = "Plan 34"
STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY"
)
# Codes are 10000 and on, by frequency; the one in the middle is 77012. Most rates are near what Medicare pays for it.
_RATES = """
SELECT 'in_network' AS source_kind, '{file}' AS file_id, '{payer}' AS payer, NULL::VARCHAR AS plan_name,
    NULL::VARCHAR AS plan_id_type, NULL::VARCHAR AS plan_id, NULL::VARCHAR AS plan_market_type,
    NULL::VARCHAR AS hospital_id, NULL::VARCHAR AS hospital_name, NULL::VARCHAR AS state, 'CPT' AS code_type,
    CASE k WHEN 300 THEN '77012' ELSE (10000 + k)::VARCHAR END AS code,
    []::STRUCT(code_type VARCHAR, code VARCHAR)[] AS also_codes,
    CASE m WHEN 0 THEN ['26'] WHEN 1 THEN ['TC'] ELSE []::VARCHAR[] END AS modifiers,
    CASE hash(i * 37) % 4 WHEN 0 THEN 'fee schedule' ELSE 'negotiated' END AS negotiated_type,
    CASE hash(i * 41) % 50 WHEN 0 THEN 'percent' ELSE 'dollar' END AS amount_kind, 'ffs' AS arrangement,
    CASE hash(i * 19) % 6 WHEN 0 THEN 'institutional' ELSE 'professional' END AS billing_class,
    NULL::VARCHAR AS setting,
    CASE WHEN hash(i * 19) % 6 = 0 THEN []::VARCHAR[] WHEN m = 0 THEN ['21', '22', '23'] ELSE ['11'] END
        AS place_of_service,
    (CASE m WHEN 0 THEN 60 WHEN 1 THEN 50 ELSE 110 END * (0.5 + (hash(i * 23) % 4000) / 1000.0))::DECIMAL(18, 4)
        AS rate,
    NULL::VARCHAR AS rate_text, NULL::BIGINT AS count_low, NULL::BIGINT AS count_high,
    DATE '9999-12-31' AS expiration_date,
    [(hash(i * 29) % 20000)::VARCHAR, (hash(i * 31) % 20000)::VARCHAR] AS provider_group_ids,
    NULL::VARCHAR AS additional_information, i // 4 * 1000 AS "offset", (i % 4)::INTEGER AS ordinal
FROM (SELECT i, floor(600 * pow((hash(i * 13) % 1000000) / 1e6, 1.5))::INT AS k, hash(i * 17) % 10 AS m
      FROM range({first}, {last}) AS numbers(i)) ORDER BY "offset", ordinal
"""
_GROUPS = """
SELECT '{file}' AS file_id, g::VARCHAR AS provider_group_id, 0 AS ordinal, 'ein' AS tin_type,
    (100000000 + g)::VARCHAR AS tin, NULL::VARCHAR AS business_name, []::VARCHAR[] AS network_names,
    [1000000000 + 5 * g + n FOR n IN range(5)]::BIGINT[] AS npis, g AS "offset" FROM range(20000) AS numbers(g)
"""
_PROVIDERS = """
SELECT 1000000000 + n AS npi, list_extract(string_split('{states}', ' '), (1 + hash(n // 5) % 50)::INT) AS state,
    ['2085R0204X'] AS taxonomies FROM range(100000) AS numbers(n)
"""


def invent(folder: Path, rows: int, payers: Sequence[str] = PAYERS) -> None:
    """Extracted folders of invented rates, a file for each payer, with a registry of their providers."""
    from trocar.benchmarks.writer import written_folder

    database = duckdb.connect()
    database.execute("SET threads = 2; SET memory_limit = '3GB'")
    for number, payer in enumerate(payers):
        file = f"{(*PAYERS, LATE).index(payer):016x}"
        first, last = rows * number // len(payers), rows * (number + 1) // len(payers)
        if (folder / file).is_dir():
            continue
        with written_folder(folder, file) as writer:
            writer.add("files", {
                "file_id": file, "sha256": file * 4, "name": f"{payer}.json", "location": "invented", "size": 1,
                "kind": "in_network", "format": "json", "compression": "none", "entity": payer, "items": 600,
                "items_wanted": 600, "rates": last - first, "groups": 20_000, "rejects": 0, "references": 20_000,
                "references_remote": 0, "references_unresolved": 0, "complete": True,
            })  # fmt: skip
        for name, query in (("rates", _RATES), ("groups", _GROUPS)):
            text = query.format(file=file, payer=payer, first=first, last=last)
            database.execute(f"COPY ({text}) TO '{folder / file / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    database.execute(f"COPY ({_PROVIDERS.format(states=STATES)}) TO '{folder / 'providers.parquet'}' (FORMAT parquet)")


QUESTIONS = (
    "77012-26 --state MD",
    "77012-26",
    "77012",
    "77012 --payer bcbs",
    "77012 --state all",
)
_TRIES = 5


def main() -> None:
    """Invent, compact, ask, remove."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/trocar-questions"))
    parser.add_argument("--steps", type=int, default=1, help="Compactions in which the files come.")
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--ask", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        ask(given.folder, *given.ask)
        return
    try:
        for name, rows in (("small", 4_000), ("large", given.rows)):
            invent(given.folder / f"{name}-rates", rows)
            compacted(given.folder, name, given.steps if name == "large" else 1, given.memory)
        invent(given.folder / "late-rates", 100_000, [LATE])
        compacted(given.folder, "late", 1, given.memory, "large")
        for question in QUESTIONS:
            tell(given.folder, question)
    finally:
        if not given.keep:
            shutil.rmtree(given.folder, ignore_errors=True)


def compacted(folder: Path, name: str, steps: int, memory: str, into: str = "") -> None:
    """Compact in steps: after each, what it took, and the bytes of the set."""
    source, target, part = folder / f"{name}-rates", folder / (into or name), folder / f"{name}-part"
    files = sorted(path for path in source.iterdir() if path.is_dir())
    part.mkdir(exist_ok=True)
    if not (part / "providers.parquet").exists():
        shutil.copy2(source / "providers.parquet", part)
    for step in range(1, steps + 1):
        for file in files[: len(files) * step // steps]:
            if not (part / file.name).exists():
                (part / file.name).symlink_to(file)
        seconds, cpu, peak = run(["rates", "compact", str(part), "-o", str(target), "--memory", memory])
        size = sum(path.stat().st_size for path in target.rglob("*.parquet")) / 1e6
        print(f"{name}, step {step}: {cpu:.1f} CPU s, {seconds:.0f} s, peak {peak} MiB; {size:,.0f} MB", flush=True)


def run(arguments: list[str]) -> tuple[float, float, int]:
    """Run ``trocar`` in a process: clock and CPU seconds, peak MiB; its answer is printed."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "trocar", *arguments])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(status)
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def tell(folder: Path, question: str) -> None:
    """The least of several tries, each in a process of its own."""
    command = [sys.executable, __file__, "--folder", str(folder), "--ask"]
    tries = []
    for _ in range(_TRIES):
        told = subprocess.run([*command, "large", question], check=True, capture_output=True, text=True).stdout
        tries.append([float(word) for word in told.split()])
    cpu, clock, before, published, compared = (min(values) for values in zip(*tries, strict=True))
    print(
        f"trocar rates summary {question}: {cpu:.3f} CPU s, {clock:.3f} s (before it {before:.2f} CPU s); "
        f"{published:,.0f} rates, {compared:,.0f} compared",
        flush=True,
    )


def ask(folder: Path, name: str, question: str) -> None:
    """The question to the small set, then to the other; prints what the second took, and what came before it."""
    from typer.main import get_command

    from trocar.entrypoints.cli import app

    command = get_command(app)

    def asked(rates: str) -> str:
        arguments = ["rates", "summary", *question.split(), "--on", "2025-11-03", "--rates", str(folder / rates)]
        with contextlib.redirect_stdout(io.StringIO()) as told, contextlib.suppress(SystemExit):
            command([*arguments, "--format", "json"])
        return told.getvalue()

    asked("small")
    before, clock = time.process_time(), time.perf_counter()
    told = asked(name)
    spent, seconds = time.process_time() - before, time.perf_counter() - clock
    funnel = json.loads(told.strip().splitlines()[-1])["summary"]["funnel"]
    print(spent, seconds, before, funnel[0]["left"], funnel[-1]["left"])


if __name__ == "__main__":
    main()
