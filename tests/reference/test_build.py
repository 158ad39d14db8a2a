"""Building a store: all of it or nothing, the same bytes from the same files, and every file accounted for."""

from __future__ import annotations

import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest

from trocar.core.errors import LicenceError, ReferenceFileError, StoreError
from trocar.reference.build import build
from trocar.reference.catalog import Catalog
from trocar.reference.licence import accept_licence, accepted_on
from trocar.reference.store import Store

ACCEPTED = date(2026, 1, 2)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store with the licence accepted."""
    folder = tmp_path / "store"
    accept_licence(folder, ACCEPTED)
    return folder


@pytest.fixture
def source(tmp_path: Path, write_schedule: Any, write_gpci: Any) -> Path:
    """One small release: a schedule and its indices."""
    folder = tmp_path / "source"
    write_schedule(
        folder / "rvu25d", {"hcpcs": "20002", "status": "A", "work": "1.00", "nf_total": "1.00", "f_total": "1.00"}
    )
    write_gpci(folder / "rvu25d")
    return folder


def _bytes(store: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(store.iterdir())}


def test_a_release_takes_its_name_and_days_from_the_schedule(source: Path, store: Path) -> None:
    """The GPCI beside a PPRRVU of October 2025 belongs to RVU25D."""
    catalog = build(source, store)
    assert [(file.table, file.release, file.rows) for file in catalog.files] == [
        ("schedule", "RVU25D", 14),
        ("gpci", "RVU25D", 109),
    ]
    assert {(file.first, file.last) for file in catalog.files} == {(date(2025, 10, 1), date(2025, 12, 31))}
    schedule = Store(store).table("schedule")
    assert set(schedule["file_id"].to_pylist()) == {0}
    cited = catalog.files[0].cite(schedule["line"].to_pylist()[-1])
    assert cited.sha256 == sha256((source / "rvu25d/PPRRVU_TEST.csv").read_bytes()).hexdigest()
    assert catalog == Catalog.read(store / "catalog.json")


def test_the_same_files_give_the_same_bytes(source: Path, store: Path, tmp_path: Path) -> None:
    """From another folder, into another store, accepted on another day."""
    build(source, store)
    elsewhere = tmp_path / "deeper" / "copy"
    shutil.copytree(source, elsewhere)
    other = tmp_path / "other"
    accept_licence(other, date(2026, 5, 6))
    build(elsewhere, other)
    first, second = _bytes(store), _bytes(other)
    assert first.pop("licence.json") != second.pop("licence.json")
    assert first == second


def test_a_zip_reads_as_its_folder_does(source: Path, store: Path, tmp_path: Path) -> None:
    """Zipped files are cited as zip/member, with the hash of the zip the user holds."""
    folder = tmp_path / "zips"
    folder.mkdir()
    with ZipFile(folder / "rvu25d.zip", "w") as archive:
        for path in sorted((source / "rvu25d").iterdir()):
            archive.write(path, path.name)
    catalog = build(folder, store)
    assert [file.file for file in catalog.files] == ["rvu25d.zip/PPRRVU_TEST.csv", "rvu25d.zip/GPCI2025.csv"]
    assert catalog.files[0].sha256 == sha256((folder / "rvu25d.zip").read_bytes()).hexdigest()


def test_without_acceptance_there_is_no_full_store(source: Path, tmp_path: Path) -> None:
    """Nothing is written; a scoped store (codes and facts only) needs none."""
    target = tmp_path / "unaccepted"
    with pytest.raises(LicenceError, match="acceptance of the AMA's terms is not on record"):
        build(source, target)
    assert not target.exists()
    catalog = build(source, target, scope={"20002"})
    assert catalog.scope == ("20002",)
    assert Store(target).table("schedule")["hcpcs"].to_pylist() == ["20002"]
    assert Store(target).table("gpci").num_rows == 109


def test_an_acceptance_stays_with_the_store(source: Path, store: Path) -> None:
    """A rebuild carries it over; one of another text does not count."""
    build(source, store)
    build(source, store)
    assert accepted_on(store) == ACCEPTED
    record = store / "licence.json"
    record.write_text(record.read_text().replace('"text_sha256": "', '"text_sha256": "0'))
    assert accepted_on(store) is None


def test_descriptions_stay_out_unless_asked_for(source: Path, store: Path) -> None:
    """No description is in the store by default; with keep_descriptions they are in a table of their own."""
    build(source, store)
    assert not (store / "description.parquet").exists()
    build(source, store, keep_descriptions=True)
    assert pq.read_table(store / "description.parquet")["text"].to_pylist()[0] == "own words"


@pytest.mark.parametrize("damage", ["half", "foreign", "zip", "finish", "orphan", "empty"])
def test_any_failure_leaves_the_old_store_as_it_was(source: Path, store: Path, damage: str) -> None:
    """Half a file, a web page saved as csv, a cut zip, an error while finishing: the same bytes as before."""
    build(source, store)
    before = _bytes(store)
    schedule = source / "rvu25d/PPRRVU_TEST.csv"
    finish = None
    match = ""
    if damage == "half":
        schedule.write_bytes(schedule.read_bytes()[:-700])
        match = r"PPRRVU_TEST\.csv line \d+: the last line has no end"
    elif damage == "foreign":
        schedule.write_text("<html><body>Accept the terms</body></html>")
        match = r"PPRRVU_TEST\.csv line 1: its name is a publisher's but its content is not"
    elif damage == "zip":
        archive = source / "more.zip"
        with ZipFile(archive, "w") as members:
            members.write(schedule, "PPRRVU_MORE.csv")
        archive.write_bytes(archive.read_bytes()[:-100])
        match = r"more\.zip: the zip is damaged or cut short"
    elif damage == "orphan":
        schedule.unlink()
        match = r"GPCI2025\.csv: no PPRRVU file stands beside it"
    elif damage == "empty":
        shutil.rmtree(source / "rvu25d")
        match = "no publisher's file is here"
    else:

        def finish(_: Path) -> None:
            raise ReferenceFileError("the pack can't be compiled")

        match = "the pack can't be compiled"
    with pytest.raises(ReferenceFileError, match=match):
        build(source, store, finish=finish)
    assert _bytes(store) == before
    assert [path.name for path in store.parent.iterdir() if path.name.startswith(".")] == []


def test_a_zip_damaged_inside_is_refused(source: Path, store: Path) -> None:
    """A member whose bytes don't match its checksum names the zip and the member."""
    archive = source / "more.zip"
    with ZipFile(archive, "w") as members:
        members.write(source / "rvu25d/PPRRVU_TEST.csv", "PPRRVU_TEST.csv")
    content = bytearray(archive.read_bytes())
    content[600] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(ReferenceFileError, match=r"more\.zip/PPRRVU_TEST\.csv: the zip is damaged"):
        build(source, store)


