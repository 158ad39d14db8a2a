"""The shapes of denial reports, for the OpenAPI document."""

from __future__ import annotations

from pydantic import Field

from trocar.entrypoints.http.api.shapes import Shape


class Receipt(Shape):
    """A report was taken."""

    token: str = Field(description="The contributor's token: keep it, it can't be shown again.")
    stage: str = Field(description="waiting for others, or queued for a moderator.")
    day: str = Field(description="The day that was taken for today.")


class Withdrawn(Shape):
    """Reports were deleted."""

    withdrawn: int


class AppealFigures(Shape):
    """How appeals ended; the share with its 95 percent Wilson interval, as text with four decimals."""

    paid: int
    decided: int
    share: str
    low: str
    high: str


class FiguresShape(Shape):
    """Five or more reports of five or more contributors; a detail that is null is not shown."""

    payer: str | None
    carc: str | None
    quarter: str | None
    reports: int
    appeals: AppealFigures | None


class Reports(Shape):
    """What is published of a code."""

    code: str
    as_of: str = Field(description="Month of the last release; empty before the first.")
    total: FiguresShape | None
    by_payer: list[FiguresShape]
    by_carc: list[FiguresShape]
    by_payer_and_carc: list[FiguresShape]
    trend: list[FiguresShape]
    notes: list[str]
    waiting_contributors: int | None = Field(description="Of five; told only where nothing is published.")
