"""Claims worked by hand from the rows of the publishers' files, spread over the law: each has its rows beside it."""

from __future__ import annotations

from typing import Any

import pytest

from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from worked_claims import claims_in, differences, entries_are_sound, said

CLAIMS = claims_in("file_claims")
SCOPE = set(open_starter().catalog.scope)
IN_STARTER = [claim for claim in CLAIMS if all(line["hcpcs"] in SCOPE for line in claim["lines"])]


@pytest.mark.full_data
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["name"])
def test_the_full_store_says_what_the_files_say(claim: dict[str, Any], full_pack: Pack) -> None:
    """Every claim comes out as worked, and no line is denied beyond what the list names."""
    assert not differences(claim, *said(claim, full_pack)), claim["because"]


@pytest.mark.parametrize("claim", IN_STARTER, ids=lambda claim: claim["name"])
def test_the_starter_pack_says_the_same_of_its_codes(claim: dict[str, Any]) -> None:
    """A claim whose codes all stand in the starter pack comes out alike without the publishers' files."""
    assert not differences(claim, *said(claim, open_starter())), claim["because"]


def test_the_list_is_sound() -> None:
    """Each claim once, each with what it expects and why."""
    assert len({claim["name"] + str(claim["lines"]) for claim in CLAIMS}) == len(CLAIMS)
    entries_are_sound(CLAIMS)
    assert len(CLAIMS) >= 130
