"""Which right and left of a diagnosis title is the side of a part that could be operated on."""

from __future__ import annotations

import pytest

from trocar.engine.diagnosis import _of_a_paired_part


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("C7801", True),  # lung
        ("M1711", True),  # knee
        ("N6311", True),  # breast
        ("I8001", True),  # veins of a leg: the last part of chapter I is of the limbs
        ("I70201", True),  # arteries of a leg
        ("I6901", False),  # brain
        ("I501", False),  # chamber of the heart
        ("Q201", False),  # chamber of the heart
        ("Q6501", True),  # hip
        ("K5150", False),  # left colon
        ("R1011", False),  # quadrant of the belly
        ("R93421", True),  # kidney on an image
        ("Z96651", False),  # an artificial joint that is there already
    ],
)
def test_a_side_counts_where_it_is_of_a_paired_part(code: str, counts: bool) -> None:
    """The heart, the brain, the left colon, quadrants and past states do not make a side."""
    assert _of_a_paired_part(code) is counts
