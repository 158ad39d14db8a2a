"""First and last day of codes: the releases of the starter pack, gaps worked out from docs/coverage.md."""

from __future__ import annotations

from datetime import date

from trocar.core.period import Period
from trocar.engine.starter import open_starter, starter_store
from trocar.lookup.asked import Asked
from trocar.lookup.history_facts import CodeHistory, history_of
from trocar.reference.store import Store

ASKED = Asked(open_starter(), Store(starter_store()), date(2025, 11, 3))
# RVU24D, RVU25B and C, RVU26A and B are not held.
GAPS = (
    Period(date(2024, 10, 1), date(2024, 12, 31)),
    Period(date(2025, 4, 1), date(2025, 9, 30)),
    Period(date(2026, 1, 1), date(2026, 6, 30)),
)


def history(code: str) -> CodeHistory:
    """The history of a code."""
    return history_of(ASKED, code)


def test_a_code_of_every_release() -> None:
    """77002: lines 13197 of PPRRVU20_JAN.csv and 8868 of PPRRVU2026_Jul_nonQPP.csv; older and younger days are open."""
    found = history("77002")
    assert (found.first, found.last) == (date(2020, 1, 1), date(2026, 9, 30))
    assert (found.earlier_unknown, found.later_unknown) == (True, True)
    assert found.unheld == GAPS
    assert found.says.startswith(
        "on or before 2020-01-01 (RVU20A) to 2026-09-30 or later (RVU26C); no release held for"
    )
    assert [citation.line for citation in found.citations] == [13197, 8868]
    assert found.lineage is not None
    assert found.lineage.predecessor == ("76003",)


def test_one_code_follows_another_without_a_gap() -> None:
    """32405 is last on line 8214 of PPRRVU20_OCT.csv, 32408 first on line 8154 of PPRRVU21_JAN.csv."""
    old, new = history("32405"), history("32408")
    assert old.says == "on or before 2020-01-01 (RVU20A) to 2020-12-31 (RVU20D)"
    assert old.citations[-1].line == 8214
    assert (new.first, new.earlier_unknown) == (date(2021, 1, 1), False)
    assert new.citations[0].line == 8154
    assert "may have begun" not in new.says
    assert new.lineage is not None
    assert new.lineage.predecessor == ("32405",)


def test_an_end_beside_a_gap_is_open() -> None:
    """77014 is in RVU25D and not in RVU26C; the releases between are not held. 55707 is the other way round."""
    ended, new = history("77014"), history("55707")
    assert (ended.last, ended.later_unknown) == (date(2025, 12, 31), False)
    assert "it may have lasted to 2026-06-30, of which no release is held" in ended.says
    assert new.first == date(2026, 7, 1)
    assert "it may have begun from 2026-01-01 on, of which no release is held" in new.says
    assert new.unheld == ()


def test_a_code_of_no_release() -> None:
    """10022 ended in 2018, before the first release held."""
    found = history("10022")
    assert (found.first, found.last, found.citations) == (None, None, ())
    assert found.says == "in no fee schedule release of the store"
