"""What every measurement shares: time and memory of an action or a command, and a row of the table."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Measured:
    """Seconds on the clock and of the processors; the most that one process held, in MiB (0: not measured).

    ``others`` are the seconds of the processors that other work on the machine took meanwhile (Linux; else 0).
    """

    wall: float
    cpu: float
    peak: float = 0.0
    others: float = 0.0

    @property
    def disturbed(self) -> str:
        """The share of the machine that other work took during the run, in words."""
        return f"others took {100 * self.others / (self.wall * (os.cpu_count() or 1)):.0f}% of the machine"


def best(action: Callable[[], Measured | object], runs: int = 3) -> Measured:
    """The shortest of several runs of each, since other work on the machine only ever adds time."""
    measured = [once(action) for _ in range(runs)]
    quickest = min(measured, key=lambda m: m.wall)
    return Measured(quickest.wall, min(m.cpu for m in measured), max(m.peak for m in measured), quickest.others)


def once(action: Callable[[], Measured | object]) -> Measured:
    """One run in this process, or what the action says of a run elsewhere."""
    wall, cpu = perf_counter(), process_time()
    answer = action()
    if isinstance(answer, Measured):
        return answer
    return Measured(perf_counter() - wall, process_time() - cpu)


def command(arguments: Sequence[str], output: Path | None = None, *, allowed: Sequence[int] = (0,)) -> Measured:
    """One run of ``trocar`` with all its processes.

    Raises ``RuntimeError`` for an exit code that is not allowed, for a traceback (Python ends with 1 too, which means
    findings here), and when ``output`` has not been written: a run that failed is quick, and must not count.
    """
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if output is not None:
        output.unlink(missing_ok=True)
    with tempfile.TemporaryFile("w+") as told:
        start, busy = perf_counter(), _busy_seconds()
        with subprocess.Popen(
            [sys.executable, "-m", "trocar", *arguments], env=own, stdout=subprocess.DEVNULL, stderr=told
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall, others = perf_counter() - start, _busy_seconds() - busy
        told.seek(0)
        errors = told.read()
    written = output is None or output.is_file()
    if process.returncode not in allowed or "Traceback" in errors or not written:
        asked = " ".join(arguments)
        raise RuntimeError(f"trocar {asked} gave no answer (exit code {process.returncode}):\n{errors[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    return Measured(wall, cpu, used.ru_maxrss / 1024, max(0.0, others - cpu))


def _busy_seconds() -> float:
    """Seconds that all processors have worked since the machine began."""
    stat = Path("/proc/stat")
    if not stat.is_file():
        return 0.0
    user, nice, system, _, _, irq, softirq = map(int, stat.read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def generate(lines: int, output: Path, *options: str) -> Path:
    """A synthetic book of so many lines."""
    generator = [sys.executable, str(REPOSITORY / "examples" / "generate_claims.py")]
    arguments = ["--lines", str(lines), "--seed", "1", "-o", str(output), *options]
    subprocess.run([*generator, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return output


def row(name: str, value: str, against: str = "") -> None:
    """One line of the table."""
    print(f"{name:<58} {value:>26}   {against}".rstrip(), flush=True)


def rate(lines: int, seconds: float) -> str:
    """Lines a second, in words."""
    return f"{lines / seconds:,.0f} lines/s"


def machine() -> str:
    """What was measured on, and when; how busy it was just before."""
    today = date.today()  # noqa: DTZ011, TID251 - a measurement is dated
    what = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {today}"
    return f"{what}, load {os.getloadavg()[0]:.1f}"
