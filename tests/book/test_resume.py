"""A run that ends half-way: what is finished is kept, what is half-written never counts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from trocar.book import worker
from trocar.book.run import run
from trocar.claims.csv import ClaimReading
from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.scrub.check import check
from trocar.scrub.findings_table import result_table

from .conftest import Chunked, SmallJob, as_set, chunked

# The command line with a lower bar for what counts as a large book.
LARGE_FROM_1000 = (
    "import trocar.entrypoints.claims_input as claims_input\n"
    "from trocar.entrypoints.cli import main\n"
    "if __name__ == '__main__':\n"
    "    claims_input.FEW_ROWS = 1000\n"
    "    main()\n"
)


class StoppedError(Exception):
    """The run was stopped by the test."""


def stop_after(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off in the middle of writing the part after so many."""
    write = worker.write_part
    written = []

    def breaking(path: Path, *rest: object) -> None:
        if len(written) == parts:
            path.with_name(f".{path.name}.half").write_bytes(b"PAR1 and then nothing")
            raise StoppedError
        written.append(path)
        write(path, *rest)

    monkeypatch.setattr(worker, "write_part", breaking)


def test_finished_parts_are_kept(
    small_job: Callable[..., SmallJob], sample: pa.Table, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run neither reads the book again nor writes the parts that are there, and the rows are the same."""
    job = small_job()
    with monkeypatch.context() as patched:
        stop_after(2, patched)
        with pytest.raises(StoppedError):
            run(job, chunked(sample, 7))
    kept = {path: path.stat().st_mtime_ns for path in job.work.glob("part-*.arrow")}
    assert len(kept) == 2
    assert not job.output.exists()
    written = []
    write = worker.write_part
    monkeypatch.setattr(worker, "write_part", lambda path, *rest: (written.append(path), write(path, *rest)))
    # An empty book would be read, if it were read at all.
    run(job, iter(()))
    assert not {path.name for path in kept} & {path.name for path in written}
    assert as_set(pq.read_table(job.output)) == as_set(result_table(check(sample, pack)))
    assert not job.work.exists()


@pytest.mark.parametrize(("kind", "reads_again"), [("part-*.arrow", False), ("chunk-*.arrow", True)])
def test_files_cut_short_do_not_count(
    kind: str,
    reads_again: bool,
    small_job: Callable[..., SmallJob],
    sample: pa.Table,
    pack: Pack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that stops may leave files shorter than they were: a part is written again, a chunk read again."""
    job = small_job()
    with monkeypatch.context() as patched:
        stop_after(2, patched)
        with pytest.raises(StoppedError):
            run(job, chunked(sample, 7))
    short = min(job.work.glob(kind))
    os.truncate(short, short.stat().st_size // 2)
    # An empty book would be found out, if it were read.
    run(job, chunked(sample, 7) if reads_again else iter(()))
    assert as_set(pq.read_table(job.output)) == as_set(result_table(check(sample, pack)))


def test_another_input_starts_afresh(
    small_job: Callable[..., SmallJob], sample: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work on other bytes under the same name is thrown away."""
    job = small_job()
    with monkeypatch.context() as patched:
        stop_after(2, patched)
        with pytest.raises(StoppedError):
            run(job, chunked(sample, 7))
    pq.write_table(pa.table({"row": [2]}), job.paths[0])
    summary = run(job, chunked(sample.slice(0, 10), 7))
    assert summary["lines"] == 10


def test_a_folder_with_other_things_is_refused(small_job: Callable[..., SmallJob], sample: pa.Table) -> None:
    """A folder that no run made is left as it is."""
    job = small_job()
    job.work.mkdir()
    (job.work / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(UsageError, match="other things"):
        run(job, chunked(sample, 7))
    assert [path.name for path in job.work.iterdir()] == ["thesis.txt"]


def test_one_run_at_a_time(small_job: Callable[..., SmallJob], sample: pa.Table) -> None:
    """A second run in the same folder is told to wait."""
    job = small_job()

    class SecondRun(Chunked):
        def chunks(self, *, encoded: bool) -> Iterator[ClaimReading]:
            with pytest.raises(UsageError, match="another run"):
                run(job, chunked(sample, 7))
            yield from super().chunks(encoded=encoded)

    assert run(job, [SecondRun(sample, 7)])["lines"] == sample.num_rows


def large(sample: pa.Table, copies: int) -> pa.Table:
    """Many copies of the sample, each with claims and patients of its own."""
    tables = []
    for copy in range(copies):
        table = sample
        for name in ("claim_id", "patient_id"):
            column = table.schema.get_field_index(name)
            own = pc.binary_join_element_wise(table["claim_id"], str(copy), "-")
            table = table.set_column(column, table.schema.field(column), own)
        tables.append(table)
    return pa.concat_tables(tables).combine_chunks()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_run_goes_on(tmp_path: Path, sample: pa.Table, pack: Pack) -> None:
    """Killed when the first part is there, run again: exit code 1 (findings), and the rows of an undisturbed check."""
    copies = 1_800
    lines = large(sample, copies)
    pq.write_table(lines, tmp_path / "book.parquet")
    (tmp_path / "command.py").write_text(LARGE_FROM_1000, "utf-8")
    command = [sys.executable, "command.py", "check", "book.parquet", "-o", "findings.parquet", "-j", "2"]
    environment = {key: value for key, value in os.environ.items() if key != "TROCAR_STORE"}
    work = tmp_path / ".findings.parquet.work"
    first = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(work.glob("part-*.arrow")):
        assert first.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    first.kill()
    first.wait()
    kept = {path.name: path.stat().st_mtime_ns for path in work.glob("part-*.arrow")}
    assert kept
    assert not (tmp_path / "findings.parquet").exists()
    second = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert second.returncode == 1, second.stderr
    assert f"{lines.num_rows} rows read" in second.stdout
    assert second.stderr == ""
    assert not work.exists()
    # The sample's own findings, as often.
    one = pc.value_counts(result_table(check(sample, pack))["rule"]).to_pylist()
    many = pc.value_counts(pq.read_table(tmp_path / "findings.parquet")["rule"]).to_pylist()
    assert {each["values"]: each["counts"] * copies for each in one} == {
        each["values"]: each["counts"] for each in many
    }
