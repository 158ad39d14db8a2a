"""When a release was published: its own words, or a statement with a source; and the seal over a store's files."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.engine.compile import compile_pack
from trocar.reference.build import build
from trocar.reference.catalog import Catalog
from trocar.reference.published import statements
from trocar.reference.seal import SEAL_NAME, broken

PTP = (
    "Column1/Column2 Edits\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier\tRationale\n"
    "20610\t76942\t\t20260101\t*\t1\tMisuse of column two code\n"
    "20610\t77002\t\t20150101\t20151231\t1\tMisuse of column two code\n"
)
STATED = '[[published]]\nrelease = "{release}"\nday = {day}\nsource = "the page on which CMS posted it"\n'


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder with one table of edits in CMS's layout."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "ccipra-v322r0.TXT").write_text(PTP)
    return folder


def built(downloads: Path) -> Catalog:
    """The catalog of a store of some codes."""
    return build(downloads, downloads.parent / "store", scope={"20610", "76942", "77002"}, finish=compile_pack)


def test_edits_do_not_say_when_they_were_published(downloads: Path) -> None:
    """CMS's table of edits has the days of its rows, not its own."""
    (file,) = built(downloads).files
    assert (file.release, file.published, file.published_source) == ("PTP2026Q3", None, "")


def test_a_statement_gives_the_day_and_its_source(downloads: Path) -> None:
    """The day is the user's, and so is the source that goes with it."""
    (downloads / "published.toml").write_text(STATED.format(release="PTP2026Q3", day="2026-06-01"))
    catalog = built(downloads)
    (file,) = catalog.files
    assert (file.published, file.published_source) == (date(2026, 6, 1), "the page on which CMS posted it")
    assert Catalog.read(downloads.parent / "store" / "catalog.json") == catalog


def test_a_statement_for_what_is_not_here_is_noted(downloads: Path) -> None:
    """A slip of the pen must not go unseen."""
    (downloads / "published.toml").write_text(STATED.format(release="PTP2026Q2", day="2026-06-01"))
    assert any("PTP2026Q2" in note for note in built(downloads).notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[published]]\nrelease = 'A'\nday = 2026-06-01\n", "lacks its release or its source"),
        (STATED.format(release="A", day='"June"'), "is not a date"),
        (STATED.format(release="A", day="2026-06-01") * 2, "stands in it twice"),
        ("[[published", "no TOML"),
    ],
)
def test_a_statement_is_whole_or_refused(tmp_path: Path, text: str, message: str) -> None:
    """No day without a source, none that isn't a day."""
    (tmp_path / "published.toml").write_text(text)
    with pytest.raises(ReferenceFileError, match=message):
        statements(tmp_path)


def test_one_changed_byte_is_named(downloads: Path) -> None:
    """The seal covers tables, compiled pack and catalog."""
    built(downloads)
    store = downloads.parent / "store"
    assert broken(store) == []
    path = store / "pack" / "ncci_ptp_practitioner.deletion.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (sentence,) = broken(store)
    assert sentence.startswith("pack/ncci_ptp_practitioner.deletion.npy was changed")
    assert sha256(content).hexdigest() in sentence


def test_a_lost_a_strange_and_an_unsealed_file_are_named(downloads: Path) -> None:
    """Not only bytes: files too."""
    built(downloads)
    store = downloads.parent / "store"
    (store / "ncci_ptp.parquet").rename(store / "other.parquet")
    assert broken(store) == ["ncci_ptp.parquet is missing", "other.parquet is not of the store"]
    (store / SEAL_NAME).write_text("nonsense\n")
    assert broken(store) == [f"{SEAL_NAME} is damaged"]
    (store / SEAL_NAME).unlink()
    assert broken(store) == [f"{SEAL_NAME} is missing: nothing says what the files were"]


def test_an_older_catalog_is_refused(downloads: Path) -> None:
    """A store without days of publication is of another version: it would be silent under the second clock."""
    built(downloads)
    path = downloads.parent / "store" / "catalog.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps(body | {"schema_version": 1}))
    with pytest.raises(Exception, match="another version"):
        Catalog.read(path)
