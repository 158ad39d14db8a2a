"""Write a pair of X12 files, claims (837P) and their remittances (835), of any size, with what was planted in them.

    python examples/generate_edi.py OUT --claims 1000 [--seed 1] [--rate 0.1]

Writes ``sent.837``, ``era.835``, ``planted.jsonl`` (one object per planted thing) and ``truth.json`` (totals, and the
contract's fee of every code). No person, provider or payer in them exists; the NPIs pass their check digit.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

# Code, charge in cents, the contract's fee in cents: made up.
SERVICES = (
    ("20610", 18000, 6500), ("77002", 31000, 11000), ("76942", 26000, 6200), ("10005", 42000, 14500),
    ("32408", 150000, 49000), ("62323", 64000, 26000), ("77012", 53000, 15000), ("99213", 14000, 9200),
    ("49083", 72000, 28000), ("19083", 145000, 52000),
)  # fmt: skip
DIAGNOSES = ("M1711", "M5416", "R918", "K7031", "N6311", "C3411", "M7061", "R1900")
MODIFIERS = ("", "", "RT", "LT", "26", "59", "XS", "25")
PLACES = ("11", "22", "24")
PAYERS = (("TP001", "FIRST TEST PAYER"), ("TP002", "SECOND TEST PAYER"))
# What may be wrong with a claim as sent, and the finding that must say so.
DEFECTS = {
    "charge_total": "XS301",
    "npi_check_digit": "XS501",
    "pointer_beyond_diagnoses": "XS406",
    "replacement_without_reference": "XS401",
    "minutes_without_anesthesia": "XS404",
    "inpatient_without_admission": "XS405",
}
# What may happen to a line in the remittance: group, reason, remark.
DENIALS = {
    "denied_bundled": ("CO", "97", "M15"),
    "denied_information": ("CO", "16", "N290"),
    "denied_necessity": ("CO", "50", "N115"),
    "denied_late": ("CO", "29", ""),
}
OUTCOMES = (*DENIALS, "underpaid", "reversed", "not_answered")
# A payer's own rule that no public rule explains: the second payer never pays this code with this modifier.
POLICY = ("TP002", "76942", "XS", ("CO", "50", "N115"))


@dataclass(frozen=True)
class Line:
    """One line as sent; money in cents."""

    number: int
    code: str
    modifier: str
    units: int
    charge: int
    fee: int
    pointers: str


@dataclass
class Claim:
    """One claim as sent, with what was planted in it."""

    id: str
    payer: tuple[str, str]
    day: str
    place: str
    rendering: str
    diagnoses: list[str]
    lines: list[Line]
    defect: str = ""
    outcomes: dict[int, str] = field(default_factory=dict)
    reversed: bool = False
    answered: bool = True

    @property
    def charge(self) -> int:
        return sum(line.charge for line in self.lines)


def npi(draw: random.Random) -> str:
    """A number that passes the check digit of an NPI (Luhn over 80840 and nine digits)."""
    base = "1" + "".join(str(draw.randint(0, 9)) for _ in range(8))
    total = 24  # the Luhn sum of 80840
    for place, digit in enumerate(reversed(base)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return base + str(-total % 10)


def dollars(cents: int) -> str:
    """Cents as X12 writes an amount."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}" if cents % 100 else f"{sign}{cents // 100}"


