"""What tips are worth: amounts worked by hand from PPRRVU2025_Oct.csv, national, conversion factor 32.3465."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trocar.engine.starter import open_starter, starter_store
from trocar.knowledge import all_knowledge
from trocar.knowledge.impact import Ask, AtRisk, Compare, Impact, Together
from trocar.knowledge.model import Tip
from trocar.lookup.asked import Asked
from trocar.lookup.tip_impact import TipImpact, impacts_of
from trocar.reference.store import Store

PACK = open_starter()
DAY = date(2025, 11, 3)
WHOLE, PROFESSIONAL = Ask("77002"), Ask("77002", ("26",))


def impact(of: Impact, day: date = DAY, place_of_service: str | None = None) -> TipImpact:
    """The impact of one tip, national."""
    tip = Tip(text="a tip", editorial=True, impact=of)
    (found,) = impacts_of(Asked(PACK, Store(starter_store()), day), [tip], place_of_service=place_of_service)
    assert found is not None
    return found


def test_one_line_against_another() -> None:
    """77002 3.41 x 32.3465 = 110.3016 -> 110.30; 26 0.79 x 32.3465 = 25.5537 -> 25.55; 25.55 / 110.30 = 0.23164."""
    found = impact(Compare(PROFESSIONAL, WHOLE, "11"))
    assert (found.kind, found.amount, found.ratio) == ("compare", Decimal("-84.75"), Decimal("0.2316"))
    assert found.says == "77002-26 25.55 against 77002 110.30 (POS 11): -84.75; 77002-26 25.55 is 23% of 110.30"
    assert [line.citations[0].line for line in found.lines] == [8752, 8751]


def test_a_line_that_is_not_payable_counts_nothing() -> None:
    """In a hospital the code without modifier is not payable to the practitioner: all of 25.55 is at stake."""
    found = impact(Compare(PROFESSIONAL, WHOLE, "22"))
    assert (found.amount, found.ratio, found.not_checked) == (Decimal("25.55"), None, "")
    assert found.says == "77002-26 25.55 against 77002 not payable (POS 22): +25.55"


def test_a_line_at_risk_takes_the_place_of_the_reader() -> None:
    """The tip names no place: the reader's, else an office. 110.30 in an office; not payable in a hospital."""
    assert impact(AtRisk(WHOLE)).amount == Decimal("110.30")
    assert impact(AtRisk(WHOLE)).lines[0].place_of_service == "11"
    hospital = impact(AtRisk(WHOLE), place_of_service="22")
    assert hospital.amount is None
    assert "bill 26" in hospital.not_checked
    assert impact(AtRisk(PROFESSIONAL, "22"), place_of_service="11").lines[0].place_of_service == "22"


def test_what_a_claim_loses() -> None:
    """64483 facility 3.33 x 32.3465 = 107.7138 -> 107.71; with 25.55 it is 133.26; 25.55 / 133.26 = 0.19173."""
    found = impact(Together((Ask("64483"), PROFESSIONAL), PROFESSIONAL, "22"))
    assert (found.amount, found.ratio) == (Decimal("25.55"), Decimal("0.1917"))
    assert found.says == "64483 + 77002-26 (POS 22): 133.26; without 77002-26 107.71: 25.55 lost, 19% of 133.26"


def test_what_is_left_moves_up_in_rank() -> None:
    """20611 and 64483 rank (indicator 2): 107.71 + half of 57.25 (1.77 x 32.3465) = 28.625 -> 28.63: 136.34.

    Without 64483, 20611 is paid in full, 57.25: the claim loses 79.09, not 107.71.
    """
    found = impact(Together((Ask("20611"), Ask("64483")), Ask("64483"), "22"))
    assert found.amount == Decimal("79.09")


def test_what_has_no_price_is_not_computed() -> None:
    """76940 is contractor priced, 99291 outside the starter pack, and no schedule is held for 2026-02-01."""
    assert impact(AtRisk(Ask("76940"), "11")).not_checked.startswith("76940: contractor priced")
    assert "outside the starter pack" in impact(Compare(WHOLE, Ask("99291"), "11")).not_checked
    assert "covers 2026-02-01" in impact(AtRisk(WHOLE, "11"), date(2026, 2, 1)).not_checked
    both = impact(Compare(WHOLE, Ask("77012"), "22"))
    assert (both.amount, both.says) == (None, "not computed")


def test_tips_without_lines_and_no_tips() -> None:
    """A tip that names nothing to price has no impact; the answers stand in the order of the tips."""
    asked = Asked(PACK, Store(starter_store()), DAY)
    plain = Tip(text="a tip", editorial=True)
    priced = Tip(text="another", editorial=True, impact=AtRisk(PROFESSIONAL, "22"))
    first, second = impacts_of(asked, [plain, priced])
    assert first is None
    assert second is not None
    assert second.amount == Decimal("25.55")
    assert impacts_of(asked, []) == []


def test_every_tip_held_today_can_be_computed() -> None:
    """Each impact of the knowledge files is priced in full on a day of its period that the starter pack holds.

    A code priced by the contractor or outside the pack is told apart from a mistake in the file: it is not there.
    """
    for known in all_knowledge():
        for tip in known.tips:
            if tip.impact is not None:
                day = next(day for day in (DAY, date(2026, 7, 15), date(2020, 12, 31)) if tip.holds_on(day))
                found = impact(tip.impact, day)
                outside = "outside the starter pack" in found.not_checked
                assert outside or found.amount is not None, f"{known.code}: {tip.text}: {found.not_checked}"
