"""The tables of published rates: one star for payers' and hospitals' files, as Arrow schemas.

A file gives one folder ``OUT/<file_id>/`` with one Parquet file for each name of ``TABLES`` (``files`` has one row);
the folder appears when all of them are written. Values are as published; what is normalised,
flagged or compared is computed from these tables, never written over them.
"""

from __future__ import annotations

import pyarrow as pa

AMOUNT = pa.decimal128(18, 4)
CODE = pa.struct([("code_type", pa.string()), ("code", pa.string())])
COUNTED = pa.struct(
    [pa.field("what", pa.string()), pa.field("count", pa.int64()), pa.field("first_offset", pa.int64())]
)
SOURCE_KINDS = ("in_network", "hospital", "allowed_amounts")
# dollar: a negotiated or hospital dollar amount per unit of the code; percent: whole numbers, 40.5 is 40.5 %.
# billed: what a provider of an allowed-amounts file charged. gross to p90: hospital files, of which estimated in
# version 2, and median, p10 and p90 (of paid claims) in version 3.
AMOUNT_KINDS = (
    *("dollar", "percent", "per_diem", "algorithm", "allowed", "billed"),
    *("gross", "cash", "minimum", "maximum", "estimated", "median", "p10", "p90"),
)


def _text(name: str, required: bool = False) -> pa.Field:
    return pa.field(name, pa.string(), nullable=not required)


def _texts(name: str) -> pa.Field:
    return pa.field(name, pa.list_(pa.string()), nullable=False)


_PLAN = [_text("plan_name"), _text("plan_id_type"), _text("plan_id"), _text("plan_market_type")]

# One published amount of one code. (file_id, offset, ordinal) is its address: rows of several codes with one address
# (a hospital item that carries several codes asked for) are one amount.
RATES = pa.schema(
    [
        _text("source_kind", True),  # SOURCE_KINDS
        _text("file_id", True),  # files.file_id
        _text(
            "payer"
        ),  # as published: reporting_entity_name, or a hospital's payer_name; null for gross, cash, min, max
        *_PLAN,  # as published in the file itself; a hospital's plan_name. Plans of an index are in the table plans
        _text("hospital_id"),  # hospital files only: licence number and state, else the type 2 NPI, else the name
        _text("hospital_name"),
        _text("state"),  # two letters; hospital files only
        _text("code_type", True),  # CPT, HCPCS, MS-DRG, RC, ... upper case
        _text("code", True),
        pa.field("also_codes", pa.list_(CODE), nullable=False),  # bundled, covered; a hospital row's others
        _texts("modifiers"),  # upper case, in the published order
        _text("negotiated_type"),  # lower case; a hospital's methodology
        _text("amount_kind", True),  # AMOUNT_KINDS
        _text("arrangement"),  # ffs, bundle, capitation
        _text("billing_class"),  # professional, institutional, both; hospital files: facility, professional, both
        _text("setting"),  # inpatient, outpatient, both; null: not said (schema 1.x), which is not both
        _texts("place_of_service"),  # two digits; CSTM-00 stands for all
        pa.field("rate", AMOUNT),  # exact; null where rate_text holds the only exact value
        _text("rate_text"),  # as published where it is no number of AMOUNT (too long, an algorithm); else null
        pa.field("count_low", pa.int64()),  # hospital v3 count of allowed amounts: "1 through 10" is 1 and 10
        pa.field("count_high", pa.int64()),
        pa.field("expiration_date", pa.date32()),  # 9999-12-31: no end
        _texts("provider_group_ids"),  # groups.provider_group_id of this file; never exploded
        _text("additional_information"),
        pa.field("offset", pa.int64(), nullable=False),  # byte in the uncompressed JSON; row of a CSV, from 1
        pa.field("ordinal", pa.int32(), nullable=False),  # the amount's place within its item, from 0
    ]
)

