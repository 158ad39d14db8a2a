"""Patterns among denials that no public rule explains: hypotheses about a payer's own policy, never law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from trocar.community.wilson import wilson_interval
from trocar.core.money import dollars
from trocar.denials.statistics import enrichment_chance, false_discovery

# A share that is surely higher but not by much is no policy: other causes shift shares a little.
LEAST_LIFT = 2
_PARTS = ("modifier", "place_of_service", "month")
# What a pattern may fix beside payer and code.
_SHAPES: tuple[tuple[str, ...], ...] = (
    (),
    ("modifier",),
    ("place_of_service",),
    ("month",),
    ("modifier", "place_of_service"),
)
_LINES = """
CREATE OR REPLACE TEMP TABLE mined AS
SELECT o.id, o.payer, o.payer_name, o.hcpcs, coalesce(o.place_of_service, '') AS place_of_service,
       coalesce(strftime(o.service_date, '%Y-%m'), '') AS month, o.modifiers, a.id IS NOT NULL AS hit, a.carc,
       o.charge_cents
FROM outcome o LEFT JOIN attributed a ON a.id = o.id AND a.cause = 'unexplained'
WHERE o.stands AND o.line > 0 AND o.hcpcs IS NOT NULL
"""
# A line with two modifiers counts under each, and once where the modifier is no part of the pattern.
_BY_MODIFIER = "(SELECT *, unnest(CASE WHEN len(modifiers) = 0 THEN [''] ELSE modifiers END) AS modifier FROM mined)"
_COUNTS = """
SELECT payer, any_value(payer_name), hcpcs, {columns}, count(*), count(*) FILTER (hit), mode(carc) FILTER (hit),
       coalesce(sum(charge_cents) FILTER (hit), 0)::BIGINT
FROM {source} GROUP BY payer, hcpcs{grouped} ORDER BY ALL
"""
_TOTALS = "SELECT payer, count(*), count(*) FILTER (hit) FROM mined GROUP BY payer"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines of a payer that share code and perhaps modifier, place or month; of ``lines`` so many were ``denied``.

    ``low`` and ``high`` bound the share denied (Wilson, 95 percent), ``others`` is the share among the payer's other
    lines, ``false_discovery`` the rate at which patterns as strong as this one would be found among accidents.
    """

    payer: str
    payer_name: str
    hcpcs: str
    modifier: str | None
    place_of_service: str | None
    month: str | None
    carc: str
    lines: int
    denied: int
    others: float
    low: float
    high: float
    false_discovery: float
    charge: Decimal

    @property
    def words(self) -> str:
        """The pattern as a sentence that says what it is: a count, and not a rule."""
        parts = [self.hcpcs]
        if self.modifier is not None:
            parts.append(f"with {self.modifier}" if self.modifier else "without modifier")
        if self.place_of_service is not None:
            parts.append(f"in place {self.place_of_service or 'unknown'}")
        if self.month is not None:
            parts.append(f"in {self.month}")
        return (
            f"{self.payer_name or self.payer}: {' '.join(parts)} denied with {self.carc}, {self.denied} of {self.lines}"
        )


