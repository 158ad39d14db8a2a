"""Contract files: terms in TOML, fee tables in CSV; whatever could be misread is refused with its place."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from trocar.core.errors import TrocarError
from trocar.core.period import OPEN_END
from trocar.denials.contracts import CarveOut, Contract, Contracts, Fee, Term

_CODE = re.compile(r"[A-Z0-9]{5}")
_FEE_COLUMNS = ("hcpcs", "amount")
_TERMS = ("percent_of_medicare", "percent_of_charge", "fee", "not_separately_paid")


class ContractError(TrocarError, ValueError):
    """A contract file or one of its fee tables can't be read."""

    docs = "docs/formats/contracts.md"


# The bytes of a fee table by the name that a contract gives it; raises ``OSError`` where there is none.
FeeTable = Callable[[str], bytes]


def read_contracts(path: Path) -> Contracts:
    """The contracts of a TOML file and of the fee tables it names; raises ``ContractError``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContractError(f"the contract file can't be read ({error})", where=str(path)) from error
    return parse_contracts(content, path.name, lambda name: (path.parent / name).read_bytes())


def parse_contracts(content: bytes, file_name: str, fee_table: FeeTable) -> Contracts:
    """The contracts of the content of a TOML file; raises ``ContractError``."""
    try:
        body = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"the contract file can't be read ({error})", where=file_name) from error
    rows = body.pop("contract", None)
    if body or not isinstance(rows, list) or not rows:
        remedy = "Write each contract under [[contract]], and nothing else at the top."
        raise ContractError("the file holds no list of contracts", where=file_name, remedy=remedy)
    contracts = tuple(_contract(row, f"{file_name} contract {number}", fee_table) for number, row in enumerate(rows, 1))
    _refuse_overlaps(contracts, file_name)
    return Contracts(contracts)


def _refuse_overlaps(contracts: Sequence[Contract], name: str) -> None:
    for at, one in enumerate(contracts):
        for two in contracts[at + 1 :]:
            if one.payers & two.payers and one.first <= two.last and two.first <= one.last:
                what = f"{one.name!r} and {two.name!r} are both in force for the same payer"
                raise ContractError(what, where=name, remedy="End one the day before the other begins.")


def _contract(row: Any, where: str, fee_table: FeeTable) -> Contract:
    cells = _Cells(row, where)
    payers = frozenset(text.strip().casefold() for text in cells.texts("payer"))
    if not payers:
        raise ContractError("the contract names no payer", where=where, remedy="payer = ['id', 'name on remittances'].")
    fees_file = cells.take("fees", str, "")
    answer = Contract(
        name=cells.take("name", str, where),
        payers=payers,
        first=cells.take("first", date, date(1966, 7, 1)),
        last=cells.take("last", date, OPEN_END),
        base=_term(cells, required=False),
        carve_outs=tuple(
            _carve_out(entry, f"{where} carve-out {n}") for n, entry in enumerate(cells.rows("carve_out"), 1)
        ),
        fees=_fees(fees_file, fee_table) if fees_file else {},
        lesser_of_charge=cells.take("lesser_of_charge", bool, False),
        medicare_year=cells.take("medicare_year", int, None),
        medicare_on=cells.take("medicare_on", date, None),
        appeal_days=cells.take("appeal_days", int, None),
        tolerance=cells.amount("tolerance") or Decimal("0.01"),
    )
    cells.finish()
    if answer.base is None and not answer.fees and not answer.carve_outs:
        raise ContractError(
            "the contract says nothing of what is paid", where=where, remedy=f"One of {', '.join(_TERMS)}."
        )
    if answer.medicare_year is not None and answer.medicare_on is not None:
        raise ContractError("medicare_year and medicare_on are both given", where=where, remedy="Keep one of the two.")
    return answer


def _carve_out(row: Any, where: str) -> CarveOut:
    cells = _Cells(row, where)
    term = _term(cells, required=True)
    ranges = tuple(_code_range(text, where) for text in cells.texts("codes"))
    modifiers, places = cells.texts("modifiers"), cells.texts("places")
    cells.finish()
    if term is None or not (ranges or modifiers or places):
        raise ContractError(
            "a carve-out needs codes, modifiers or places", where=where, remedy="Say which lines it is of."
        )
    return CarveOut(ranges, frozenset(text.upper() for text in modifiers), frozenset(places), term)


def _code_range(text: str, where: str) -> tuple[str, str]:
    first, _, last = text.upper().partition("-")
    last = last or first
    if not (_CODE.fullmatch(first) and _CODE.fullmatch(last) and first <= last):
        raise ContractError(f"{text!r} is no code or range of codes", where=where, remedy="Write 77002 or 20600-20611.")
    return first, last


def _term(cells: _Cells, *, required: bool) -> Term | None:
    percent_of_medicare, percent_of_charge = cells.amount("percent_of_medicare"), cells.amount("percent_of_charge")
    term = Term(
        percent_of_medicare, percent_of_charge, cells.amount("fee"), cells.take("not_separately_paid", bool, False)
    )
    given = sum(
        value not in (None, False)
        for value in (percent_of_medicare, percent_of_charge, term.fee, term.not_separately_paid)
    )
    if given > 1 or (required and not given):
        raise ContractError(f"{given} ways to pay are given", where=cells.where, remedy=f"One of {', '.join(_TERMS)}.")
    return term if given else None


def _fees(name: str, fee_table: FeeTable) -> dict[tuple[str, str, str], tuple[Fee, ...]]:
    """The fee table: hcpcs, amount, and if wanted modifier, place_of_service, first, last."""
    answer: dict[tuple[str, str, str], tuple[Fee, ...]] = {}
    try:
        reader = csv.DictReader(io.StringIO(fee_table(name).decode("utf-8-sig"), newline=""))
        missing = [column for column in _FEE_COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise ContractError(f"there is no column {missing[0]}", where=f"{name} row 1", remedy="Name it so.")
        for number, row in enumerate(reader, 2):
            key, fee = _fee({column: text for column, text in row.items() if column}, f"{name} row {number}")
            before = answer.get(key, ())
            if any(fee.first <= other.last and other.first <= fee.last for other in before):
                what = f"{' '.join(filter(None, key))} has another fee on the same days"
                raise ContractError(what, where=fee.where, remedy="Keep one of the rows, or give them days.")
            answer[key] = (*before, fee)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContractError(f"the fee table can't be read ({error})", where=name) from error
    return answer


def _fee(row: Mapping[str, str | None], where: str) -> tuple[tuple[str, str, str], Fee]:
    cells = {name: (text or "").strip() for name, text in row.items()}
    code = cells["hcpcs"].upper()
    if not _CODE.fullmatch(code):
        raise ContractError(f"{code!r} is not a HCPCS code", where=where, remedy="Five characters; read codes as text.")
    place = cells.get("place_of_service", "")
    try:
        first = date.fromisoformat(cells["first"]) if cells.get("first") else date(1966, 7, 1)
        last = date.fromisoformat(cells["last"]) if cells.get("last") else OPEN_END
    except ValueError as error:
        raise ContractError(f"a day can't be read ({error})", where=where, remedy="Write 2025-01-31.") from error
    key = (code, cells.get("modifier", "").upper(), place.zfill(2) if place else "")
    return key, Fee(_exact(cells["amount"], where), first, last, where)


def _exact(text: str, where: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "").removeprefix("$"))
    except InvalidOperation:
        raise ContractError(f"{text!r} is not an amount", where=where, remedy="Write 123.45.") from None
    if not amount.is_finite() or amount < 0:
        raise ContractError(f"{text} is not an amount of 0 or more", where=where, remedy="Write 123.45.")
    return amount


class _Cells:
    """The keys of one table of the file; what nobody took is refused, so that a misspelt key is not passed over."""

    def __init__(self, row: Any, where: str) -> None:
        if not isinstance(row, dict):
            raise ContractError("this is not a table", where=where, remedy="Write key = value below it.")
        self._left = dict(row)
        self.where = where

    def take(self, name: str, kind: type, default: Any) -> Any:
        """The value of a key of one kind."""
        value = self._left.pop(name, default)
        if value is not default and type(value) is not kind:
            remedy = f"See {ContractError.docs} for the kind of each key."
            raise ContractError(f"{name} = {value!r} is not of the kind it must be", where=self.where, remedy=remedy)
        return value

    def amount(self, name: str) -> Decimal | None:
        """An exact number, written as number or text."""
        value = self._left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise ContractError(f"{name} = {value!r} is not a number", where=self.where, remedy="Write 120 or 112.5.")
        return _exact(str(value), self.where)

    def texts(self, name: str) -> list[str]:
        """A list of texts; one text stands for a list of one."""
        value = self._left.pop(name, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise ContractError(f"{name} is not a list of texts", where=self.where, remedy="Write ['77002', '77012'].")
        return listed

    def rows(self, name: str) -> list[Any]:
        """The tables of a list."""
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            raise ContractError(
                f"{name} is not a list of tables", where=self.where, remedy=f"Write [[contract.{name}]]."
            )
        return value

    def finish(self) -> None:
        """Raises ``ContractError`` for a key that means nothing."""
        if self._left:
            what = f"{next(iter(self._left))!r} is no key of a contract"
            raise ContractError(what, where=self.where, remedy=f"See {ContractError.docs}.")
