"""Write an in-network rate file of any size, in the shape of schema 2, with invented payers, groups and amounts.

    python examples/generate_rates.py rates.json.gz --megabytes 100

Everything follows from the seed. Codes of the image-guidance family have some hundred rates each, other codes fill the
file; a few items carry their rates before their code, quoted braces in their names, or a percentage.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

GUIDANCE = ("76942", "77002", "77003", "77012", "77021", "77022")
PLACES = (["11"], ["22"], ["11", "19", "22"], ["24"], ["21", "22", "23"], [f"{n:02d}" for n in range(11, 35)])
TYPES = ("negotiated", "negotiated", "negotiated", "fee schedule", "derived")


def compact(value: object) -> str:
    """A value as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


class Generator:
    """Items and provider references of one file."""

    def __init__(self, seed: int, groups: int) -> None:
        self._random = random.Random(seed)
        self._groups = groups

    def references(self) -> Iterator[str]:
        """Provider references one by one."""
        draw = self._random
        for number in range(1, self._groups + 1):
            tins = []
            for _ in range(1 if draw.random() < 0.8 else 3):
                first = draw.randint(1_000_000_000, 1_900_000_000)
                npis = [first + 7 * step for step in range(max(1, int(draw.lognormvariate(3.8, 1.2))))]
                tin = f"{draw.randint(10, 99)}-{draw.randint(0, 9_999_999):07d}"
                tins.append({"npi": npis, "tin": {"type": "ein", "value": tin, "business_name": f"Group {number}"}})
            yield compact({"provider_group_id": number, "network_name": ["Open"], "provider_groups": tins})

    def rate(self, base: float) -> str:
        """One negotiated rate with its prices."""
        draw = self._random
        amount = base * draw.choice((0.8, 1.0, 1.0, 1.2, 1.55, 2.1))
        price = {
            "negotiated_type": draw.choice(TYPES),
            "negotiated_rate": round(amount, 2),
            "expiration_date": draw.choice(("9999-12-31", "2026-12-31")),
            "service_code": draw.choice(PLACES),
            "billing_class": "professional",
            "setting": "outpatient",
        }
        prices = [price]
        if draw.random() < 0.4:
            prices += [
                {**price, "negotiated_rate": round(amount * share, 2), "billing_code_modifier": [modifier]}
                for modifier, share in (("26", 0.35), ("TC", 0.65))
            ]
        named = [draw.randint(1, self._groups) for _ in range(1 if draw.random() < 0.6 else draw.randint(2, 30))]
        return compact({"negotiated_prices": prices, "provider_references": named})

    def item(self, code: str, rates: list[str]) -> str:
        """One item: a code with its rates."""
        draw = self._random
        name = 'with "quoted" {braces}, ]' if draw.random() < 0.05 else f"service {code}"
        head = {
            "negotiation_arrangement": "ffs",
            "name": name,
            "billing_code_type": "CPT",
            "billing_code_type_version": "2026",
            "billing_code": code,
            "description": name,
        }
        parts = [compact(head)[1:-1], f'"negotiated_rates":[{",".join(rates)}]']
        return "{" + ",".join(parts if draw.random() > 0.02 else reversed(parts)) + "}"


def pieces(megabytes: float, groups: int, seed: int = 1, *, references_last: bool = False) -> Iterator[str]:
    """The text of a file of about that size, piece by piece."""
    made = Generator(seed, groups)
    draw = random.Random(seed + 1)
    # Rates of other codes are drawn once and shared: it is their bytes that matter, not their values.
    stock = [made.rate(80.0) for _ in range(2000)]
    yield (
        '{"reporting_entity_name":"Example Health","reporting_entity_type":"health insurance issuer",'
        '"last_updated_on":"2026-06-01","version":"2.0.0"'
    )

    def references() -> Iterator[str]:
        yield ',"provider_references":['
        for number, reference in enumerate(made.references()):
            yield f",{reference}" if number else reference
        yield "]"

    if not references_last:
        yield from references()
    yield ',"in_network":['
    left, comma = megabytes * 1e6, ""
    every = max(1, int(megabytes / 0.032 / len(GUIDANCE)))
    number = 0
    while left > 0:
        code = f"{(10021 + 7 * number) % 99607:05d}"
        rates = draw.choices(stock, k=max(2, int(draw.lognormvariate(4.0, 0.9))))
        if number % every == every // 2:
            code = GUIDANCE[number // every % len(GUIDANCE)]
            rates = [made.rate(120.0) for _ in range(max(3, int(megabytes * 2.5)))]
        text = made.item(code, rates)
        left -= len(text)
        yield comma + text
        comma = ","
        number += 1
    yield "]"
    if references_last:
        yield from references()
    yield "}"


def write(path: Path, megabytes: float, groups: int, seed: int = 1, *, references_last: bool = False) -> None:
    """Write a file; compressed when its name ends in .gz."""
    with ExitStack() as closing:
        if path.suffix == ".gz":
            file = closing.enter_context(gzip.open(path, "wt", compresslevel=6))
        else:
            file = closing.enter_context(path.open("w"))
        for piece in pieces(megabytes, groups, seed, references_last=references_last):
            file.write(piece)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--groups", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--references-last", action="store_true")
    told = parser.parse_args()
    write(told.output, told.megabytes, told.groups, told.seed, references_last=told.references_last)
