"""Codes are parsed at the door, or refused with a hint."""

from __future__ import annotations

import pytest

from trocar.core.codes import Hcpcs, Icd10, Modifier, Npi, PlaceOfService, Taxonomy
from trocar.core.errors import InvalidCodeError


def test_hcpcs_is_normalised() -> None:
    """Blanks and lower case are forgiven; category III and level II codes are codes."""
    assert Hcpcs.parse(" 0232t ") == "0232T"
    assert Hcpcs.parse("g0105") == "G0105"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("77O02", "77002"),  # the letter O
        ("7702", "07702"),  # a lost leading zero
        ("77002.0", "77002"),  # a spreadsheet's number
    ],
)
def test_hcpcs_refusals_say_what_was_meant(text: str, hint: str) -> None:
    """A near miss names the code it looks like, and where it stood."""
    with pytest.raises(InvalidCodeError) as caught:
        Hcpcs.parse(text, where="claims.csv C14")
    assert hint in caught.value.remedy
    assert str(caught.value).startswith("claims.csv C14: ")
    assert caught.value.to_dict()["where"] == "claims.csv C14"


def test_other_codes() -> None:
    """Modifiers, diagnoses, places of service and taxonomies have their own shapes."""
    assert Modifier.parse("rt") == "RT"
    assert Icd10.parse("m54.16") == "M5416"
    assert Icd10.parse("QA0.0101").dotted == "QA0.0101"
    assert PlaceOfService.parse("2") == "02"
    assert Taxonomy.parse("2085r0202x") == "2085R0202X"
    for kind, text in ((Modifier, "R"), (Icd10, "M5"), (PlaceOfService, "A1"), (Taxonomy, "2085R0202")):
        with pytest.raises(InvalidCodeError):
            kind.parse(text)


def test_npi_check_digit() -> None:
    """Luhn over 80840 and the NPI."""
    # 80840 123456789 3: from the right, doubling every second digit:
    # 3 + (18-9) + 8 + (14-9) + 6 + (10-9) + 4 + 6 + 2 + 2 = 46; the prefix 80840 adds 24; 70 is a multiple of 10.
    assert Npi.parse("1234567893").check_digit_holds
    assert not Npi.parse("1234567890").check_digit_holds
