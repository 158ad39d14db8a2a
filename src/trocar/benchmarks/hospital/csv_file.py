"""A hospital's CSV, tall or wide, as items: general data from rows 1 and 2, headings from row 3, items from row 4."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO

from trocar.benchmarks.hospital import values as v
from trocar.benchmarks.hospital.conditions import check
from trocar.benchmarks.hospital.csv_rows import rows
from trocar.benchmarks.hospital.headings import Columns, plain, read_columns
from trocar.benchmarks.hospital.model import Charge, Hospital, PayerCharge, Where
from trocar.claims.headings import column_letter
from trocar.claims.model import parse_modifiers
from trocar.core.errors import InvalidCodeError

_ATTESTATION = "to the best of its knowledge and belief"
_BOTH = ("hospital_name", "last_updated_on", "version", "hospital_address")
_GENERAL = {2: [*_BOTH, "hospital_location"], 3: [*_BOTH, "location_name", "type_2_npi", "attester_name"]}
_ONLY_IN_3 = {"location_name", "type_2_npi", "attester_name"}
_AMOUNTS = ("gross", "cash", "minimum", "maximum", "drug_unit")
_PAYER_AMOUNTS = ("dollar", "percent", "estimated", "median", "p10", "p90")
# Whether an item is wanted, by the codes of its row; the others are counted and left unread.
Wanted = Callable[[Sequence[str]], bool]


class CsvFile:
    """Reads one file; ``values.problems`` holds what was wrong so far."""

    def __init__(self, file: BinaryIO) -> None:
        self.values = v.Values(2)
        self.items_read = 0
        self._rows = rows(file, self._undecoded)
        self.hospital = self._general()
        self.columns, self._heading_row = self._headings()
        self.hospital = replace(self.hospital, layout=self.columns.layout)

    def close(self) -> None:
        """Let go of the file, which is the caller's."""
        self._rows.close()

    def items(self, wanted: Wanted = lambda _: True) -> Iterator[tuple[int, Charge]]:
        """Each item wanted with its row; problems of the others are not looked for."""
        columns = self.columns
        at = [*columns.codes.values()]
        for number, row in self._rows:
            if not row:
                continue
            self.items_read += 1
            if wanted([row[index].strip().upper() for index in at if index < len(row)]):
                yield number, self._item(number, row)
        if not self.items_read:
            self.values.problem(f"row {self._heading_row + 1}", "no-items", "the file holds no item")

    def _undecoded(self, row: int) -> None:
        self.values.problem(f"row {row}", "encoding", "bytes that are no UTF-8 were read as Windows-1252", "alert")

    def _general(self) -> Hospital:
        _, names = next(self._rows, (1, []))
        _, cells = next(self._rows, (2, []))
        held = {plain(name): (at, _cell(cells, at)) for at, name in enumerate(names) if name.strip()}
        version = 3 if held.keys() & _ONLY_IN_3 else 2
        self.values.version = version
        for name in _GENERAL[version]:
            at, text = held.get(name, (-1, ""))
            if at < 0:
                self.values.problem("row 1", "column-missing", f"there is no heading {name}")
            elif not text:
                self.values.problem(f"{column_letter(at)}2", "value-missing", f"{name} is empty")
        updated_at, updated = held.get("last_updated_on", (0, ""))
        licence = next((name for name in held if name.startswith("license_number|")), "license_number|")
        if licence == "license_number|":
            self.values.problem("row 1", "column-missing", "there is no heading license_number|[state]")
        return Hospital(
            name=held.get("hospital_name", (0, ""))[1],
            licence=held.get(licence, (0, ""))[1],
            state=licence.partition("|")[2].upper(),
            npis=tuple(filter(None, (text.strip() for text in held.get("type_2_npi", (0, ""))[1].split("|")))),
            declared=held.get("version", (0, ""))[1],
            version=version,
            last_updated_on=self.values.day(updated, f"{column_letter(updated_at)}2") if updated else None,
            attested=self._attested(held),
        )

    def _attested(self, held: dict[str, tuple[int, str]]) -> bool | None:
        """Whether the statement that the file is true and complete was confirmed; None when it is missing."""
        at, text = next((cell for name, cell in held.items() if name.startswith(_ATTESTATION)), (-1, ""))
        if at < 0:
            self.values.problem("row 1", "column-missing", "there is no heading with the attestation statement")
            return None
        where = f"{column_letter(at)}2"
        if text.lower() not in ("true", "false"):
            self.values.problem(where, "not-allowed", f"{text[:40]!r} is neither true nor false")
            return None
        if text.lower() == "false":
            self.values.problem(where, "not-attested", "the hospital does not confirm its file", "alert")
        return text.lower() == "true"

    def _headings(self) -> tuple[Columns, int]:
        number, row = next(self._rows, (3, []))
        if not row:
            self.values.problem(f"row {number}", "heading-row-blank", "the row of headings is blank")
            number, row = next(((at, cells) for at, cells in self._rows if cells), (number, []))
        columns = read_columns(row, number, self.values)
        if self.values.version == 2 and columns.of_payers & {"median", "p10", "p90", "count"}:
            says = "headings of version 3 under general data of version 2"
            self.values.problem(f"row {number}", "version-mixed", says)
        version_problems(self.hospital, "C2", self.values)
        return columns, number

    def _item(self, number: int, row: Sequence[str]) -> Charge:
        columns, take = self.columns, self.values

        def where_in(held: dict[str, int]) -> Where:
            return lambda name: f"{column_letter(held[name])}{number}" if name in held else f"row {number}"

        where = where_in(columns.item | {"code": columns.codes.get("1", 0), "drug": columns.item.get("drug_unit", 0)})
        text = {name: _cell(row, at) for name, at in columns.item.items()}
        amounts = {name: take.number(text.get(name, ""), where(name)) for name in _AMOUNTS}
        charge = Charge(
            where=where,
            codes=self._codes(number, row),
            setting=take.choice(text.get("setting", ""), where("setting"), v.SETTINGS),
            drug_type=take.choice(text.get("drug_type", ""), where("drug_type"), v.DRUG_TYPES, upper=True),
            billing_class=text.get("billing_class", "").lower(),
            modifiers=modifiers_of(text.get("modifiers", ""), where("modifiers"), take),
            description=text.get("description", ""),
            notes=text.get("notes", ""),
            **_given(amounts),
        )
        if not charge.description and "description" in columns.item:
            take.problem(where("description"), "value-missing", "the description is empty")
        for (payer, plan), held in columns.payers.items():
            entry = self._payer(payer, plan, held, row, where_in(held))
            if entry is not None:
                charge.payers.append(entry)
        check(charge, take, columns.layout)
        return charge

    def _codes(self, number: int, row: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Pairs of type and code; half a pair is a problem, and its code counts with the type unsaid."""
        answer = []
        for index, at in self.columns.codes.items():
            type_at = self.columns.code_types.get(index)
            code, kind = _cell(row, at), "" if type_at is None else _cell(row, type_at)
            where = f"{column_letter(at if type_at is None else type_at)}{number}"
            if bool(code) != bool(kind):
                missing = where if code else f"{column_letter(at)}{number}"
                self.values.problem(missing, "code-pair-missing", "a code and its type go together")
            kind = self.values.choice(kind, where, v.CODE_TYPES[self.values.version], upper=True)
            if code:
                answer.append((kind, code.upper()))
        return tuple(answer)

    def _payer(
        self, payer: str, plan: str, held: dict[str, int], row: Sequence[str], where: Where
    ) -> PayerCharge | None:
        text = {name: _cell(row, at) for name, at in held.items()}
        if not any(cell for name, cell in text.items() if name not in ("methodology", "notes")):
            return None
        take = self.values
        return PayerCharge(
            where=where,
            payer=payer or text.get("payer", ""),
            plan=plan or text.get("plan", ""),
            algorithm=text.get("algorithm", ""),
            methodology=take.choice(text.get("methodology", ""), where("methodology"), v.METHODOLOGIES),
            count=take.count(text.get("count", ""), where("count")),
            notes=text.get("notes", ""),
            **_given({name: take.number(text.get(name, ""), where(name)) for name in _PAYER_AMOUNTS}),
        )


def modifiers_of(text: str, where: str, values: v.Values) -> tuple[str, ...]:
    """Modifiers of a cell, upper case in their order; what is none is a problem, and is kept."""
    try:
        return parse_modifiers(text) if text else ()
    except InvalidCodeError as error:
        values.problem(where, "not-a-modifier", error.what, "alert")
        return tuple(text.upper().split())


def version_problems(hospital: Hospital, where: str, values: v.Values) -> None:
    """A declared version that the shape of the file belies is an alert: the shape decides."""
    if hospital.declared and not hospital.declared.lower().lstrip("v").startswith(f"{hospital.version}."):
        says = f"version {hospital.declared} is declared, the shape is that of version {hospital.version}"
        values.problem(where, "version-mismatch", says, "alert")


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _given(amounts: dict[str, Decimal | None]) -> dict[str, Any]:
    return {name: amount for name, amount in amounts.items() if amount is not None}
