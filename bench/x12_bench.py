"""Speed of the X12 reader in CPU seconds, beside a bare scan for terminators and the development oracles, from one run.

    python bench/x12_bench.py [--claims 80000] [--rounds 3]
    python bench/x12_bench.py --large SENT.837 ERA.835

Files are generated (``examples/generate_edi.py``). Every figure is the best of the rounds, the readers taking turns,
each in a process of its own; ``--large`` instead measures the peak memory over files of any size, and says whether
pandas was loaded, which Arrow does of itself where it is installed. ``oxedi`` (835 alone) and
``pyx12`` (on a thousandth of the file) need ``uv sync --group oracles``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
import generate_edi

MEGA = 1_000_000


def scan(path: Path) -> None:
    """Count the terminators: no reader can be quicker."""
    path.read_bytes().count(b"~")


def _read(path: Path, types: frozenset[int]) -> None:
    from trocar.claims.x12.masking import Pseudonyms
    from trocar.claims.x12.read import read_x12
    from trocar.claims.x12.source import x12_sources

    for source in x12_sources(path):
        for _ in read_x12(source, types=types, persons=Pseudonyms(b"bench")):
            pass


def trocar_1_3(path: Path) -> None:
    """Typed tables of every claim, with SNIP types 1 and 3."""
    _read(path, frozenset({1, 3}))


def trocar_1_4(path: Path) -> None:
    """The same with types 1 to 4, and the check digits of type 5."""
    _read(path, frozenset({1, 2, 3, 4, 5}))


def with_oxedi(path: Path) -> None:
    """Its five tables."""
    import oxedi

    oxedi.parse_file(path)


def with_pyx12(path: Path) -> None:
    """Its validation of the first thousand segments."""
    import pyx12.params
    import pyx12.x12n_document

    pyx12.x12n_document.x12n_document(pyx12.params.params(), str(path), None, None)


def _measured(
    run: Callable[[Path], None], path: Path, answers: multiprocessing.SimpleQueue[tuple[float, int, bool]]
) -> None:
    small = path.parent / "small" / path.name
    if run is not scan and small.exists():
        run(small)  # imports and tables are not the reader's speed
    start = process_time()
    run(path)
    spent = process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answers.put((spent, peak, "pandas" in sys.modules))


def measure(run: Callable[[Path], None], path: Path) -> tuple[float, int, bool]:
    """CPU seconds, peak MiB and whether pandas was loaded of one reading in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_measured, args=(run, path, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{run.__name__} on {path.name} ended with {process.exitcode}")
    return answers.get()


def tell(path: Path, run: Callable[[Path], None], spent: float, peak: int, pandas: bool) -> None:
    """Print the figures of one reading."""
    size = path.stat().st_size
    speed = {"cpu_seconds": round(spent, 3), "mb_per_cpu_second": round(size / MEGA / spent, 2)}
    figures = {"file": path.name, "reader": run.__name__, "bytes": size, **speed, "peak_mib": peak, "pandas": pandas}
    print(json.dumps(figures), flush=True)


def main() -> None:
    """Measure, and print one JSON object per file and reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=80_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", nargs="+", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.large:
        for path in arguments.large:
            tell(path, trocar_1_3, *measure(trocar_1_3, path))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate_edi.generate(folder, arguments.claims, rate=0.0)
        generate_edi.generate(folder / "small", 100, rate=0.0)
        cases = [(folder / "sent.837", run) for run in (scan, trocar_1_3, trocar_1_4)]
        cases += [(folder / "era.835", run) for run in (scan, trocar_1_3, trocar_1_4, with_oxedi)]
        cases += [(folder / "small" / file, with_pyx12) for file in ("sent.837", "era.835")]
        best: dict[tuple[Path, Callable[[Path], None]], tuple[float, int, bool]] = {}
        for _ in range(arguments.rounds):
            for path, run in cases:
                best[path, run] = min(best.get((path, run), (1e9, 0, False)), measure(run, path))
        for (path, run), figures in best.items():
            tell(path, run, *figures)


if __name__ == "__main__":
    main()