# One TIN with its NPIs, as one provider group lists it; a provider_group_id may have several rows.
GROUPS = pa.schema(
    [
        _text("file_id", True),
        # Canonical decimal text of a number (690.64470 is 690.6447); inline:DIGEST of its content without an id.
        _text("provider_group_id", True),
        pa.field("ordinal", pa.int32(), nullable=False),  # the group's place under its id, from 0
        _text("tin_type"),  # ein, npi
        _text("tin"),  # as published
        _text("business_name"),
        _texts("network_names"),
        pa.field("npis", pa.list_(pa.int64()), nullable=False),  # 0: the contract is with the TIN alone
        pa.field("offset", pa.int64(), nullable=False),
    ]
)

# What an index (table of contents) says: plans and files that share (file_id, offset) belong together, many to many.
PLANS = pa.schema(
    [
        _text("file_id", True),  # the index
        *_PLAN,
        _text("issuer_name"),
        _text("plan_sponsor_name"),
        pa.field("offset", pa.int64(), nullable=False),  # byte of the reporting structure in the index
    ]
)
LISTED = pa.schema(
    [
        _text("file_id", True),  # the index
        _text("listed_kind", True),  # in_network, allowed_amounts
        _text("description"),
        _text("location", True),  # as files.location: without a signature (query)
        pa.field("offset", pa.int64(), nullable=False),
    ]
)

FILES = pa.schema(
    [
        _text("file_id", True),  # first 16 digits of sha256
        _text("sha256", True),  # of the bytes as published, compressed or not
        _text("name", True),
        _text("location", True),  # path or address, without a signature (query)
        pa.field("size", pa.int64(), nullable=False),  # bytes as published
        pa.field("uncompressed_size", pa.int64()),  # bytes read
        _text("kind", True),  # SOURCE_KINDS, index, provider_reference
        _text("format", True),  # json, csv-tall, csv-wide, csv-prices
        _text("compression", True),  # none, gzip, zip
        _text("schema_declared"),  # what the file says of itself
        _text("schema_shape"),  # what its shape says: 1.x, 2.x; hospital 2.x, 3.x
        _text("entity"),
        _text("entity_type"),
        pa.field("last_updated_on", pa.date32()),
        *_PLAN,
        _text("issuer_name"),
        _text("plan_sponsor_name"),
        _text("hospital_id"),
        _text("hospital_name"),
        _text("state"),
        _texts("hospital_npis"),
        pa.field("attested", pa.bool_()),
        _texts("codes_asked"),  # what was extracted: the same file asked for other codes is another extraction
        pa.field("items", pa.int64(), nullable=False),  # items or CSV rows read
        pa.field("items_wanted", pa.int64(), nullable=False),
        pa.field("rates", pa.int64(), nullable=False),
        pa.field("groups", pa.int64(), nullable=False),
        pa.field("rejects", pa.int64(), nullable=False),
        pa.field("references", pa.int64(), nullable=False),  # provider references in the file
        pa.field("references_remote", pa.int64(), nullable=False),
        pa.field("references_unresolved", pa.int64(), nullable=False),  # named by a rate, not found
        pa.field("unknown_fields", pa.list_(COUNTED), nullable=False),
        pa.field("repairs", pa.list_(COUNTED), nullable=False),  # deviations read all the same, by kind
        pa.field("complete", pa.bool_(), nullable=False),  # read to its end
        pa.field("stopped_at", pa.int64()),  # byte (row) where reading ended, when not complete
        _text("stopped_because"),
        pa.field("ranges", pa.int64()),  # byte ranges it was read in, side by side; null: in one go
        _text("whole_because"),  # why a file cut into ranges was read in one go all the same
    ]
)

# What could not be read, with its address; nothing is left out silently.
REJECTS = pa.schema(
    [
        _text("file_id", True),
        pa.field("offset", pa.int64(), nullable=False),
        _text("where", True),  # path within the file, or the cell
        _text("reason", True),
        _text("excerpt"),  # up to 200 characters, without names or descriptions
    ]
)

TABLES = {"rates": RATES, "groups": GROUPS, "plans": PLANS, "listed": LISTED, "rejects": REJECTS, "files": FILES}
