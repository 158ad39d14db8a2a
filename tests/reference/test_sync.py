"""The publishers' files fetched from a server of our own: fresh, unchanged, broken off, replaced, refused."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from importlib.resources import files as packaged
from pathlib import Path
from zipfile import ZipFile

import pytest

from publisher_server import Server, running
from trocar.core.errors import LicenceError, ReferenceFileError, UsageError
from trocar.files.fetch import Fetcher
from trocar.reference.addresses import AddressList, addresses_with, known_addresses
from trocar.reference.discover import READERS, discover
from trocar.reference.licence import accept_licence
from trocar.reference.sync import WORK, Outcome, State, licence_folder, plan, sync
from trocar.reference.tables import TABLES

DAY = date(2026, 10, 2)
# Long enough to break off in, and as little compressible as a hash.
FILLER = b"".join(sha256(bytes([number % 256, number // 256])).digest() for number in range(4000))
PAGE = b"\n <!DOCTYPE html>\n<html><head><title>License for Use of CPT</title></head><body>Accept</body></html>"


def zipped(text: bytes = b"Code\n", name: str = "icd10cm_order_2026.txt") -> bytes:
    """A zip with one file."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(name, text + FILLER)
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[Server]:
    """A publisher with two files, each tagged by its content."""
    with running() as server:
        server.etag = None
        server.files = {"order.zip": zipped(), "nucc_taxonomy_251.csv": b"Code,Grouping\n"}
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of downloads, not made yet."""
    return tmp_path / "downloads"


def listed(server: Server, folder: Path, *more: str) -> AddressList:
    """The server's files as a list of the user's own."""
    own = folder.parent / "own.toml"
    entry = '[[file]]\nfamily = "{}"\nrelease = "{}"\naddress = "{}"\n'
    entries = [
        entry.format("icd10", "ICD10CM2026", server.of("order.zip")),
        entry.format("taxonomy", "NUCC25.1", server.of("nucc_taxonomy_251.csv")),
    ]
    own.write_text("replace = true\n" + "".join((*entries, *more)))
    return addresses_with(own).only(("icd10", "taxonomy", "mue") if more else ("icd10", "taxonomy"))


def synced(folder: Path, files: AddressList, day: date = DAY) -> list[Outcome]:
    """One run that does not wait."""
    return list(sync(folder, files, Fetcher(folder / WORK, pause=0, sleep=lambda seconds: None), day))


def states(outcomes: list[Outcome]) -> list[str]:
    """What became of each file."""
    return [str(outcome.state) for outcome in outcomes]


def test_what_is_missing_comes_with_its_hash_day_and_address(server: Server, folder: Path) -> None:
    assert states(synced(folder, listed(server, folder))) == ["fetched", "fetched"]
    assert (folder / "order.zip").read_bytes() == server.files["order.zip"]
    noted = json.loads((folder / "sync.json").read_text("utf-8"))["files"]["order.zip"]
    assert noted == {
        "family": "icd10",
        "release": "ICD10CM2026",
        "address": server.of("order.zip"),
        "sha256": sha256(server.files["order.zip"]).hexdigest(),
        "bytes": len(server.files["order.zip"]),
        "fetched_on": "2026-10-02",
    }


def test_a_second_run_asks_by_tag_and_changes_nothing(server: Server, folder: Path) -> None:
    files = listed(server, folder)
    synced(folder, files)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    server.asked.clear()
    assert states(synced(folder, files, date(2026, 10, 9))) == ["unchanged", "unchanged"]
    tags = [server.tag(server.files[name]) for name in ("order.zip", "nucc_taxonomy_251.csv")]
    assert [asked["If-None-Match"] for asked in server.asked] == tags
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_server_without_tags_sends_again_and_nothing_changes(server: Server, folder: Path) -> None:
    server.etag = ""
    files = listed(server, folder)
    synced(folder, files)
    assert states(synced(folder, files)) == ["unchanged", "unchanged"]


def test_an_interrupted_run_goes_on_where_it_broke(server: Server, folder: Path) -> None:
    """Nine breaks end the file's turn; the next run asks from the byte where it broke, and the file is whole."""
    files = listed(server, folder).only(["icd10"])
    server.breaks_after = [30_000] + [0] * 8
    (first,) = synced(folder, files)
    assert (first.state, first.why.startswith("it can't be fetched")) == (State.REFUSED, True)
    assert "goes on where it broke" in first.remedy
    assert not (folder / "order.zip").exists()
    server.asked.clear()
    assert states(synced(folder, files)) == ["fetched"]
    assert server.asked[0]["Range"] == "bytes=30000-"
    assert (folder / "order.zip").read_bytes() == server.files["order.zip"]