def mine(database: duckdb.DuckDBPyConnection, *, support: int = 5, rate: float = 0.05) -> list[Pattern]:
    """Patterns with at least ``support`` denied lines, believed at a false discovery rate; most money first.

    Every combination met is tested against the payer's lines, one that fixes more than the code also against those of
    the code, and all tests are counted (Benjamini and Hochberg). The lower bound of a pattern's share is at least twice
    the share elsewhere. A narrower pattern is kept only where it says more than the wider one it is part of: its lower
    bound lies above the wider one's upper bound. A wider one then stays only if it would be found without the narrower
    one's lines.
    """
    database.execute(_LINES)
    totals = {payer: (lines, denied) for payer, lines, denied in database.execute(_TOTALS).fetchall()}
    tested = [row for shape in _SHAPES for row in _counted(database, shape)]
    codes = {(row.payer, row.hcpcs): (row.lines, row.denied) for row in tested if row.fixes_the_code_alone}
    chances = [_chance(row, totals[row.payer], codes[row.payer, row.hcpcs]) for row in tested]
    rates = false_discovery(chances)
    found = [
        _pattern(row, totals[row.payer], found_rate)
        for row, found_rate in zip(tested, rates, strict=True)
        if row.denied >= support and found_rate <= rate
    ]
    strong = [pattern for pattern in found if pattern.low >= LEAST_LIFT * pattern.others]
    told = [pattern for pattern in strong if not any(_says_as_much(wider, pattern) for wider in strong)]
    kept = [pattern for pattern in told if not any(_is_all_of(narrower, pattern, totals, rate) for narrower in told)]
    return sorted(kept, key=lambda pattern: (-pattern.charge, pattern.payer, pattern.hcpcs, pattern.words))


@dataclass(frozen=True, slots=True)
class _Row:
    payer: str
    payer_name: str
    hcpcs: str
    modifier: str | None
    place_of_service: str | None
    month: str | None
    lines: int
    denied: int
    carc: str | None
    charge_cents: int

    @property
    def fixes_the_code_alone(self) -> bool:
        """Whether it counts all lines of a code."""
        return self.modifier is None and self.place_of_service is None and self.month is None


def _counted(database: duckdb.DuckDBPyConnection, shape: tuple[str, ...]) -> list[_Row]:
    columns = ", ".join(name if name in shape else f"NULL AS {name}" for name in _PARTS)
    grouped = "".join(f", {name}" for name in shape)
    source = _BY_MODIFIER if "modifier" in shape else "mined"
    statement = _COUNTS.format(columns=columns, source=source, grouped=grouped)
    return [_Row(*row) for row in database.execute(statement).fetchall()]


def _chance(row: _Row, of_payer: tuple[int, int], of_code: tuple[int, int]) -> float:
    """The chance of so many denials by accident: among the payer's lines, and among those of the code."""
    wholes = [of_payer] if row.fixes_the_code_alone else [of_payer, of_code]
    return max(enrichment_chance(row.denied, row.lines, denied, lines) for lines, denied in wholes)


def _pattern(row: _Row, total: tuple[int, int], rate: float) -> Pattern:
    low, high = wilson_interval(row.denied, row.lines)
    lines, denied = total
    rest = lines - row.lines
    return Pattern(
        row.payer, row.payer_name or "", row.hcpcs, row.modifier, row.place_of_service, row.month, row.carc or "",
        row.lines, row.denied,
        (denied - row.denied) / rest if rest else 0.0, low, high, rate, dollars(row.charge_cents),
    )  # fmt: skip


def _is_part(narrower: Pattern, wider: Pattern) -> bool:
    """Whether a pattern is another with more conditions."""
    fixed = [name for name in _PARTS if getattr(wider, name) is not None]
    more = [name for name in _PARTS if getattr(narrower, name) is not None]
    return (
        (wider.payer, wider.hcpcs) == (narrower.payer, narrower.hcpcs)
        and len(fixed) < len(more)
        and all(getattr(wider, name) == getattr(narrower, name) for name in fixed)
    )


def _says_as_much(wider: Pattern, narrower: Pattern) -> bool:
    """Whether a pattern with fewer conditions already says what a narrower one does."""
    return _is_part(narrower, wider) and narrower.low <= wider.high


def _is_all_of(narrower: Pattern, wider: Pattern, totals: Mapping[str, tuple[int, int]], rate: float) -> bool:
    """Whether nothing is left of a wider pattern without the lines of a narrower one."""
    if not _is_part(narrower, wider):
        return False
    lines, denied = totals[wider.payer]
    rest = wider.denied - narrower.denied, wider.lines - narrower.lines
    return enrichment_chance(*rest, denied - narrower.denied, lines - narrower.lines) > rate
