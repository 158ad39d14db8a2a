"""Extraction of one large in-network file, beside the limit: inflating it, in the same run.

    python bench/rates_bench.py [--megabytes 1000] [--file rates.json.gz] [--codes @guidance] [--ijson] [--ranges]

Each measurement is a process of its own, warmed with a small file, so that imports are not counted; CPU seconds (user
and system) and peak memory, best of three. ``--ijson`` reads the file with ijson's compiled backend too, once: the
same codes and the groups they name, no output. Rows, their sum and the groups must be those of the extraction.
``--ranges`` inflates the file first, and measures the plain one in one go beside the tasks it is cut into.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))


def inflate(path: Path, codes: frozenset[str], folder: Path) -> dict[str, Any]:
    """The limit: read the uncompressed bytes, and nothing else."""
    from trocar.benchmarks.inflate import texts_of

    buffer = memoryview(bytearray(2 << 20))
    total = 0
    with next(texts_of(path)).open_raw() as file:
        while read := file.readinto(buffer):
            total += read
    return {"bytes": total}


def extraction(path: Path, codes: frozenset[str], folder: Path) -> dict[str, Any]:
    """What ``trocar rates extract`` does."""
    from trocar.benchmarks.extract import Extraction, extract

    (outcome,) = extract([str(path)], Extraction(folder, codes))
    assert outcome.file, outcome.problem
    return written(folder, outcome.file)


def written(folder: Path, file: dict[str, Any]) -> dict[str, Any]:
    """What an extraction wrote, to be compared."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rates = pq.read_table(folder / file["file_id"] / "rates.parquet", columns=["rate"])["rate"]
    return {"rows": len(rates), "sum": str(pc.sum(rates).as_py().normalize()), "groups": file["groups"]}


def ijson_walk(path: Path, codes: frozenset[str], folder: Path) -> dict[str, Any]:
    """The same by ijson, without output: wanted items as objects, then the references that they name."""
    import ijson.backends.yajl2_c as backend

    from trocar.benchmarks.inflate import texts_of

    rows, total, used, groups = 0, Decimal(0), set(), 0
    with next(texts_of(path)).open() as file:
        for item in backend.items(file, "in_network.item"):
            if item["billing_code"] in codes:
                for rate in item["negotiated_rates"]:
                    used.update(rate["provider_references"])
                    rows += len(rate["negotiated_prices"])
                    total += sum((Decimal(price["negotiated_rate"]) for price in rate["negotiated_prices"]), Decimal(0))
    with next(texts_of(path)).open() as file:
        for reference in backend.items(file, "provider_references.item"):
            if reference["provider_group_id"] in used:
                groups += len(reference["provider_groups"])
    return {"rows": rows, "sum": str(total.normalize()), "groups": groups}


def in_ranges(path: Path, codes: frozenset[str], folder: Path) -> dict[str, Any]:
    """The tasks of a plain file that is cut, one by one; their CPU seconds in the order of the rounds."""
    from trocar.benchmarks.dealt import Answers, Task, extract_dealt
    from trocar.benchmarks.extract import Extraction

    asked = Extraction(folder, codes, range_size=128 << 20)
    rounds: list[list[float]] = []

    def deal(tasks: Sequence[Task]) -> list[Answers]:
        answers, seconds = [], []
        for task in tasks:
            began = time.process_time()
            answers.append(task.answers(asked))
            seconds.append(time.process_time() - began)
        rounds.append(seconds)
        return answers

    (outcome,) = extract_dealt([str(path)], asked, deal)
    assert outcome.file, outcome.problem
    return {"rounds": rounds, **written(folder, outcome.file)}


METHODS = {"inflate": inflate, "extract": extraction, "ijson": ijson_walk, "ranges": in_ranges}


def measured(method: str, path: Path, codes: str) -> dict[str, Any]:
    """Run one method in a process of its own."""
    told = [sys.executable, __file__, "--file", str(path), "--codes", codes, "--method", method]
    return json.loads(subprocess.run(told, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def run_method(method: str, path: Path, codes: str) -> None:
    """The process of one measurement."""
    from generate_rates import write
    from trocar.benchmarks.code_sets import codes_asked

    asked = codes_asked([codes])
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.json.gz"
        write(small, 0.2, groups=4)
        METHODS[method](small, asked, Path(folder))
        began, clock = time.process_time(), time.perf_counter()
        answer = METHODS[method](path, asked, Path(folder))
        answer |= {"cpu": time.process_time() - began, "clock": time.perf_counter() - clock}
    answer["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(answer))


def main() -> None:
    """Make a file, measure, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--codes", default="@guidance")
    parser.add_argument("--ijson", action="store_true")
    parser.add_argument("--ranges", action="store_true")
    parser.add_argument("--method", choices=sorted(METHODS), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.method:
        run_method(told.method, told.file, told.codes)
        return
    from trocar.benchmarks.inflate import texts_of

    with tempfile.TemporaryDirectory() as folder:
        path = told.file
        if path is None:
            from generate_rates import write

            path = Path(folder) / "rates.json.gz"
            write(path, told.megabytes, groups=int(20 * told.megabytes))
        tries = [(measured("inflate", path, told.codes), measured("extract", path, told.codes)) for _ in range(3)]
        limit, ours = (min(results, key=lambda result: result["cpu"]) for results in zip(*tries, strict=True))
        print(f"{path.stat().st_size / 1e6:.0f} MB, {limit['bytes'] / 1e6:.0f} MB of JSON")
        print(f"inflate alone   {limit['cpu']:.2f} CPU s, {limit['clock']:.2f} s")
        print(
            f"extract         {ours['cpu']:.2f} CPU s, {ours['clock']:.2f} s, {ours['megabytes']:.0f} MB peak: "
            f"{ours['cpu'] / limit['cpu']:.1f} x inflate; {ours['rows']} rates, {ours['groups']} groups"
        )
        if told.ranges:
            plain = Path(folder) / "plain.json"
            with next(texts_of(path)).open() as source, plain.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            whole, cut = measured("extract", plain, told.codes), measured("ranges", plain, told.codes)
            assert all(whole[name] == cut[name] for name in ("rows", "sum", "groups")), (whole, cut)
            print(f"plain, one go   {whole['cpu']:.2f} CPU s, {whole['megabytes']:.0f} MB peak")
            (begin,), (digest, *parts), (join,) = cut["rounds"]
            print(
                f"in ranges       {begin + digest + sum(parts) + join:.2f} CPU s, {cut['megabytes']:.0f} MB peak: "
                f"{begin:.2f} to begin, {digest:.2f} for the digest, "
                f"{len(parts)} ranges of {min(parts):.2f} to {max(parts):.2f}, {join:.2f} to join"
            )
        if told.ijson:
            plain = measured("ijson", path, told.codes)
            assert all(plain[name] == ours[name] for name in ("rows", "sum", "groups")), (plain, ours)
            print(
                f"ijson           {plain['cpu']:.2f} CPU s: {plain['cpu'] / ours['cpu']:.1f} x extract; the same rows"
            )


if __name__ == "__main__":
    main()
