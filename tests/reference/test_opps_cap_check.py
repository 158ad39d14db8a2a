"""Published OPPSCAP amounts against those computed from the release's own files, and why some differ."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.reference.build import build
from trocar.reference.licence import accept_licence
from trocar.reference.opps_cap_check import opps_cap_report
from trocar.reference.store import Store

_HEAD = "HCPCS,MOD,PROCSTAT,CARRIER,LOCALITY,FACILITY PRICE,NON-FACILTY PRICE\r\n"
_A_TC = {"hcpcs": "70001", "mod": "TC", "status": "A", "nf_pe": "5.00", "f_pe": "5.00", "mp": "0.03"}
_A_TC |= {"nf_total": "5.03", "f_total": "5.03", "opps_nf": "4.50", "opps_f": "4.50", "opps_mp": "0.03"}
_C_TC = {"hcpcs": "70002", "mod": "TC", "status": "C", "opps_nf": "6.00", "opps_f": "6.00", "opps_mp": "0.02"}
_C_26 = {"hcpcs": "70002", "mod": "26", "status": "A", "work": "1.11", "nf_pe": "0.37", "f_pe": "0.37", "mp": "0.05"}
_C_26 |= {"nf_total": "1.53", "f_total": "1.53"}
_C_GLOBAL = {"hcpcs": "70002", "status": "C"}


def _store(tmp_path: Path, source: Path) -> Store:
    folder = tmp_path / "store"
    accept_licence(folder, date(2026, 1, 2))
    build(source, folder)
    return Store(folder)


def _release(folder: Path, write_schedule: Any, write_gpci: Any, *caps: str, cf: str = "32.0000", **title: Any) -> None:
    write_schedule(folder, _A_TC, _C_TC, _C_26, _C_GLOBAL, cf=cf, **title)
    write_gpci(folder, "10112,AL,00,ALABAMA,1.000,0.900,0.500")
    (folder / "OPPSCAP.csv").write_text(_HEAD + "".join(f"{row}\r\n" for row in caps), newline="")


# Alabama's indices here are 1.000, 0.900 and 0.500, the conversion factor 32.
_EXACT = (
    # the cap: (4.50 x 0.9 + 0.03 x 0.5) x 32 = 4.065 x 32 = 130.08; the fee (5.00 x 0.9 + ...) is higher
    "70001,TC,A,10112,00,130.08,130.08",
    # status C: the cap alone, (6.00 x 0.9 + 0.02 x 0.5) x 32 = 5.41 x 32 = 173.12
    "70002,TC,C,10112,00,173.12,173.12",
    # its global: 26 and TC added unrounded, (1.11 + 6.37 x 0.9 + 0.07 x 0.5) x 32 = 6.878 x 32 = 220.096
    "70002,,C,10112,00,220.10,220.10",
)


def test_cap_and_contractor_priced_rows_reproduce(tmp_path: Path, write_schedule: Any, write_gpci: Any) -> None:
    """The lower of fee and cap for A; the cap for C; the C global from its 26 and TC rows, rounded once."""
    _release(tmp_path / "s", write_schedule, write_gpci, *_EXACT)
    store = _store(tmp_path, tmp_path / "s")
    report = opps_cap_report(store)[0]
    assert (report.compared, report.exact, report.mismatched, report.uncompared) == (6, 6, 0, 0)
    assert not any("reproduce" in warning for warning in store.catalog.of_table("opps_cap")[0].warnings)


def test_an_old_conversion_factor_is_found(tmp_path: Path, write_schedule: Any, write_gpci: Any) -> None:
    """The July file repeats amounts of factor 32 though its schedule has 33: stale, on its citations too."""
    _release(tmp_path / "s/a", write_schedule, write_gpci, *_EXACT, month="April")
    _release(tmp_path / "s/b", write_schedule, write_gpci, *_EXACT, month="July", cf="33.0000")
    store = _store(tmp_path, tmp_path / "s")
    stale = opps_cap_report(store)[1]
    assert (stale.release, stale.exact, stale.mismatched) == ("RVU25C", 0, 6)
    assert stale.explanation == "stale: computed with conversion factor 32.0000 of RVU25B, not 33.0000"
    # 4.065 x 33 = 134.145 -> 134.15
    assert stale.examples[0] == "line 2: 70001 TC in 10112/00, facility: 13008 cents, computed 13415"
    cited = store.catalog.of_table("opps_cap")[1].cite(2)
    assert any("stale: computed with conversion factor 32.0000" in warning for warning in cited.warnings)


def test_a_few_codes_and_unknown_places_are_said(tmp_path: Path, write_schedule: Any, write_gpci: Any) -> None:
    """One wrong code is named; a locality GPCI does not have is counted as not compared."""
    wrong = ("70001,TC,A,10112,00,131.00,131.00", *_EXACT[1:])
    _release(tmp_path / "s", write_schedule, write_gpci, *wrong)
    report = opps_cap_report(_store(tmp_path, tmp_path / "s"))[0]
    assert report.mismatched == 2
    assert report.explanation.startswith("differs for 70001 only")
    shutil.rmtree(tmp_path / "store")
    _release(tmp_path / "s", write_schedule, write_gpci, *(row.replace("10112,00", "10999,00") for row in _EXACT))
    report = opps_cap_report(_store(tmp_path, tmp_path / "s"))[0]
    assert (report.compared, report.uncompared) == (0, 6)


@pytest.mark.full_data
def test_the_publishers_amounts(cms_files: Path, tmp_path: Path) -> None:
    """2024 and October 2025 reproduce to the cent, RVU24C is stale, RVU23D has another release's island indices."""
    source = tmp_path / "cms"
    source.mkdir()
    for name in ("rvu23c", "rvu23d", "rvu24a", "rvu24ar", "rvu24b", "rvu24c", "rvu25d"):
        (source / name).mkdir()
        for path in (cms_files / name).glob("*.csv"):
            (source / name / path.name).symlink_to(path)
    reports = {report.release: report for report in opps_cap_report(_store(tmp_path, source))}
    for release in ("RVU23C", "RVU24A", "RVU24AR", "RVU24B", "RVU25D"):
        assert reports[release].mismatched == reports[release].uncompared == 0
    # 16,102 lines less the heading, a blank one and 840 repeats: 15,260 rows (140 x 109) of two amounts.
    assert reports["RVU25D"].exact == 2 * 15260
    assert reports["RVU24C"].exact == 0
    assert "stale: computed with conversion factor 32.7442 of RVU24A, not 33.2875" in reports["RVU24C"].explanation
    assert "without the 1.0 floor of the work index in 51 localities" in reports["RVU24C"].explanation
    assert reports["RVU23D"].explanation.startswith("computed with the indices of RVU23C in 09202/20, 09202/50")
