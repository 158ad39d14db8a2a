"""What the command says when it can't do its work."""

from __future__ import annotations

from pathlib import Path

import pytest

from trocar.core.errors import UsageError
from trocar.spark.run import Counted, check_with_spark, reason, run_cli


def test_what_a_worker_said_is_told_without_the_stack() -> None:
    """The last error of Trocar's own is what is wrong; Spark's wrapping is not."""
    told = "thrown on a worker\n File worker.py\ntrocar.core.errors.ClaimInputError: column hcpcs: no code. Add it."
    assert reason(RuntimeError(told)) == "column hcpcs: no code. Add it"


def test_without_words_of_ours_the_first_line_is_told() -> None:
    """Spark's own reason stands first."""
    assert reason(RuntimeError("[PATH_ALREADY_EXISTS] x.\n at y")) == "[PATH_ALREADY_EXISTS] x"


@pytest.mark.parametrize("name", ["findings.csv", "no/such/folder/findings.parquet"])
def test_an_output_that_can_not_be_written_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    """No session is started for it."""
    with pytest.raises(UsageError, match="can't be written there"):
        run_cli(["claims.parquet"], str(tmp_path / name), None, "spark://127.0.0.1:1")


def test_paths_need_a_session() -> None:
    """A library never starts a session on its own."""
    with pytest.raises(UsageError, match="without a session"):
        check_with_spark("claims.parquet")


def test_exit_code() -> None:
    """1 for what is denied or reviewed, 3 for what was not checked alone, else 0."""
    counted = Counted()
    assert counted.exit_code == 0
    counted.add("info", 2)
    assert counted.exit_code == 0
    counted.add(None, 1)
    assert counted.exit_code == 3
    counted.add("deny", 1)
    assert (counted.exit_code, counted) == (1, Counted(1, 2, 1))
