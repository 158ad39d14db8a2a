"""The shapes of answers, for the OpenAPI document; what the library gives is sent as it is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A shape without other fields than its own."""

    model_config = ConfigDict(extra="forbid")


class Error(Shape):
    """The one error shape."""

    error: str = Field(description="What is wrong.")
    where: str = Field(description="Where: a parameter, a path in the body, a cell of a file.")
    remedy: str = Field(description="What to do now.")
    docs: str = Field(description="The page that explains it.")


class Citation(Shape):
    """A line of a publisher's file."""

    release: str
    file: str
    line: int
    sha256: str
    warnings: list[str] = Field([], description="What is known to be wrong with the file; absent when nothing is.")


class Statement(Shape):
    """One fact in words, with its values and where they stand; or what is not known on that day, and why."""

    subject: str = Field(description="A code, a code with a component, or an ordered pair of codes.")
    topic: str
    says: str = Field("", description="The fact in words; absent when it is not known.")
    values: dict[str, Any] = Field({}, description="The values behind it: money and values as exact text.")
    citations: list[Citation] = []
    not_checked: str = Field("", description="Why the store can't say; absent when it can.")
    needs: str = Field("", description="The table that would say.")


class Statements(Shape):
    """Statements on a day."""

    on: str = Field(description="The date of service answered for.")
    statements: list[Statement]


class Codes(Shape):
    """Codes of the store that begin with a text."""

    codes: list[str]
    total: int = Field(description="How many there are in all.")


class Price(Shape):
    """What Medicare allows for one line, step by step; money is text with two decimals, null where there is none."""

    claim_id: str
    line: int | None
    hcpcs: str | None
    modifiers: list[str]
    status: str = Field(description="priced, not_payable, not_checked ... ; never a price where one is not known.")
    allowed: str | None
    limiting_charge: str | None
    medicare_pays: str | None
    patient_pays: str | None
    sequestration: str | None
    bonus: str | None
    reasons: list[str]
    assumed: list[str] = Field(description="Each default that was taken.")
    steps: list[dict[str, Any]]
    citations: list[Citation]
    where: str = Field("", description="Address of a line that can't be read; absent for the others.")


class Prices(Shape):
    """The lines that could be read in the order of the request, then those that could not."""

    prices: list[Price]


class Finding(Shape):
    """One rule fired on one claim line, with its proof."""

    claim_id: str
    line: int
    rule: str
    name: str
    severity: str = Field(description="deny, review or info.")
    message: str
    remedy: str
    carc: str
    amount_at_risk: str | None
    evidence: dict[str, Any]
    citations: list[Citation]
    assumed: list[str] = []


class NotChecked(Shape):
    """What could not be checked on a claim line, and why: a missing table, or a line that can't be read."""

    claim_id: str
    line: int | None
    not_checked: str
    needs: str
    rules: list[str]
    where: str = Field("", description="Address of a line that can't be read; absent for the others.")


class Summary(BaseModel):
    """Counts, money and the releases that answered."""

    rows_read: int
    rows_not_readable: int
    lines: int
    claims: int
    findings: dict[str, int]
    amount_at_risk: str
    lines_not_checked: int
    rules: dict[str, dict[str, int]]
    releases: dict[str, list[str]]
    notes: list[str]
    suppressed: dict[str, Any] = Field({}, description="What the server's suppressions took; absent without any.")


class Checked(Shape):
    """The answer to a check: every line read is checked, or said not to be."""

    findings: list[Finding]
    not_checked: list[NotChecked]
    summary: Summary


class ClaimFixed(Shape):
    """What was done about one claim; money is text with two decimals, before and after."""

    claim_id: str
    verdict: str = Field(description="clear, repaired, or open: something is left for a person to decide.")
    steps: list[dict[str, Any]] = Field(description="Edits, the rules they clear, why, authority, evidence, payment.")
    options: list[dict[str, Any]] = Field(description="Changes that a person confirms by the fact each names.")
    undecided: list[dict[str, Any]] = Field(description="What is denied still, and what a person must decide.")
    allowed: dict[str, str] = Field(description="By the schedule, denials aside.")
    payable: dict[str, str] = Field(description="Of that, what is paid when denied lines are not.")
    not_checked: int
    least: bool = Field(description="No fewer changes would do.")


class Fixed(Shape):
    """The answer to a repair: claims, and every line that could be read as repaired, with its reasons."""

    claims: list[ClaimFixed]
    lines: list[dict[str, Any]] = Field(description="Keys and texts of the claim CSV, and `reasons`.")
    not_checked: list[NotChecked]


class RuleShape(BaseModel):
    """What a rule declares; one asked for by name brings its page, law and examples too."""

    id: str
    name: str
    severity: str
    subject: str
    needs: list[str]
    settings: list[str]
    carc: str
    first: str
    last: str | None
    authority: list[str]
    conflicts: list[dict[str, Any]] | None = Field(
        None,
        description="Of one asked for by name: what authorities disagree on that day; null where it needs `on`.",
    )


class Rules(Shape):
    """Rules, or the dated declarations of one."""

    rules: list[RuleShape]


class HeldFile(Shape):
    """One file of the store, or the days that no file of a table covers."""

    table: str
    setting: str
    release: str
    first: str
    last: str
    rows: int
    file: str
    warnings: list[str]
    published: str | None = Field(description="The day of publication; null where nobody says it.")
    published_source: str = Field(description="Who says so.")
    gap: bool


class Releases(Shape):
    """What the store holds."""

    files: list[HeldFile]


def answers(model: type[BaseModel], words: str) -> dict[int | str, dict[str, Any]]:
    """The documented answer of an address."""
    return {200: {"model": model, "description": words}}


_STATUSES = {
    401: "An API key is asked for, and none that is known was given.",
    403: "The API key has no such scope.",
    404: "Nothing by that name.",
    413: "The body is too large, or has too many lines.",
    415: "The body is of another kind.",
    422: "What was given can't be read.",
    503: "The server can't answer now: too much waits, or the answer takes too long.",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Error, "description": words} for status, words in _STATUSES.items()
}
