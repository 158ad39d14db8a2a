"""What a tip is worth on a day at a place: its lines priced, never a typed figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.cite import Citation
from trocar.engine.batch import Batch
from trocar.knowledge.impact import Ask, AtRisk, Compare, Impact
from trocar.knowledge.model import Tip
from trocar.lookup.asked import OUTSIDE_SCOPE, Asked
from trocar.lookup.quotes import NATIONAL, plain_line
from trocar.pricing.explain import citations_of, explain
from trocar.pricing.price import Priced, price

# Where a tip names no place of service and the reader none either.
OFFICE = "11"
_RATIO, _NOTHING = Decimal("0.0001"), Decimal(0)
_NOT_PAYABLE = "not_payable"


@dataclass(frozen=True, slots=True)
class PricedAsk:
    """One line with its price: ``allowed`` in dollars, None with the ``reasons`` where it is not priced."""

    ask: str
    place_of_service: str
    status: str
    allowed: Decimal | None
    reasons: tuple[str, ...]
    assumed: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class TipImpact:
    """The effect of a tip in dollars.

    ``kind`` is compare: ``amount`` is the first line less the second and ``ratio`` the first over the second, where a
    line that is not payable counts nothing; at_risk: the amount of the line; together: what the claim of all lines
    loses when one is denied, and that share of it. ``ratio`` has four places. ``amount`` is None where a line has no
    price, and ``not_checked`` says why.
    """

    kind: str
    amount: Decimal | None
    ratio: Decimal | None
    lines: tuple[PricedAsk, ...]
    says: str
    not_checked: str = ""


def impacts_of(
    asked: Asked, tips: Sequence[Tip], place: Mapping[str, str] = NATIONAL, place_of_service: str | None = None
) -> list[TipImpact | None]:
    """The effect of each tip, None for one that names nothing to price; all lines are priced at once.

    ``place`` as for ``code_facts``; the tip's own place of service counts, else the reader's, else an office (11).
    """
    claims = [_claims(tip.impact) if tip.impact else [] for tip in tips]
    wheres = [(tip.impact and tip.impact.place_of_service) or place_of_service or OFFICE for tip in tips]
    lines = [
        replace(
            plain_line(ask.code, "", asked.day, place, where),
            claim_id=f"tip {number:03d}.{part}", line=position, modifiers=ask.modifiers,
        )
        for number, (parts, where) in enumerate(zip(claims, wheres, strict=True))
        for part, asks in enumerate(parts)
        for position, ask in enumerate(asks, 1)
    ]  # fmt: skip
    answers = iter(_priced(asked, lines))
    return [
        _impact(tip.impact, [tuple(next(answers) for _ in asks) for asks in parts]) if tip.impact else None
        for tip, parts in zip(tips, claims, strict=True)
    ]


def _claims(impact: Impact) -> list[tuple[Ask, ...]]:
    """The claims to price: compared lines apart; lines of one claim together, then again without the denied one."""
    if isinstance(impact, Compare):
        return [(impact.ask,), (impact.against,)]
    if isinstance(impact, AtRisk):
        return [(impact.ask,)]
    return [impact.lines, tuple(ask for ask in impact.lines if ask != impact.denied)]


def _priced(asked: Asked, lines: list[ClaimLine]) -> Iterator[PricedAsk]:
    if not lines:
        return
    priced = price(Batch(claim_table(lines), asked.pack).line)
    index_of = {int(source): index for index, source in enumerate(priced.line.lines.source)}
    for at, line in enumerate(lines):
        yield _answer(asked, priced, index_of[at], line)


def _answer(asked: Asked, priced: Priced, index: int, line: ClaimLine) -> PricedAsk:
    shape = explain(priced, index)
    reasons = shape["reasons"] if asked.in_scope(line.hcpcs) else [f"{line.hcpcs} is {OUTSIDE_SCOPE}"]
    return PricedAsk(
        "-".join((line.hcpcs, *line.modifiers)),
        line.place_of_service or "",
        shape["status"],
        None if shape["allowed"] is None else Decimal(shape["allowed"]),
        tuple(reasons),
        tuple(shape["assumed"]),
        tuple(citations_of(priced, index)),
    )


def _impact(impact: Impact, claims: list[tuple[PricedAsk, ...]]) -> TipImpact:
    if isinstance(impact, Compare):
        return _compared(claims[0][0], claims[1][0])
    lines = claims[0]
    kind = "at_risk" if isinstance(impact, AtRisk) else "together"
    if missing := [line for line in lines if line.allowed is None]:
        return _not_computed(kind, lines, missing)
    totals = [sum((line.allowed or _NOTHING for line in claim), _NOTHING) for claim in claims]
    where = f"POS {lines[0].place_of_service}"
    if isinstance(impact, AtRisk):
        return TipImpact(kind, totals[0], None, lines, f"{impact.ask} ({where}): {totals[0]} at stake")
    amount = totals[0] - totals[1]
    says = f"{' + '.join(line.ask for line in lines)} ({where}): {totals[0]}; without {impact.denied} {totals[1]}"
    ratio = _ratio(amount, totals[0])
    return TipImpact(kind, amount, ratio, lines, f"{says}: {amount} lost{_share(ratio, totals[0])}")


def _compared(ask: PricedAsk, against: PricedAsk) -> TipImpact:
    """One line less the other; a line that is not payable at the place counts nothing, and says so."""
    lines = (ask, against)
    missing = [line for line in lines if line.allowed is None and line.status != _NOT_PAYABLE]
    if missing or all(line.allowed is None for line in lines):
        return _not_computed("compare", lines, missing or list(lines))
    one, two = (line.allowed or _NOTHING for line in lines)
    shown = [f"{line.ask} {'not payable' if line.allowed is None else line.allowed}" for line in lines]
    says = f"{shown[0]} against {shown[1]} (POS {ask.place_of_service}): {one - two:+}"
    ratio = _ratio(one, two)
    kept = "" if ratio is None else f"; {shown[0]} is {ratio:.0%} of {two}"
    return TipImpact("compare", one - two, ratio, lines, f"{says}{kept}")


def _not_computed(kind: str, lines: tuple[PricedAsk, ...], missing: Sequence[PricedAsk]) -> TipImpact:
    why = "; ".join(f"{line.ask}: {', '.join(line.reasons) or line.status}" for line in missing)
    return TipImpact(kind, None, None, lines, "not computed", why)


def _share(ratio: Decimal | None, whole: Decimal) -> str:
    return "" if ratio is None else f", {ratio:.0%} of {whole}"


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole).quantize(_RATIO, ROUND_HALF_UP) if whole else None
