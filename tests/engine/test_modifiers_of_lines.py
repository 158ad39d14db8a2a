"""The modifiers of lines, asked about as sets, against the claim lines themselves."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.distinct import HASHED_FROM
from trocar.engine.lines import Lines

DAY = date(2025, 11, 3)
MODIFIER = st.sampled_from(["26", "TC", "RT", "LT", "59", "XS"])
GIVEN = st.lists(st.lists(MODIFIER, max_size=4), min_size=1, max_size=12)


def lines_with(*given_modifiers: list[str]) -> Lines:
    """Lines of one claim with these modifiers."""
    return Lines.of(
        claim_table(
            [
                ClaimLine(claim_id="one", line=number, service_date=DAY, hcpcs="20610", modifiers=tuple(modifiers))
                for number, modifiers in enumerate(given_modifiers, 1)
            ]
        )
    )


@given(GIVEN, st.frozensets(MODIFIER))
def test_a_line_has_any_of_the_wanted_modifiers(modifiers: list[list[str]], wanted: frozenset[str]) -> None:
    """In whichever of the four places they stand."""
    assert lines_with(*modifiers).has_any(wanted).tolist() == [bool(wanted & set(given)) for given in modifiers]


@given(GIVEN)
def test_the_modifiers_of_a_line_keep_their_order(modifiers: list[list[str]]) -> None:
    """The four columns are read back as they were given."""
    lines = lines_with(*modifiers)
    assert [lines.modifiers_of(index) for index in range(len(lines))] == modifiers


def test_a_book_of_few_lists_says_the_same() -> None:
    """From the size on which lists are hashed, each line still has its own modifiers."""
    kinds = [["26"], [], ["RT", "59"], ["59", "RT"], ["26", "RT", "LT", "XS"]]
    modifiers = [kinds[number % len(kinds)] for number in range(HASHED_FROM + 3)]
    lines = lines_with(*modifiers)
    assert lines.by_modifiers(len, int).tolist() == [len(given) for given in modifiers]
    assert lines.has("RT").tolist() == ["RT" in given for given in modifiers]
    assert [lines.modifiers_of(index) for index in range(len(lines))] == modifiers
