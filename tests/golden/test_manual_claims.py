"""Claims from the policy manual's own examples, worked by hand from its pages and the publishers' rows."""

from __future__ import annotations

from typing import Any

import pytest

from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from worked_claims import claims_in, differences, entries_are_sound, said

CLAIMS = claims_in("manual_claims")
named = pytest.mark.parametrize("claim", [pytest.param(one, id=f"{one['page']}: {one['name']}") for one in CLAIMS])


@pytest.mark.full_data
@named
def test_the_full_store_says_what_the_manual_says(claim: dict[str, Any], full_pack: Pack) -> None:
    """Every claim comes out as worked, and no line is denied beyond what the list names."""
    assert not differences(claim, *said(claim, full_pack)), claim["because"]


SCOPE = set(open_starter().catalog.scope)
IN_STARTER = [
    claim for claim in CLAIMS if all(line["hcpcs"] in SCOPE and line.get("setting") is None for line in claim["lines"])
]


@pytest.mark.parametrize("claim", [pytest.param(one, id=f"{one['page']}: {one['name']}") for one in IN_STARTER])
def test_the_starter_pack_says_the_same_of_its_codes(claim: dict[str, Any]) -> None:
    """A claim whose codes all stand in the starter pack comes out alike without the publishers' files."""
    assert not differences(claim, *said(claim, open_starter())), claim["because"]


def test_there_are_two_hundred_of_them() -> None:
    """The list is as long as asked for, each claim once, each with its page and reason, and names rules there are."""
    assert len(CLAIMS) >= 200
    assert len({(claim["page"], claim["name"]) for claim in CLAIMS}) == len(CLAIMS)
    entries_are_sound(CLAIMS)
    assert all(11 <= claim["sheet"] <= 287 for claim in CLAIMS)