def claims(count: int, seed: int, rate: float) -> Iterator[Claim]:
    """The claims of a run; ``rate`` is the share of claims with a defect, and of lines with an outcome of their own."""
    draw = random.Random(seed)
    providers = [npi(draw) for _ in range(200)]
    for number in range(1, count + 1):
        day = f"2024{draw.randint(1, 6):02d}{draw.randint(1, 28):02d}"
        lines = []
        for at in range(1, draw.choice((1, 2, 2, 2, 3, 4)) + 1):
            code, charge, fee = draw.choice(SERVICES)
            units = draw.choice((1, 1, 1, 2))
            pointers = draw.choice(("1", "1:2", "2:1:3"))
            lines.append(
                Line(
                    at,
                    code,
                    draw.choice(MODIFIERS),
                    units,
                    (charge + draw.randint(0, 9999)) * units,
                    fee * units,
                    pointers,
                )
            )
        claim = Claim(
            f"C{number:08d}", draw.choice(PAYERS), day, draw.choice(PLACES), draw.choice(providers),
            draw.sample(DIAGNOSES, 3), lines,
        )  # fmt: skip
        if draw.random() < rate:
            claim.defect = draw.choice(tuple(DEFECTS))
        for line in lines:
            if (claim.payer[0], line.code, line.modifier) == POLICY[:3]:
                claim.outcomes[line.number] = "denied_by_policy"
            elif draw.random() < rate:
                claim.outcomes[line.number] = draw.choice((*DENIALS, "underpaid"))
        chance = draw.random()
        claim.answered = chance >= rate / 5
        claim.reversed = claim.answered and chance > 1 - rate / 5
        yield claim


class Writer:
    """Writes one interchange: segments, and the counts that its trailers need."""

    def __init__(self, out: TextIO, group: str, version: str, sender: str, receiver: str) -> None:
        self._out, self._transactions, self._segments = out, 0, 0
        self.bytes = 0
        self.write(
            f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*240801*1200*^*00501*000000001*0*T*:"
        )
        self.write(f"GS*{group}*{sender}*{receiver}*20240801*1200*1*X*{version}")

    def write(self, *segments: str) -> None:
        text = "~\n".join(segments) + "~\n"
        self._out.write(text)
        self._segments += len(segments)
        self.bytes += len(text)

    def begin(self, kind: str, version: str) -> None:
        self._transactions += 1
        self._segments = 0
        self.write(f"ST*{kind}*{self._transactions:04d}" + (f"*{version}" if version else ""))

    def end(self) -> None:
        self.write(f"SE*{self._segments + 1}*{self._transactions:04d}")

    def close(self) -> None:
        self.write(f"GE*{self._transactions}*1", "IEA*1*000000001")


def begin_sent(out: Writer, number: int, billing: str) -> None:
    """The header of an 837P and its billing provider."""
    out.begin("837", "005010X222A1")
    out.write(
        f"BHT*0019*00*B{number}*20240801*1200*CH", "NM1*41*2*TEST BILLING*****46*TT001",
        "PER*IC*EDI DESK*TE*5555550100", "NM1*40*2*TEST CLEARING HOUSE*****46*TC001", "HL*1**20*1",
        "PRV*BI*PXC*2085R0204X", f"NM1*85*2*TEST RADIOLOGY GROUP*****XX*{billing}", "N3*1 TEST PLAZA",
        "N4*TULSA*OK*741041234", "REF*EI*123456789",
    )  # fmt: skip


def write_sent(out: Writer, claim: Claim, level: int, facility: str) -> None:
    """One claim as sent; the level is its HL number."""
    defect = claim.defect
    person = claim.id[1:]
    place = "21" if defect == "inpatient_without_admission" else claim.place
    frequency = "7" if defect == "replacement_without_reference" else "1"
    total = claim.charge + (100 if defect == "charge_total" else 0)
    rendering = claim.rendering
    if defect == "npi_check_digit":
        rendering = rendering[:-1] + str((int(rendering[-1]) + 1) % 10)
    principal, *others = claim.diagnoses
    out.write(
        f"HL*{level}*1*22*0", "SBR*P*18*******MB", f"NM1*IL*1*DOE{person}*PAT*Q***MI*{person}A", "N3*2 SAMPLE ST",
        "N4*TULSA*OK*74105", "DMG*D8*19500101*F", f"NM1*PR*2*{claim.payer[1]}*****PI*{claim.payer[0]}",
        f"CLM*{claim.id}*{dollars(total)}***{place}:B:{frequency}*Y*A*Y*Y",
        f"HI*ABK:{principal}" + "".join(f"*ABF:{code}" for code in others),
        f"NM1*DN*1*REFER*RON****XX*{facility}", f"NM1*82*1*RENDER*RAE****XX*{rendering}", "PRV*PE*PXC*2085R0204X",
        f"NM1*77*2*TEST HOSPITAL*****XX*{facility}", "N3*3 HOSPITAL WAY", "N4*TULSA*OK*741200001",
    )  # fmt: skip
    for line in claim.lines:
        first = line.number == 1
        pointers = "1:9" if first and defect == "pointer_beyond_diagnoses" else line.pointers
        basis = "MJ" if first and defect == "minutes_without_anesthesia" else "UN"
        code = f"{line.code}:{line.modifier}" if line.modifier else line.code
        out.write(
            f"LX*{line.number}", f"SV1*HC:{code}*{dollars(line.charge)}*{basis}*{line.units}***{pointers}",
            f"DTP*472*D8*{claim.day}", f"REF*6R*{claim.id}L{line.number}",
        )  # fmt: skip


