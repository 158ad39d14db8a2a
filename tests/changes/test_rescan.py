"""Past claims under two clocks: what flips, and from which day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from trocar.changes.rescan import rescan
from trocar.core.period import years_after
from trocar.engine.pack import Pack
from trocar.scrub.check import check

OUT = date(2026, 9, 1)
EVE = OUT - timedelta(days=1)
PackOf = Callable[[date], Pack]


def denied(claims: pa.Table, pack: Pack) -> set[tuple[str, int, str]]:
    """The pair edits that deny a line."""
    found = check(claims, pack).findings
    return {(one.claim_id, one.line, one.rule) for one in found if one.rule in ("NC001", "NC002")}


def test_an_edit_is_not_seen_before_it_was_published(claims: pa.Table, published_by: PackOf) -> None:
    """Service 2026-07-15: the edit begins on 2026-07-01 but came out on 2026-09-01, and one ended in the same way."""
    assert denied(claims, published_by(EVE)) == {("taken back", 2, "NC001"), ("tightened", 2, "NC002")}
    assert denied(claims, published_by(OUT)) == {("backdated", 2, "NC001"), ("tightened", 2, "NC001")}


def test_what_flips_is_listed_with_amount_and_limit(claims: pa.Table, published_by: PackOf) -> None:
    """One line to send again, one to pay back; the line denied on both sides is neither."""
    found = rescan(claims, published_by(EVE), published_by(OUT))
    resubmit, exposure = found.flips
    assert (resubmit.action, resubmit.claim_id, resubmit.line) == ("resubmit", "taken back", 2)
    assert resubmit.amount == Decimal("67.14")  # 77012-26: (1.46 + 0.46 + 0.09) x 33.4009 = 67.1358
    assert (resubmit.last_day, resubmit.is_late) == (date(2027, 7, 15), False)
    assert (exposure.action, exposure.claim_id, exposure.line) == ("repayment exposure", "backdated", 2)
    assert exposure.amount == Decimal("31.40")  # 76942-26: (0.65 + 0.26 + 0.03) x 33.4009 = 31.3968
    assert (exposure.last_day, exposure.is_late) == (date(2032, 7, 15), False)
    assert [one.rule for one in exposure.findings] == ["NC001"]
    assert {(one.release, one.line) for one in exposure.findings[0].citations} == {("PTP2026Q4", 1)}
    assert found.published_between == ("PTP2026Q4 of ncci_ptp_practitioner, published 2026-09-01",)
    assert found.lines == 7


@pytest.mark.parametrize(("then", "now"), [(EVE - timedelta(days=1), EVE), (OUT, OUT + timedelta(days=1))])
def test_nothing_flips_between_days_without_a_release(
    claims: pa.Table, published_by: PackOf, then: date, now: date
) -> None:
    """Both days before it came out, or both after."""
    found = rescan(claims, published_by(then), published_by(now))
    assert (found.flips, found.published_between) == ((), ())


def test_a_line_that_was_not_paid_is_nothing_to_pay_back(claims: pa.Table, published_by: PackOf) -> None:
    """The payer had denied it already."""
    field = claims.schema.field("prior_outcome")
    outcomes = pa.array(
        ["DENY" if claim == "backdated" else None for claim in claims["claim_id"].to_pylist()], field.type
    )
    denied_already = claims.set_column(claims.schema.get_field_index("prior_outcome"), field, outcomes)
    found = rescan(denied_already, published_by(EVE), published_by(OUT))
    assert [flip.claim_id for flip in found.flips] == ["taken back"]


def test_a_line_is_late_from_the_day_after_its_limit(claims: pa.Table, published_by: PackOf) -> None:
    """The last day to file is 2027-07-15 (42 CFR 424.44); the day itself is in time."""
    for now, is_late in ((date(2027, 7, 15), False), (date(2027, 7, 16), True)):
        found = rescan(claims, published_by(EVE), published_by(now))
        assert [flip.is_late for flip in found.flips if flip.action == "resubmit"] == [is_late]


def test_what_a_rule_could_not_say_is_not_compared(claims: pa.Table, published_by: PackOf) -> None:
    """By 2026-05-31 no table of edits for the day was out: lines beside others were not compared, nothing flips."""
    found = rescan(claims, published_by(date(2026, 5, 31)), published_by(OUT))
    assert found.flips == ()
    assert found.not_compared == 6  # the lines that stand beside another


def test_a_year_after_the_leap_day() -> None:
    """29 February has no day of its own in the year after: the 28th is the last day (100-04 ch. 1, section 70)."""
    assert years_after(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_after(date(2024, 2, 28), 1) == date(2025, 2, 28)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert years_after(date(2024, 3, 1), 1) == date(2025, 3, 1)
