"""A whole book of remittances analysed: read, matched, attributed, compared, and ready to be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from trocar.denials.assemble import assemble
from trocar.denials.attribution import attribute
from trocar.denials.billed import prepare_billed
from trocar.denials.contracts import Contracts
from trocar.denials.expected import expect
from trocar.denials.match import match
from trocar.denials.mining import Pattern, mine
from trocar.denials.provider import provider_flows
from trocar.denials.reasons import ReasonPeriods
from trocar.denials.store import Tables
from trocar.denials.underpayment import compare
from trocar.denials.worklist import Item, worklist
from trocar.engine.pack import Pack
from trocar.reference.store import Store


@dataclass(frozen=True)
class Analysis:
    """The database of an analysed book (docs/denials.md names its tables), the day it is looked at, the contracts."""

    database: duckdb.DuckDBPyConnection
    contracts: Contracts
    periods: ReasonPeriods
    on: date

    @cached_property
    def patterns(self) -> list[Pattern]:
        """Hypotheses about the payers' own policies."""
        return mine(self.database)

    @cached_property
    def items(self) -> list[Item]:
        """The worklist, with what is not worth working at its end."""
        return worklist(self.database, self.contracts, self.on)


def reconcile(book: Tables) -> duckdb.DuckDBPyConnection:
    """The book matched and paired, without rules and prices: what ``trocar remit`` shows."""
    database = assemble(book)
    match(database)
    provider_flows(database)
    return database


def rules_judged(
    book: Tables, pack: Pack, told: Callable[[int], None] = lambda lines: None
) -> duckdb.DuckDBPyConnection:
    """The book with what the rules say of every line billed, without expected amounts."""
    database = reconcile(book)
    prepare_billed(database)
    attribute(database, pack, told)
    return database


def analyse(
    book: Tables,
    pack: Pack,
    store: Store,
    on: date,
    contracts: Contracts | None = None,
    told: Callable[[int], None] = lambda lines: None,
) -> Analysis:
    """Analyse a book on a day; without ``contracts`` only Medicare's amounts are expected."""
    agreed = contracts or Contracts()
    database = rules_judged(book, pack, told)
    expect(database, pack, agreed)
    compare(database)
    return Analysis(database, agreed, ReasonPeriods.of(store), on)
