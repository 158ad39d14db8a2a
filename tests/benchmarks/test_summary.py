"""Percentiles worked by hand: votes, nearest rank, what is never pooled, where each number stands."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rates_files import WriteFile
from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.folder import RatesError
from trocar.benchmarks.shapes import benchmark_shape, rows_of, summary_shape
from trocar.benchmarks.summary import Benchmark, Question, Summary, summarise
from trocar.lookup.asked import Asked

SIX = [
    {"rate": str(amount), "provider_group_ids": [str(at)]} for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
]


def ask(folder: Path, asked: Asked, **question: object) -> Summary:
    """The summary of 77012."""
    return summarise(open_rates(folder), asked, Question("77012", **question))  # type: ignore[arg-type]


def amounts(entry: Benchmark) -> list[str | None]:
    """p10 to p90."""
    votes = [entry.percentile(percent) for percent in (10, 25, 50, 75, 90)]
    return [None if vote is None else str(vote.amount) for vote in votes]


def test_percentiles_by_nearest_rank(write_file: WriteFile, asked: Asked) -> None:
    """Of 6: ranks ceil(0.6) = 1, ceil(1.5) = 2, 3, ceil(4.5) = 5, ceil(5.4) = 6: published rates, with places."""
    (entry,) = ask(write_file("f1", SIX), asked).benchmarks
    assert amounts(entry) == ["60.0000", "70.0000", "80.0000", "100.0000", "110.0000"]
    median = entry.percentile(50)
    assert median
    assert (median.file_id, median.offset, median.ordinal) == ("f1", 1002, 0)
    assert (entry.rates, entry.providers, entry.component, entry.setting) == (6, 6, "26", "facility")


def test_a_folder_that_is_being_written_does_not_count(write_file: WriteFile, asked: Asked) -> None:
    """As when an extraction was killed: its folder has a point before its name, whatever is in it."""
    folder = write_file("f1", SIX)
    (folder / ".f2.killed").mkdir()
    for name in ("rates", "files"):
        (folder / ".f2.killed" / f"{name}.parquet").write_bytes(b"half a table")
    (entry,) = ask(folder, asked).benchmarks
    assert entry.rates == 6
    shutil.rmtree(folder / "f1")
    with pytest.raises(RatesError, match="no extracted rates"):
        open_rates(folder)


def test_one_vote_per_tax_number(write_file: WriteFile, asked: Asked) -> None:
    """Tax number 100 has 10 rates of 60 and over: its vote is their lower median, 64; it counts once."""
    many = [{"rate": str(60 + number), "provider_group_ids": ["1"]} for number in range(10)]
    summary = ask(write_file("f1", [*many, *SIX[1:]]), asked)
    (entry,) = summary.benchmarks
    assert (entry.providers, entry.rates, entry.amounts[0]) == (6, 15, 64_0000)
    first = next(row for row in rows_of(summary) if row["offset"] == 1000)
    assert first["voters"] == ["ein 100"]


def test_one_rate_of_several_tax_numbers_is_one_rate(write_file: WriteFile, asked: Asked) -> None:
    """A group of five tax numbers at 80: five votes, one published rate."""
    folder = write_file("f1", [{"rate": "80", "provider_group_ids": ["1"]}], {"1": ["1", "2", "3", "4", "5"]})
    (entry,) = ask(folder, asked).benchmarks
    assert (entry.providers, entry.rates, amounts(entry)[2]) == (5, 1, "80.0000")


def test_fewer_than_five_are_not_enough(write_file: WriteFile, asked: Asked) -> None:
    """Four tax numbers: no percentile, no multiple; five: shown."""
    (four,) = ask(write_file("f1", SIX[:4]), asked).benchmarks
    assert (amounts(four), four.multiple(), four.is_enough) == ([None] * 5, None, False)
    assert benchmark_shape(four)["enough"] is False
    (five,) = ask(write_file("f1", SIX[:5]), asked).benchmarks
    assert amounts(five)[2] == "80.0000"


def test_what_is_never_pooled(write_file: WriteFile, asked: Asked) -> None:
    """Component, class, setting, negotiated type and payer keep apart; 26 asked for is 26 alone."""
    others = [
        {"modifiers": ["TC"], "place_of_service": ["11"], "rate": "60"},
        {"modifiers": [], "place_of_service": ["11"], "rate": "120"},
        {"billing_class": "institutional", "modifiers": [], "rate": "900"},
        {"place_of_service": ["11"]},
        {"negotiated_type": "derived"},
    ]
    rates = [*SIX, *({**SIX[1], **other} for other in others)]
    write_file("f1", rates)
    folder = write_file("f2", [{**SIX[0], "rate": "75"}], entity="Cigna")
    summary = ask(folder, asked)
    keys = {(b.payer, b.class_, b.setting, b.component, b.negotiated_type) for b in summary.benchmarks}
    assert keys == {
        ("aetna", "professional", "facility", "26", "negotiated"),
        ("aetna", "professional", "office", "TC", "negotiated"),
        ("aetna", "professional", "office", "global", "negotiated"),
        ("aetna", "institutional", "unknown", "global", "negotiated"),
        ("aetna", "professional", "office", "26", "negotiated"),
        ("aetna", "professional", "facility", "26", "derived"),
        ("cigna", "professional", "facility", "26", "negotiated"),
    }
    assert {b.component for b in ask(folder, asked, component="26").benchmarks} == {"26"}
    assert {b.payer for b in ask(folder, asked, payers=("CIGNA",)).benchmarks} == {"cigna"}


def test_licensees_roll_up(write_file: WriteFile, asked: Asked) -> None:
    """CareFirst and BCBS Texas apart, and together once more as the family."""
    write_file("f1", SIX[:3], entity="CareFirst")
    folder = write_file("f2", SIX[3:], entity="BCBS TX")
    entries = ask(folder, asked, payers=("Blue Cross",)).benchmarks
    assert [(entry.payer, entry.is_rolled_up, entry.providers) for entry in entries] == [
        ("bcbs", True, 6), ("carefirst", False, 3), ("hcsc-texas", False, 3),
    ]  # fmt: skip


def test_multiple_of_medicare_at_a_place(write_file: WriteFile, asked: Asked) -> None:
    """77012-26 in Baltimore, MAC 12302-01: 69.61; the median 80.00 / 69.61 = 1.149 -> 1.15."""
    folder = write_file("f1", SIX)
    (entry,) = ask(folder, asked, place={"mac": "12302", "locality": "01"}).benchmarks
    assert entry.medicare == (Decimal("69.61"), Decimal("69.61"))
    assert entry.multiple() == (Decimal("1.15"), Decimal("1.15"))


def test_states_need_the_registry(write_file: WriteFile, asked: Asked) -> None:
    """Five of six practise in MD: Medicare between its two localities, 67.39 and 69.61; 80 is 1.15 to 1.19 times."""
    folder = write_file("f1", SIX)
    summary = ask(folder, asked, state="MD")
    assert (summary.benchmarks, summary.steps[-1].left) == ((), 0)
    npis = [1_000_000_000 + 100 * number for number in range(1, 7)]
    registry = {"npi": npis, "state": ["MD"] * 5 + ["VA"], "taxonomies": [["2085R0204X"]] * 6}
    pq.write_table(pa.table(registry), folder / "providers.parquet")
    (entry,) = ask(folder, asked, state="MD").benchmarks
    assert (entry.providers, amounts(entry)[2]) == (5, "80.0000")
    assert entry.medicare == (Decimal("67.39"), Decimal("69.61"))
    # 80 / 69.61 = 1.1493; 80 / 67.39 = 1.1871
    assert entry.multiple() == (Decimal("1.15"), Decimal("1.19"))
    assert {b.state for b in ask(folder, asked, each_state=True).benchmarks} == {"MD", "VA"}


def test_by_contract_a_group_votes_known_or_not(write_file: WriteFile, asked: Asked) -> None:
    """Groups whose tax numbers are elsewhere: no vote by tax number, five votes by contract."""
    rates = [{**rate, "provider_group_ids": [f"remote {at}"]} for at, rate in enumerate(SIX[:5])]
    folder = write_file("f1", rates)
    assert ask(folder, asked).benchmarks == ()
    (entry,) = ask(folder, asked, by_contract=True).benchmarks
    assert (entry.providers, amounts(entry)[2]) == (5, "80.0000")


def test_the_funnel_conserves(write_file: WriteFile, asked: Asked) -> None:
    """Every published rate is compared or taken out at one step; nothing is lost between."""
    rates = [*SIX, {**SIX[0], "rate": "0"}, {**SIX[0], "rate": "5000"}, {**SIX[0], "modifiers": ["TC"]}]
    summary = ask(write_file("f1", rates), asked, component="26")
    steps = {step.name: (step.taken, step.left) for step in summary.steps}
    assert steps["published"] == (0, 9)
    assert steps["component"] == (1, 8)
    assert steps["placeholder_amount"] == (1, 7)
    assert steps["medicare_ratio"] == (1, 6)
    assert steps["comparable"] == (0, 6)
    rows = list(rows_of(summary))
    assert (len(rows), sum(row["compared"] for row in rows)) == (8, 6)
    zero = next(row for row in rows if row["rate"] == "0.00")
    assert (zero["file"], zero["offset"], zero["flags"][0]["flag"]) == ("f1.json", 1006, "placeholder_amount")
    assert summary_shape(summary)["files"][0]["file_id"] == "f1"


def test_each_benchmark_says_what_it_was_made_of(write_file: WriteFile, asked: Asked) -> None:
    """Aetna: 8 published, a placeholder (below the band too) and a bundle not compared; Cigna: 1 of 2, by state too."""
    write_file("f1", [*SIX, {**SIX[0], "rate": "0"}, {**SIX[0], "arrangement": "bundle"}])
    folder = write_file("f2", [SIX[0], {**SIX[1], "rate": "5000"}], entity="Cigna")
    aetna, cigna = ask(folder, asked).benchmarks
    assert (aetna.published, aetna.rates, aetna.providers) == (8, 6, 6)
    # 0 and 60 stand beside each other, every field alike: two of the eight are ambiguous.
    assert aetna.flags == {"placeholder_amount": 1, "medicare_ratio": 1, "bundle": 1, "ambiguous_multi_rate": 2}
    assert (cigna.published, cigna.rates, cigna.flags["medicare_ratio"]) == (2, 1, 1)
    assert benchmark_shape(cigna)["flags"] == {"medicare_ratio": 1}
    npis = [1_000_000_000 + 100 * number for number in range(1, 7)]
    registry = {"npi": npis, "state": ["MD"] * 5 + ["VA"], "taxonomies": [["2085R0204X"]] * 6}
    pq.write_table(pa.table(registry), folder / "providers.parquet")
    by_state = {(b.payer, b.state): b.published for b in ask(folder, asked, each_state=True).benchmarks}
    assert by_state == {("aetna", "MD"): 7, ("aetna", "VA"): 1, ("cigna", "MD"): 2}


def test_a_state_without_localities_is_held_against_the_country(write_file: WriteFile, asked: Asked) -> None:
    """A hospital "in ZZ": 5,000 for the professional part is beyond 546.60, six times the dearest locality's 91.10."""
    price = {
        "source_kind": "hospital", "payer": "Aetna", "hospital_id": "1 ZZ", "state": "ZZ", "rate": "5000",
        "billing_class": "professional", "setting": "outpatient", "place_of_service": [],
    }  # fmt: skip
    summary = ask(write_file("f1", [price]), asked)
    assert [flag for flag, *_ in summary.flags] == ["medicare_ratio"]


