"""What the other lines of a claim-day say of a line: repeats, and services that are paid beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.lines import Lines
from trocar.engine.neighbours import Neighbours
from trocar.engine.same_day import SameDay

DAY = date(2025, 11, 3)


class _Asked:
    """The two columns of the line subject that a repeat needs; no pack is asked."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.practitioner = lines.texts("rendering_npi").numbers

    def __len__(self) -> int:
        return len(self.lines)


def repeats(*given: dict[str, Any]) -> list[bool]:
    """Which of some lines of one claim repeat an earlier one."""
    asked = [
        ClaimLine(**{"claim_id": "one", "line": n, "service_date": DAY, "hcpcs": "20610", **values})
        for n, values in enumerate(given, 1)
    ]
    lines = Lines.of(claim_table(asked))
    same_day = SameDay(_Asked(lines), Neighbours.of(lines.claim_day))  # type: ignore[arg-type]
    answer: list[bool] = same_day.repeats_earlier.tolist()
    return answer


def test_every_later_line_repeats_the_first() -> None:
    """Of three equal lines the second and the third repeat."""
    assert repeats({}, {}, {}) == [False, True, True]


def test_the_order_of_modifiers_does_not_matter() -> None:
    """26 RT and RT 26 are the same modifiers."""
    assert repeats({"modifiers": ("26", "RT")}, {"modifiers": ("RT", "26")}) == [False, True]


@pytest.mark.parametrize(
    "difference",
    [
        {"hcpcs": "20605"},
        {"modifiers": ("LT",)},
        {"modifiers": ("RT", "59")},
        {"modifiers": ("RT", "76")},
        {"place_of_service": "22"},
        {"service_date": date(2025, 11, 4)},
        {"rendering_npi": "1111111112"},
    ],
)
def test_a_difference_makes_a_service_of_its_own(difference: dict[str, Any]) -> None:
    """Another code, side, site, repeat, place, day or practitioner is no duplicate."""
    first = {"modifiers": ("RT",), "place_of_service": "11", "rendering_npi": "1234567893"}
    assert repeats(first, {**first, **difference}) == [False, False]


def test_a_line_that_says_it_is_apart_repeats_nothing() -> None:
    """Two equal lines with XS are both services of their own."""
    assert repeats({"modifiers": ("XS",)}, {"modifiers": ("XS",)}) == [False, False]
