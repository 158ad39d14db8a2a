"""``trocar rates providers`` on a registry of NPPES's shape and size: all of it invented, from a seed.

    python bench/registry_bench.py [--rows 3000000] [--every 6] [--zip]

The registry has the 330 columns of the monthly file, quoted, about 1.1 kB a row, NPIs whose check digit holds, names
and addresses that are numbers. The folder of rates names every N-th of its NPIs, and as many more that it lacks. CPU
seconds (user and system) and peak memory (Linux) of the one process that loads it; ``--zip`` reads it from a zip, as
it is published.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

TAXONOMIES = ("2085R0202X", "2085R0204X", "207RC0000X", "261QR0200X", "282N00000X", "363LF0000X", "208VP0014X", "")
STATES = ("MD", "VA", "PA", "NY", "CA", "TX", "FL", "OH", "PR", "DC")
ADDRESS = (
    *("First Line Business {} Address", "Second Line Business {} Address", "Business {} Address City Name"),
    *("Business {} Address State Name", "Business {} Address Postal Code"),
    *("Business {} Address Country Code (If outside U.S.)", "Business {} Address Telephone Number"),
    "Business {} Address Fax Number",
)
OFFICIAL = ("Last Name", "First Name", "Middle Name", "Title or Position", "Telephone Number")
NAMES = ("Last Name", "First Name", "Middle Name", "Name Prefix Text", "Name Suffix Text", "Credential Text")
ROWS_AT_ONCE = 20_000


def headings() -> list[str]:
    """The 330 columns."""
    names = ["NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)"]
    names += ["Provider Organization Name (Legal Business Name)", *(f"Provider {name}" for name in NAMES)]
    names += ["Provider Other Organization Name", "Provider Other Organization Name Type Code"]
    names += [*(f"Provider Other {name}" for name in NAMES), "Provider Other Last Name Type Code"]
    names += [f"Provider {name.format(kind)}" for kind in ("Mailing", "Practice Location") for name in ADDRESS]
    names += ["Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date"]
    names += ["NPI Reactivation Date", "Provider Sex Code", *(f"Authorized Official {name}" for name in OFFICIAL)]
    for number in range(1, 16):
        names += [f"Healthcare Provider Taxonomy Code_{number}", f"Provider License Number_{number}"]
        names += [
            f"Provider License Number State Code_{number}",
            f"Healthcare Provider Primary Taxonomy Switch_{number}",
        ]
    for number in range(1, 51):
        names += [f"Other Provider Identifier{part}_{number}" for part in ("", " Type Code", " State", " Issuer")]
    names += ["Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN"]
    names += [f"Authorized Official {name}" for name in ("Name Prefix Text", "Name Suffix Text", "Credential Text")]
    names += [f"Healthcare Provider Taxonomy Group_{number}" for number in range(1, 16)]
    return [*names, "Certification Date"]


def npis(count: int) -> np.ndarray:
    """So many NPIs in order: nine digits and the check digit that makes the Luhn sum over 80840 come out."""
    nine = 100_000_000 + np.arange(count, dtype=np.int64) * 29
    digits = nine[:, None] // 10 ** np.arange(9)[None, :] % 10  # the last of the nine comes first
    doubled = np.where(np.arange(9) % 2 == 0, digits * 2, digits)
    total = 24 + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return nine * 10 + (10 - total % 10) % 10


def rows(count: int, seed: int = 1) -> Iterator[bytes]:
    """The rows of the file, many at once."""
    draw = random.Random(seed)
    names, numbers = headings(), npis(count)
    state = names.index("Provider Business Practice Location Address State Name")
    taxonomy = names.index("Healthcare Provider Taxonomy Code_1")
    between = '"",' * (state - 11) + "{}" + ',""' * (taxonomy - state - 1)
    tail = ',""' * (len(names) - taxonomy - 4 * 15)
    yield (",".join(f'"{name}"' for name in names) + "\n").encode()
    for first in range(0, count, ROWS_AT_ONCE):
        text = []
        for npi in numbers[first : first + ROWS_AT_ONCE].tolist():
            codes = draw.sample(TAXONOMIES, 1 + (draw.random() < 0.2))
            listed = "".join(f',"{code}","L{npi % 9973}","MD","Y"' for code in codes) + ',""' * 4 * (15 - len(codes))
            head = f'"{npi}","{1 + npi % 2}","","","ORGANIZATION {npi}","LAST {npi}","FIRST","M","","","",'
            text.append(f"{head}{between.format(chr(34) + draw.choice(STATES) + chr(34))}{listed}{tail}\n")
        yield "".join(text).encode()


def write_registry(path: Path, count: int) -> int:
    """Write the file; gives its bytes."""
    with path.open("wb") as file:
        return sum(file.write(text) for text in rows(count))


def write_rates(folder: Path, known: np.ndarray) -> None:
    """A folder of rates whose groups name some NPIs of the registry, and as many that it lacks."""
    from trocar.benchmarks.writer import written_folder

    named = np.concatenate([known, known + 1]).tolist()
    with written_folder(folder, "0" * 16) as writer:
        for number, first in enumerate(range(0, len(named), 500)):
            row = {"file_id": "0" * 16, "provider_group_id": f"{number}", "ordinal": 0, "offset": number}
            writer.add("groups", {**row, "tin_type": "ein", "tin": f"{number}", "npis": named[first : first + 500]})


def load(registry: Path, folder: Path) -> None:
    """The process that is measured."""
    from trocar.benchmarks.folder import RatesFolder
    from trocar.benchmarks.providers import load_providers

    began, clock = time.process_time(), time.perf_counter()
    loaded = load_providers(RatesFolder(folder), registry, None)
    cpu, clock = time.process_time() - began, time.perf_counter() - clock
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    kept = (folder / "providers.parquet").stat().st_size
    print(f"{loaded.providers:,} of {loaded.of:,} NPIs known; {cpu:.1f} CPU s, {clock:.1f} s, ", end="")
    print(f"{int(peak) / 1024:.0f} MB peak, {kept / 1e6:.1f} MB kept")


def main() -> None:
    """Write both, load one into the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--every", type=int, default=6)
    parser.add_argument("--zip", action="store_true")
    parser.add_argument("--load", nargs=2, type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.load:
        load(*told.load)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder, registry = Path(temporary) / "rates", Path(temporary) / "npidata_pfile_20050523-20261108.csv"
        size = write_registry(registry, told.rows)
        write_rates(folder, npis(told.rows)[:: told.every])
        if told.zip:
            packed = registry.with_suffix(".zip")
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.write(registry, registry.name)
            registry.unlink()
            registry = packed
        print(f"{told.rows:,} rows, {size / 1e6:,.0f} MB, {registry.stat().st_size / 1e6:,.0f} MB as read", flush=True)
        subprocess.run([sys.executable, __file__, "--load", str(registry), str(folder)], check=True)


if __name__ == "__main__":
    main()
