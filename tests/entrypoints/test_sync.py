"""``trocar data sync``: from a publisher's server to a store that answers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from publisher_server import Server, running

from .conftest import Run, json_lines


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server, each file tagged by its content."""
    with running() as server:
        server.etag = None
        yield server


@pytest.fixture
def mirror(server: Server, tmp_path: Path) -> Path:
    """A list of the user's own: the known files, from this server."""
    own = tmp_path / "own.toml"
    own.write_text(f'mirror = "{server.of("")}"\n')
    return own


def test_a_dry_run_says_where_each_file_is(run: Run, tmp_path: Path) -> None:
    """No acceptance is needed to be told, nothing is written, and every release has a row."""
    result = run(f"data sync {tmp_path / 'downloads'} --dry-run --format json --only schedule")
    rows = json_lines(result)
    assert (result.exit_code, {row["state"] for row in rows}) == (0, {"missing"})
    # Four a year from 2020 to 2026, and the revision of January 2024.
    assert len(rows) == 4 * 7 + 1
    assert {row["licence"] for row in rows} == {"AMA"}
    october = next(row for row in rows if row["release"] == "RVU25D")
    assert october["address"] == "https://www.cms.gov/files/zip/rvu25d-updated-09/11/2025.zip"
    assert october["file"] == "rvu25d-updated-09-11-2025.zip"
    assert not (tmp_path / "downloads").exists()
    table = run(f"data sync {tmp_path / 'downloads'} --dry-run --format csv --only RVU25D").stdout.splitlines()
    assert table[0].startswith("state,family,release,file,address,licence")
    text = run(f"data sync {tmp_path / 'downloads'} --dry-run").stdout
    assert "71 files: 71 missing" in text
    assert "rvu25d-updated-09-11-2025.zip" in text
    assert "https://www.cms.gov/files/zip/rvu25d-updated-09/11/2025.zip" in text
    assert "by_hand addon:" in text
    assert "now build" not in text


def test_without_the_acceptance_nothing_licensed_is_fetched(
    run: Run, tmp_path: Path, server: Server, mirror: Path
) -> None:
    """The same error as the build's, in the one shape, and exit code 2."""
    result = run(f"data sync {tmp_path / 'downloads'} --only RVU25D --addresses {mirror} --format json")
    assert result.exit_code == 2
    (error,) = json_lines(result)
    assert error["remedy"] == "Read THIRD_PARTY.md, then sync with --accept-ama-license."
    assert server.asked == []


def test_an_unknown_family(run: Run, tmp_path: Path) -> None:
    result = run(f"data sync {tmp_path} --only rvu")
    assert result.exit_code == 2
    assert "'rvu' is neither a family of files nor a release of the list" in result.stderr


def test_a_dry_run_builds_nothing(run: Run, tmp_path: Path) -> None:
    result = run(f"data sync {tmp_path} --dry-run -o {tmp_path / 'store'}")
    assert (result.exit_code, "a dry run builds nothing" in result.stderr) == (2, True)


def test_a_release_with_a_part_missing_is_not_built(run: Run, tmp_path: Path, server: Server, mirror: Path) -> None:
    """Three parts of four would make the pairs of the fourth look clear: exit code 3, and no store."""
    server.missing = {"medicare-ncci-2026q2-hospital-ptp-edits-ccioph-v321r0-f3.zip"}
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("ccioph-v321r0-f1.TXT", "any")
    server.content = out.getvalue()
    line = f"data sync {tmp_path / 'downloads'} --only PTP2026Q2 --addresses {mirror} --accept-ama-license --pause 0"
    result = run(f"{line} -o {tmp_path / 'store'}")
    assert result.exit_code == 3
    assert "8 files: 7 fetched, 1 refused" in result.stdout
    assert "what now: Check the address. Or get it from https://www.cms.gov/" in result.stdout
    assert not (tmp_path / "store").exists()
    only = run(f"data sync {tmp_path / 'downloads'} --only addon")
    assert (only.exit_code, "by_hand addon" in only.stdout) == (3, True)


@pytest.mark.full_data
def test_what_was_synced_builds_into_a_store_that_answers(
    run: Run, cms_files: Path, tmp_path: Path, server: Server, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CMS's and NUCC's own files over HTTP, then built: the October 2025 schedule prices, the diagnoses are known."""
    for module in ("cli_data", "cli_sync"):
        monkeypatch.setattr(f"trocar.entrypoints.{module}.today", lambda: date(2026, 10, 2))
    bundle = io.BytesIO()
    with ZipFile(bundle, "w", ZIP_DEFLATED) as archive:
        for path in sorted((cms_files / "rvu25d").iterdir()):
            archive.write(path, path.name)
    server.files = {
        "rvu25d-updated-09-11-2025.zip": bundle.getvalue(),
        "2026-code-descriptions-tabular-order.zip": (cms_files / "icd10cm" / "cms_2026_dx.zip").read_bytes(),
        "nucc_taxonomy_251.csv": (cms_files / "nucc" / "nucc_taxonomy_251.csv").read_bytes(),
    }
    downloads, store = tmp_path / "downloads", tmp_path / "store"
    asked = "--only RVU25D --only ICD10CM2026 --only NUCC25.1"
    line = f"data sync {downloads} {asked} --addresses {mirror} --accept-ama-license --pause 0"
    told = run(line)
    assert told.exit_code == 0, told.output
    assert f"now build: trocar data build {downloads} -o STORE --accept-ama-license" in told.stdout
    built = run(f"{line} -o {store}")
    assert built.exit_code == 0, built.output
    assert "3 files: 3 unchanged" in built.stdout
    assert json.loads((store / "licence.json").read_text("utf-8"))["accepted_on"] == "2026-10-02"
    catalog = json.loads((store / "catalog.json").read_text("utf-8"))
    assert {file["release"] for file in catalog["files"]} == {"RVU25D", "ICD10CM2026", "NUCC25.1"}
    # Of what sync itself wrote, nothing is read and nothing is noted.
    assert not [note for note in catalog["notes"] if "sync" in note]
    priced = run(f"price 77002-26 --on 2025-11-03 --national --pos 22 --store {store} --format json")
    # 0.79 x 32.3465 = 25.5537 -> 25.55
    assert json_lines(priced)[0]["allowed"] == "25.55"
    assert "ICD10CM2026" in run(f"data status --store {store}").stdout
