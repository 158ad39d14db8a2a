"""The claim table: the one shape every reader writes and the engine reads (an Arrow table)."""

from __future__ import annotations

import pyarrow as pa


def _field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = True) -> pa.Field[pa.DataType]:
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


CLAIM_SCHEMA = pa.schema(
    [
        _field(
            "claim_id",
            pa.string(),
            "the claim; lines of one claim may stand anywhere in the file",
            nullable=False,
        ),
        _field("line", pa.int32(), "line number within the claim", nullable=False),
        _field("service_date", pa.date32(), "date of service", nullable=False),
        _field("hcpcs", pa.string(), "HCPCS code, normalised", nullable=False),
        *(_field(f"modifier_{n}", pa.string(), f"modifier {n}, normalised; null if none") for n in (1, 2, 3, 4)),
        _field("units", pa.int32(), "units of service; null means 1 was assumed"),
        _field("charge_cents", pa.int64(), "charge for the whole line, in cents"),
        _field("place_of_service", pa.string(), "two digits"),
        _field("zip", pa.string(), "five digits of the place of service's ZIP"),
        _field("mac", pa.string(), "contractor, five digits, when a locality was given"),
        _field("locality", pa.string(), "locality number (two digits) or NATIONAL"),
        _field("diagnoses", pa.list_(pa.string()), "diagnoses of the line without points, in order"),
        _field("setting", pa.string(), "practitioner, hospital or asc; null means practitioner was assumed"),
        _field("rendering_npi", pa.string(), "as written"),
        _field("billing_npi", pa.string(), "as written"),
        _field("taxonomy", pa.string(), "rendering provider's taxonomy, as written, upper case"),
        _field("patient_id", pa.string(), "any stable key of the patient"),
        _field("payer", pa.string(), "payer name or id"),
        _field("qualifying_apm", pa.bool_(), "practitioner is a qualifying APM participant (2026 on)"),
        _field("participating", pa.bool_(), "practitioner participates in Medicare"),
        _field("provider_type", pa.string(), "MD, DO, NP, PA, CNS, CNM ..., upper case"),
        _field("hpsa", pa.bool_(), "service furnished in a health professional shortage area"),
        _field(
            "deductible_remaining_cents",
            pa.int64(),
            "part B deductible still open before this claim, in cents",
        ),
        _field("same_session", pa.bool_(), "false: an imaging session of its own on that day"),
        _field("prior_outcome", pa.string(), "DENY when a payer has already denied the line, else null"),
        _field("not_billed", pa.bool_(), "true: kept on the claim without a charge, not separately billable"),
        _field(
            "line_control_number", pa.string(), "the sender's own number of the line, which the payer's answer repeats"
        ),
        _field("referring_npi", pa.string(), "who ordered or referred, as written; NONE when the claim names nobody"),
        _field("received_date", pa.date32(), "the day on which the payer received, or will receive, the claim"),
        _field(
            "where",
            pa.string(),
            "address of the line in the user's file, such as 'claims.csv row 14'",
            nullable=False,
        ),
    ]
)