def test_what_a_killed_build_left_behind_is_put_right(source: Path, store: Path) -> None:
    """A half-built folder is swept away; an old store moved aside but never replaced comes back."""
    build(source, store)
    before = _bytes(store)
    half = store.with_name(".store.building")
    half.mkdir()
    (half / "schedule.parquet").write_bytes(b"half")
    store.rename(store.with_name(".store.old"))
    with pytest.raises(ReferenceFileError):
        build(source / "rvu25d" / "GPCI2025.csv", store)
    assert _bytes(store) == before
    store.rename(store.with_name(".store.old"))
    accept_licence(store, ACCEPTED)
    build(source, store)
    assert _bytes(store) == before
    assert not half.exists()
    assert not store.with_name(".store.old").exists()


def test_a_folder_of_something_else_is_never_replaced(source: Path, tmp_path: Path) -> None:
    """A target with other people's files in it is refused."""
    target = tmp_path / "home"
    target.mkdir()
    (target / "letter.txt").write_text("keep me")
    with pytest.raises(StoreError, match="something else than a reference store"):
        build(source, target, scope={"20002"})
    assert (target / "letter.txt").read_text() == "keep me"


def test_files_nobody_reads_are_named_with_the_reason(source: Path, store: Path) -> None:
    """Nothing is dropped silently."""
    (source / "README.md").write_text("notes\n")
    catalog = build(source, store)
    assert catalog.notes == ("ignored README.md: no reader recognises its content",)


def test_the_same_file_twice_is_loaded_once(source: Path, store: Path, write_schedule: Any) -> None:
    """An equal copy is noted; another file of the same release stops the build."""
    shutil.copytree(source / "rvu25d", source / "rvu25d-again")
    catalog = build(source, store)
    assert len(catalog.files) == 2
    assert "left out PPRRVU_TEST.csv: the same content as PPRRVU_TEST.csv" in catalog.notes
    write_schedule(source / "rvu25d-again", cf="33.0000")
    with pytest.raises(ReferenceFileError, match="differ, and both say they are RVU25D"):
        build(source, store)


