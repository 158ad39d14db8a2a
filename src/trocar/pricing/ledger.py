"""The ledger of a batch: where each line stands, what it is worth so far, and every step that got it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from trocar.core.money import share_cents
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices


class Status(IntEnum):
    """The answers of pricing. Only PRICED carries an amount; the others are answers, never $0.00."""

    PENDING = 0
    PRICED = 1
    NOT_PAYABLE = 2
    CONTRACTOR_PRICED = 3
    BY_REPORT = 4
    PACKAGED = 5
    NOT_CHECKED = 6
    NOT_BILLED = 7


@dataclass(frozen=True)
class Note:
    """A reason or an assumption that holds on some lines; ``values`` fill the words, one column each."""

    key: str
    where: Bools
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of the arithmetic on some lines: the amount of the line after it, in cents."""

    name: str
    where: Bools
    cents: Indices
    values: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """Status and amount (cents of the whole line) of every line, with reasons, assumptions and steps."""

    def __init__(self, length: int) -> None:
        self.status = np.zeros(length, np.int8)
        self.amount: Indices = np.zeros(length, np.int64)
        self.reasons: list[Note] = []
        self.assumed: list[Note] = []
        self.steps: list[Step] = []
        self._open: Bools = np.ones(length, np.bool_)

    @property
    def open(self) -> Bools:
        """Lines still on their way to an amount, as they are now."""
        return self._open

    def stands(self, status: Status) -> Bools:
        """Lines of one status."""
        # NumPy takes far longer to make an array of a member of an enumeration than of its number.
        return self.status == status.value

    def close(self, where: Bools, status: Status, reason: str, **values: Any) -> None:
        """Give an answer other than an amount to the open lines among ``where``."""
        chosen = where & self._open
        if np.count_nonzero(chosen):
            self.status[chosen] = status
            self._open = self._open & ~chosen
            self.reasons.append(Note(reason, chosen, values))

    def finish(self) -> None:
        """The lines still open are priced."""
        self.status[self._open] = Status.PRICED
        self._open = np.zeros(len(self._open), np.bool_)

    def remark(self, where: Bools, reason: str, **values: Any) -> None:
        """Add a reason to the open lines among ``where`` without stopping them."""
        chosen = where & self._open
        if np.count_nonzero(chosen):
            self.reasons.append(Note(reason, chosen, values))

    def assume(self, where: Bools, what: str, **values: Any) -> None:
        """Confess a default on some lines."""
        if np.count_nonzero(where):
            self.assumed.append(Note(what, where.copy(), values))

    def step(self, name: str, where: Bools, cents: Column, **values: Any) -> None:
        """Set the amount of the open lines among ``where`` and keep the step for the explanation."""
        chosen = where & self._open
        if np.count_nonzero(chosen):
            self.amount = np.where(chosen, cents, self.amount)
            self.steps.append(Step(name, chosen, self.amount, values))

    def take_share(self, name: str, where: Bools, share: int, of: Indices | None = None) -> None:
        """Give the open lines among ``where`` a share (of 100,000) of their amount, or of another, to the cent."""
        if np.count_nonzero(where & self._open):
            self.step(name, where, share_cents(self.amount if of is None else of, share), share=share)
