"""Remittances: every triplet, remark and pair becomes a row; acknowledgments say what became of each claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from x12_files import ISA, PAID_CLAIM, REMITTANCE_HEADER, changed, interchange, read


def rows(segments: list[str], table: str) -> list[dict[str, Any]]:
    """The rows of a table of remittances."""
    return [row for part in read(segments) if part.tables for row in getattr(part.tables, table).to_pylist()]


def answers(segments: list[str], table: str) -> list[dict[str, Any]]:
    """The rows of a table of acknowledgments."""
    parts = read(segments)
    return [row for part in parts if part.acknowledgments for row in getattr(part.acknowledgments, table).to_pylist()]


def test_the_payment() -> None:
    (payment,) = rows(interchange("835"), "payments")
    assert (payment["handling"], payment["paid_cents"], payment["method"]) == ("I", 27200, "ACH")
    assert (payment["check_number"], payment["payment_date"]) == ("EFT1", date(2024, 4, 15))
    assert (payment["payer_name"], payment["payer_id"]) == ("FIRST PAYER", "P001")
    assert payment["interchange_control_number"] == "000000001"
    assert payment["transaction_control_number"] == "0001"
    assert (payment["segment"], payment["byte"]) == (
        3,
        len(ISA) + 1 + len("GS*HP*SENDER*RECEIVER*20250301*1200*1*X*005010X221A1") + 1,
    )


def test_the_claims() -> None:
    paid, denied, reversal = rows(interchange("835"), "claims")
    assert (paid["claim_id"], paid["status"], paid["charge_cents"], paid["paid_cents"]) == ("A1", "1", 100000, 30000)
    # 20 + 6 - 26 at the claim, 250 and 450 at its lines; PR 60 + 40.
    assert (paid["adjusted_cents"], paid["patient_adjusted_cents"], paid["lines"]) == (70000, 10000, 2)
    assert (denied["status"], denied["adjusted_cents"]) == ("4", 50000)
    assert (reversal["charge_cents"], reversal["paid_cents"], reversal["adjusted_cents"]) == (-20000, -8000, -12000)


def test_the_lines() -> None:
    first, second, *_ = rows(interchange("835"), "lines")
    assert (first["claim"], first["line"], first["hcpcs"], first["modifier_1"]) == (1, 1, "20610", "RT")
    assert (first["charge_cents"], first["paid_cents"], first["allowed_cents"]) == (40000, 15000, 35000)
    assert (first["line_control_number"], first["service_date"]) == ("L1", date(2024, 3, 1))
    # What was sent when the payer changed it: the modifiers and the units.
    assert (second["hcpcs"], second["modifier_2"], second["units"]) == ("77002", "59", "1")
    assert (second["submitted_hcpcs"], second["submitted_modifier_1"]) == ("77002", "26")
    assert (second["submitted_modifier_2"], second["submitted_units"]) == (None, "2")


def test_amounts_quantities_and_references_have_their_columns() -> None:
    """AMT and QTY of claim and line, the references of a line: each in its own column, none in another's."""
    segments = changed(
        interchange("835"),
        **{
            "DTM*232*20240301": "DTM*232*20240301~AMT*AU*350~AMT*F5*20~AMT*I*1.25~AMT*ZK*7~AMT*ZO*9~QTY*CA*3~QTY*NE*1",
            "REF*6R*L1~AMT*B6*350": "REF*1S*APG1~REF*BB*AUTH1~REF*E9*ATT1~REF*LU*LOC1~REF*6R*L1~AMT*B6*350"
            "~AMT*KH*2.5~AMT*T*3~AMT*ZM*4",
        },
    )
    claim, *_ = rows(segments, "claims")
    line, *_ = rows(segments, "lines")
    assert (claim["coverage_cents"], claim["patient_paid_cents"], claim["interest_cents"]) == (35000, 2000, 125)
    assert (claim["federal_one_cents"], claim["federal_two_cents"], claim["federal_five_cents"]) == (700, None, 900)
    assert (claim["covered_quantity"], claim["coinsured_quantity"], claim["non_covered_quantity"]) == ("3", None, "1")
    assert (line["allowed_cents"], line["late_filing_reduction_cents"], line["tax_cents"]) == (35000, 250, 300)
    assert (line["federal_three_cents"], line["federal_one_cents"]) == (400, None)
    assert (line["ambulatory_group"], line["authorization_number"], line["line_control_number"]) == (
        "APG1",
        "AUTH1",
        "L1",
    )
    assert (line["attachment_code"], line["location_number"], line["predetermination_number"]) == ("ATT1", "LOC1", None)


