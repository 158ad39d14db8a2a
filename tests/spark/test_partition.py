"""Which keys are tied to which."""

from __future__ import annotations

from trocar.spark.partition import joined_up


def test_keys_of_one_claim_are_joined() -> None:
    """A claim that names two patients ties them, under the smaller name."""
    assert joined_up([("C1", "P2"), ("C1", "P1")]) == {"P1": "P1", "P2": "P1"}


def test_chains_are_followed_to_their_end() -> None:
    """Two claims that share a patient tie all their keys, whichever pair comes first."""
    pairs = [("C1", "P3"), ("C1", "P4"), ("C2", "P1"), ("C2", "P2"), ("C3", "P2"), ("C3", "P3")]
    assert joined_up(pairs) == dict.fromkeys(("P1", "P2", "P3", "P4"), "P1")
    assert joined_up(reversed(pairs)) == joined_up(pairs)


def test_claims_without_a_common_key_stay_apart() -> None:
    """Nothing is joined that no claim ties."""
    assert joined_up([("C1", "P1"), ("C1", "P2"), ("C2", "P3"), ("C2", "P4")]) == {
        "P1": "P1",
        "P2": "P1",
        "P3": "P3",
        "P4": "P3",
    }
