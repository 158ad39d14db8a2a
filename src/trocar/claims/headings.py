"""The columns of a claim CSV: their names, the other names they go by, and which cell holds which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from trocar.claims.model import MOST_DIAGNOSES, MOST_MODIFIERS
from trocar.claims.pointers import MOST_POINTERS
from trocar.core.errors import ClaimInputError

REQUIRED = ("service_date", "hcpcs")

# Column -> other headings it is known by. Case, spaces, underscores, hyphens and other marks don't count.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "claim_id": (
        "claim",
        "claim_number",
        "claim_no",
        "claim_num",
        "claim_control_number",
        "patient_control_number",
        "icn",
        "account",
        "account_number",
        "acct",
        "acct_no",
        "patient_account_number",
    ),
    "line": (
        "line_number",
        "line_no",
        "line_num",
        "claim_line",
        "claim_line_number",
        "service_line",
        "line_item",
        "seq",
        "sequence",
    ),
    "service_date": (
        "dos",
        "date_of_service",
        "date_of_svc",
        "date",
        "from_date",
        "service_from_date",
        "service_start_date",
        "dos_from",
        "from_dos",
        "svc_date",
    ),
    "hcpcs": (
        "cpt",
        "code",
        "procedure",
        "procedure_code",
        "proc",
        "proc_code",
        "cpt_code",
        "hcpcs_code",
        "cpt_hcpcs",
        "hcpcs_cpt",
        "service_code",
    ),
    "modifiers": ("mods", "modifier", "mod"),
    "units": (
        "qty",
        "quantity",
        "unit",
        "units_of_service",
        "service_units",
        "service_unit_quantity",
        "days_or_units",
    ),
    "charge": (
        "charges",
        "billed",
        "billed_amount",
        "billed_amt",
        "charge_amt",
        "amount_billed",
        "charge_amount",
        "line_charge",
        "billed_charge",
        "submitted_charge",
    ),
    "place_of_service": ("pos", "pos_code", "place_of_service_code"),
    "zip": ("zip_code", "zip5", "postal_code", "service_zip", "facility_zip", "pos_zip"),
    "locality": ("mac_locality", "payment_locality", "gpci_locality", "carrier_locality"),
    "mac": ("mac_number", "contractor", "contractor_number"),
    "diagnoses": (
        "dx",
        "diagnosis",
        "diag",
        "icd",
        "icd10",
        "icd_10_cm",
        "icd10_codes",
        "dx_codes",
        "diagnosis_code",
        "diagnosis_codes",
    ),
    "diagnosis_pointers": (
        "ptr",
        "pointer",
        "pointers",
        "dx_pointer",
        "dx_pointers",
        "dx_ptr",
        "diag_pointer",
        "diagnosis_pointer",
        "diagnosis_code_pointer",
    ),
    "setting": ("claim_setting", "claim_type"),
    "rendering_npi": ("npi", "rendering", "rendering_provider", "rendering_provider_npi", "provider_npi"),
    "billing_npi": ("billing_provider_npi", "billing_provider", "group_npi"),
    "taxonomy": ("taxonomy_code", "provider_taxonomy", "rendering_taxonomy"),
    "patient_id": ("patient", "mrn", "member_id", "beneficiary_id", "subscriber_id"),
    "payer": ("payer_name", "payer_id", "payor", "insurance"),
    "qualifying_apm": ("qp", "qp_status", "is_qp", "qualifying_apm_participant"),
    "participating": ("par", "participation", "is_participating"),
    "provider_type": ("credential", "credentials"),
    "hpsa": ("in_hpsa", "hpsa_area"),
    "deductible_remaining": ("deductible", "remaining_deductible", "deductible_left"),
    "same_session": ("one_session",),
    "prior_outcome": ("previous_outcome", "prior_denial", "payer_outcome"),
    "not_billed": ("not_separately_billable",),
    "line_control_number": ("line_item_control_number", "provider_line_number", "ref_6r"),
    "referring_npi": ("referring_provider_npi", "referring_provider", "ordering_npi", "ordering_provider_npi"),
    "received_date": ("date_received", "receipt_date", "submitted_date", "submission_date", "filed_date"),
}
# Columns that come numbered: name -> how many, and the stems a number may follow.
NUMBERED: dict[str, tuple[int, tuple[str, ...]]] = {
    "modifier": (MOST_MODIFIERS, ("modifier", "hcpcs_modifier", "mod", "m")),
    "diagnosis": (MOST_DIAGNOSES, ("diagnosis", "diagnosis_code", "diag", "dx", "icd")),
    "diagnosis_pointer": (
        MOST_POINTERS,
        ("diagnosis_pointer", "dx_pointer", "diag_pointer", "pointer", "dx_ptr", "ptr"),
    ),
}

# Headings that a file may well have beside another one of their column: they give way to it.
_GIVES_WAY = {
    "claim_id": frozenset({"account", "accountnumber", "acct", "acctno", "patientaccountnumber"}),
    # As in an 837, where the name is what is read.
    "payer": frozenset({"payerid"}),
}
_ALIKE = 0.6
_HOW_TO_GO_ON = (
    "The first row must hold the headings: trocar schema csv prints them, examples/claims.csv is a file to start from.",
    "Name the columns as docs/formats/claims-csv.md does.",
)


@lru_cache(maxsize=1 << 12)
def plain(heading: str) -> str:
    """A heading without what doesn't count: ``Date of Service`` and ``DATE-OF-SERVICE`` are ``dateofservice``."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def _known() -> dict[str, str]:
    known = {plain(name): column for column, others in SYNONYMS.items() for name in (column, *others)}
    for stem, (most, stems) in NUMBERED.items():
        known |= {f"{plain(other)}{number}": f"{stem}_{number}" for other in stems for number in range(1, most + 1)}
    return known


