"""The form: each field is one of its choices, or is refused by name without repeating what was written."""

from __future__ import annotations

from datetime import date

import pytest

from community.forms import FORM, TODAY
from trocar.community.errors import ReportError
from trocar.community.reasons import ReasonCodes
from trocar.community.report import DenialReport
from trocar.engine.starter import starter_store
from trocar.reference.store import Store


@pytest.fixture(scope="module")
def published_reasons() -> ReasonCodes:
    """The reason codes of the starter pack."""
    return ReasonCodes.from_store(Store(starter_store()))


def test_a_form_is_parsed(published_reasons: ReasonCodes) -> None:
    """Codes in one spelling, the group code taken off, modifiers in order."""
    report = DenialReport.parse(FORM | {"modifiers": "xs, 26", "carc": "co-97"}, published_reasons, TODAY)
    assert (report.code, report.modifiers, report.carc, report.rarc) == ("77002", ("26", "XS"), "97", "N519")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("code", "John Smith"),
        ("modifiers", "26,595"),
        ("modifiers", "26,50,51,52,53"),
        ("payer", "John Smith"),
        ("payer", ""),
        ("carc", "John Smith"),
        ("carc", ""),
        ("rarc", "X12"),
        ("month", "2025-03-04"),
        ("month", "2025-13"),
        ("month", "2025-05"),
        ("month", "2020-03"),
        ("place_of_service", "28"),
        ("place_of_service", "office"),
        ("state", "Texas"),
        ("outcome", "paid"),
        ("note", "x" * 301),
    ],
)
def test_a_wrong_field_is_named_and_not_repeated(field: str, text: str) -> None:
    """``where`` is the field; the text is nowhere in the error, since it may be anything."""
    with pytest.raises(ReportError) as caught:
        DenialReport.parse(FORM | {field: text}, ReasonCodes(), TODAY)
    assert caught.value.where == field
    assert caught.value.remedy
    if len(text) > 7:
        assert text not in str(caught.value)


def test_a_field_that_is_not_of_the_form_is_refused() -> None:
    """Nothing is taken in silently."""
    with pytest.raises(ReportError, match="not of it") as caught:
        DenialReport.parse(FORM | {"patient": "John Smith"}, ReasonCodes(), TODAY)
    assert "Smith" not in str(caught.value)


def test_the_month_has_its_bounds() -> None:
    """This month is the last, sixty months back the first."""
    for month in ("2025-04", "2020-04"):
        assert DenialReport.parse(FORM | {"month": month}, ReasonCodes(), TODAY).month == month


def test_a_reason_must_be_published_and_in_use(published_reasons: ReasonCodes) -> None:
    """CARC 999 has the shape and is none."""
    with pytest.raises(ReportError, match="not in the published list"):
        DenialReport.parse(FORM | {"carc": "999"}, published_reasons, TODAY)
    assert DenialReport.parse(FORM | {"carc": "999"}, ReasonCodes(), TODAY).carc == "999"


def test_a_reason_ends(published_reasons: ReasonCodes) -> None:
    """On the last day of use the month begins in time, a month later it does not."""
    ended = ReasonCodes({("CARC", "15"): (None, date(2025, 2, 28)), ("RARC", "N519"): (None, None)})
    assert DenialReport.parse(FORM | {"carc": "15", "month": "2025-02"}, ended, TODAY).carc == "15"
    with pytest.raises(ReportError, match="ended on 2025-02-28"):
        DenialReport.parse(FORM | {"carc": "15", "month": "2025-03"}, ended, TODAY)
