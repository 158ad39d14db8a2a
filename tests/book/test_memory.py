"""A million lines within the memory asked for, all processes together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .test_resume import large

MEBIBYTE = 1 << 20
LINES = 1_000_000


def processes_under(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += processes_under(int(child))
    return found


def memory_of(pid: int) -> int:
    """Proportional set size in bytes: pages that processes share (the mapped store) count once in all."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return 0


@pytest.mark.skipif(
    not os.environ.get("TROCAR_LARGE_BOOKS") or not Path("/proc/self/smaps_rollup").exists(),
    reason="a million lines take a minute: set TROCAR_LARGE_BOOKS=1 (Linux)",
)
@pytest.mark.parametrize("memory", [1024, 2048])
def test_a_million_lines_stay_within_memory(tmp_path: Path, sample: pa.Table, memory: int) -> None:
    """Two processes read, then check: the peak of all, looked at twenty times a second, stays below --memory."""
    copies = LINES // sample.num_rows + 1
    pq.write_table(large(sample, copies), tmp_path / "book.parquet", row_group_size=125_000)
    command = [sys.executable, "-m", "trocar", "check", "book.parquet", "-o", "findings.parquet", "-j", "2"]
    run = subprocess.Popen([*command, "--memory", f"{memory}MiB"], cwd=tmp_path, stdout=subprocess.DEVNULL)
    peak = 0
    while run.poll() is None:
        try:
            peak = max(peak, sum(memory_of(pid) for pid in processes_under(run.pid)))
        except (FileNotFoundError, ProcessLookupError):
            continue  # a process ended while it was looked at
        time.sleep(0.05)
    assert run.returncode == 1
    assert 0 < peak < memory * MEBIBYTE
