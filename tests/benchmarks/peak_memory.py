"""The largest memory that one run of the command line held."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
# The kernel's own maximum of a process counts what its parent held when it was started; VmHWM does not.
PROGRAM = """
import sys
from pathlib import Path
from trocar.entrypoints.cli import app
try:
    app(sys.argv[1:])
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""
needs_linux = pytest.mark.skipif(not STATUS.exists(), reason="memory is read from /proc (Linux)")


def peak_of(*told: str) -> tuple[float, str]:
    """Megabytes, and what the command printed; it must end well."""
    command = [sys.executable, "-c", PROGRAM, *told]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024, done.stdout
