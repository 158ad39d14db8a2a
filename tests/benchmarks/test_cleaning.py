"""Each flag on rates written for it: what carries it, what does not, and the boundary between them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rates_files import WriteFile
from trocar.benchmarks.cleaning.clean import clean
from trocar.benchmarks.cleaning.flags import FLAGS
from trocar.benchmarks.cleaning.payers import payer_of
from trocar.benchmarks.cleaning.thresholds import thresholds_on
from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.folder import RatesError
from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.lookup.asked import Asked
from trocar.reference.store import Store

GROUP = {"provider_group_ids": ["1"]}


def flags_of(folder: Path, asked: Asked, code: str = "77012") -> dict[int, set[str]]:
    """The flags of each rate by its offset; every rate is there, flagged or not."""
    cleaned = clean(open_rates(folder), asked, code)
    cleaned.tell_flags()
    rows = cleaned.database.execute(
        """SELECT o."offset", list(f.flag) FILTER (f.flag IS NOT NULL)
           FROM observations o LEFT JOIN flags f USING (id) GROUP BY 1"""
    ).fetchall()
    return {offset: set(flags or ()) for offset, flags in rows}


# Medicare, 77012-26, facility, 2025-11-03: 69.61 in Baltimore (MD), 91.10 in Alaska, the dearest; 64 or so the
# cheapest: 70 is within every band. The band for professionals is 0.4 to 6: 91.10 x 6 = 546.60.
@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ({"rate": "70"}, set()),
        ({"rate": "0"}, {"placeholder_amount", "medicare_ratio"}),
        ({"rate": "0.01"}, {"placeholder_amount", "medicare_ratio"}),
        ({"rate": "0.02"}, {"medicare_ratio"}),
        ({"rate": "546.60"}, set()),
        ({"rate": "546.61"}, {"medicare_ratio"}),
        ({"rate": "999999999"}, {"sentinel_amount", "medicare_ratio"}),
        ({"rate_text": "lesser of", "amount_kind": "algorithm"}, {"no_amount"}),
        ({"rate": "70", "amount_kind": "percent"}, {"percentage"}),
        ({"rate": "70", "negotiated_type": "per diem"}, {"per_diem"}),
        ({"rate": "70", "arrangement": "capitation"}, {"capitation"}),
        ({"rate": "70", "arrangement": "bundle"}, {"bundle"}),
        ({"rate": "70", "expiration_date": date(2025, 11, 2)}, {"expired"}),
        ({"rate": "70", "expiration_date": date(2025, 11, 3)}, set()),
        ({"rate": "70", "modifiers": ["26", "59"]}, {"other_modifier"}),
        ({"rate": "70", "modifiers": []}, {"modifier_missing"}),
        ({"rate": "110", "modifiers": [], "place_of_service": ["11"]}, set()),
        ({"rate": "70", "place_of_service": []}, {"setting_unknown"}),
        ({"rate": "70", "provider_group_ids": ["77"]}, {"unresolved_provider"}),
    ],
)
def test_a_rate_alone(write_file: WriteFile, asked: Asked, rate: dict[str, Any], expected: set[str]) -> None:
    """One rate: exactly these flags."""
    assert flags_of(write_file("f1", [{**GROUP, **rate}]), asked) == {1000: expected}


def test_duplicates_across_files_and_rows(write_file: WriteFile, asked: Asked) -> None:
    """The first of equal rates stays, whatever its group is called in another file; another amount is no duplicate."""
    write_file("f1", [{**GROUP, "rate": "70"}, {**GROUP, "rate": "70"}, {**GROUP, "rate": "71"}])
    folder = write_file("f2", [{"rate": "70", "provider_group_ids": ["a"], "offset": 5000}], {"a": ["100"]})
    held = flags_of(folder, asked)
    # 70 and 71 beside each other in f1, every field alike: which applies is not published. 70 is two of its three.
    assert held == {
        1000: {"ambiguous_multi_rate", "base_fee_schedule"},
        1001: {"duplicate", "ambiguous_multi_rate", "base_fee_schedule"},
        1002: {"ambiguous_multi_rate"},
        5000: {"duplicate"},
    }


def test_the_same_rate_over_many_codes(write_file: WriteFile, asked: Asked) -> None:
    """70.00 over 20 codes of the group's 20: a default. Over 19 it may be a fee schedule; other groups don't count."""
    codes = [f"{number:05d}" for number in range(20001, 20020)]
    of_group = [{**GROUP, "rate": "70", "code": code} for code in codes]
    wanted = {**GROUP, "rate": "70", "offset": 9}
    assert flags_of(write_file("f1", [*of_group, wanted]), asked) == {9: {"copied_over_codes"}}
    assert flags_of(write_file("f1", [*of_group[1:], wanted]), asked) == {9: set()}


def test_base_fee_schedule_is_told_and_kept(write_file: WriteFile, asked: Asked) -> None:
    """Three groups of five at 70: 60 percent; at two of four, one half, it is not more than half."""
    rates = [
        {"rate": amount, "provider_group_ids": [str(at)]} for at, amount in enumerate(("70", "70", "70", "80", "90"), 1)
    ]
    held = flags_of(write_file("f1", rates), asked)
    assert [sorted(held[1000 + at]) for at in range(5)] == [["base_fee_schedule"]] * 3 + [[], []]
    held = flags_of(write_file("f1", rates[1:]), asked)
    assert not any(held.values())
    assert [flag.blocks for flag in FLAGS if flag.code == "base_fee_schedule"] == [False]


def test_ghosts_need_a_registry(write_file: WriteFile, asked: Asked) -> None:
    """Without a registry it is said; with one, a tax number of dermatologists alone is a ghost, unless it billed."""
    rates = [{"rate": "70", "provider_group_ids": [group]} for group in "123"]
    folder = write_file("f1", rates)
    cleaned = clean(open_rates(folder), asked, "77012")
    assert [told.partition(":")[0] for told in cleaned.not_checked] == ["ghost_taxonomy", "states of payers' rates"]
    assert all("load NPPES's" in told for told in cleaned.not_checked)
    # 2085R0204X vascular and interventional radiology; 207N00000X dermatology; 300 is not in the registry: not known.
    registry = {
        "npi": [1_000_000_100, 1_000_000_200],
        "state": ["MD", "VA"],
        "taxonomies": [["2085R0204X"], ["207N00000X"]],
    }
    pq.write_table(pa.table(registry), folder / "providers.parquet")
    held = flags_of(folder, asked)
    assert [("ghost_taxonomy" in held[1000 + at]) for at in range(3)] == [False, True, False]
    pq.write_table(pa.table({"npi": [1_000_000_200], "code": ["77012"]}), folder / "billed.parquet")
    assert "ghost_taxonomy" not in flags_of(folder, asked)[1001]


def test_a_code_out_of_force(write_file: WriteFile, full_store: Path) -> None:
    """77014 stands in the releases of 2025 and not in RVU26C; on a day of neither it is not checked, and said."""
    pack, store = Pack.open(full_store), Store(full_store)
    folder = write_file("f1", [{**GROUP, "rate": "30", "code": "77014"}])
    before, after, between = (Asked(pack, store, date(*day)) for day in ((2025, 12, 31), (2026, 7, 1), (2026, 1, 1)))
    assert "code_not_in_force" not in flags_of(folder, before, "77014")[1000]
    assert "code_not_in_force" in flags_of(folder, after, "77014")[1000]
    cleaned = clean(open_rates(folder), between, "77014")
    assert any(words.startswith("code_not_in_force") for words in cleaned.not_checked)


def test_a_code_outside_the_store(write_file: WriteFile, asked: Asked) -> None:
    """The starter pack has the schedule of the day, and not 99999: that is why it is not checked."""
    cleaned = clean(open_rates(write_file("f1", [{**GROUP, "rate": "30", "code": "99999"}])), asked, "99999")
    (told,) = [words for words in cleaned.not_checked if words.startswith("code_not_in_force")]
    assert "99999 is outside the starter pack" in told
    assert "no physician fee schedule" not in told


def test_payers_are_known_by_whole_names() -> None:
    """Case, punctuation and legal form aside; licensees apart, one family; unknown stays unknown."""
    carefirst, texas = payer_of("CAREFIRST BLUECROSS BLUESHIELD, INC."), payer_of("BCBS TX")
    assert carefirst
    assert texas
    assert (carefirst.id, texas.id) == ("carefirst", "hcsc-texas")
    assert carefirst.family == texas.family == "bcbs"
    assert payer_of("Aetna Signature Administrators") is None
    assert payer_of("Acme Health") is None


def test_limits_are_dated() -> None:
    """The day of the question decides; before the first set nothing is known."""
    assert thresholds_on(date(2025, 11, 3)).medicare_band["professional"] == (Decimal("0.4"), Decimal(6))
    with pytest.raises(UsageError, match="no limits"):
        thresholds_on(date(2019, 12, 31))


def test_a_folder_without_rates(tmp_path: Path) -> None:
    """It says how to get some."""
    with pytest.raises(RatesError, match="no extracted rates"):
        open_rates(tmp_path)


def test_the_page_lists_every_flag_and_problem() -> None:
    """docs/benchmarks.md names each flag with its words, and each kind of problem that a hospital's file can have."""
    root = Path(__file__).resolve().parents[2]
    page = (root / "docs" / "benchmarks.md").read_text("utf-8")
    for flag in FLAGS:
        assert f"| `{flag.code}` | {flag.words} |" in page
    source = "".join(path.read_text("utf-8") for path in (root / "src/trocar/benchmarks/hospital").glob("*.py"))
    kinds = set(re.findall(r'problem\([^"]*?(?:f"[^"]*", )?"([a-z0-9]+(?:-[a-z0-9]+)+)"', source))
    assert len(kinds) > 15
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in page] == []
