"""X12 files for tests, written by hand after the public guides; nobody in them exists."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from trocar.claims.x12.findings import Finding
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.read import Part, read_x12
from trocar.claims.x12.snip.codes import CodeSets
from trocar.claims.x12.source import X12Source

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250301*1200*^*00501*000000001*0*T*:"
# Both pass the check digit: 24 + the Luhn sum of the first nine digits and the last is a multiple of ten.
NPI, OTHER_NPI = "1234567893", "1245319599"
CLAIM_HEADER = (
    "BHT*0019*00*B1*20250301*1200*CH",
    "NM1*41*2*BILLING SERVICE*****46*SUB1",
    "PER*IC*EDI DESK*TE*5555550100",
    "NM1*40*2*CLEARING HOUSE*****46*CH1",
)
BILLING = (
    "HL*1**20*1",
    "PRV*BI*PXC*2085R0204X",
    f"NM1*85*2*RADIOLOGY GROUP*****XX*{NPI}",
    "N3*1 PLAZA",
    "N4*TULSA*OK*741041234",
    "REF*EI*123456789",
)
SUBSCRIBER = (
    "SBR*P*18*******MB",
    "NM1*IL*1*ROE*JANE*Q***MI*1EG4TE5MK73",
    "N3*2 SAMPLE ST",
    "N4*TULSA*OK*74105",
    "DMG*D8*19500217*F",
    "NM1*PR*2*FIRST PAYER*****PI*P001",
)
# Two lines of 310.00 and 180.50; the claim's facility has the ZIP 74120, its billing provider 74104.
CLAIM = (
    "CLM*A100*490.5***22:B:1*Y*A*Y*Y",
    "HI*ABK:M1711*ABF:R918",
    f"NM1*DN*1*REFER*RON****XX*{OTHER_NPI}",
    f"NM1*82*1*RENDER*RAE****XX*{OTHER_NPI}",
    "PRV*PE*PXC*2085R0202X",
    f"NM1*77*2*TOWN HOSPITAL*****XX*{NPI}",
    "N3*3 HOSPITAL WAY",
    "N4*TULSA*OK*741200001",
    "LX*1",
    "SV1*HC:77002:26:59*310*UN*1***1:2",
    "DTP*472*D8*20250203",
    "REF*6R*A100L1",
    "LX*2",
    "SV1*HC:20610:RT*180.5*UN*2*11**2",
    "DTP*472*RD8*20250203-20250204",
)
# A dependent, seen by the billing provider itself: one line, and what another payer did with it
# (paid 60 + adjusted 40 = 100, on the line and on the claim).
DEPENDENT = (
    "HL*3*1*22*1",
    "SBR*S********CI",
    "NM1*IL*1*DOE*JOHN****MI*M777",
    "NM1*PR*2*SECOND PAYER*****PI*P002",
    "HL*4*3*23*0",
    "PAT*19",
    "NM1*QC*1*DOE*JILL",
    "N3*4 SAMPLE ST",
    "N4*TULSA*OK*74105",
    "DMG*D8*20150704*F",
    "CLM*B200*100***11:B:1*Y*A*Y*Y",
    "HI*ABK:M1711",
    "SBR*P*01*******CI",
    "AMT*D*60",
    "OI***Y***Y",
    "NM1*IL*1*DOE*JANET****MI*M778",
    "NM1*PR*2*THIRD PAYER*****PI*P003",
    "LX*1",
    "SV1*HC:99213*100*UN*1***1",
    "DTP*472*D8*20250205",
    "SVD*P003*60*HC:99213**1",
    "CAS*CO*45*30**253*10",
    "DTP*573*D8*20250220",
)
PROFESSIONAL = (*CLAIM_HEADER, *BILLING, "HL*2*1*22*0", *SUBSCRIBER, *CLAIM, *DEPENDENT)
INSTITUTIONAL = (
    *CLAIM_HEADER,
    *BILLING,
    "HL*2*1*22*0",
    *SUBSCRIBER,
    "CLM*H300*250***13:A:1**A*Y*Y",
    "DTP*434*RD8*20250203-20250204",
    "CL1*3*1*01",
    "HI*ABK:M1711",
    "HI*ABJ:R918",
    "HI*ABF:R918*ABF:M5416",
    f"NM1*71*1*ATTEND*ANN****XX*{OTHER_NPI}",
    "LX*1",
    "SV2*0402*HC:76942*200*UN*1",
    "DTP*472*D8*20250203",
    "LX*2",
    "SV2*0250**50*UN*3",
)
REMITTANCE_HEADER = (
    "BPR*I*272*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20240415",
    "TRN*1*EFT1*1512345678",
    "DTM*405*20240415",
    "N1*PR*FIRST PAYER*XV*P001",
    "N3*9 PAYER RD",
    "N4*TULSA*OK*74103",
    "PER*BL*HELP*TE*5555550199",
    f"N1*PE*RADIOLOGY GROUP*XX*{NPI}",
    "REF*TJ*123456789",
    "LX*1",
)
# 1000 charged; at the claim CO 20 + 6 - 26 = 0; line 1: 400 - (50 + 60 + 40 + 100) = 150; line 2: 600 - 450 = 150;
# paid 300; PR 60 + 40 = 100.
PAID_CLAIM = (
    "CLP*A1*1*1000*300*100*MB*ICN1*11*1",
    "CAS*CO*45*20**253*6**144*-26",
    "NM1*QC*1*ROE*JANE*Q***MI*1EG4TE5MK73",
    "MOA***MA01*MA18",
    "DTM*232*20240301",
    "SVC*HC:20610:RT*400*150**1",
    "DTM*472*20240301",
    "CAS*CO*45*50",
    "CAS*PR*1*60**2*40",
    "CAS*OA*23*100",
    "REF*6R*L1",
    "AMT*B6*350",
    "LQ*HE*N20",
    "SVC*HC:77002:26:59*600*150**1*HC:77002:26*2",
    "DTM*472*20240301",
    "CAS*CO*97*450",
    "LQ*HE*N390",
    "LQ*HE*M15",
)
DENIED_CLAIM = (
    "CLP*A2*4*500*0*0*MB*ICN2*11*1",
    "NM1*QC*1*DOE*JOHN",
    "SVC*HC:99213*500*0**1",
    "DTM*472*20240302",
    "CAS*CO*16*500",
    "LQ*HE*MA130",
)
REVERSAL = (
    "CLP*A3*22*-200*-80*-20*MB*ICN3*11*1",
    "NM1*QC*1*DOE*JOHN",
    "SVC*HC:76942*-200*-80**-1",
    "DTM*472*20240101",
    "CAS*CO*45*-100",
    "CAS*PR*2*-20",
)
# Paid 300 + 0 - 80 = 220, less (-50) + (-2) = 272, as BPR02 says.
PROVIDER_ADJUSTMENT = f"PLB*{NPI}*20241231*WO:ICN9*-50*L6:INT*-2"
REMITTANCE = (*REMITTANCE_HEADER, *PAID_CLAIM, *DENIED_CLAIM, *REVERSAL, PROVIDER_ADJUSTMENT)
ACKNOWLEDGMENT = (
    "BHT*0085*08*77*20250302*1200*TH",
    "HL*1**20*1",
    "NM1*PR*2*FIRST PAYER*****PI*P001",
    "TRN*1*77",
    "DTP*050*D8*20250301",
    "DTP*009*D8*20250302",
    "HL*2*1*21*1",
    "NM1*41*2*BILLING SERVICE*****46*SUB1",
    "TRN*2*B1",
    "STC*A1:20*20250302*WQ*590.5",
    "QTY*90*1",
    "QTY*AA*1",
    "AMT*YU*490.5",
    "AMT*YY*100",
    "HL*3*2*19*1",
    f"NM1*85*2*RADIOLOGY GROUP*****XX*{NPI}",
    "HL*4*3*PT",
    "NM1*QC*1*ROE*JANE****MI*1EG4TE5MK73",
    "TRN*2*A100",
    "STC*A2:20*20250302*WQ*490.5",
    "REF*1K*ICN100",
    "DTP*472*D8*20250203",
    "HL*5*3*PT",
    "NM1*QC*1*DOE*JILL****MI*M777",
    "TRN*2*B200",
    "STC*A7:562:85*20250302*U*100",
    "DTP*472*D8*20250205",
    "SVC*HC:99213*100",
    "STC*A7:507*20250302*U",
)
IMPLEMENTATION_ACKNOWLEDGMENT = (
    "AK1*HC*1*005010X222A1",
    "AK2*837*0001*005010X222A1",
    "IK3*NM1*9*2010*8",
    "CTX*CLM01:A100",
    "IK4*9*67*7*123",
    "IK5*R*5",
    "AK9*R*1*1*0",
)
KINDS = {
    "837P": ("HC", "837", "005010X222A1", PROFESSIONAL),
    "837I": ("HC", "837", "005010X223A2", INSTITUTIONAL),
    "835": ("HP", "835", "005010X221A1", REMITTANCE),
    "277CA": ("HN", "277", "005010X214", ACKNOWLEDGMENT),
    "999": ("FA", "999", "005010X231A1", IMPLEMENTATION_ACKNOWLEDGMENT),
}


def interchange(kind: str, *bodies: Sequence[str]) -> list[str]:
    """The segments of an interchange with one group, a transaction for each body (that of the kind by default)."""
    group, transaction, version, body = KINDS[kind]
    segments = [ISA, f"GS*{group}*SENDER*RECEIVER*20250301*1200*1*X*{version}"]
    every = bodies or (body,)
    for number, own in enumerate(every, 1):
        segments.append(f"ST*{transaction}*{number:04d}" + ("" if kind == "835" else f"*{version}"))
        segments += own
        segments.append(f"SE*{len(own) + 2}*{number:04d}")
    return [*segments, f"GE*{len(every)}*1", "IEA*1*000000001"]


def text_of(segments: Iterable[str], terminator: str = "~") -> str:
    """Segments as the text of a file."""
    return "".join(segment + terminator for segment in segments)


def changed(segments: Sequence[str], **changes: str) -> list[str]:
    """Segments with texts replaced, each of which must be there: ``changed(s, **{"REF*EI*1": "REF*EI*2"})``."""
    text = text_of(segments)
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return [segment for segment in text.split("~") if segment]


def without(segments: Sequence[str], *left_out: str) -> list[str]:
    """Segments without those that begin so; each must be there."""
    for one in left_out:
        assert any(segment.startswith(one) for segment in segments), one
    return [segment for segment in segments if not segment.startswith(left_out)]


def recounted(segments: Sequence[str]) -> list[str]:
    """Segments with the counts of SE set right."""
    answer: list[str] = []
    begin = 0
    for segment in segments:
        if segment.startswith("ST*"):
            begin = len(answer)
        if segment.startswith("SE*"):
            number = segment.split("*")[2]
            segment = f"SE*{len(answer) - begin + 1}*{number}"
        answer.append(segment)
    return answer


def source_of(content: str | bytes | Path, name: str = "f.x12") -> X12Source:
    """A source of a text or a file."""
    if isinstance(content, Path):
        return X12Source(name, content)
    return X12Source(name, io.BytesIO(content.encode() if isinstance(content, str) else content))


def read(
    content: str | bytes | Path | Sequence[str], *, types: Iterable[int] = (1, 2, 3, 4, 5), sets: CodeSets | None = None
) -> list[Part]:
    """Every part of a file, text or list of segments."""
    text = content if isinstance(content, str | bytes | Path) else text_of(content)
    return list(read_x12(source_of(text), persons=Pseudonyms(b"k"), types=frozenset(types), sets=sets))


def findings(content: str | bytes | Path | Sequence[str], **options: object) -> list[Finding]:
    """Every finding on a file, text or list of segments."""
    return [one for part in read(content, **options) for one in part.findings]  # type: ignore[arg-type]


def said(content: str | bytes | Path | Sequence[str], **options: object) -> list[tuple[str, int, str]]:
    """Rule, segment and element of every finding."""
    return [(one.rule, one.segment, one.element) for one in findings(content, **options)]