def test_a_revision_without_known_days_replaces_its_quarter(source: Path, store: Path, write_schedule: Any) -> None:
    """RVU25DR is not in catalog.toml: it stands for the whole quarter and RVU25D is left out, with a note."""
    write_schedule(source / "rvu25dr", month="October Revised")
    catalog = build(source, store)
    assert [(file.table, file.release) for file in catalog.files] == [("schedule", "RVU25DR")]
    assert "left out PPRRVU_TEST.csv: RVU25DR replaces RVU25D on all its days" in catalog.notes


def test_the_qualifying_apm_file_checks_the_other(tmp_path: Path, store: Path, write_schedule: Any) -> None:
    """The file with the qualifying factor (33.5675 in 2026) repeats the relative values and isn't loaded itself."""
    folder = tmp_path / "rvu26c"
    write_schedule(folder, year=2026, month="July", cf="33.4009")
    write_schedule(folder, year=2026, month="July", cf="33.5675", name="A_QPP.csv")
    catalog = build(folder, store)
    assert [(file.file, file.release) for file in catalog.files] == [("PPRRVU_TEST.csv", "RVU26C")]
    assert "checked A_QPP.csv: its 13 rows agree with PPRRVU_TEST.csv of RVU26C" in catalog.notes


def test_totals_that_are_not_their_parts_are_warned_about(tmp_path: Path, store: Path, write_schedule: Any) -> None:
    """1.00 + 0.50 + 0.10 is 1.60, not 1.61: the warning names count, code and line and travels with citations."""
    row = {"hcpcs": "20002", "work": "1.00", "nf_pe": "0.50", "mp": "0.10", "nf_total": "1.61", "f_total": "1.10"}
    write_schedule(tmp_path / "s", row)
    file = build(tmp_path / "s", store).files[0]
    warning = "1 nonfacility totals are not the sum of their parts (first: 20002 on line 21)"
    assert file.warnings == (warning,)
    assert file.cite(21).warnings == (warning,)


def test_two_conversion_factors_in_one_file_are_warned_about(tmp_path: Path, store: Path, write_schedule: Any) -> None:
    """One schedule file has one conversion factor."""
    write_schedule(tmp_path / "s", {"hcpcs": "20002", "cf": "33.0000"})
    warnings = build(tmp_path / "s", store).files[0].warnings
    assert warnings == ("the file has 2 conversion factors (32.0000 in 13 rows, 33.0000 in 1 rows)",)


def test_a_file_by_locality_that_lacks_some_is_refused(source: Path, store: Path) -> None:
    """Anesthesia factors for 1 of the 109 localities of the release's GPCI: cut short at the end of a line."""
    heading = "Contractor,Locality,Locality Name,2025 Anesthesia Conversion Factor"
    (source / "rvu25d/ANES2025.csv").write_text(f"{heading}\n90000,00,PLACE 0,20.00\n")
    with pytest.raises(
        ReferenceFileError, match=r"ANES2025\.csv line 2: 108 localities of GPCI2025\.csv are not in it"
    ):
        build(source, store)


@pytest.mark.full_data
def test_the_fabricated_indices_are_refused_beside_the_real_ones(cms_files: Path, tmp_path: Path, store: Path) -> None:
    """The build goes on with the real file and says why; a folder with only the fabricated file builds nothing."""
    source = tmp_path / "cms"
    source.mkdir()
    for name in ("rvu26c", "rejected"):
        shutil.copytree(cms_files / name, source / name)
    catalog = build(source, store)
    assert [file.file for file in catalog.of_table("gpci")] == ["GPCI2026.csv"]
    refused = next(note for note in catalog.notes if note.startswith("refused "))
    assert "98 localities and 2026 has 109" in refused
    assert "it contradicts GPCI2026.csv of RVU26C" in refused
    with pytest.raises(ReferenceFileError, match="98 localities and 2026 has 109"):
        build(source / "rejected", store)
    assert Store(store).catalog == catalog


@pytest.mark.full_data
def test_the_fixed_width_schedule_is_loaded_when_it_is_alone(cms_files: Path, tmp_path: Path, store: Path) -> None:
    """Beside its csv it only checks it; alone it is the schedule, its release named by its file name."""
    source = tmp_path / "text"
    source.mkdir()
    shutil.copy(cms_files / "rvu25d/PPRRVU2025_Oct.txt", source)
    file = build(source, store).files[0]
    assert (file.family, file.release, file.rows) == ("pprrvu_text", "RVU25D", 19090)
    shutil.copy(cms_files / "rvu25d/PPRRVU2025_Oct.csv", source)
    catalog = build(source, store)
    assert [file.family for file in catalog.files] == ["pprrvu"]
    assert "checked PPRRVU2025_Oct.txt: its 19090 rows agree with PPRRVU2025_Oct.csv of RVU25D" in catalog.notes
