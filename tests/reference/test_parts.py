"""NCCI code pairs are published in four parts: a build takes all of them, each once, or none."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.reference.build import build
from trocar.reference.catalog import Catalog
from trocar.reference.licence import accept_licence
from trocar.reference.store import Store

_HEAD = (
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier\tRationale\r\n"
)
# Where CMS's page says that the parts of v322r0 begin and end, by column 1.
_ENDS = {1: ("0001A", "25441"), 2: ("25442", "37252"), 3: ("37253", "62322"), 4: ("62323", "U0003")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The four parts as CMS zips them."""
    folder = tmp_path / "source"
    folder.mkdir()
    for part, ends in _ENDS.items():
        rows = "".join(f"{code}\t99999\t\t20200101\t*\t1\town words\r\n" for code in ends)
        with ZipFile(folder / f"medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f{part}.zip", "w") as archive:
            archive.writestr(f"ccipra-v322r0-f{part}.TXT", _HEAD + rows)
    return folder


def built(source: Path) -> Catalog:
    """A store of the parts that are here."""
    store = source.parent / "store"
    accept_licence(store, date(2026, 10, 2))
    return build(source, store)


def path(source: Path, part: int) -> Path:
    """The zip of a part."""
    return source / f"medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f{part}.zip"


def test_four_parts_are_one_release(source: Path) -> None:
    catalog = built(source)
    assert [(file.release, file.setting, file.rows) for file in catalog.files] == [("PTP2026Q3", "practitioner", 2)] * 4


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_part_missing_before_the_last_is_refused(source: Path, part: int) -> None:
    """A pair of that part would look as if no edit was in force."""
    path(source, part).unlink()
    with pytest.raises(ReferenceFileError, match=f"part f{part} of PTP2026Q3 practitioner is not here") as refused:
        built(source)
    assert "all parts" in refused.value.remedy
    assert not (source.parent / "store" / "catalog.json").exists()


def test_a_missing_last_part_is_refused(source: Path) -> None:
    """The table runs to the codes that begin with a letter; without f4 it ends at 62322."""
    path(source, 4).unlink()
    with pytest.raises(ReferenceFileError, match="PTP2026Q3 practitioner ends at 62322 with part f3"):
        built(source)


def test_the_same_part_twice_counts_once(source: Path) -> None:
    """Zipped and unpacked beside it: the same rows are not loaded twice."""
    with ZipFile(path(source, 2)) as archive:
        archive.extractall(source)
    catalog = built(source)
    assert len(catalog.files) == 4
    assert "the same content as" in " ".join(catalog.notes)
    assert Store(source.parent / "store").table("ncci_ptp").num_rows == 8


def test_two_parts_of_one_number_that_differ_are_refused(source: Path) -> None:
    other = source / "other"
    other.mkdir()
    (other / "ccipra-v322r0-f2.txt").write_bytes((_HEAD + "25442\t99998\t\t20200101\t*\t1\tx\r\n").encode())
    with pytest.raises(ReferenceFileError, match="differ, and both say they are PTP2026Q3"):
        built(source)


def test_the_settings_are_told_apart(source: Path) -> None:
    """A whole hospital table does not stand in for a part of the practitioners'."""
    for part in _ENDS:
        with ZipFile(path(source, part)) as archive:
            text = archive.read(f"ccipra-v322r0-f{part}.TXT")
        (source / f"ccioph-v322r0-f{part}.txt").write_bytes(text)
    assert len(built(source).files) == 8
    shutil.rmtree(source.parent / "store")
    path(source, 3).unlink()
    with pytest.raises(ReferenceFileError, match="part f3 of PTP2026Q3 practitioner is not here"):
        built(source)