def test_a_replaced_file_is_told_and_the_older_one_kept(server: Server, folder: Path) -> None:
    """A receipt cites the older hash: that file stays, out of a build's sight."""
    files = listed(server, folder)
    synced(folder, files)
    older = server.files["order.zip"]
    server.files["order.zip"] = zipped(b"Another\n")
    replaced, same = synced(folder, files, date(2026, 11, 1))
    assert (replaced.state, same.state) == (State.REPLACED, State.UNCHANGED)
    assert sha256(older).hexdigest() in replaced.why
    assert (folder / "order.zip").read_bytes() == server.files["order.zip"]
    (kept,) = (folder / WORK / "older").iterdir()
    assert (kept.name, kept.read_bytes()) == (f"{sha256(older).hexdigest()[:12]}-order.zip", older)
    (noted,) = json.loads((folder / "sync.json").read_text("utf-8"))["replaced"]
    assert (noted["file"], noted["fetched_on"], noted["replaced_on"]) == ("order.zip", "2026-10-02", "2026-11-01")


def test_a_run_that_ended_between_record_and_file_is_finished(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written down and put aside, but not yet written: the next run writes it, and no file is lost."""
    files = listed(server, folder).only(["icd10"])
    synced(folder, files)
    older = server.files["order.zip"]
    server.files["order.zip"] = zipped(b"Another\n")
    with monkeypatch.context() as broken:
        broken.setattr("shutil.copyfile", _no_space)
        with pytest.raises(OSError, match="no space"):
            synced(folder, files)
    assert not (folder / "order.zip").exists()
    assert states(synced(folder, files)) == ["fetched"]
    assert (folder / "order.zip").read_bytes() == server.files["order.zip"]
    assert [path.read_bytes() for path in (folder / WORK / "older").iterdir()] == [older]


def _no_space(*_: object) -> None:
    raise OSError("no space")


def test_a_file_changed_by_hand_is_not_overwritten(server: Server, folder: Path) -> None:
    files = listed(server, folder).only(["icd10"])
    synced(folder, files)
    (folder / "order.zip").write_bytes(b"mine")
    (outcome,) = synced(folder, files)
    assert (outcome.state, outcome.sha256) == (State.REFUSED, "")
    assert "not the file that was fetched on 2026-10-02" in outcome.why
    assert (folder / "order.zip").read_bytes() == b"mine"


def test_a_file_of_the_users_own_is_kept_and_not_asked_about(server: Server, folder: Path) -> None:
    folder.mkdir()
    (folder / "order.zip").write_bytes(b"from a browser")
    assert states(synced(folder, listed(server, folder))) == ["kept", "fetched"]
    assert [asked["path"] for asked in server.asked] == ["/nucc_taxonomy_251.csv"]
    assert (folder / "order.zip").read_bytes() == b"from a browser"


def test_a_licence_page_is_no_file(server: Server, folder: Path) -> None:
    """HTML where a zip is due is refused with where to accept; when the file comes, it is fetched anew."""
    whole, server.files["order.zip"] = server.files["order.zip"], PAGE
    page, other = synced(folder, listed(server, folder))
    assert (page.state, other.state) == (State.REFUSED, State.FETCHED)
    assert "the server sent a page and no file" in page.why
    assert page.remedy == (
        "Get it from https://www.cms.gov/medicare/coding-billing/icd-10-codes in a browser, accept what it asks for, "
        f"and save it as {folder / 'order.zip'}."
    )
    assert not (folder / "order.zip").exists()
    server.files["order.zip"] = whole
    assert states(synced(folder, listed(server, folder))) == ["fetched", "unchanged"]


def test_a_file_that_is_not_there_is_refused_and_the_others_come(server: Server, folder: Path) -> None:
    server.missing = {"order.zip"}
    gone, other = synced(folder, listed(server, folder))
    assert (gone.state, gone.why, other.state) == (State.REFUSED, "the server answers 404", State.FETCHED)
    assert "https://www.cms.gov/medicare/coding-billing/icd-10-codes" in gone.remedy


@pytest.mark.parametrize(
    "content", [zipped()[:-300], zipped()[:40_000], b"PK\x03\x04", b""], ids=["end", "middle", "head", "empty"]
)
def test_a_zip_cut_short_is_refused_as_a_build_would(server: Server, folder: Path, content: bytes) -> None:
    """The same words as the build; the older file stays; and the whole one is taken when it is there."""
    files = listed(server, folder).only(["icd10"])
    synced(folder, files)
    whole, server.files["order.zip"] = server.files["order.zip"], content
    (outcome,) = synced(folder, files)
    assert outcome.state is State.REFUSED
    # The older file is here: another one saved in its place would not be the one on record.
    assert "save it as" not in outcome.remedy
    assert "the zip is damaged or cut short" in outcome.why or (not content and "an empty file" in outcome.why)
    assert (folder / "order.zip").read_bytes() == whole
    server.files["order.zip"] = zipped(b"Another\n")
    assert states(synced(folder, files)) == ["replaced"]


def test_a_damaged_member_is_refused(server: Server, folder: Path) -> None:
    """The directory of the zip is whole, a byte in the middle is not: the checksum of the member tells."""
    damaged = bytearray(server.files["order.zip"])
    damaged[60_000] ^= 1
    server.files["order.zip"] = bytes(damaged)
    (outcome,) = synced(folder, listed(server, folder).only(["icd10"]))
    assert (outcome.state, outcome.why) == (
        State.REFUSED, "the zip is damaged or cut short (icd10cm_order_2026.txt)",
    )  # fmt: skip


def test_licensed_files_need_the_recorded_acceptance(server: Server, folder: Path) -> None:
    """Nothing is asked for without it; with it, on record in the folder, the file comes, now and later."""
    server.files["mue.zip"] = zipped(name="MCR_MUE_PractitionerServices_Eff_10-01-2026.csv")
    mue = f'[[file]]\nfamily = "mue"\nrelease = "MUE2026Q4"\naddress = "{server.of("mue.zip")}"\n'
    files = listed(server, folder, mue)
    with pytest.raises(LicenceError, match="acceptance of the AMA's terms is not on record for these downloads"):
        synced(folder, files)
    assert server.asked == []
    accept_licence(licence_folder(folder), DAY)
    assert states(synced(folder, files)) == ["fetched"] * 3
    assert states(synced(folder, files)) == ["unchanged"] * 3


def test_a_plan_asks_nobody(server: Server, folder: Path) -> None:
    files = listed(server, folder)
    assert states(list(plan(folder, files))) == ["missing", "missing"]
    assert not folder.exists()
    synced(folder, files.only(["taxonomy"]))
    server.asked.clear()
    assert states(list(plan(folder, files))) == ["missing", "kept"]
    assert server.asked == []


def test_a_store_is_no_folder_of_downloads(server: Server, folder: Path) -> None:
    folder.mkdir()
    (folder / "catalog.json").write_text("{}")
    with pytest.raises(UsageError, match="the folder is a store"):
        synced(folder, listed(server, folder))


@pytest.mark.parametrize(
    "text", ['{"files": []', '{"files": {}}', '{"files": {"order.zip": {"sha256": "x"}}, "replaced": []}', "[]"]
)
def test_a_damaged_record_stops_before_anything_is_asked(server: Server, folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "sync.json").write_text(text)
    with pytest.raises(ReferenceFileError, match="the record of what was fetched is damaged"):
        synced(folder, listed(server, folder))
    assert server.asked == []


def test_a_build_does_not_look_at_the_record(server: Server, folder: Path, cms_order: bytes) -> None:
    """sync.json, the licence and what was put aside are no publishers' files, and no notes either."""
    server.files["order.zip"] = cms_order
    synced(folder, listed(server, folder).only(["icd10"]))
    found = discover(folder)
    assert [(file.name, reader.family) for file, reader in found.work] == [
        ("order.zip/icd10cm_order_2026.txt", "icd10")
    ]
    assert found.notes == []


@pytest.fixture
def cms_order() -> bytes:
    """A zip with an order file of one code, in CMS's layout."""
    line = "00001 A00     1 " + "own words".ljust(60) + " own words"
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("icd10cm_order_2026.txt", line + "\n")
    return out.getvalue()


def test_a_mirror_and_local_addresses(server: Server, folder: Path, tmp_path: Path) -> None:
    """A mirror has the known files under their names; a path of an entry is taken from the list's folder."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "nucc_taxonomy_250.csv").write_bytes(b"Code\n")
    (tmp_path / "mine.csv").write_bytes(b"Mine\n")
    own = tmp_path / "own.toml"
    own.write_text(
        f'mirror = "{mirror.as_uri()}"\n[[file]]\nfamily = "taxonomy"\nrelease = "NUCC25.1"\naddress = "mine.csv"\n'
        'name = "nucc_taxonomy_251.csv"\n'
    )
    outcomes = synced(folder, addresses_with(own).only(["taxonomy"]))
    assert [(str(outcome.state), outcome.release) for outcome in outcomes] == [
        ("fetched", "NUCC25.0"), ("fetched", "NUCC25.1"), ("refused", "NUCC26.1"),
    ]  # fmt: skip
    assert (folder / "nucc_taxonomy_250.csv").read_bytes() == b"Code\n"
    assert (folder / "nucc_taxonomy_251.csv").read_bytes() == b"Mine\n"
    assert (mirror / "nucc_taxonomy_250.csv").exists()
    assert (tmp_path / "mine.csv").exists()
    assert states(synced(folder, addresses_with(own).only(["taxonomy"])))[:2] == ["unchanged", "unchanged"]


def test_a_mirror_over_http_has_the_known_names(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('mirror = "https://mirror.example/medicare/"\n')
    file = next(file for file in addresses_with(own).files if file.release == "RVU24B")
    assert file.address == "https://mirror.example/medicare/rvu24b-updated-03-18-2024.zip"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file = 1", "it holds something else than"),
        ("adresses = 1", "it holds something else than"),
        ("[[file]]\nfamily = 'mue'", "an entry lacks its family, release or address"),
        ("[[file]]\nfamily = 'x'\nrelease = 'R'\naddress = 'a.zip'", "'x' is no family"),
        ("[[file]]\nfamily = 'mue'\nrelease = 'R'\naddress = 'ftp://h/a.zip'", "ftp addresses are not fetched"),
        ("[[file]]\nfamily = 'mue'\nrelease = 'R'\naddress = 'https://h/'", "'' can't be the name of a file"),
        ("[[file]]\nfamily = 'mue'\nrelease = 'R'\naddress = 'a'\nname = '../a'", "can't be the name of a file"),
        ("[[file]]\nfamily = 'mue'\nrelease = 'R'\naddress = 'a'\nnames = 'b'", "an entry has family, release"),
        ("[[file]]\nfamily = 'mue'\nrelease = 'R'\naddress = 'a'\n" * 2, "a stands in it twice"),
        ("[[file]", "it is no TOML"),
    ],
)
def test_a_list_that_could_be_misread_is_refused(tmp_path: Path, text: str, message: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(ReferenceFileError, match=message.replace("[", r"\[")) as raised:
        addresses_with(own)
    assert raised.value.where.startswith(str(own))


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError, match="there is no such list"):
        addresses_with(tmp_path / "none.toml")


def test_an_entry_of_a_known_name_takes_its_place(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[file]]\nfamily = "schedule"\nrelease = "RVU21D"\naddress = "https://h.example/rvu21d.zip"\n')
    files = [file for file in addresses_with(own).files if file.release == "RVU21D"]
    assert [file.address for file in files] == ["https://h.example/rvu21d.zip"]
    assert len(addresses_with(own).files) == len(known_addresses().files)


def test_a_name_that_is_neither_family_nor_release() -> None:
    with pytest.raises(UsageError, match="'nope' is neither a family of files nor a release"):
        known_addresses().only(["icd10", "nope"])


def test_only_a_release_of_a_family() -> None:
    left = known_addresses().only(["PTP2026Q2"])
    assert {file.family.name for file in left.files} == {"ncci_ptp"}
    # Four parts for practitioners, four for hospitals.
    assert len(left.files) == 8


def test_families_without_an_address_are_named_with_their_page(folder: Path) -> None:
    outcomes = list(plan(folder, known_addresses().only(["addon", "reason_code"])))
    assert [(str(outcome.state), outcome.family) for outcome in outcomes] == [
        ("by_hand", "addon"), ("by_hand", "reason_code"),
    ]  # fmt: skip
    assert all(outcome.why and "https://" in outcome.remedy for outcome in outcomes)


def test_every_known_address_is_stated_by_somebody_and_used_once() -> None:
    """No address without evidence; no name twice; every family a table or kept as evidence, none forgotten."""
    text = tomllib.loads(packaged("trocar.reference").joinpath("addresses.toml").read_text("utf-8"))
    stated = {name for entry in text["file"] for name in entry["stated_by"]}
    assert all(entry["stated_by"] for entry in text["file"])
    # The page of the add-on edits is the one statement that no address rests on.
    assert set(text["statement"]) - stated == {"addon_page"}
    assert stated <= set(text["statement"])
    files = known_addresses().files
    assert len({file.name for file in files}) == len({file.address for file in files}) == len(files)
    assert all(file.address.startswith("https://") for file in files)
    families = set(known_addresses().families)
    assert families - set(TABLES) == {"policy_manual"}
    assert "policy_manual" in {reader.family for reader in READERS}


def test_every_part_of_a_listed_edit_release_is_listed() -> None:
    """A quarter of code pairs without one of its parts would look clear where that part has edits: four each."""
    names = [file.name for file in known_addresses().files if file.family.name == "ncci_ptp"]
    stems = {name.rpartition("-f")[0] for name in names}
    assert sorted(names) == sorted(f"{stem}-f{part}.zip" for stem in stems for part in (1, 2, 3, 4))


def test_the_licence_page_is_where_a_person_accepts() -> None:
    """As CMS's page links them: /license/ama?file=/files/zip/..."""
    file = next(file for file in known_addresses().files if file.release == "PTP2026Q3")
    assert file.page() == (
        "https://www.cms.gov/license/ama?file=/files/zip/"
        "medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip"
    )


@pytest.mark.parametrize(
    "page", [b"\xef\xbb\xbf<html>Accept</html>", b"<!-- terms --><html>Accept</html>", b"<?xml version='1.0'?><html/>"]
)
def test_a_page_in_place_of_a_table_is_refused(server: Server, folder: Path, page: bytes) -> None:
    """However a page begins, no publisher's file begins so."""
    server.files["nucc_taxonomy_251.csv"] = page
    (outcome,) = synced(folder, listed(server, folder).only(["taxonomy"]))
    assert (outcome.state, "the server sent a page" in outcome.why) == (State.REFUSED, True)


def test_a_password_in_an_address_is_told_to_nobody(server: Server, folder: Path) -> None:
    """A mirror's user and password, or a signature, are used and never shown or written down."""
    secret = server.of("order.zip?sig=abc").replace("http://", "http://me:secret@")
    entry = f'[[file]]\nfamily = "mue"\nrelease = "MUE2026Q4"\naddress = "{secret}"\nname = "mue.zip"\n'
    files = listed(server, folder, entry).only(["mue"])
    accept_licence(licence_folder(folder), DAY)
    server.files["order.zip?sig=abc"] = server.files["order.zip"]
    (outcome,) = synced(folder, files)
    assert (outcome.state, outcome.address) == (State.FETCHED, server.of("order.zip"))
    assert "secret" not in (folder / "sync.json").read_text("utf-8")
    assert states(synced(folder, files)) == ["unchanged"]


def test_a_file_that_moved_is_the_same_file(server: Server, folder: Path) -> None:
    """The list names another address for it: fetched from there, found to be the same, and noted."""
    files = listed(server, folder).only(["icd10"])
    synced(folder, files)
    server.files["moved.zip"] = server.files["order.zip"]
    moved = listed(server, folder).only(["icd10"]).files[0]
    moved = replace(moved, address=server.of("moved.zip"))
    assert states(synced(folder, AddressList(files.families, (moved,)), date(2026, 11, 1))) == ["unchanged"]
    noted = json.loads((folder / "sync.json").read_text("utf-8"))["files"]["order.zip"]
    assert (noted["address"], noted["fetched_on"]) == (server.of("moved.zip"), "2026-11-01")