def test_real_hospital_prices(hospital_rates: Path, asked: Asked) -> None:
    """298,293 real prices, code 77012: the raw mean of gross charges is 5.13 million dollars, by 19 sentinels.

    The raw figures are those of the file itself: 2,947 gross rows, mean 5,131,667.96, median 2,373.
    """
    summary = ask(hospital_rates, asked)
    assert (summary.steps[0].left, summary.steps[-1].name) == (5672, "comparable")
    row = summary.cleaned.database.execute(
        """SELECT count(*), avg(rate), quantile_disc(rate, 0.5), avg(rate) FILTER (id IN (SELECT id FROM comparable)),
                  count(*) FILTER (rate >= 999999), count(DISTINCT hospital_id)
           FROM observations JOIN kinds USING (kind) JOIN (SELECT id, hospital_id FROM observed) USING (id)
           WHERE amount_kind = 'gross'"""
    ).fetchone()
    assert row is not None
    assert (row[0], round(row[1]), row[2]) == (2947, 5_131_668, Decimal(2373))
    assert 2_000 < row[3] < 4_000
    gross = next(entry for entry in summary.benchmarks if entry.amount_kind == "gross")
    # One vote a hospital: never more votes than hospitals with a gross price.
    assert gross.providers <= row[5] <= 2917
    assert gross.is_enough
    assert gross.medicare is None  # 77012 is packaged under OPPS
