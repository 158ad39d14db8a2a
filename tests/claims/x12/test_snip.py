"""Every promise of docs/formats/x12.md: one planted defect, one finding, at its place; and nothing on clean files."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.x12.acknowledged import Acknowledged
from trocar.claims.x12.findings import rules
from trocar.claims.x12.snip.codes import (
    DIAGNOSIS,
    GROUP,
    MODIFIER,
    PLACE,
    PROCEDURE,
    REASON,
    REMARK,
    TAXONOMY,
    ZIP,
    Verdict,
)
from x12_files import (
    ISA,
    NPI,
    PROFESSIONAL,
    REMITTANCE_HEADER,
    REVERSAL,
    changed,
    findings,
    interchange,
    read,
    recounted,
    said,
    text_of,
    without,
)

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
# Kind, the text that is there, the text planted, and all that must be said: rule, segment, element.
# The segments of a professional file: ISA GS ST 1-3, header 4-7, billing 8-13, HL 14, subscriber 15-20, CLM 21,
# HI 22, DN 23, 82 24, PRV 25, 77 26, N3 27, N4 28, LX 29, SV1 30, DTP 31, REF 32, LX 33, SV1 34, DTP 35, HL 36, SBR 37,
# IL 38, PR 39, HL 40, PAT 41, QC 42, N3 43, N4 44, DMG 45, CLM 46, HI 47, SBR 48, AMT 49, OI 50, IL 51, PR 52, LX 53,
# SV1 54, DTP 55, SVD 56, CAS 57, DTP 58, SE 59, GE 60, IEA 61.
# Of a remittance: ISA GS ST 1-3, BPR 4, header to LX 13, CLP 14, CAS 15, NM1 16, MOA 17, DTM 18, SVC 19, DTM 20,
# CAS 21-23, REF 24, AMT 25, LQ 26, SVC 27, DTM 28, CAS 29, LQ 30-31, CLP 32, NM1 33, SVC 34, DTM 35, CAS 36, LQ 37,
# CLP 38. Of a 277CA: HL 5, NM1 6, TRN 7, DTP 8-9, HL 10, NM1 11, TRN 12, STC 13, QTY 14-15, AMT 16-17.
TYPE_1 = [
    ("837P", "CLM*A100*490.5***22:B:1*Y*A*Y*Y", "CLM*A100*490.5***22:B:1*Y**Y*Y", [("XS115", 21, "CLM07")]),
    ("837P", "DMG*D8*19500217*F", "DMG**19500217*F", [("XS115", 19, "DMG01")]),
    ("837P", "SE*57*", "SE*58*", [("XS109", 59, "SE01")]),
    ("837P", "GE*1*1", "GE*2*1", [("XS109", 60, "GE01")]),
    ("837P", "IEA*1*", "IEA*3*", [("XS109", 61, "IEA01")]),
    ("837P", "SE*57*0001", "SE*57*0002", [("XS110", 59, "SE02")]),
    ("837P", "GE*1*1", "GE*1*2", [("XS110", 60, "GE02")]),
    ("837P", "IEA*1*000000001", "IEA*1*000000002", [("XS110", 61, "IEA02")]),
    ("837P", "HL*2*1*22*0", "HL*7*1*22*0", [("XS112", 14, "HL01"), ("XS112", 36, "HL01")]),
    ("837P", "HL*3*1*22*1", "HL*3*2*22*1", [("XS113", 36, "HL02")]),
    ("837P", "HL*4*3*23*0", "HL*4*2*23*0", [("XS113", 40, "HL02")]),
    ("837P", "HL*1**20*1", "HL*1*9*20*1", [("XS113", 8, "HL02")]),
    ("837P", "LX*2", "LX*3", [("XS120", 33, "LX01")]),
    ("837P", "GS*HC*", "GS*HP*", [("XS124", 3, "GS01")]),
    ("837P", "CLM*A100*490.5***22:B:1*Y", "CLM*A100*490.5****Y", [("XS115", 21, "CLM05")]),
    ("837P", "NM1*41*2*", "NM1*41**", [("XS115", 5, "NM102")]),
    ("837P", "*ABF:R918", "*ABF", [("XS115", 22, "HI02-2"), ("XS406", 30, "SV107"), ("XS406", 34, "SV107")]),
    ("837P", "***22:B:1*", "***22:B*", [("XS115", 21, "CLM05-3")]),
    ("837P", "***22:B:1*", "***22::1*", [("XS115", 21, "CLM05-2")]),
    ("835", "SVC*HC:99213*", "SVC*HC*", [("XS115", 34, "SVC01-2")]),
    ("835", "WO:ICN9*", ":ICN9*", [("XS115", 44, "PLB03-1")]),
    ("837P", "N3*1 PLAZA", "N3", [("XS115", 11, "N301")]),
    ("837P", "N4*TULSA*OK*741041234", "N4*TULSA*OKL*741041234", [("XS116", 12, "N402")]),
    ("837P", "*UN*2*11**2", "*UN*TWO*11**2", [("XS116", 34, "SV104"), ("XS117", 34, "SV104")]),
    ("837P", "*UN*2*11**2", "*UN*1e3*11**2", [("XS117", 34, "SV104")]),
    ("837P", "DTP*472*D8*20250205", "DTP*472*D8*20250230", [("XS117", 55, "DTP03")]),
    ("837P", "RD8*20250203-20250204", "RD8*20250203", [("XS117", 35, "DTP03")]),
    ("837P", "DMG*D8*19500217*F", "DMG*D8*1950021A*F", [("XS117", 19, "DMG02")]),
    ("837P", "BHT*0019*00*B1*20250301*1200", "BHT*0019*00*B1*20251301*1200", [("XS117", 4, "BHT04")]),
    ("837P", "*1200*CH", "*12:0*CH", [("XS117", 4, "BHT05")]),
    ("837P", "REF*6R*A100L1", "REF*6R*A100L1*A*B*C", [("XS118", 32, "REF")]),
    ("837P", "LX*2", "LX*2**", [("XS119", 33, "LX"), ("XS118", 33, "LX")]),
    ("837P", "PAT*19", "ZZZ*19~PAT*19", [("XS109", 60, "SE01"), ("XS114", 41, "ZZZ")]),
    ("837P", "PAT*19", "~PAT*19", [("XS109", 60, "SE01"), ("XS122", 41, "")]),
    ("837P", "^*00501", ":*00501", [("XS103", 1, "ISA")]),
    ("835", "CAS*CO*97*450", "CAS*CO*97*450.5.0",
     [("XS117", 29, "CAS03"), ("XS304", 14, "CLP04"), ("XS303", 27, "SVC03")]),
]  # fmt: skip
TYPE_2 = [
    ("837P", "NM1*DN*1*REFER*RON", "NM1*XX*1*REFER*RON", [("XS201", 23, "NM1")]),
    ("837P", "REF*6R*A100L1", "REF*ZZ*A100L1", [("XS201", 32, "REF")]),
    ("837P", "REF*EI*123456789", "REF*EI*123456789~REF*EI*2", [("XS109", 60, "SE01"), ("XS203", 14, "REF")]),
    ("837P", "REF*EI*123456789", "N4*TULSA*OK*74104~REF*EI*123456789", [("XS109", 60, "SE01"), ("XS203", 13, "N4")]),
    ("837P", "N3*1 PLAZA~N4*TULSA*OK*741041234", "N4*TULSA*OK*741041234~N3*1 PLAZA", [("XS206", 12, "N3")]),
    ("837P", "RD8*20250203-20250204", "RD8*20250203-20250204~AMT*F5*10", [("XS109", 60, "SE01"), ("XS206", 36, "AMT")]),
    ("837P", "OI***Y***Y~", "", [("XS109", 58, "SE01"), ("XS202", 48, "")]),
    ("837P", f"NM1*85*2*RADIOLOGY GROUP*****XX*{NPI}~N3*1 PLAZA~N4*TULSA*OK*741041234~REF*EI*123456789~", "",
     [("XS109", 55, "SE01"), ("XS204", 8, "")]),
    ("837P", "NM1*82*1*RENDER*RAE****XX*1245319599", "NM1*82*1*RENDER*RAE****XX*1245319599~NM1*82*1*OTHER",
     [("XS109", 60, "SE01"), ("XS205", 25, "")]),
    ("835", "TRN*1*EFT1*1512345678~", "", [("XS109", 44, "SE01"), ("XS202", 3, "")]),
    ("835", "N1*PE*", "N1*PX*", [("XS201", 11, "N1"), ("XS201", 12, "REF"), ("XS204", 3, "")]),
    ("277CA", "STC*A2:20*20250302*WQ*490.5", "STC*F2:20*20250302*WQ*490.5",
     [("XS208", 23, "STC01-1"), ("XS309", 16, "AMT*YU"), ("XS309", 14, "QTY*90")]),
    ("837P", "SBR*P*18", "SBR*Q*18", [("XS207", 15, "SBR01")]),
    ("837P", "NM1*IL*1*ROE*JANE", "NM1*IL*1**JANE", [("XS209", 16, "NM103")]),
    ("837P", "NM1*40*2*CLEARING HOUSE*****46*CH1", "NM1*40*2*CLEARING HOUSE",
     [("XS209", 7, "NM108"), ("XS209", 7, "NM109")]),
    ("837P", "NM1*82*1*RENDER*RAE", "NM1*82*1**RAE", [("XS209", 24, "NM103")]),
    ("837I", "NM1*71*1*ATTEND*ANN", "NM1*71*1**ANN", [("XS209", 27, "NM103")]),
    ("835", f"N1*PE*RADIOLOGY GROUP*XX*{NPI}", "N1*PE*RADIOLOGY GROUP",
     [("XS209", 11, "N103"), ("XS209", 11, "N104")]),
    ("277CA", "STC*A2:20*20250302*WQ*490.5", "STC*A2:20*20250302**490.5", [("XS209", 23, "STC03")]),
    ("277CA", "NM1*PR*2*FIRST PAYER*****PI*P001", "NM1*PR*2******PI*P001", [("XS209", 6, "NM103")]),
    ("837P", "***22:B:1*", "***22:A:1*", [("XS207", 21, "CLM05-2")]),
    ("837I", "*200*UN*1", "*200*XX*1", [("XS207", 29, "SV204")]),
    ("835", "CLP*A2*4*", "CLP*A2*5*", [("XS207", 32, "CLP02")]),
    ("999", "IK5*R*5", "IK5*Q*5", [("XS207", 9, "IK501")]),
    ("999", "AK9*R*1*1*0~", "", [("XS109", 10, "SE01"), ("XS204", 3, "")]),
]  # fmt: skip
TYPE_3 = [
    ("837P", "CLM*A100*490.5*", "CLM*A100*490.51*", [("XS301", 21, "CLM02")]),
    ("837I", "*50*UN*3", "*51*UN*3", [("XS301", 21, "CLM02")]),
    # 60 + 40 was the charge of line and claim; now the line has 61 + 40 and the claim 60 + 40.
    ("837P", "SVD*P003*60*", "SVD*P003*61*", [("XS302", 56, "SVD02")]),
    ("837P", "AMT*D*60", "AMT*D*59", [("XS302", 49, "AMT02")]),
    ("835", "SVC*HC:20610:RT*400*150", "SVC*HC:20610:RT*400*151", [("XS303", 19, "SVC03")]),
    # Claim A1: 1000 - 700 is 300; then also the payment, and nothing else.
    ("835", "*1*1000*300*100*", "*1*1000*301*100*", [("XS304", 14, "CLP04"), ("XS305", 4, "BPR02")]),
    ("835", "BPR*I*272*", "BPR*I*273*", [("XS305", 4, "BPR02")]),
    ("835", "L6:INT*-2", "L6:INT*-3", [("XS305", 4, "BPR02")]),
    # The sixth triplet counts: one cent there unbalances claim and line.
    ("835", "CAS*CO*97*450", "CAS*CO*97*450**1*0**2*0**3*0**4*0**5*.01",
     [("XS304", 14, "CLP04"), ("XS303", 27, "SVC03")]),
    ("835", "CLP*A2*4*500*0*0*", "CLP*A2*4*501*1*0*", [("XS305", 4, "BPR02"), ("XS306", 32, "CLP03")]),
    ("835", "*300*100*MB*ICN1", "*300*99*MB*ICN1", [("XS307", 14, "CLP05")]),
    ("277CA", "QTY*AA*1", "QTY*AA*2", [("XS309", 15, "QTY*AA")]),
    ("277CA", "AMT*YU*490.5", "AMT*YU*490.4", [("XS309", 16, "AMT*YU")]),
]  # fmt: skip
TYPE_4 = [
    ("837P", "***22:B:1*", "***22:B:7*", [("XS401", 21, "CLM05-3")]),
    ("837P", "***11:B:1*", "***11:B:8*", [("XS401", 46, "CLM05-3")]),
    ("837P", "22:B:1*Y*A*Y*Y", "22:B:1*Y*A*Y*Y**OA", [("XS402", 21, "CLM11")]),
    ("837P", "22:B:1*Y*A*Y*Y", "22:B:1*Y*A*Y*Y**AA:::OK", [("XS402", 21, "CLM11")]),
    ("837P", "22:B:1*Y*A*Y*Y", "22:B:1*Y*A*Y*Y**AA~DTP*439*D8*20250201",
     [("XS109", 60, "SE01"), ("XS403", 21, "CLM11-4")]),
    ("837P", "*180.5*UN*2*", "*180.5*MJ*2*", [("XS404", 34, "SV103")]),
    ("837P", "***22:B:1*", "***21:B:1*", [("XS405", 21, "CLM05-1")]),
    ("837P", "*11**2~", "*11**3~", [("XS406", 34, "SV107")]),
    ("837P", "*11**2~", "*11**2:9~", [("XS406", 34, "SV107")]),
    ("837P", "***11:B:1*", "***22:B:1*", [("XS407", 46, "CLM05-1")]),
    ("837P", "NM1*DN*1*REFER*RON****XX*1245319599~", "", [("XS109", 58, "SE01")]),
    ("837P", "SV1*HC:20610:RT", "SV1*HC:85025", [("XS409", 34, "SV101")]),
    ("835", "SVC*HC:99213*500*0**1~DTM*472*20240302~CAS*CO*16*500~LQ*HE*MA130~", "CAS*CO*16*500~",
     [("XS109", 42, "SE01"), ("XS206", 34, "CAS"), ("XS410", 32, "CLP01")]),
    ("835", "*22*-200*-80*-20*", "*22*200*-80*-20*",
     [("XS304", 38, "CLP04"), ("XS306", 38, "CLP03"), ("XS411", 38, "CLP02")]),
    ("837P", "SBR*S********CI", "SBR*S*18*******CI", [("XS413", 37, "SBR02")]),
    ("837P", "RD8*20250203-20250204", "RD8*20250203-20250202", [("XS414", 35, "DTP03")]),
    ("837P", "SV1*HC:99213*100", "SV1*HC:J1100*100", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "old", "new", "expected"), TYPE_1 + TYPE_2 + TYPE_3 + TYPE_4)
def test_a_planted_defect_is_found_at_its_place(
    kind: str, old: str, new: str, expected: Sequence[tuple[str, int, str]]
) -> None:
    text = text_of(interchange(kind))
    assert old in text
    assert sorted(said(text.replace(old, new, 1))) == sorted(expected)


def test_an_id_with_a_stray_character_is_not_that_of_a_segment() -> None:
    assert ("XS114", 13, "REF") in said(changed(interchange("837P"), **{"REF*EI*": "REF!*EI*"}))
    assert ("XS114", 7, "N1!") in said(changed(interchange("835"), **{"N1*PR*": "N1!*PR*"}))
    # The second NM1 is segment 7: a blank beside an id does not make it another.
    assert findings(changed(interchange("837P"), **{"NM1*40": " NM1 *40"})) == []


def test_every_byte_is_that_of_the_segment() -> None:
    text = text_of(interchange("837P"), "~\r\n").replace("DTP*472*D8*20250205", "DTP*472*D8*20250230")
    (one,) = findings(text)
    assert text[one.byte :].startswith("DTP*472*D8*20250230~")
    assert one.where == "f.x12 segment 55 DTP03"


def test_a_number_used_twice_in_a_group() -> None:
    segments = changed(interchange("837P", PROFESSIONAL, PROFESSIONAL), **{"ST*837*0002": "ST*837*0001"})
    segments = changed(segments, **{"SE*57*0002": "SE*57*0001"})
    # 3 + 56 + 1 segments, then the second ST.
    assert said(segments) == [("XS111", 60, "ST02")]


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("SE*", [("XS108", 59, "")]),
        ("GE*", [("XS108", 60, "")]),
        ("IEA*", [("XS108", 60, "")]),
        ("GS*", [("XS107", 2, ""), ("XS107", 59, "")]),
    ],
)
def test_envelopes_that_do_not_nest(left_out: str, expected: list[tuple[str, int, str]]) -> None:
    found = said(without(interchange("837P"), left_out))
    assert [one for one in found if one[0] in ("XS107", "XS108")] == expected


def test_a_number_used_twice_in_a_file() -> None:
    segments = interchange("835")
    assert said([*segments, *segments]) == [("XS125", len(segments) + 1, "ISA13")]
    twice = [*segments[:-1], *segments[1:-1], segments[-1].replace("IEA*1*", "IEA*2*")]
    assert said(twice) == [("XS125", len(segments), "GS06")]


def test_another_transaction_is_said_to_be_unread() -> None:
    segments = [
        ISA,
        "GS*HS*SENDER*RECEIVER*20250301*1200*1*X*005010X279A1",
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*1*20250301",
    ]
    segments += ["HL*1**20*1", "EQ*30", "SE*5*0001", "GE*1*1", "IEA*1*000000001"]
    assert said(segments) == [("XS123", 3, "ST01")]


def test_an_ordering_provider_is_asked_for_by_medicare_alone() -> None:
    segments = changed(interchange("837P"), **{"SV1*HC:20610:RT": "SV1*HC:71046"})
    segments = recounted(without(segments, "NM1*DN*"))
    assert said(segments) == [("XS408", 34 - 1, "SV101")]
    assert said(changed(segments, **{"SBR*P*18*******MB": "SBR*P*18*******CI"})) == []


def test_a_drug_needs_its_code_where_the_payer_is_medicaid() -> None:
    segments = changed(interchange("837P"), **{"SBR*P*18*******MB": "SBR*P*18*******MC", "HC:20610:RT": "HC:J1100"})
    assert said(segments) == [("XS412", 34, "SV101")]
    with_code = changed(segments, **{"RD8*20250203-20250204": "RD8*20250203-20250204~LIN**N4*00026063512~CTP****10*ML"})
    assert said(recounted(with_code)) == []


def test_a_payment_is_never_negative() -> None:
    text = text_of(interchange("835")).replace("BPR*I*272*", "BPR*I*-10*").replace("WO:ICN9*-50", "WO:ICN9*232")
    assert said(text) == [("XS308", 4, "BPR02")]  # 220 - 232 + 2 = -10


def test_a_debit_takes_its_amount_from_the_provider() -> None:
    """A reversal of 80.00 alone, and BPR03 D with 80.00: the account is debited what the claims come to."""
    text = text_of(interchange("835", (*REMITTANCE_HEADER, *REVERSAL)))  # type: ignore[arg-type]
    assert ("XS305", 4, "BPR02") in said(text)  # -80 is not 272
    debited = text.replace("BPR*I*272*C*", "BPR*I*80*D*")
    assert said(debited) == []
    assert said(debited.replace("*80*D*", "*80*C*")) == [("XS305", 4, "BPR02")]


class Sets:
    """Code sets that hold all codes but some."""

    def __init__(self, **missing: str) -> None:
        self.missing = missing
        self.asked: set[tuple[str, str, date]] = set()

    def judge(self, kind: str, code: str, on: date) -> Verdict:
        """Whether the code is one of those held."""
        self.asked.add((kind, code, on))
        if kind == ZIP and kind not in self.missing:
            return Verdict(None, why="no ZIP file")
        return Verdict(self.missing.get(kind) != code, ({"release": "R", "file": "f", "line": 1, "sha256": "0"},))


@pytest.mark.parametrize(
    ("kind", "missing", "expected"),
    [
        ("837P", {TAXONOMY: "2085R0202X"}, [("XS502", 25, "PRV03")]),
        ("837P", {DIAGNOSIS: "R918"}, [("XS502", 22, "HI02-2")]),
        ("837P", {DIAGNOSIS: "M1711"}, [("XS502", 22, "HI01-2"), ("XS502", 47, "HI01-2")]),
        ("837P", {PLACE: "22"}, [("XS502", 21, "CLM05-1")]),
        ("837P", {PLACE: "11"}, [("XS502", 34, "SV105"), ("XS502", 46, "CLM05-1")]),
        ("837P", {MODIFIER: "RT"}, [("XS502", 34, "SV101-3")]),
        ("835", {MODIFIER: "59"}, [("XS502", 27, "SVC01-4")]),
        ("837P", {PROCEDURE: "99213"}, [("XS502", 54, "SV101-2")]),
        # Up to the subscriber 20 as in a professional file; CLM 21, DTP 22, CL1 23, HI 24-26, attending 27, LX 28.
        ("837I", {PROCEDURE: "76942"}, [("XS502", 29, "SV202-2")]),
        ("835", {PROCEDURE: "20610"}, [("XS502", 19, "SVC01-2")]),
        # The facility's, 74120-0001; that of the billing provider is 74104-1234.
        ("837P", {ZIP: "74120"}, [("XS502", 28, "N403")]),
        ("837P", {ZIP: "74104"}, [("XS502", 12, "N403")]),
        ("837P", {REASON: "253"}, [("XS502", 57, "CAS05")]),
        ("835", {REASON: "144"}, [("XS502", 15, "CAS08")]),
        ("835", {REASON: "23"}, [("XS502", 23, "CAS02")]),
        ("835", {GROUP: "OA"}, [("XS502", 23, "CAS01")]),
        ("835", {REMARK: "N390"}, [("XS502", 30, "LQ02")]),
        ("835", {REMARK: "MA18"}, [("XS502", 17, "MOA04")]),
    ],
)
def test_a_code_that_is_in_no_set_on_its_day(
    kind: str, missing: dict[str, str], expected: list[tuple[str, int, str]]
) -> None:
    sets = Sets(**missing)
    found = findings(interchange(kind), sets=sets)
    assert [(one.rule, one.segment, one.element) for one in found] == expected
    assert all(one.citations for one in found)


def test_each_code_is_judged_on_its_own_day() -> None:
    sets = Sets()
    findings(interchange("837P"), sets=sets)
    # The first service of claim A100, of claim B200; what stands before is judged with the first.
    assert (DIAGNOSIS, "M1711", date(2025, 2, 3)) in sets.asked
    assert (DIAGNOSIS, "M1711", date(2025, 2, 5)) in sets.asked
    assert (TAXONOMY, "2085R0204X", date(2025, 2, 3)) in sets.asked
    sets = Sets()
    findings(interchange("835"), sets=sets)
    assert (REASON, "45", date(2024, 4, 15)) in sets.asked


@pytest.mark.parametrize("wrong", ["1234567890", "12345678931", "123456789", "ABCDEFGHIJ"])
def test_a_wrong_npi(wrong: str) -> None:
    assert ("XS501", 26, "NM109") in said(
        changed(interchange("837P"), **{f"HOSPITAL*****XX*{NPI}": f"HOSPITAL*****XX*{wrong}"})
    )
    assert ("XS501", 11, "N104") in said(changed(interchange("835"), **{f"GROUP*XX*{NPI}": f"GROUP*XX*{wrong}"}))


def test_every_rule_has_a_planted_defect() -> None:
    here = Path(__file__).parent
    tested = "".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    untested = [rule for rule in rules() if f'"{rule}"' not in tested]
    assert untested == []


@pytest.fixture
def generators(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """The generators of the examples."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return importlib.import_module("generate_edi"), importlib.import_module("generate_edi_kinds")


