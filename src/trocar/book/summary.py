"""Sum up a findings table by rule, code, payer, month or provider: counts, money and shares; DuckDB groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from trocar.claims.csv import ClaimReading
from trocar.core.errors import UsageError

_TENTH = Decimal("0.1")
NOT_GIVEN = "(not given)"


class By(StrEnum):
    """What findings can be grouped by."""

    RULE = "rule"
    CODE = "code"
    PAYER = "payer"
    MONTH = "month"
    PROVIDER = "provider"


# The group of a line, as SQL over the columns of its findings.
_GROUP = {
    By.CODE: "hcpcs",
    By.PAYER: "payer",
    By.MONTH: "strftime(service_date, '%Y-%m')",
    By.PROVIDER: "rendering_npi",
}
_COLUMN = {By.CODE: "hcpcs", By.PAYER: "payer", By.MONTH: "service_date", By.PROVIDER: "rendering_npi"}
# A line at stake under two rules counts once: its largest amount. A rule's own rows count under the rule.
_BY = """
WITH lines AS (
    SELECT coalesce({group}, $missing) AS name, claim_id, line,
           count(*) FILTER (kind = 'finding') AS findings,
           count(*) FILTER (severity = 'deny') AS deny,
           count(*) FILTER (severity = 'review') AS review,
           count(*) FILTER (severity = 'info') AS info,
           max(amount_at_risk) FILTER (severity IN ('deny', 'review')) AS at_risk,
           bool_or(kind = 'not_checked') AS not_checked
    FROM ({rows}) GROUP BY ALL
)
SELECT name, sum(findings)::BIGINT, sum(deny)::BIGINT, sum(review)::BIGINT, sum(info)::BIGINT,
       count(*) FILTER (findings > 0), count(DISTINCT claim_id) FILTER (findings > 0),
       coalesce(sum(at_risk), 0)::DECIMAL(18, 2), count(*) FILTER (not_checked)
FROM lines GROUP BY name ORDER BY 8 DESC, 2 DESC, name
"""
_ROWS = "SELECT * FROM findings WHERE needs IS DISTINCT FROM 'readable input'"
# What was not checked stands under every rule that it held back.
_ROWS_BY_RULE = f"""
SELECT * FROM ({_ROWS}) WHERE kind = 'finding'
UNION ALL BY NAME
SELECT * EXCLUDE (rule), unnest(rules) AS rule FROM ({_ROWS}) WHERE kind = 'not_checked'
"""


@dataclass(frozen=True)
class Group:
    """One row of a summary; ``book_lines`` are the lines of the book in the group, where the claims were given."""

    name: str
    findings: int
    deny: int
    review: int
    info: int
    lines: int
    claims: int
    at_risk: Decimal
    not_checked_lines: int
    book_lines: int | None = None


@dataclass(frozen=True)
class Summary:
    """The groups by one thing, most money first, and all rows together (``total``)."""

    by: By
    groups: tuple[Group, ...]
    total: Group
    unread: int


@dataclass
class BookLines:
    """How many lines the book has, in all and under each name: the n that findings are shares of."""

    total: int = 0
    by: dict[By, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, readings: Iterable[ClaimReading]) -> BookLines:
        """Count the lines of a book, chunk by chunk."""
        answer = cls(0, {by: Counter() for by in _COLUMN})
        for reading in readings:
            answer.total += reading.table.num_rows
            for by, column in _COLUMN.items():
                values = reading.table[column]
                if by is By.MONTH:
                    values = pc.strftime(values, "%Y-%m")
                for entry in pc.value_counts(values).to_pylist():
                    answer.by[by][entry["values"] or NOT_GIVEN] += entry["counts"]
        return answer

    def of_group(self, by: By, name: str) -> int:
        """The lines under one name; under a rule, all lines of the book."""
        return self.total if by is By.RULE else self.by[by][name]


def summarise(findings: Path, wanted: Iterable[By], book: BookLines | None = None) -> list[Summary]:
    """The summaries of a findings file (Parquet or CSV as ``trocar check -o`` writes them).

    Raises ``UsageError`` for another kind of file, or one without the columns of a findings table.
    """
    with duckdb.connect() as database:
        _open(database, findings)
        total = _grouped(database, "'all'", _ROWS)
        (unread,) = database.execute("SELECT count(*) FROM findings WHERE needs = 'readable input'").fetchall()[0]
        everything = total[0] if total else Group("all", 0, 0, 0, 0, 0, 0, Decimal("0.00"), 0)
        answer = []
        for by in wanted:
            groups = _grouped(database, _GROUP.get(by, "rule"), _ROWS_BY_RULE if by is By.RULE else _ROWS)
            counted = tuple(_with_lines(group, _lines(book, by, group.name)) for group in groups)
            answer.append(
                Summary(by, counted, _with_lines(everything, None if book is None else book.total), int(unread))
            )
    return answer


def _lines(book: BookLines | None, by: By, name: str) -> int | None:
    return None if book is None else book.of_group(by, name)


def _open(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The file as the view ``findings``."""
    name = str(path).replace("'", "''")
    if path.suffix == ".parquet":
        source = f"SELECT * FROM read_parquet('{name}')"
    elif path.suffix == ".csv":
        source = (
            "SELECT * REPLACE (service_date::DATE AS service_date, line::INTEGER AS line, "
            "amount_at_risk::DECIMAL(14, 2) AS amount_at_risk, string_split(rules, '; ') AS rules) "
            f"FROM read_csv('{name}', header = true, all_varchar = true)"
        )
    else:
        raise UsageError(
            f"{path.suffix or 'a file without suffix'!r} can't be summed up",
            where=str(path),
            remedy="Write the findings with trocar check -o findings.parquet (or .csv).",
        )
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), remedy="Write it with trocar check -o.")
    try:
        database.execute(f"CREATE VIEW findings AS {source}")
        database.execute(
            "SELECT claim_id, line, kind, rule, severity, amount_at_risk, needs, rules, hcpcs, payer, service_date, "
            "rendering_npi FROM findings LIMIT 0"
        )
    except duckdb.Error as error:
        raise UsageError(
            f"this is not a findings table ({str(error).splitlines()[0]})",
            where=str(path),
            remedy="Write it with trocar check -o findings.parquet.",
        ) from error


def _grouped(database: duckdb.DuckDBPyConnection, group: str, rows: str) -> list[Group]:
    found = database.execute(_BY.format(group=group, rows=rows), {"missing": NOT_GIVEN}).fetchall()
    return [Group(*row) for row in found]


def _with_lines(group: Group, book_lines: int | None) -> Group:
    return Group(**{**group.__dict__, "book_lines": book_lines})


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """A share as text to a tenth of a percent, exact until then; empty where there is nothing to share."""
    if not whole:
        return ""
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)}%"
