"""A hospital's JSON as items: one per standard charge, with the codes and the description of its service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from trocar.benchmarks.hospital import values as v
from trocar.benchmarks.hospital.conditions import check
from trocar.benchmarks.hospital.csv_file import Wanted, modifiers_of, version_problems
from trocar.benchmarks.hospital.json_shape import ATTESTATION, Shape
from trocar.benchmarks.hospital.json_stream import Value, values
from trocar.benchmarks.hospital.model import Charge, Hospital, PayerCharge, Where
from trocar.core.errors import ClaimInputError

ITEMS, MODIFIERS = "standard_charge_information", "modifier_information"
# What the reader needs to know before the first item; where it comes after, the file is read twice.
_NEEDED = {"hospital_name", "license_information", "version"}
_CHARGE_NAMES = {
    "gross": "gross_charge", "cash": "discounted_cash", "notes": "additional_generic_notes",
    "modifiers": "modifier_code",
}  # fmt: skip
_PAYER = {
    "dollar": "standard_charge_dollar", "percent": "standard_charge_percentage", "estimated": "estimated_amount",
    "median": "median_amount", "p10": "10th_percentile", "p90": "90th_percentile",
}  # fmt: skip
_PAYER_NAMES = {
    **_PAYER, "payer": "payer_name", "plan": "plan_name", "algorithm": "standard_charge_algorithm",
    "methodology": "methodology", "count": "count", "notes": "additional_payer_notes",
}  # fmt: skip


class JsonFile:
    """Reads one file; ``open_file`` opens it from its beginning, once or twice."""

    def __init__(self, open_file: Callable[[], BinaryIO]) -> None:
        self.items_read = 0
        self._open = open_file
        self.values = v.Values(2)
        self._root: dict[str, Any] = {}
        self._look_ahead()
        self.values.version = 3 if self._root.keys() & {"location_name", "type_2_npi", "attestation"} else 2
        self._shape = Shape(self.values)
        self.hospital = self._hospital()

    def _look_ahead(self) -> None:
        """The values of the root before the items; after them too, when what is needed is there."""
        # Where the text is no JSON is said when it is met again, by ``items``.
        with self._open() as file, suppress(ClaimInputError):
            for entry in values(file, (ITEMS, MODIFIERS)):
                if entry.index is None:
                    self._root[entry.key] = entry.value
                elif entry.key == ITEMS and self._root.keys() >= _NEEDED:
                    return

    def _hospital(self) -> Hospital:
        root = self._root
        licence = root.get("license_information")
        licence = licence if isinstance(licence, dict) else {}
        npis = root.get("type_2_npi")
        updated = root.get("last_updated_on")
        hospital = Hospital(
            name=str(root.get("hospital_name") or ""),
            licence=str(licence.get("license_number") or ""),
            state=str(licence.get("state") or "").upper(),
            npis=tuple(map(str, npis)) if isinstance(npis, list) else (),
            declared=str(root.get("version") or ""),
            version=self.values.version,
            last_updated_on=self.values.day(updated, "/last_updated_on", iso_only=True)
            if isinstance(updated, str)
            else None,
            attested=self._attested(root),
        )
        version_problems(hospital, "/version", self.values)
        return hospital

    def _attested(self, root: Mapping[str, Any]) -> bool | None:
        key, confirm = ATTESTATION[self.values.version]
        told = root.get(key)
        answer = told.get(confirm) if isinstance(told, dict) else None
        if answer is False:
            self.values.problem(f"/{key}/{confirm}", "not-attested", "the hospital does not confirm its file", "alert")
        return answer if isinstance(answer, bool) else None

    def items(self, wanted: Wanted = lambda _: True) -> Iterator[tuple[int, Charge]]:
        """Each charge of the items wanted, with the byte of its item; problems of the others are not looked for.

        Raises ``ClaimInputError`` where the text stops being JSON.
        """
        found: set[str] = set()
        with self._open() as file:
            for entry in values(file, (ITEMS, MODIFIERS)):
                found.add(entry.key)
                if entry.key == ITEMS and entry.index is not None:
                    yield from self._charges(entry, wanted)
                elif entry.key == MODIFIERS and entry.index is not None:
                    self._shape.modifier(entry.value, f"/{MODIFIERS}/{entry.index}")
                else:
                    self._root[entry.key] = entry.value
        self._shape.root(self._root, found)
        if ITEMS in found and not self.items_read:
            self.values.problem(f"/{ITEMS}", "no-items", "the file holds no item")

    def _charges(self, entry: Value, wanted: Wanted) -> Iterator[tuple[int, Charge]]:
        self.items_read += 1
        path, item, shape = f"/{ITEMS}/{entry.index}", entry.value, self._shape
        listed = item.get("code_information") if isinstance(item, dict) else None
        pairs = [pair for pair in listed or () if isinstance(pair, dict)] if isinstance(listed, list | None) else []
        if isinstance(item, dict) and not wanted([str(pair.get("code", "")).strip().upper() for pair in pairs]):
            return
        if not shape.is_object(item, path):
            return
        description = shape.text(item, "description", path, required=True)
        shape.rows(item, "code_information", path, required=True)
        codes = tuple(self._code(pair, f"{path}/code_information/{at}") for at, pair in enumerate(pairs))
        drug = item.get("drug_information")
        for at, row in enumerate(shape.rows(item, "standard_charges", path, required=True)):
            charge = self._charge(row, f"{path}/standard_charges/{at}", path)
            charge.description, charge.codes = description, tuple(code for code in codes if code[1])
            if isinstance(drug, dict):
                charge.drug_unit, charge.drug_type = shape.drug(drug, f"{path}/drug_information", is_first=at == 0)
            check(charge, self.values, "json")
            yield entry.offset, charge

    def _code(self, pair: Mapping[str, Any], path: str) -> tuple[str, str]:
        kind = self._shape.text(pair, "type", path, required=True)
        kind = self.values.choice(kind, f"{path}/type", v.CODE_TYPES[self.values.version], upper=True)
        return kind, self._shape.text(pair, "code", path, required=True).upper()

    def _charge(self, row: Mapping[str, Any], path: str, item: str) -> Charge:
        where = _where(path, _CHARGE_NAMES, {"drug": f"{item}/drug_information", "code": f"{item}/code_information"})
        shape, take = self._shape, self.values
        modifiers = [text for text in shape.texts(row, "modifier_code", path) if text]
        return Charge(
            where=where,
            setting=take.choice(shape.text(row, "setting", path), where("setting"), v.SETTINGS),
            billing_class=shape.text(row, "billing_class", path).lower(),
            modifiers=modifiers_of(" ".join(modifiers), where("modifiers"), take),
            notes=shape.text(row, "additional_generic_notes", path),
            payers=[
                self._payer(entry, f"{path}/payers_information/{at}")
                for at, entry in enumerate(shape.rows(row, "payers_information", path))
            ],
            gross=shape.number(row, "gross_charge", path),
            cash=shape.number(row, "discounted_cash", path),
            minimum=shape.number(row, "minimum", path),
            maximum=shape.number(row, "maximum", path),
        )

    def _payer(self, row: Mapping[str, Any], path: str) -> PayerCharge:
        shape, take = self._shape, self.values
        text = {
            name: shape.text(row, _PAYER_NAMES[name], path) for name in ("payer", "plan", "algorithm", "notes", "count")
        }
        return PayerCharge(
            where=_where(path, _PAYER_NAMES, {}),
            payer=text["payer"],
            plan=text["plan"],
            algorithm=text["algorithm"],
            methodology=take.choice(shape.text(row, "methodology", path), f"{path}/methodology", v.METHODOLOGIES),
            count=take.count(text["count"], f"{path}/count"),
            notes=text["notes"],
            **{name: shape.number(row, key, path) for name, key in _PAYER.items()},
        )


def _where(path: str, names: Mapping[str, str], others: Mapping[str, str]) -> Where:
    return lambda name: others.get(name) or f"{path}/{names.get(name, name)}"
