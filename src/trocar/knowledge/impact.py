"""What the effect of a tip is computed from: lines to price, never a typed figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ask:
    """One line to price: a code with its modifiers, written 77002-26."""

    code: str
    modifiers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join((self.code, *self.modifiers))


@dataclass(frozen=True, slots=True)
class Compare:
    """What ``ask`` is allowed against ``against``, one unit of each, each a claim of its own."""

    ask: Ask
    against: Ask
    place_of_service: str | None = None


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What the line itself would lose."""

    ask: Ask
    place_of_service: str | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What a claim of ``lines`` loses when the line ``denied`` is not paid."""

    lines: tuple[Ask, ...]
    denied: Ask
    place_of_service: str | None = None


Impact: TypeAlias = Compare | AtRisk | Together
