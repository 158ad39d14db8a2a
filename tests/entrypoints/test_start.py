"""What a start of the command line leaves out, and that nothing is missing for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CLAIM = "claim_id,line,service_date,hcpcs,place_of_service,zip\nA,1,2025-11-03,77002,11,10001\n"


def _after(command: str, program: str, folder: Path) -> str:
    """What a program prints that runs after a command, in the same process."""
    (folder / "claims.csv").write_text(CLAIM)
    lines = [
        "import sys",
        "from trocar.entrypoints import cli",
        f"sys.argv = ['trocar', *{command.split()!r}]",
        "try: cli.main()",
        "except SystemExit: pass",
        "print('---')",
        program,
    ]
    result = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True, cwd=folder
    )
    return result.stdout.rpartition("---\n")[2].strip()


def test_a_check_of_csv_loads_neither_pandas_nor_the_reader_of_x12(tmp_path: Path) -> None:
    """Each would take longer than the check."""
    program = "print({'pandas', 'trocar.claims.x12.book', 'trocar.claims.fhir', 'reportlab'} & set(sys.modules))"
    assert _after("check claims.csv", program, tmp_path) == "set()"


def test_who_asks_arrow_for_a_data_frame_still_gets_one(tmp_path: Path) -> None:
    """pandas was left out, not made impossible: Spark's driver has use for it."""
    pytest.importorskip("pandas")
    program = "import pyarrow as pa; print(list(pa.table({'a': [1, 2]}).to_pandas()['a']))"
    assert _after("check claims.csv", program, tmp_path) == "[1, 2]"


@pytest.mark.parametrize(
    ("command", "said"),
    [("data", "no command is named"), ("dat", "No such command 'dat'"), ("data buil", "No such command 'buil'")],
)
def test_a_command_that_is_missing_is_named(command: str, said: str) -> None:
    """Also in the process that builds only the command asked for; suggestions still know them all."""
    trocar = str(Path(sys.executable).parent / "trocar")
    result = subprocess.run([trocar, *command.split()], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert said in result.stderr
