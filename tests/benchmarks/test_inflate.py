"""Where the fast decompressor has no wheel the standard library's does the work: the same tables."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.conftest import quiet
from benchmarks.test_in_network import FILE, ITEM
from trocar.benchmarks import inflate
from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.tables import TABLES

WITHOUT_ISAL = """
import gzip, sys
sys.modules["isal"] = None
from trocar.benchmarks import inflate
from trocar.entrypoints.cli import app
assert inflate._open_gzip is gzip.GzipFile
app(["rates", "extract", *sys.argv[2:], "--codes", "77012", "-o", sys.argv[1], "--pause", "0"])
"""


def test_without_isal(tmp_path: Path) -> None:
    """Whole, in several members, in a zip, and cut off: what is before the break is kept by both."""
    pytest.importorskip("isal", reason="here nothing else than the standard library is used")
    assert inflate._open_gzip is not gzip.GzipFile
    text = json.dumps({**FILE, "in_network": [ITEM] * 3000}).encode()
    half = len(text) // 2
    whole = gzip.compress(text)
    (tmp_path / "whole.json.gz").write_bytes(whole)
    (tmp_path / "members.json.gz").write_bytes(gzip.compress(text[:half]) + gzip.compress(text[half:] + b" "))
    (tmp_path / "cut.json.gz").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.json.gz", gzip.compress(text + b"  "))
    files = [str(tmp_path / name) for name in ("whole.json.gz", "members.json.gz", "cut.json.gz", "packed.zip")]
    told = [sys.executable, "-c", WITHOUT_ISAL, str(tmp_path / "without"), *files]
    done = subprocess.run(told, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3, done.stderr  # one is cut off
    outcomes = list(extract(files, Extraction(tmp_path / "with", frozenset({"77012"})), quiet(tmp_path)))
    rates = [outcome.file["rates"] for outcome in outcomes if outcome.file]
    assert rates[:2] == [3000, 3000]
    assert 0 < rates[2] < 3000
    assert rates[3] == 3000
    for outcome in outcomes:
        assert outcome.file
        for name in TABLES:
            path = f"{outcome.file['file_id']}/{name}.parquet"
            one, other = (pq.read_table(tmp_path / folder / path) for folder in ("with", "without"))
            if name in ("files", "rejects") and not outcome.file["complete"]:
                continue  # the words for a break are the library's own
            assert one.equals(other), path
    stopped = {
        folder: pq.read_table(
            tmp_path / folder / str(outcomes[2].file and outcomes[2].file["file_id"]) / "files.parquet"
        )
        for folder in ("with", "without")
    }
    assert stopped["with"]["stopped_at"].equals(stopped["without"]["stopped_at"])
