"""What is no published file is refused by what it is; what is damaged behind its text says so."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.conftest import quiet
from benchmarks.test_in_network import FILE
from trocar.benchmarks.extract import Extraction, Outcome, extract

TEXT = json.dumps(FILE)
HOSPITAL = json.dumps(
    {"hospital_name": "H", "last_updated_on": "2026-01-01", "version": "2.2.0", "standard_charge_information": []}
)


def zipped(**members: bytes) -> bytes:
    """A zip of some members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (TEXT.encode("utf-16"), "JSON in UTF-16"),
        (TEXT.encode("utf-16-le"), "JSON in UTF-16"),
        (TEXT.encode("utf-16-be"), "JSON in UTF-16"),
        (TEXT.encode("utf-32"), "JSON in UTF-32"),
        (gzip.compress(TEXT.encode("utf-16")), "JSON in UTF-16"),
        (f"[{TEXT}]".encode(), "a list at its root"),
        (gzip.compress(gzip.compress(TEXT.encode())), "compressed twice"),
        (zipped(inner=zipped(a=TEXT.encode())), "compressed twice"),
        (zipped(), "the zip is empty"),
        (b"<!DOCTYPE html><html><body>Expired</body></html>", "a web page or XML"),
        (b"\r\n<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page or XML"),
        (b"null", "none of the files that are read here"),
        (b"Request has expired\n", "none of the files that are read here"),
        (b"%PDF-1.7\n1 0 obj\n", "none of the files that are read here"),
        (b"name,amount\nx,1\n", "none of the files that are read here"),
    ],
)
def test_what_is_no_published_file(content: bytes, words: str, tmp_path: Path) -> None:
    """None of it is read as a file of no rates."""
    (tmp_path / "file").write_bytes(content)
    (outcome,) = extract([str(tmp_path / "file")], Extraction(tmp_path / "out", None), quiet(tmp_path))
    assert outcome.file is None
    assert words in outcome.problem
    assert not list((tmp_path / "out").glob("*"))


def test_what_archivers_add_is_passed_over(tmp_path: Path) -> None:
    """The forks that a Mac puts beside each file are no published texts."""
    (tmp_path / "file.zip").write_bytes(zipped(**{"a.json": TEXT.encode(), "__MACOSX/._a.json": b"\0\5\x16\7"}))
    (outcome,) = extract([str(tmp_path / "file.zip")], Extraction(tmp_path / "out", None), quiet(tmp_path))
    assert outcome.file
    assert outcome.file["rates"] == 1


@pytest.mark.parametrize("text", [TEXT, HOSPITAL])
@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-4], lambda packed: packed[:-8] + b"1234" + packed[-4:], lambda p: p + b"more"]
)
def test_a_gzip_that_breaks_behind_its_text(
    text: str, damage: Callable[[bytes], bytes], extract_text: Callable[..., Outcome]
) -> None:
    """Cut in its last eight bytes, with another checksum, or with something behind: what was read is kept, and said."""
    outcome = extract_text(damage(gzip.compress(text.encode())))
    assert outcome.file
    assert not outcome.file["complete"]
    assert "the compressed file breaks" in outcome.file["stopped_because"]
    assert outcome.file["rates"] == (1 if text is TEXT else 0)


def test_zeros_behind_a_gzip_are_nothing(extract_text: Callable[..., Outcome]) -> None:
    """Tapes and block stores fill up with them."""
    outcome = extract_text(gzip.compress(TEXT.encode()) + bytes(512))
    assert outcome.file
    assert outcome.file["complete"]
