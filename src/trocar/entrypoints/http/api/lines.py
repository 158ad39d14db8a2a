"""Claim lines in a request, for the OpenAPI document: the columns of the claim CSV as keys."""

from __future__ import annotations

from typing import Any

from trocar.claims.table import CLAIM_SCHEMA
from trocar.entrypoints.http.bodies import CSV, FHIR, JSON, MULTIPART, NDJSON, PARQUET, X12

# Said by the claim table under other names.
_WORDS = {
    "modifiers": "up to four modifiers, as a list or as text with spaces",
    "diagnosis_pointers": "which of the diagnoses the line is for, such as AC or 1:3; all of them without",
    "charge": "charge of the whole line in dollars, such as 1234.50",
    "deductible_remaining": "Part B deductible still open before this claim, in dollars",
}
_LEFT_OUT = {
    "where",
    "charge_cents",
    "deductible_remaining_cents",
    "modifier_1",
    "modifier_2",
    "modifier_3",
    "modifier_4",
}
EXAMPLE = {
    "lines": [
        {
            "claim_id": "KNEE", "line": 1, "service_date": "2024-08-15", "hcpcs": "20610", "place_of_service": "11",
            "diagnoses": ["M17.11"], "locality": "NATIONAL",
        },
        {
            "claim_id": "KNEE", "line": 2, "service_date": "2024-08-15", "hcpcs": "76942", "place_of_service": "11",
            "diagnoses": ["M17.11"], "locality": "NATIONAL",
        },
    ]
}  # fmt: skip
CSV_EXAMPLE = "claim_id,service_date,hcpcs,place_of_service\nKNEE,2024-08-15,20610,11\nKNEE,2024-08-15,76942,11\n"


def json_content() -> dict[str, Any]:
    """The JSON body. What a key holds is left open: a line that can't be read is answered as not checked."""
    columns = {field.name: (field.metadata or {}).get(b"meaning", b"").decode() for field in CLAIM_SCHEMA}
    words = {name: text for name, text in columns.items() if name not in _LEFT_OUT} | _WORDS
    line = {
        "type": "object",
        "description": "One claim line. service_date and hcpcs are needed; claim_id ties lines together, and is "
        "given on all lines or on none (then each line is a claim of its own). See docs/formats/claims-csv.md.",
        "properties": {name: {"description": text} for name, text in words.items()},
        "additionalProperties": True,
    }
    schema = {
        "type": "object",
        "properties": {"lines": {"type": "array", "items": line, "minItems": 1}},
        "required": ["lines"],
        "additionalProperties": False,
    }
    return {JSON: {"schema": schema, "example": EXAMPLE}}


def file_content() -> dict[str, Any]:
    """A claim file as the body, or as the file of a form."""
    ndjson = '{"claim_id": "KNEE", "service_date": "2024-08-15", "hcpcs": "20610", "place_of_service": "11"}\n'
    parts = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
    return {
        CSV: {"schema": {"type": "string", "description": "A claim CSV, gzip or not."}, "example": CSV_EXAMPLE},
        # No text is refused as a whole: a line that is no claim line is answered as not checked.
        NDJSON: {"schema": {"description": "One object per line."}, "example": ndjson},
        **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in (X12, FHIR, PARQUET)},
        MULTIPART: {"schema": parts},
    }