def test_generated_files_are_clean_and_what_is_planted_is_found(tmp_path: Path, generators: tuple[Any, Any]) -> None:
    generate_edi, _ = generators
    generate_edi.generate(tmp_path / "clean", 400, rate=0.0)
    for name in ("sent.837", "era.835"):
        assert findings(tmp_path / "clean" / name) == []
    truth = generate_edi.generate(tmp_path / "planted", 400, rate=0.5)
    found = [(one.rule, one.claim_id) for one in findings(tmp_path / "planted" / "sent.837")]
    expected = [truth.get(f"planted_{kind}", 0) for kind in generate_edi.DEFECTS]
    assert [sum(rule == one for rule, _ in found) for one in generate_edi.DEFECTS.values()] == expected
    assert len(found) == sum(expected) > 100
    assert findings(tmp_path / "planted" / "era.835") == []


def test_the_other_kinds_generated_are_clean_and_joined(tmp_path: Path, generators: tuple[Any, Any]) -> None:
    generate_edi, generate_edi_kinds = generators
    generate_edi.generate(tmp_path, 1200, rate=0.1)
    rejected = generate_edi_kinds.generate(tmp_path, 1200, rate=0.1)
    for name in ("sent.837i", "answer.277ca", "receipt.999"):
        assert findings(tmp_path / name) == []
    joined = Acknowledged()
    joined.sent(read(tmp_path / "sent.837", types=()))
    joined.answered([*read(tmp_path / "answer.277ca"), *read(tmp_path / "receipt.999")], "answers")
    assert len(joined.batches) == 3  # 500 claims to a transaction
    found = [claim for batch in joined.batches for claim in batch.claims if batch.outcome(claim) == "rejected"]
    assert found == rejected
    assert len(rejected) > 50
    assert sum(batch.total("accepted")[0] for batch in joined.batches) == 1200 - len(rejected)
    assert joined.unsent == []
