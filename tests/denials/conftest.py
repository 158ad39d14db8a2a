"""Remittances written for tests, segment by segment, and the books and analyses made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from trocar.denials.analysis import Analysis, analyse
from trocar.denials.contracts import Contracts
from trocar.denials.ingest import add_claims, add_remittances
from trocar.denials.store import RemittanceBook
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.reference.store import Store

Analysed: TypeAlias = Callable[..., Analysis]
HEADER = (
    "claim_id,line,service_date,hcpcs,modifiers,place_of_service,locality,diagnoses,units,charge,payer,patient_id\n"
)


@dataclass
class Payment:
    """One ST of an 835: claims are given as segments, amounts as texts; the counts of the envelope are made here."""

    paid: str
    claims: list[str]
    number: str = "EFT1"
    day: str = "20240901"
    payer: str = "MEDICARE TEST"
    payer_id: str = "00001"
    provider: Sequence[str] = ()
    handling: str = "I"

    def segments(self, control: int) -> list[str]:
        """The segments of the transaction."""
        body = [
            f"ST*835*{control:04d}",
            f"BPR*{self.handling}*{self.paid}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*{self.day}",
            f"TRN*1*{self.number}*1512345678",
            f"DTM*405*{self.day}",
            f"N1*PR*{self.payer}*XV*{self.payer_id}",
            "N3*9 PAYER ROAD",
            "N4*TULSA*OK*74103",
            "PER*BL*HELP*TE*5555550199",
            "N1*PE*TEST GROUP*XX*1234567893",
            "REF*TJ*123456789",
            "LX*1",
            *(segment for claim in self.claims for segment in claim.split("~")),
            *self.provider,
        ]
        return [*body, f"SE*{len(body) + 1}*{control:04d}"]


def era(*payments: Payment) -> str:
    """The text of an 835 with one ST per payment."""
    segments = [
        "ISA*00*          *00*          *ZZ*PAYERTEST      *ZZ*TROCARTEST     *240901*1200*^*00501*000000001*0*T*:",
        "GS*HP*PAYERTEST*TROCARTEST*20240901*1200*1*X*005010X221A1",
    ]
    for control, payment in enumerate(payments, 1):
        segments += payment.segments(control)
    return "~\n".join([*segments, f"GE*{len(payments)}*1", "IEA*1*000000001"]) + "~\n"


def claim(head: str, *lines: str, received: str = "20240820", patient: str = "M1") -> str:
    """The segments of a claim: ``CLP*`` is put before its head, ``SVC*HC:`` before each line."""
    said = [f"CLP*{head}", f"NM1*QC*1*DOE*PAT****MI*{patient}", f"DTM*050*{received}"]
    return "~".join([*said, *(f"SVC*HC:{line}" for line in lines)])


@dataclass
class Bench:
    """A folder in which a test keeps its files and its book."""

    folder: Path
    made: int = field(default=0)

    @property
    def book(self) -> RemittanceBook:
        """The book of the test."""
        return RemittanceBook.create(self.folder / "book.parquet")

    def remit(self, *payments: Payment) -> None:
        """Add a file with these payments."""
        self.made += 1
        path = self.folder / f"era{self.made}.835"
        path.write_text(era(*payments))
        add_remittances(self.book, path)

    def sent(self, rows: str) -> None:
        """Add claims as sent, rows under ``HEADER``."""
        self.made += 1
        path = self.folder / f"sent{self.made}.csv"
        path.write_text(HEADER + rows)
        add_claims(self.book, path)

    def analysed(self, pack: Pack, contracts: Contracts | None = None, on: date = date(2024, 10, 1)) -> Analysis:
        """The book analysed with the starter pack."""
        return analyse(self.book, pack, Store(starter_store()), on, contracts)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """An empty book with a key of its own for pseudonyms."""
    from trocar.claims import patient_key

    patient_key.patient_key.cache_clear()
    monkeypatch.setenv("TROCAR_PATIENT_KEY", "a key for tests alone")
    yield Bench(tmp_path)
    patient_key.patient_key.cache_clear()


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The embedded starter pack."""
    return open_starter()