KNOWN = _known()


def column_letter(index: int) -> str:
    """The spreadsheet's letters of a column counted from 0: A, B ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def recognised(headings: Sequence[str]) -> int:
    """How many of the headings are known."""
    return sum(plain(heading) in KNOWN for heading in headings)


def match_columns(headings: Sequence[str], *, name: str, row: int | None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Column name -> index, and the cells that are not used: their heading is not known, or another one says more.

    ``row`` is that of the headings, None in a file whose columns have names and no letters. Raises
    ``ClaimInputError`` when two headings mean the same column or a required one is missing.
    """
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for index, heading in enumerate(headings):
        column = KNOWN.get(plain(heading))
        weaker = _GIVES_WAY.get(column or "", frozenset())
        if column is None:
            unknown.append(_named(headings, index, row))
        elif column not in columns:
            columns[column] = index
        elif plain(heading) in weaker:
            unknown.append(_named(headings, index, row))
        elif plain(headings[columns[column]]) in weaker:
            unknown.append(_named(headings, columns[column], row))
            columns[column] = index
        else:
            raise ClaimInputError(
                f"{heading.strip()!r} and {_named(headings, columns[column], row, last=True)} are both {column}",
                where=name if row is None else f"{name} {column_letter(index)}{row}",
                remedy="Remove or rename one of the two columns.",
            )
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        found = ", ".join(repr(heading.strip()) for heading in headings if heading.strip())
        raise ClaimInputError(
            f"no column for {' and '.join(missing)} among the headings {found}",
            where=name if row is None else f"{name} row {row}",
            remedy=" ".join([*_perhaps_meant(headings, missing), _HOW_TO_GO_ON[row is None]]),
        )
    return columns, tuple(unknown)


def _perhaps_meant(headings: Sequence[str], missing: Sequence[str]) -> Iterator[str]:
    """A question for each missing column that an unknown heading may stand for."""
    unknown = {plain(heading): heading.strip() for heading in headings if plain(heading) not in KNOWN}
    for column in missing:
        names = [plain(name) for name in (column, *SYNONYMS[column])]
        alike = [(near, heading) for heading in unknown if (near := _likeness(heading, names)) >= _ALIKE]
        if alike:
            yield f"Is {unknown[max(alike)[1]]!r} the {column}? Then name it so."


def _likeness(heading: str, names: Sequence[str]) -> float:
    return max(SequenceMatcher(None, heading, name).ratio() for name in names)


def _named(headings: Sequence[str], index: int, row: int | None, *, last: bool = False) -> str:
    """A heading with its cell, before it or behind it: ``C1 'Mood'``, ``'Mood' (C1)``."""
    heading = headings[index].strip()
    if row is None:
        return repr(heading)
    cell = f"{column_letter(index)}{row}"
    if last:
        return f"{heading!r} ({cell})"
    return f"{cell} {heading!r}" if heading else f"{cell} (no heading)"
