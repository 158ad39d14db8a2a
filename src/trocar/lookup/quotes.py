"""Prices of lines asked for one by one, each of them a claim of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import Priced, price

NATIONAL: Mapping[str, str] = {"locality": "NATIONAL"}


def plain_line(
    code: str,
    component: str,
    day: date,
    place: Mapping[str, str],
    place_of_service: str,
    setting: str = "practitioner",
) -> ClaimLine:
    """One unit by a participating practitioner, deductible met: what tables of prices compare like with like."""
    return ClaimLine(
        claim_id="quote", line=1, service_date=day, hcpcs=code, modifiers=(component,) if component else (),
        units=1, place_of_service=place_of_service, setting=setting, participating=True, qualifying_apm=False,
        deductible_remaining=Decimal(0), zip=place.get("zip"), mac=place.get("mac"), locality=place.get("locality"),
    )  # fmt: skip


def priced_apart(pack: Pack, lines: Iterable[ClaimLine]) -> Priced:
    """The lines priced, none of them meeting another; the answers stand in the order of the lines."""
    alone = [replace(line, claim_id=f"quote {number:09d}") for number, line in enumerate(lines)]
    return price(Batch(claim_table(alone), pack).line)


def quotes(pack: Pack, lines: Iterable[ClaimLine]) -> list[dict[str, Any]]:
    """The price of each line in turn (the JSON shape of ``trocar price``)."""
    return explain_all(priced_apart(pack, lines))
