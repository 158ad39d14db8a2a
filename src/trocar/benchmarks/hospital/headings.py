"""The heading rows of a hospital's CSV: which column holds what, for both layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trocar.benchmarks.hospital.model import Layout
from trocar.benchmarks.hospital.values import Values
from trocar.claims.headings import column_letter

# Heading of the dictionary (v2.2 and v3.0), spaces about pipes and case aside -> field of ``Charge``.
ITEM = {
    "description": "description",
    "setting": "setting",
    "billing_class": "billing_class",
    "modifiers": "modifiers",
    "drug_unit_of_measurement": "drug_unit",
    "drug_type_of_measurement": "drug_type",
    "standard_charge|gross": "gross",
    "standard_charge|discounted_cash": "cash",
    "standard_charge|min": "minimum",
    "standard_charge|max": "maximum",
    "additional_generic_notes": "notes",
}
# The same for ``PayerCharge``: tall as written; in wide files payer and plan stand where the colon is.
PAYER = {
    "standard_charge:negotiated_dollar": "dollar",
    "standard_charge:negotiated_percentage": "percent",
    "standard_charge:negotiated_algorithm": "algorithm",
    "standard_charge:methodology": "methodology",
    "estimated_amount:": "estimated",
    "median_amount:": "median",
    "10th_percentile:": "p10",
    "90th_percentile:": "p90",
    "count:": "count",
    "additional_payer_notes:": "notes",
}
_TALL = {heading.replace(":", "|").removesuffix("|"): name for heading, name in PAYER.items()}
_TALL |= {"payer_name": "payer", "plan_name": "plan"}
_OF_VERSION = {2: {"estimated"}, 3: {"median", "p10", "p90", "count"}}
_NOT_REQUIRED = {"billing_class", "notes"}


@dataclass(slots=True)
class Columns:
    """Where the values of an item stand: indices of columns by field, of code pairs, and of payers' blocks."""

    layout: Layout = "csv-tall"
    item: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    code_types: dict[str, int] = field(default_factory=dict)
    payers: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no heading was one of a hospital's file."""
        return not (self.item or self.codes or self.code_types or self.payers)

    @property
    def of_payers(self) -> set[str]:
        """The fields that any payer has a column for."""
        return {name for columns in self.payers.values() for name in columns}


def plain(heading: str) -> str:
    """A heading without spaces about its pipes, in lower case."""
    return "|".join(part.strip().lower() for part in heading.split("|"))


def read_columns(headings: Sequence[str], row: int, values: Values) -> Columns:
    """The columns of an item row; what is missing, repeated or unknown is a problem in that row."""
    columns, seen = Columns(), dict[str, int]()
    last = max((at for at, text in enumerate(headings) if text.strip()), default=-1)
    for at, heading in enumerate(headings[: last + 1]):
        where, name = f"{column_letter(at)}{row}", plain(heading)
        if not name:
            values.problem(where, "column-unnamed", "a column without heading among others", "alert")
        elif name in seen:
            values.problem(
                where, "column-twice", f"the heading {name[:60]!r} stands in {column_letter(seen[name])} too"
            )
        else:
            seen[name] = at
            _place(columns, heading, name, at)
        if "[" in name and "]" in name:
            values.problem(where, "placeholder", f"the placeholder in {name[:60]!r} was not replaced")
    _check(columns, row, values)
    return columns


def _place(columns: Columns, heading: str, name: str, at: int) -> None:
    parts = name.split("|")
    if name in ITEM:
        columns.item[ITEM[name]] = at
    elif parts[0] == "code" and len(parts) in (2, 3) and parts[1].isdigit() and parts[2:] in ([], ["type"]):
        (columns.code_types if parts[2:] else columns.codes)[parts[1]] = at
    elif name in _TALL:
        columns.payers.setdefault(("", ""), {})[_TALL[name]] = at
    elif len(parts) > 2 and (of_payer := _wide(parts)):
        columns.layout = "csv-wide"
        # As published: names of payers keep their case.
        written = [part.strip() for part in heading.split("|")]
        plan_ends = -1 if parts[0] == "standard_charge" else len(parts)
        payer = (written[1], "|".join(written[2:plan_ends]))
        columns.payers.setdefault(payer, {})[of_payer] = at
    else:
        columns.unknown[name] = at


def _wide(parts: Sequence[str]) -> str | None:
    """The field of a payer's block that a heading names."""
    key = f"{parts[0]}:{parts[-1]}" if parts[0] == "standard_charge" else f"{parts[0]}:"
    return PAYER.get(key)


def _check(columns: Columns, row: int, values: Values) -> None:
    """Every heading of the version's dictionary must be there, blank columns or not."""
    missing = [name for name in ITEM.values() if name not in columns.item and name not in _NOT_REQUIRED]
    missing += [
        name for name, held in (("code|1", columns.codes), ("code|1|type", columns.code_types)) if "1" not in held
    ]
    wanted = {"dollar", "percent", "algorithm", "methodology", *_OF_VERSION[values.version]}
    if columns.layout == "csv-tall":
        wanted |= {"payer", "plan"}
    for (payer, plan), held in columns.payers.items() or [(("", ""), {})]:
        of_payer = f" of {payer} {plan}" if payer else ""
        missing += [f"{name}{of_payer}" for name in sorted(wanted - held.keys())]
    for name in missing:
        values.problem(f"row {row}", "column-missing", f"there is no column for {name}")
