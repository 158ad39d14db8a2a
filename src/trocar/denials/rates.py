"""First-pass denial rates: by remark, code, pair of codes, modifier, place and month answered."""

from __future__ import annotations

from dataclasses import dataclass

from trocar.book.summary import percent
from trocar.denials.analysis import Analysis
from trocar.denials.section import Section, rows_of

# Only what a payer said of a line first counts: a denial won later was a denial.
_FIRST = "(FROM outcome WHERE is_answer AND time = 1)"
_BY = """
SELECT {by}, count(*) AS lines, count(*) FILTER (outcome = 'denied') AS denied_at_first,
       coalesce(sum(denied_cents) FILTER (outcome = 'denied'), 0)::BIGINT AS charges_denied
FROM {source} WHERE {by_name} IS NOT NULL GROUP BY ALL HAVING {having} ORDER BY {order}
"""
_ANY_DENIED = "count(*) FILTER (outcome = 'denied') > 0"
_DEAREST = "charges_denied DESC, 1"
# A denied line beside another code of its claim and day; the other one is what it is most likely denied against.
_PAIRS = """(
    SELECT o.*, o.hcpcs || ' beside ' || b.hcpcs AS codes
    FROM outcome o JOIN (SELECT DISTINCT ordinal, service_date, hcpcs FROM outcome WHERE line > 0 AND time = 1) b
      ON b.ordinal = o.ordinal AND b.service_date = o.service_date AND b.hcpcs <> o.hcpcs
    WHERE o.line > 0 AND o.time = 1 AND (o.outcome <> 'denied' OR o.family IN ('bundling', 'modifier', 'duplicate'))
)"""


@dataclass(frozen=True)
class Rate:
    """One table of rates: its first column, what that is in SQL, the rows it counts, and its order."""

    id: str
    title: str
    column: str
    expression: str
    source: str = _FIRST
    having: str = _ANY_DENIED
    order: str = _DEAREST
    chart: str = ""

    def __call__(self, analysis: Analysis) -> Section:
        """The table of an analysis."""
        statement = _BY.format(
            by=f"{self.expression} AS {self.column}", by_name=self.column, source=self.source, having=self.having,
            order=self.order,
        )  # fmt: skip
        rows = rows_of(analysis.database, statement, ("charges_denied",))
        for row in rows:
            row["first_pass_denial_rate"] = percent(row["denied_at_first"], row["lines"])
        columns = (self.column, "lines", "denied_at_first", "first_pass_denial_rate", "charges_denied")
        return Section(self.id, self.title, columns, rows, ("charges_denied",), self.chart)


RATES = (
    Rate("codes", "First-pass denials by code", "hcpcs", "hcpcs", chart="charges_denied"),
    Rate("code_pairs", "First-pass denials by codes of one claim and day", "codes", "codes", _PAIRS),
    Rate(
        "modifiers",
        "First-pass denials by modifier",
        "modifier",
        "modifier",
        "(SELECT *, unnest(CASE WHEN len(modifiers) = 0 THEN ['none'] ELSE modifiers END) AS modifier "
        "FROM outcome WHERE line > 0 AND time = 1)",
    ),
    Rate("places", "First-pass denials by place of service", "place_of_service", "place_of_service"),
    Rate(
        "months",
        "First-pass denials by month answered",
        "month",
        "strftime(payment_date, '%Y-%m')",
        having="true",
        order="1",
        chart="charges_denied",
    ),
)
