"""The public claim line and the Arrow table made of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table, parse_diagnoses, parse_modifiers
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError, InvalidCodeError


def line(**changes: Any) -> ClaimLine:
    """A sound line of guidance in an office, with some fields changed."""
    sound: dict[str, Any] = {
        "claim_id": "A",
        "line": 1,
        "service_date": date(2024, 8, 15),
        "hcpcs": "77002",
    }
    return ClaimLine(**{**sound, **changes})


@pytest.mark.parametrize("text", ["26 59", "26,59", "26-59", " 26 | 59 ", "26/59", "26;59"])
def test_modifiers_of_one_text(text: str) -> None:
    """Every way people write two modifiers in one cell reads the same."""
    assert parse_modifiers(text) == ("26", "59")


def test_no_modifiers() -> None:
    """An empty text has no modifiers, and that is not an error."""
    assert parse_modifiers("") == ()


def test_modifiers_are_upper_case() -> None:
    """Modifiers are normalised, in the order written."""
    assert parse_modifiers("xs rt") == ("XS", "RT")


def test_modifiers_run_together() -> None:
    """Four characters in a row are refused with the two modifiers they probably are."""
    with pytest.raises(InvalidCodeError, match="Did you mean '26 59'"):
        parse_modifiers("2659")


def test_five_modifiers() -> None:
    """A claim line holds four modifiers; a fifth is never dropped silently."""
    with pytest.raises(ClaimInputError, match="5 modifiers"):
        parse_modifiers("26 59 RT 76 22")


def test_diagnoses_lose_their_points() -> None:
    """Diagnoses come separated by any of the four marks, with or without points, and keep their order."""
    assert parse_diagnoses("m17.11, M1712;R91.1|C61 E04.1") == ("M1711", "M1712", "R911", "C61", "E041")


def test_thirteen_diagnoses() -> None:
    """A claim holds twelve diagnoses; a thirteenth is never dropped silently."""
    with pytest.raises(ClaimInputError, match="13 diagnoses"):
        parse_diagnoses(" ".join(["C61"] * 13))


def test_table_has_the_schema() -> None:
    """The table is typed by the schema, codes normalised, and unsaid values are null."""
    table = claim_table([line(hcpcs="0232t", modifiers=("rt", "59"), charge=Decimal("1234.5"), place_of_service="2")])
    assert table.schema.equals(CLAIM_SCHEMA, check_metadata=True)
    row = table.to_pylist()[0]
    assert row["hcpcs"] == "0232T"
    assert [row[f"modifier_{n}"] for n in (1, 2, 3, 4)] == ["RT", "59", None, None]
    assert row["charge_cents"] == 123450  # $1,234.50 in cents
    assert row["place_of_service"] == "02"
    assert row["units"] is None
    assert row["diagnoses"] == []
    assert row["where"] == "line 1 of claim A"


def test_table_of_no_lines() -> None:
    """No lines make an empty table of the same schema."""
    table = claim_table([])
    assert table.num_rows == 0
    assert table.schema.equals(CLAIM_SCHEMA)


def test_where_is_kept() -> None:
    """A reader's own address stays."""
    assert claim_table([line(where="claims.csv row 14")]).to_pylist()[0]["where"] == "claims.csv row 14"


@pytest.mark.parametrize(
    "changes",
    [
        {"claim_id": ""},
        {"line": 0},
        {"service_date": datetime(2024, 8, 15)},  # noqa: DTZ001 (the point is that it is refused)
        {"service_date": date(1966, 6, 30)},  # the day before Medicare began
        {"service_date": date(2100, 1, 1)},
        {"units": 0},
        {"units": -1},
        {"charge": Decimal("-0.01")},
        {"charge": Decimal("0.001")},
        {"charge": Decimal("NaN")},
        {"charge": Decimal("10000000000")},
        {"setting": "clinic"},
        {"prior_outcome": "PAID"},
        {"zip": "2134"},
        {"locality": "01"},
        {"mac": "13202"},
        {"mac": "13202", "locality": "NATIONAL"},
    ],
)
def test_impossible_values(changes: dict[str, Any]) -> None:
    """A value no claim line can have is refused with the line's address."""
    with pytest.raises(ClaimInputError) as caught:
        line(**changes)
    assert caught.value.where
    assert caught.value.remedy


def test_first_and_last_day() -> None:
    """Medicare's first day and the last day accepted are dates of service."""
    assert line(service_date=date(1966, 7, 1)).service_date.year == 1966
    assert line(service_date=date(2099, 12, 31)).service_date.year == 2099


def test_wrong_code_names_the_line() -> None:
    """A code of the wrong shape is refused with the line's address."""
    with pytest.raises(InvalidCodeError) as caught:
        line(hcpcs="7702")
    assert caught.value.where == "line 1 of claim A"
