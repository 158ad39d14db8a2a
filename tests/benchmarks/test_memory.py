"""Extraction holds little, whatever the size of the file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.peak_memory import needs_linux, peak_of

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from generate_rates import write

MOST = 400  # MB, whatever the file's size


def peak(path: Path, *told: str) -> float:
    """The largest memory of one extraction, in MB."""
    output = path.parent / f"out-{path.stem}"
    megabytes, printed = peak_of("rates", "extract", str(path), "--codes", "@guidance", "-o", str(output), *told)
    assert " 0 rates" not in printed
    return megabytes


def made(folder: Path, megabytes: float, name: str) -> Path:
    """A file of some size whose provider references stand behind the rates."""
    path = folder / name
    write(path, megabytes, groups=int(20 * megabytes), references_last=True)
    return path


@needs_linux
def test_a_larger_file_takes_little_more(tmp_path: Path) -> None:
    """Beyond the buffers, which are full by then, nothing grows with the file but eight bytes a reference named."""
    small, large = (peak(made(tmp_path, megabytes, f"{megabytes}.json.gz")) for megabytes in (16, 48))
    assert large < MOST
    assert large - small < 40


@needs_linux
@pytest.mark.skipif(not os.environ.get("TROCAR_LARGE_BOOKS"), reason="takes a minute: set TROCAR_LARGE_BOOKS=1")
def test_several_hundred_megabytes(tmp_path: Path) -> None:
    small = peak(made(tmp_path, 200, "small.json.gz"))  # fills the buffers of references, too
    large = peak(made(tmp_path, 600, "large.json.gz"))
    plain = peak(made(tmp_path, 300, "plain.json"), "-j", "2")  # of the parent; its tasks are bounded as the others are
    assert max(large, plain) < MOST
    assert large - small < 60
