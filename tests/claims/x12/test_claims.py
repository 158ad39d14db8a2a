"""Claims: the value of the line before that of the claim, the levels above, diagnoses by pointers, pseudonyms."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.books import open_book
from trocar.claims.x12.masking import Pseudonyms
from trocar.core.errors import ClaimInputError
from x12_files import NPI, OTHER_NPI, PROFESSIONAL, changed, interchange, read, text_of

SPAN = "sent.837: lines over several days: the first day is used"


def rows(kind: str, table: str, *bodies: list[str]) -> list[dict[str, Any]]:
    """The rows of a table."""
    parts = read(interchange(kind, *bodies))
    return [row for part in parts for row in getattr(part.claims[kind], table).to_pylist()]


def book_of(tmp_path: Path, text: str) -> tuple[list[dict[str, Any]], list[Any], list[str]]:
    """Lines, problems and notes of a file as a claim book."""
    path = tmp_path / "sent.837"
    path.write_text(text)
    readings = list(open_book([path]).chunks())
    lines = [row for reading in readings for row in reading.table.to_pylist()]
    return lines, [one for r in readings for one in r.problems], [note for r in readings for note in r.notes]


def test_claim_columns() -> None:
    first, second = rows("837P", "claims")
    assert first["claim_id"] == "A100"
    assert first["charge_cents"] == 49050
    assert first["place_of_service"] == "22"
    assert first["claim_frequency_code"] == "1"
    assert (first["billing_npi"], first["billing_taxonomy"], first["billing_zip"]) == (NPI, "2085R0204X", "741041234")
    assert (first["rendering_npi"], first["rendering_taxonomy"]) == (OTHER_NPI, "2085R0202X")
    assert (first["facility_npi"], first["facility_zip"]) == (NPI, "741200001")
    assert (first["payer_id"], first["filing_indicator"]) == ("P001", "MB")
    assert first["diagnoses"] == ["M1711", "R918"]
    # The other payer of 2320 is not the payer of the claim.
    assert (second["payer_id"], second["payer_responsibility"]) == ("P002", "S")
    assert second["diagnoses"] == ["M1711"]


def test_line_columns() -> None:
    first, second, third = rows("837P", "lines")
    assert (first["claim"], first["line"], first["hcpcs"]) == (1, 1, "77002")
    assert (first["modifier_1"], first["modifier_2"], first["modifier_3"]) == ("26", "59", None)
    assert (first["charge_cents"], first["units"], first["line_control_number"]) == (31000, "1", "A100L1")
    assert (second["place_of_service"], second["units"]) == ("11", "2")
    assert (second["service_start_date"], second["service_end_date"]) == (date(2025, 2, 3), date(2025, 2, 4))
    assert (third["claim"], third["line"], third["hcpcs"]) == (2, 1, "99213")


def test_what_else_a_claim_and_a_line_say() -> None:
    """Signature, assignment, release; the date an ultrasound in pregnancy needs; purchased tests, EPSDT, referrals."""
    body = changed(
        list(PROFESSIONAL),
        **{
            "SBR*P*18*******MB": "SBR*P*18***47****MB",
            "HI*ABK:M1711*ABF": "DTP*484*D8*20250101~REF*EW*123456~HI*ABK:M1711*ABF",
            "SV1*HC:77002:26:59*310*UN*1***1:2": "SV1*HC:77002:26:59*310*UN*1***1:2**Y**Y*Y",
            "REF*6R*A100L1": f"REF*6R*A100L1~REF*9F*R77~PS1*{NPI}*45.5",
        },
    )
    first, _ = rows("837P", "claims", body)
    line, *_ = rows("837P", "lines", body)
    assert (first["signature_on_file"], first["assignment"]) == ("Y", "A")
    assert (first["benefits_assigned"], first["release_of_information"]) == ("Y", "Y")
    assert (first["insurance_type"], first["filing_indicator"]) == ("47", "MB")
    assert (first["last_menstrual_period_date"], first["mammography_certification"]) == (date(2025, 1, 1), "123456")
    assert (line["emergency"], line["epsdt"], line["family_planning"]) == ("Y", "Y", "Y")
    assert (line["referral_number"], line["purchased_service_provider"]) == ("R77", NPI)
    assert line["purchased_service_cents"] == 4550


def test_institutional_columns() -> None:
    (claim,) = rows("837I", "claims")
    assert (claim["facility_type"], claim["attending_npi"]) == ("13", OTHER_NPI)
    assert (claim["statement_start_date"], claim["statement_end_date"]) == (date(2025, 2, 3), date(2025, 2, 4))
    # The admitting diagnosis (ABJ) is none of the claim's own.
    assert claim["diagnoses"] == ["M1711", "R918", "M5416"]
    first, second = rows("837I", "lines")
    assert (first["revenue_code"], first["hcpcs"], first["charge_cents"]) == ("0402", "76942", 20000)
    assert (second["revenue_code"], second["hcpcs"], second["units"]) == ("0250", None, "3")


def test_a_book_of_claims(tmp_path: Path) -> None:
    lines, problems, notes = book_of(tmp_path, text_of(interchange("837P")))
    first, second, third = lines
    assert problems == []
    # The second line is of two days, from the third to the fourth of February.
    assert notes == [SPAN]
    assert (first["claim_id"], first["line"], first["hcpcs"], first["charge_cents"]) == ("A100", 1, "77002", 31000)
    assert first["where"] == "sent.837 segment 30"
    # Place: the line's own (11) before the claim's (22). ZIP: the facility's before the billing provider's.
    assert [line["place_of_service"] for line in lines] == ["22", "11", "11"]
    assert [line["zip"] for line in lines] == ["74120", "74120", "74104"]
    assert [line["diagnoses"] for line in lines] == [["M1711", "R918"], ["R918"], ["M1711"]]
    # Who furnished it: 2310B, and where nobody is named the billing provider itself with its taxonomy.
    assert [line["rendering_npi"] for line in lines] == [OTHER_NPI, OTHER_NPI, NPI]
    assert [line["taxonomy"] for line in lines] == ["2085R0202X", "2085R0202X", "2085R0204X"]
    assert [line["payer"] for line in lines] == ["FIRST PAYER", "FIRST PAYER", "SECOND PAYER"]
    assert second["service_date"] == date(2025, 2, 3)
    assert len({line["patient_id"] for line in lines}) == 2
    assert third["units"] == 1


def test_providers_and_place_of_a_line_hold_before_those_of_the_claim(tmp_path: Path) -> None:
    own = "~".join(
        [f"NM1*82*1*OTHER*ANN****XX*{NPI}", "PRV*PE*PXC*207L00000X", "NM1*77*2*SITE", "N3*5 ST", "N4*TULSA*OK*74133"]
    )
    segments = changed(interchange("837P"), **{"REF*6R*A100L1": f"REF*6R*A100L1~{own}"})
    lines, _, _ = book_of(tmp_path, text_of(segments))
    assert [line["rendering_npi"] for line in lines] == [NPI, OTHER_NPI, NPI]
    assert [line["taxonomy"] for line in lines][:2] == ["207L00000X", "2085R0202X"]
    assert [line["zip"] for line in lines][:2] == ["74133", "74120"]


def test_who_ordered_and_who_nobody_names(tmp_path: Path) -> None:
    """The line's ordering provider stands before the claim's referring one; a claim that names neither says NONE."""
    plain = interchange("837P")
    lines, _, _ = book_of(tmp_path, text_of(plain))
    assert [line["referring_npi"] for line in lines] == [OTHER_NPI, OTHER_NPI, "NONE"]
    ordered = changed(plain, **{"REF*6R*A100L1": f"REF*6R*A100L1~NM1*DK*1*ORDER*OLA****XX*{NPI}"})
    lines, _, _ = book_of(tmp_path, text_of(ordered))
    assert [line["referring_npi"] for line in lines] == [NPI, OTHER_NPI, "NONE"]
    assert all(line["received_date"] is None for line in lines)


def test_a_line_that_can_not_be_read_is_a_problem_with_its_place(tmp_path: Path) -> None:
    segments = changed(interchange("837P"), **{"*UN*2*11": "*UN*1.5*11", "DTP*472*D8*20250205": "DTP*472*D8*20250231"})
    lines, problems, notes = book_of(tmp_path, text_of(segments))
    assert len(lines) == 1
    assert [one.where for one in problems] == ["sent.837 segment 34 SV104", "sent.837 segment 54, its DTP03"]
    assert "not a whole number" in problems[0].error["error"]
    # The date is also an error of the X12 itself.
    assert notes == [SPAN, "sent.837: the X12 itself has 1 error: see trocar x12 sent.837"]


def test_a_taxonomy_is_of_the_provider_named_with_it(tmp_path: Path) -> None:
    """The line's own practitioner has no PRV: the taxonomy of the claim's practitioner is that of another person."""
    third = "1679576722"
    own = f"REF*6R*A100L1~NM1*82*1*OTHER*OLA****XX*{third}"
    segments = changed(interchange("837P"), **{"REF*6R*A100L1": own})
    lines, _, _ = book_of(tmp_path, text_of(segments))
    assert [line["rendering_npi"] for line in lines] == [third, OTHER_NPI, NPI]
    assert [line["taxonomy"] for line in lines] == [None, "2085R0202X", "2085R0204X"]
    # The claim's practitioner named again, and the one who bills.
    for npi, taxonomy in ((OTHER_NPI, "2085R0202X"), (NPI, "2085R0204X")):
        lines, _, _ = book_of(tmp_path, text_of(changed(segments, **{f"OLA****XX*{third}": f"OLA****XX*{npi}"})))
        assert (lines[0]["rendering_npi"], lines[0]["taxonomy"]) == (npi, taxonomy)


@pytest.mark.parametrize(("pointers", "held"), [("9", []), ("1:9", ["M1711"]), ("0", []), ("A", [])])
def test_a_pointer_to_no_diagnosis_is_told(tmp_path: Path, pointers: str, held: list[str]) -> None:
    """The claim has two diagnoses. The line is read, for what answers it must find it, and nothing is passed over."""
    segments = changed(interchange("837P"), **{"*2*11**2": f"*2*11**{pointers}"})
    lines, problems, notes = book_of(tmp_path, text_of(segments))
    assert [line["diagnoses"] for line in lines] == [["M1711", "R918"], held, ["M1711"]]
    assert problems == []
    past = "sent.837 segment 34 SV107: 1 line points past the diagnoses of the claim, this one first: left out"
    assert [note for note in notes if note != SPAN and "the X12 itself" not in note] == [past]


def test_a_diagnosis_pointed_to_twice_stands_once(tmp_path: Path) -> None:
    lines, _, _ = book_of(tmp_path, text_of(changed(interchange("837P"), **{"*310*UN*1***1:2": "*310*UN*1***2:1:2"})))
    assert lines[0]["diagnoses"] == ["R918", "M1711"]


def test_a_line_without_pointers_is_for_the_diagnoses_of_its_claim(tmp_path: Path) -> None:
    segments = changed(interchange("837P"), **{"*2*11**2": "*2*11"})
    lines, problems, _ = book_of(tmp_path, text_of(segments))
    assert [line["diagnoses"] for line in lines] == [["M1711", "R918"], ["M1711", "R918"], ["M1711"]]
    assert problems == []


@pytest.mark.parametrize(("kind", "claim"), [("837P", "22:B:1"), ("837I", "13:A:1")])
def test_a_claim_that_takes_another_back_bills_nothing(tmp_path: Path, kind: str, claim: str) -> None:
    """Frequency 8 repeats the lines of the claim it takes back: checked or priced, they would count twice."""
    segments = changed(interchange(kind), **{claim: claim[:-1] + "8"})
    lines, problems, _ = book_of(tmp_path, text_of(segments))
    billed = {"837P": [("B200", 1)], "837I": []}
    assert [(line["claim_id"], line["line"]) for line in lines] == billed[kind]
    assert [one.line for one in problems] == [1, 2]
    assert {one.error["error"] for one in problems} == {
        "the claim takes an earlier one back (CLM05-3 is 8): nothing is billed by it"
    }


def test_transactions_that_are_not_read_are_named(tmp_path: Path) -> None:
    """A dental claim: refused where it is alone, told where it stands beside others."""
    dental = [segment.replace("005010X222A1", "005010X224A2") for segment in interchange("837P")]
    with pytest.raises(ClaimInputError, match="837 005010X224A2, which is not read here"):
        book_of(tmp_path, text_of(dental))
    lines, _, notes = book_of(tmp_path, text_of([*interchange("837P"), *dental]))
    assert len(lines) == 3
    assert any("transaction 837 005010X224A2 is not read here" in note for note in notes)


def test_minutes_are_no_units(tmp_path: Path) -> None:
    segments = changed(interchange("837P"), **{"SV1*HC:99213*100*UN*1": "SV1*HC:00300*100*MJ*45"})
    lines, _, notes = book_of(tmp_path, text_of(segments))
    assert [line["units"] for line in lines] == [1, 2, None]
    assert notes == ["sent.837: anesthesia minutes (SV103 MJ) are not units: units were left open", SPAN]


def test_an_institutional_book(tmp_path: Path) -> None:
    lines, problems, _ = book_of(tmp_path, text_of(interchange("837I")))
    (line,) = lines
    assert (line["setting"], line["hcpcs"], line["place_of_service"]) == ("hospital", "76942", None)
    assert line["diagnoses"] == ["M1711", "R918", "M5416"]
    # A revenue code alone is no line that rules can look at: it is told, not dropped.
    assert [(one.claim_id, one.line, one.where) for one in problems] == [("H300", 2, "sent.837 segment 32 SV202-2")]


def test_a_remittance_is_no_claim_book(tmp_path: Path) -> None:
    path = tmp_path / "era.835"
    path.write_text(text_of(interchange("835")))
    with pytest.raises(ClaimInputError, match="it holds 835"):
        open_book([path])


def test_strict_raises(tmp_path: Path) -> None:
    path = tmp_path / "sent.837"
    path.write_text(text_of(interchange("837P")).replace("*490.5*", "*490.6*", 1))
    with pytest.raises(ClaimInputError, match=r"490\.60"):
        list(open_book([path], strict=True).chunks())


def test_a_claim_and_line_twice_in_a_file_are_told(tmp_path: Path) -> None:
    lines, problems, _ = book_of(tmp_path, text_of(interchange("837P", PROFESSIONAL, PROFESSIONAL)))  # type: ignore[arg-type]
    assert len(lines) == 3
    assert len(problems) == 3
    assert "stands in row 30 already" in problems[0].error["error"]


def test_pseudonyms_are_equal_for_equal_ids_and_hang_on_the_key() -> None:
    one, other = Pseudonyms(b"one"), Pseudonyms(b"other")
    first, second, nothing = one.of(["1EG4TE5MK73", " 1eg4te5mk73 ", ""])
    assert first == second != other.of(["1EG4TE5MK73"])[0]
    assert nothing == ""
    assert "1EG4" not in first


def test_two_dependents_of_one_member_are_two_patients() -> None:
    twin = [segment.replace("JILL", "JACK").replace("B200", "B201") for segment in PROFESSIONAL]
    claims = rows("837P", "claims", list(PROFESSIONAL), twin)
    assert claims[0]["patient_id"] == claims[2]["patient_id"]
    assert claims[1]["patient_id"] != claims[3]["patient_id"]
