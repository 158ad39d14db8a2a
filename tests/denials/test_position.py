"""One's own contract among peers, worked by hand; and the registries that say who the peers are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rates_files import WriteFile
from trocar.benchmarks.compaction.rates_set import open_rates
from trocar.benchmarks.folder import RatesError
from trocar.benchmarks.providers import load_providers
from trocar.benchmarks.summary import Question
from trocar.core.errors import ClaimInputError
from trocar.denials.contract_file import read_contracts
from trocar.denials.position import Position, positions, read_volumes
from trocar.lookup.asked import Asked

SIX = [
    {"rate": str(amount), "provider_group_ids": [str(at)]} for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
]
CONTRACTS = """
[[contract]]
name = "Acme"
payer = "ACME"
percent_of_medicare = 110
[[contract.carve_out]]
codes = ["76942"]
percent_of_charge = 40
"""
VOLUMES = "hcpcs,units,modifier,place_of_service\n77012,250,26,22\n77012,10,,11\n76942,5,26,22\n"
BALTIMORE = {"mac": "12302", "locality": "01"}


def told(tmp_path: Path, folder: Path, asked: Asked) -> list[Position]:
    """The positions of the contracts above."""
    (tmp_path / "contracts.toml").write_text(CONTRACTS, "utf-8")
    (tmp_path / "volumes.csv").write_text(VOLUMES, "utf-8")
    peers = Question("", kinds=("dollar",), place=BALTIMORE)
    contracts = read_contracts(tmp_path / "contracts.toml")
    return list(positions(open_rates(folder), asked, contracts, read_volumes(tmp_path / "volumes.csv"), peers))


def test_position_and_dollars(write_file: WriteFile, tmp_path: Path, asked: Asked) -> None:
    """110% of 69.61 = 76.571 -> 76.57; two of six peers (60, 70) are at or below: 33%; (80 - 76.57) x 250 = 857.50."""
    first, second, third = told(tmp_path, write_file("f1", SIX), asked)
    assert (first.own, first.share, first.to_median) == (Decimal("76.57"), 33, Decimal("857.50"))
    assert first.peers
    assert (first.peers.payer, first.peers.providers) == ("aetna", 6)
    # 110% of 129.67 = 142.637 -> 142.64; nobody publishes the global code in the office here.
    assert (second.own, second.share) == (Decimal("142.64"), None)
    assert "office" in second.why_not
    assert third.own is None
    assert "no rate without a charge" in third.why_not


def test_too_few_peers_are_no_position(write_file: WriteFile, tmp_path: Path, asked: Asked) -> None:
    """Four tax numbers."""
    first, *_ = told(tmp_path, write_file("f1", SIX[:4]), asked)
    assert (first.share, first.to_median, first.why_not) == (None, None, "not enough: 4 of at least 5")


@pytest.mark.parametrize(
    ("text", "where"),
    [("hcpcs\n77012\n", "row 1"), ("hcpcs,units\n77012,x\n", "row 2"), ("hcpcs,units\n7701,1\n", "row 2")],
)
def test_volumes_that_cant_be_read(tmp_path: Path, text: str, where: str) -> None:
    """The row is named."""
    path = tmp_path / "volumes.csv"
    path.write_text(text, "utf-8")
    with pytest.raises((ClaimInputError, ValueError)) as caught:
        read_volumes(path)
    assert where in getattr(caught.value, "where", "")


def test_registries_keep_what_the_folder_names(write_file: WriteFile, tmp_path: Path) -> None:
    """Of three providers listed, one is in the folder; of its two codes billed, one is."""
    folder = open_rates(write_file("f1", SIX))
    state = "Provider Business Practice Location Address State Name"
    taxonomy = "Healthcare Provider Taxonomy Code_1"
    registry = tmp_path / "npidata.csv"
    registry.write_text(f'"NPI","{state}","{taxonomy}"\n1000000100,md,2085R0204X\n1999999999,VA,\n"","",""\n', "utf-8")
    billed = tmp_path / "billed.csv"
    billed.write_text("Rndrng_NPI,HCPCS_Cd\n1000000100,77012\n1000000100,99213\n", "utf-8")
    loaded = load_providers(folder, registry, billed)
    assert (loaded.providers, loaded.of, loaded.billed) == (1, 9, 1)
    held = open_rates(folder.path).connect().execute("SELECT npi, state, taxonomies FROM providers").fetchall()
    assert held == [(1_000_000_100, "MD", ["2085R0204X"])]
    with pytest.raises(RatesError, match="no column NPI"):
        load_providers(folder, billed, None)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hcpcs,units,modifiers\n77012,250,26\n", "the column 'modifiers' is not known"),
        ("hcpcs,units,units\n77012,250,26\n", "the column 'units' stands there twice"),
        ("hcpcs,modifier\n77012,26\n", "there is no column units"),
        ("hcpcs,units\n77012,250,26\n", "there are more cells than columns"),
        ("", "there is no column hcpcs"),
    ],
)
def test_volumes_that_could_be_misread(text: str, what: str, tmp_path: Path) -> None:
    """A modifier under another heading would be lost, and the price be that of another service."""
    (tmp_path / "volumes.csv").write_text(text, "utf-8")
    with pytest.raises(ClaimInputError, match=what):
        read_volumes(tmp_path / "volumes.csv")