def adjudicated(claim: Claim, line: Line) -> tuple[int, list[tuple[str, str, int]], str, int]:
    """Paid, adjustments (group, reason, amount), remark and allowed of one line, all in cents."""
    outcome = claim.outcomes.get(line.number, "")
    if outcome in DENIALS or outcome == "denied_by_policy":
        group, reason, remark = DENIALS.get(outcome, POLICY[3])
        return 0, [(group, reason, line.charge)], remark, 0
    allowed = line.fee * 80 // 100 if outcome == "underpaid" else line.fee
    coinsurance = allowed * 20 // 100
    sequestered = (allowed - coinsurance) * 2 // 100
    paid = allowed - coinsurance - sequestered
    return (
        paid,
        [("CO", "45", line.charge - allowed), ("CO", "253", sequestered), ("PR", "2", coinsurance)],
        "",
        allowed,
    )


def paid_segments(claim: Claim, number: int, *, sign: int = 1, status: str = "1") -> tuple[list[str], int]:
    """One claim as answered, and what is paid for it; a reversal has the sign -1 and status 22."""
    body: list[str] = []
    paid_total = owed = 0
    for line in claim.lines:
        paid, adjustments, remark, allowed = adjudicated(claim, line)
        code = f"{line.code}:{line.modifier}" if line.modifier else line.code
        body += [
            f"SVC*HC:{code}*{dollars(sign * line.charge)}*{dollars(sign * paid)}**{line.units}",
            f"DTM*472*{claim.day}",
        ]
        for group in dict.fromkeys(group for group, _, _ in adjustments):
            own = [f"{reason}*{dollars(sign * amount)}" for of, reason, amount in adjustments if of == group]
            body.append(f"CAS*{group}*" + "**".join(own))
        body.append(f"REF*6R*{claim.id}L{line.number}")
        if allowed:
            body.append(f"AMT*B6*{dollars(sign * allowed)}")
        if remark:
            body.append(f"LQ*HE*{remark}")
        paid_total += paid
        owed += sum(amount for group, _, amount in adjustments if group == "PR")
    person = claim.id[1:]
    status = status if status == "22" or paid_total else "4"
    head = [
        f"CLP*{claim.id}*{status}*{dollars(sign * claim.charge)}*{dollars(sign * paid_total)}*{dollars(sign * owed)}"
        f"*MB*ICN{number:010d}*{claim.place}*1",
        f"NM1*QC*1*DOE{person}*PAT*Q***MI*{person}A", f"NM1*82*1*RENDER*RAE****XX*{claim.rendering}", "MOA***MA01",
        f"DTM*232*{claim.day}", "DTM*050*20240715",
    ]  # fmt: skip
    return [*head, *body], sign * paid_total