def test_every_triplet_of_every_adjustment() -> None:
    found = rows(interchange("835"), "adjustments")
    assert [(row["claim"], row["line"], row["group"], row["reason"], row["amount_cents"]) for row in found] == [
        (1, None, "CO", "45", 2000),
        (1, None, "CO", "253", 600),
        (1, None, "CO", "144", -2600),
        (1, 1, "CO", "45", 5000),
        (1, 1, "PR", "1", 6000),
        (1, 1, "PR", "2", 4000),
        (1, 1, "OA", "23", 10000),
        (1, 2, "CO", "97", 45000),
        (2, 1, "CO", "16", 50000),
        (3, 1, "CO", "45", -10000),
        (3, 1, "PR", "2", -2000),
    ]


def test_six_triplets_with_quantities() -> None:
    six = "*".join(
        f"{reason}*{amount}*{quantity}" for reason, amount, quantity in zip("123456", "101112", "123456", strict=True)
    )
    found = rows(changed(interchange("835"), **{"CAS*CO*97*450": f"CAS*CO*{six}"}), "adjustments")
    own = [row for row in found if row["line"] == 2 and row["claim"] == 1]
    assert [(row["reason"], row["sequence"], row["quantity"]) for row in own] == [
        ("1", 1, "1"), ("2", 2, "2"), ("3", 3, "3"), ("4", 4, "4"), ("5", 5, "5"), ("6", 6, "6"),
    ]  # fmt: skip


def test_every_remark() -> None:
    found = rows(interchange("835"), "remarks")
    assert sorted((row["claim"], row["line"] or 0, row["qualifier"], row["code"]) for row in found) == [
        (1, 0, "MOA", "MA01"),
        (1, 0, "MOA", "MA18"),
        (1, 1, "HE", "N20"),
        (1, 2, "HE", "M15"),
        (1, 2, "HE", "N390"),
        (2, 1, "HE", "MA130"),
    ]


def test_every_pair_of_a_provider_adjustment() -> None:
    found = rows(interchange("835"), "provider_adjustments")
    assert [(row["reason"], row["reference"], row["amount_cents"]) for row in found] == [
        ("WO", "ICN9", -5000),
        ("L6", "INT", -200),
    ]
    assert found[0]["fiscal_date"] == date(2024, 12, 31)


def test_payments_and_claims_are_numbered_over_the_file() -> None:
    body = [*REMITTANCE_HEADER, *PAID_CLAIM]
    segments = interchange("835", body, body)
    assert [row["payment"] for row in rows(segments, "payments")] == [1, 2]
    assert [(row["payment"], row["claim"]) for row in rows(segments, "claims")] == [(1, 1), (2, 2)]


def test_a_claim_without_lines_is_kept() -> None:
    body = [*REMITTANCE_HEADER, "CLP*A9*4*75*0**MB*ICN9*11*1", "CAS*CO*16*75", "NM1*QC*1*DOE*JOHN"]
    segments = interchange("835", body)
    assert rows(segments, "claims")[0]["lines"] == 0
    assert rows(segments, "adjustments")[0]["line"] is None


def test_a_claim_acknowledgment() -> None:
    segments = interchange("277CA")
    accepted, rejected = answers(segments, "claims")
    assert (accepted["claim_id"], accepted["outcome"], accepted["charge_cents"]) == ("A100", "accepted", 49050)
    assert accepted["payer_claim_control_number"] == "ICN100"
    assert (rejected["claim_id"], rejected["outcome"]) == ("B200", "rejected")
    statuses = answers(segments, "statuses")
    assert [(row["level"], row["claim"], row["category"], row["status"]) for row in statuses] == [
        ("batch", None, "A1", "20"),
        ("claim", 1, "A2", "20"),
        ("claim", 2, "A7", "562"),
        ("line", 2, "A7", "507"),
    ]
    assert statuses[2]["entity"] == "85"
    assert statuses[3]["hcpcs"] == "99213"
    assert answers(segments, "batches")[0]["batch_id"] == "B1"


def test_an_implementation_acknowledgment() -> None:
    segments = interchange("999")
    (transaction,) = answers(segments, "transactions")
    assert (transaction["group_control_number"], transaction["transaction_control_number"]) == ("1", "0001")
    assert transaction["outcome"] == "R"
    of_segment, of_element = answers(segments, "errors")
    assert (of_segment["in_segment"], of_segment["at_segment"], of_segment["segment_error"]) == ("NM1", "9", "8")
    assert (of_element["element"], of_element["element_error"], of_element["in_loop"]) == ("9", "7", "2010")
    # The copied data may name a person: no column holds it.
    assert "123" not in str(of_element)
