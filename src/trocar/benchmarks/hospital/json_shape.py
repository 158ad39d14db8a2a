"""The kinds of value that a hospital's JSON must hold, by CMS's JSON schema; what is of another kind is a problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from trocar.benchmarks.hospital import values as v

_BOTH = {
    "hospital_name",
    "standard_charge_information",
    "last_updated_on",
    "hospital_address",
    "license_information",
    "version",
}
ROOT = {2: _BOTH | {"hospital_location", "affirmation"}, 3: _BOTH | {"location_name", "attestation", "type_2_npi"}}
ATTESTATION = {2: ("affirmation", "confirm_affirmation"), 3: ("attestation", "confirm_attestation")}
_LISTS = ("hospital_address", "hospital_location", "location_name", "type_2_npi")


class Shape:
    """Takes values out of objects; each method adds the problem at its JSON path and gives what can be used."""

    def __init__(self, values: v.Values) -> None:
        self._values = values

    def _problem(self, where: str, kind: str, says: str) -> None:
        self._values.problem(where, kind, says)

    def is_object(self, value: Any, path: str) -> bool:
        """Whether a value is an object."""
        if not isinstance(value, dict):
            self._problem(path, "not-an-object", "an object was expected")
        return isinstance(value, dict)

    def text(self, row: Mapping[str, Any], key: str, path: str, *, required: bool = False) -> str:
        """A text; in version 3 none may be empty."""
        value = row.get(key)
        if value is None:
            if required:
                self._problem(f"{path}/{key}", "value-missing", f"{key} is not given")
            return ""
        if not isinstance(value, str):
            self._problem(f"{path}/{key}", "not-a-text", f"{value!r} is not written as text"[:80])
            return str(value) if isinstance(value, int | Decimal) else ""
        if not value.strip() and (required or self._values.version >= 3):
            self._problem(f"{path}/{key}", "empty-text", "the text is empty")
        return value.strip()

    def number(self, row: Mapping[str, Any], key: str, path: str) -> Decimal | None:
        """A number written as number."""
        value = row.get(key)
        if isinstance(value, str):
            self._problem(f"{path}/{key}", "not-a-number", f"{value[:40]!r} is a text")
        return self._values.number(value, f"{path}/{key}")

    def rows(self, row: Mapping[str, Any], key: str, path: str, *, required: bool = False) -> list[dict[str, Any]]:
        """A list of objects, not empty."""
        value = row.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not value:
            self._problem(f"{path}/{key}", "value-missing", f"{key} is no list with entries")
            return []
        return [entry for at, entry in enumerate(value) if self.is_object(entry, f"{path}/{key}/{at}")]

    def texts(self, row: Mapping[str, Any], key: str, path: str) -> Sequence[str]:
        """A list of texts; none may be empty in version 3."""
        value = row.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._problem(f"{path}/{key}", "not-a-list", f"{key} is no list")
            return [str(value)]
        return [self.text({str(at): entry}, str(at), f"{path}/{key}") for at, entry in enumerate(value)]

    def drug(self, drug: Mapping[str, Any], path: str, *, is_first: bool) -> tuple[Decimal | None, str]:
        """Unit (a text in version 2, a number in version 3) and type of measurement; problems are said once an item."""
        said = len(self._values.problems)
        unit = drug.get("unit")
        if unit is None:
            self._problem(f"{path}/unit", "value-missing", "unit is not given")
        elif isinstance(unit, str) != (self._values.version < 3):
            kind, word = ("not-a-text", "text") if self._values.version < 3 else ("not-a-number", "number")
            self._problem(f"{path}/unit", kind, f"{unit!r} is not written as {word}")
        amount = self._values.number(unit, f"{path}/unit")
        told = self.text(drug, "type", path, required=True)
        told = self._values.choice(told, f"{path}/type", v.DRUG_TYPES, upper=True)
        if not is_first:
            del self._values.problems[said:]
        return amount, told

    def modifier(self, row: Any, path: str) -> None:
        """An entry of the modifier information: what a modifier does to each payer's charge."""
        if not self.is_object(row, path):
            return
        self.text(row, "description", path, required=True)
        self.text(row, "code", path, required=True)
        self._values.choice(self.text(row, "setting", path), f"{path}/setting", v.SETTINGS)
        for at, payer in enumerate(self.rows(row, "modifier_payer_information", path, required=True)):
            for key in ("payer_name", "plan_name", "description"):
                self.text(payer, key, f"{path}/modifier_payer_information/{at}", required=True)

    def root(self, root: Mapping[str, Any], found: Collection[str]) -> None:
        """The values about the hospital and the file, all of them required."""
        version = self._values.version
        for key in sorted(ROOT[version] - set(found)):
            self._problem(f"/{key}", "value-missing", f"{key} is not given")
        for key in _LISTS:
            self.texts(root, key, "")
        for key in ("hospital_name", "version"):
            if key in found:
                self.text(root, key, "", required=True)
        licence = root.get("license_information")
        if licence is not None and self.is_object(licence, "/license_information"):
            self.text(licence, "license_number", "/license_information")
            self.text(licence, "state", "/license_information", required=True)
        key, confirm = ATTESTATION[version]
        told = root.get(key)
        if told is not None and self.is_object(told, f"/{key}"):
            self.text(told, key, f"/{key}", required=True)
            if version >= 3:
                self.text(told, "attester_name", f"/{key}", required=True)
            if not isinstance(told.get(confirm), bool):
                self._problem(f"/{key}/{confirm}", "value-missing", f"{confirm} is neither true nor false")