def write_answers(
    out: Writer, number: int, payer: tuple[str, str], answers: list[Claim], billing: str
) -> dict[str, int]:
    """One 835 transaction: the answers of one payer to some claims, with interest and what is taken back."""
    body: list[str] = []
    paid = 0
    for at, claim in enumerate(answers, 1):
        segments, amount = paid_segments(claim, number * 100_000 + at)
        if claim.reversed:
            back, taken = paid_segments(claim, number * 100_000 + at, sign=-1, status="22")
            again, amount_again = paid_segments(claim, number * 100_000 + at)
            segments, amount = [*segments, *back, *again], amount + taken + amount_again
        body += segments
        paid += amount
    interest = -125 if number % 3 == 0 else 0
    out.begin("835", "")
    out.write(
        f"BPR*I*{dollars(paid - interest)}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20240801",
        f"TRN*1*EFT{number:08d}*1512345678", "DTM*405*20240801", f"N1*PR*{payer[1]}*XV*{payer[0]}", "N3*9 PAYER RD",
        "N4*TULSA*OK*74103", "PER*BL*HELP*TE*5555550199", f"N1*PE*TEST RADIOLOGY GROUP*XX*{billing}",
        "REF*TJ*123456789", "LX*1", *body,
    )  # fmt: skip
    if interest:
        out.write(f"PLB*{billing}*20241231*L6*{dollars(interest)}")
    out.end()
    return {"paid_cents": paid, "interest_cents": -interest}


def generate(
    folder: Path, count: int, *, seed: int = 1, rate: float = 0.1, per_transaction: int = 500
) -> dict[str, Any]:
    """Write the files of a run; gives the totals that ``truth.json`` holds."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed + 1)
    billing, facility = npi(draw), npi(draw)
    totals: Counter[str] = Counter()
    with (
        (folder / "sent.837").open("w") as sent_file, (folder / "era.835").open("w") as paid_file,
        (folder / "planted.jsonl").open("w") as planted,
    ):  # fmt: skip
        sent = Writer(sent_file, "HC", "005010X222A1", "TESTPROVIDER", "TESTPAYER")
        paid = Writer(paid_file, "HP", "005010X221A1", "TESTPAYER", "TESTPROVIDER")
        waiting: dict[tuple[str, str], list[Claim]] = {payer: [] for payer in PAYERS}
        payments = 0

        def answer() -> None:
            nonlocal payments
            for payer, answers in waiting.items():
                if answers:
                    payments += 1
                    totals.update(write_answers(paid, payments, payer, answers, billing))
                    answers.clear()

        for at, claim in enumerate(claims(count, seed, rate)):
            if at % per_transaction == 0:
                if at:
                    sent.end()
                    answer()
                begin_sent(sent, at // per_transaction + 1, billing)
            write_sent(sent, claim, at % per_transaction + 2, facility)
            totals.update({"claims": 1, "lines": len(claim.lines), "charge_cents": claim.charge})
            for what in _planted(claim):
                planted.write(json.dumps(what) + "\n")
                totals[f"planted_{what['kind']}"] += 1
            if claim.answered:
                waiting[claim.payer].append(claim)
        sent.end()
        answer()
        sent.close()
        paid.close()
    truth = {**totals, "payments": payments, "sent_bytes": sent.bytes, "paid_bytes": paid.bytes}
    truth["fees"] = {code: dollars(fee) for code, _, fee in SERVICES}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def _planted(claim: Claim) -> Iterator[dict[str, Any]]:
    if claim.defect:
        yield {"kind": claim.defect, "claim_id": claim.id, "rule": DEFECTS[claim.defect]}
    if not claim.answered:
        yield {"kind": "not_answered", "claim_id": claim.id}
        return
    if claim.reversed:
        yield {"kind": "reversed", "claim_id": claim.id}
    for line in claim.lines:
        if outcome := claim.outcomes.get(line.number):
            short = line.fee - line.fee * 80 // 100 if outcome == "underpaid" else 0
            yield {"kind": outcome, "claim_id": claim.id, "line": line.number, "code": line.code, "short_cents": short}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.1)
    arguments = parser.parse_args()
    print(json.dumps(generate(arguments.folder, arguments.claims, seed=arguments.seed, rate=arguments.rate)))


if __name__ == "__main__":
    main()
