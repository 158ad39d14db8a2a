"""Registries of providers, packed or not, damaged or large: only what a folder names is kept of them."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from benchmarks.peak_memory import needs_linux, peak_of
from rates_files import WriteFile
from trocar.benchmarks.folder import RatesError, RatesFolder
from trocar.benchmarks.providers import Loaded, load_providers
from trocar.core.errors import ReferenceFileError

STATE = "Provider Business Practice Location Address State Name"
HEADINGS = ("NPI", "Entity Type Code", STATE, *(f"Healthcare Provider Taxonomy Code_{n}" for n in range(1, 16)))
HEAD = ",".join(f'"{name}"' for name in HEADINGS)
ONE = '"1000000100","1","md","2085R0204X","","207RC0000X"' + ',""' * 12
OTHER = '"1999999999","2","VA","282N00000X"' + ',""' * 14


@pytest.fixture
def folder(write_file: WriteFile) -> RatesFolder:
    """Nine groups with an NPI each, 1000000100 to 1000000900."""
    return RatesFolder(write_file("f1", [{"provider_group_ids": ["1"], "rate": "80.00"}]))


def held(folder: RatesFolder) -> list[tuple[int, str | None, list[str]]]:
    """What was kept."""
    return folder.connect().execute("SELECT npi, state, taxonomies FROM providers ORDER BY npi").fetchall()


def loaded(folder: RatesFolder, path: Path) -> Loaded:
    """Load a registry; the folder is opened again."""
    return load_providers(folder, path, None)


@pytest.mark.parametrize("packed", ["plain", "CRLF", "mark", "gzip", "zip"])
def test_a_registry_however_it_is_packed(folder: RatesFolder, tmp_path: Path, packed: str) -> None:
    text = "\n".join([HEAD, OTHER, ONE, ""]).encode()
    path = tmp_path / "npidata_pfile.csv"
    if packed == "zip":
        path = tmp_path / "NPPES.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            # As published: other files, and the headings by themselves, beside it.
            archive.writestr("othername_pfile.csv", '"NPI","Provider Other Organization Name"\n"1000000100","x"\n')
            archive.writestr("npidata_pfile_fileheader.csv", HEAD + "\n")
            archive.writestr("npidata_pfile.csv", text)
    elif packed == "gzip":
        path.write_bytes(gzip.compress(text))
    else:
        path.write_bytes({"plain": text, "CRLF": text.replace(b"\n", b"\r\n"), "mark": b"\xef\xbb\xbf" + text}[packed])
    assert loaded(folder, path) == Loaded(providers=1, of=9, billed=0, unread=0)
    assert held(RatesFolder(folder.path)) == [(1_000_000_100, "MD", ["2085R0204X", "207RC0000X"])]


def test_a_row_that_is_none_is_counted(folder: RatesFolder, tmp_path: Path) -> None:
    path = tmp_path / "npidata.csv"
    gone = '"1000000200"' + ',""' * 17  # a deactivated NPI: all the rest is blank
    path.write_text("\n".join([HEAD, '"1000000300","1"', ONE, gone, '"no number"' + ',"x"' * 17, ""]))
    assert loaded(folder, path) == Loaded(providers=2, of=9, billed=0, unread=1)
    assert held(RatesFolder(folder.path))[1] == (1_000_000_200, None, [])


def test_a_registry_that_breaks_replaces_nothing(folder: RatesFolder, tmp_path: Path) -> None:
    good, cut = tmp_path / "good.csv", tmp_path / "cut.csv.gz"
    good.write_text(f"{HEAD}\n{ONE}\n")
    loaded(folder, good)
    many = "".join(f'"{npi}","1","VA"' + ',""' * 15 + "\n" for npi in range(1_200_000_000, 1_200_200_000))
    content = gzip.compress(f"{HEAD}\n{ONE}\n{many}".encode())
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(ReferenceFileError, match="the compressed file breaks"):
        loaded(folder, cut)
    assert held(RatesFolder(folder.path)) == [(1_000_000_100, "MD", ["2085R0204X", "207RC0000X"])]
    assert not list(folder.path.glob(".providers*"))


def test_other_files_are_refused(folder: RatesFolder, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    for text in ("", "a,b\n1,2\n", HEAD + "\n"):
        path.write_text(text)
        with pytest.raises(RatesError, match="no column NPI"):
            loaded(folder, path)
    with pytest.raises(RatesError, match="can't be read"):
        loaded(folder, tmp_path / "missing.csv")


@needs_linux
def test_memory_does_not_grow_with_the_registry(folder: RatesFolder, tmp_path: Path) -> None:
    """Two and a half million rows more are not kept to look nine NPIs up: that took 96 bytes each, 240 MB."""
    peaks = []
    for rows in (500_000, 3_000_000):
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write(f"NPI,{STATE},Healthcare Provider Taxonomy Code_1\n1000000100,MD,2085R0204X\n")
            file.writelines(f"{npi},MD,2085R0204X\n" for npi in range(1_100_000_000, 1_100_000_000 + rows))
        megabytes, printed = peak_of("rates", "providers", "--registry", str(path), "--rates", str(folder.path))
        assert printed.startswith("1 of 9 NPIs known")
        peaks.append(megabytes)
    assert peaks[1] - peaks[0] < 120
