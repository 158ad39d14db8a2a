"""Write the other kinds of X12 for the claims of ``generate_edi.py``: institutional claims, 277CA and 999.

    python examples/generate_edi_kinds.py OUT --claims 1000 [--seed 1] [--rate 0.1]

Writes ``sent.837i`` (the same services as a hospital's), ``answer.277ca`` (which rejects a share of the claims) and
``receipt.999`` (which accepts every transaction) for the ``sent.837`` of the same options; gives the numbers rejected.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

from generate_edi import Claim, Writer, claims, dollars, npi

_HEADER = (
    "NM1*41*2*TEST BILLING*****46*TT001", "PER*IC*EDI DESK*TE*5555550100", "NM1*40*2*TEST CLEARING HOUSE*****46*TC001",
    "HL*1**20*1", "PRV*BI*PXC*282N00000X",
)  # fmt: skip


def write_institutional(out: Writer, claim: Claim, level: int, attending: str) -> None:
    """One claim of a hospital: every line with a revenue code."""
    person = claim.id[1:]
    principal, *others = claim.diagnoses
    out.write(
        f"HL*{level}*1*22*0", "SBR*P*18*******MA", f"NM1*IL*1*DOE{person}*PAT*Q***MI*{person}A", "N3*2 SAMPLE ST",
        "N4*TULSA*OK*74105", "DMG*D8*19500101*F", f"NM1*PR*2*{claim.payer[1]}*****PI*{claim.payer[0]}",
        f"CLM*{claim.id}*{dollars(claim.charge)}***13:A:1**A*Y*Y", f"DTP*434*RD8*{claim.day}-{claim.day}",
        "CL1*3*1*01", f"HI*ABK:{principal}", "HI*" + "*".join(f"ABF:{code}" for code in others),
        f"NM1*71*1*ATTEND*ANN****XX*{attending}",
    )  # fmt: skip
    for line in claim.lines:
        code = f"{line.code}:{line.modifier}" if line.modifier else line.code
        out.write(f"LX*{line.number}", f"SV2*0361*HC:{code}*{dollars(line.charge)}*UN*{line.units}")
        out.write(f"DTP*472*D8*{claim.day}", f"REF*6R*{claim.id}L{line.number}")


def write_answer(out: Writer, number: int, answers: list[Claim], rejected: set[str], billing: str) -> None:
    """What the payer says of the claims of one transaction sent."""
    taken = [claim for claim in answers if claim.id not in rejected]
    left = [claim for claim in answers if claim.id in rejected]
    total = sum(claim.charge for claim in answers)
    out.begin("277", "005010X214")
    out.write(
        f"BHT*0085*08*{number}*20240802*1200*TH", "HL*1**20*1", "NM1*PR*2*TEST PAYER*****PI*TP000", f"TRN*1*{number}",
        "DTP*050*D8*20240801", "DTP*009*D8*20240802", "HL*2*1*21*1", "NM1*41*2*TEST BILLING*****46*TT001",
        f"TRN*2*B{number}", f"STC*A1:20*20240802*WQ*{dollars(total)}",
    )  # fmt: skip
    if taken:
        out.write(f"QTY*90*{len(taken)}")
    if left:
        out.write(f"QTY*AA*{len(left)}")
    if taken:
        out.write(f"AMT*YU*{dollars(sum(claim.charge for claim in taken))}")
    if left:
        out.write(f"AMT*YY*{dollars(sum(claim.charge for claim in left))}")
    out.write("HL*3*2*19*1", f"NM1*85*2*TEST RADIOLOGY GROUP*****XX*{billing}")
    for level, claim in enumerate(answers, 4):
        person = claim.id[1:]
        said = "A7:562:85*20240802*U" if claim.id in rejected else "A2:20*20240802*WQ"
        out.write(
            f"HL*{level}*3*PT", f"NM1*QC*1*DOE{person}*PAT****MI*{person}A", f"TRN*2*{claim.id}",
            f"STC*{said}*{dollars(claim.charge)}", f"DTP*472*D8*{claim.day}",
        )  # fmt: skip
    out.end()


def generate(folder: Path, count: int, *, seed: int = 1, rate: float = 0.1, per_transaction: int = 500) -> list[str]:
    """Write the files of a run; gives the numbers of the claims that the 277CA rejects."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed + 1)
    billing, attending = npi(draw), npi(draw)
    every = list(claims(count, seed, rate))
    groups = [every[at : at + per_transaction] for at in range(0, count, per_transaction)]
    rejected = {claim.id for claim in every if draw.random() < rate}
    with (
        (folder / "sent.837i").open("w") as sent_file, (folder / "answer.277ca").open("w") as answer_file,
        (folder / "receipt.999").open("w") as receipt_file,
    ):  # fmt: skip
        sent = Writer(sent_file, "HC", "005010X223A2", "TESTPROVIDER", "TESTPAYER")
        answer = Writer(answer_file, "HN", "005010X214", "TESTPAYER", "TESTPROVIDER")
        receipt = Writer(receipt_file, "FA", "005010X231A1", "TESTPAYER", "TESTPROVIDER")
        receipt.begin("999", "005010X231A1")
        receipt.write("AK1*HC*1*005010X222A1")
        for number, some in enumerate(groups, 1):
            sent.begin("837", "005010X223A2")
            sent.write(f"BHT*0019*00*B{number}*20240801*1200*CH", *_HEADER)
            sent.write(f"NM1*85*2*TEST HOSPITAL*****XX*{billing}", "N3*1 TEST PLAZA", "N4*TULSA*OK*741041234")
            sent.write("REF*EI*123456789")
            for level, claim in enumerate(some, 2):
                write_institutional(sent, claim, level, attending)
            sent.end()
            write_answer(answer, number, some, rejected, billing)
            receipt.write(f"AK2*837*{number:04d}*005010X222A1", "IK5*A")
        receipt.write(f"AK9*A*{len(groups)}*{len(groups)}*{len(groups)}")
        receipt.end()
        for one in (sent, answer, receipt):
            one.close()
    return sorted(rejected)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.1)
    arguments: Any = parser.parse_args()
    rejected = generate(arguments.folder, arguments.claims, seed=arguments.seed, rate=arguments.rate)
    print(json.dumps({"rejected": rejected}))


if __name__ == "__main__":
    main()
