"""The tables of the reference store: one Arrow schema each, with the unit and meaning of every column.

Every row carries ``file_id`` (its file in the catalog: release, name, sha256, period) and ``line`` (line of
that file counted from 1, or sheet row). Money and relative values are whole numbers of the unit named in the
column's metadata; no float anywhere. Dates are date32. Texts are never descriptors unless asked for at load.
"""

from __future__ import annotations

import pyarrow as pa

_CITE = (
    ("file_id", pa.int16(), "", "the file in the catalog"),
    ("line", pa.int32(), "", "line of that file"),
)


def _schema(*columns: tuple[str, pa.DataType, str, str]) -> pa.Schema:
    fields = [
        pa.field(name, kind, metadata={"unit": unit, "meaning": meaning})
        for name, kind, unit, meaning in (*columns, *_CITE)
    ]
    return pa.schema(fields)


_text, _int, _small, _long, _day, _flag = (
    pa.string(),
    pa.int32(),
    pa.int16(),
    pa.int64(),
    pa.date32(),
    pa.bool_(),
)

TABLES: dict[str, pa.Schema] = {
    # PPRRVU: one row per code and component modifier and release.
    "schedule": _schema(
        ("hcpcs", _text, "", "HCPCS code"),
        ("modifier", _text, "", "component: empty (global), 26, TC or 53"),
        ("status", _text, "", "status code (RVU25D.pdf attachment A)"),
        ("not_used", _flag, "", "NOT USED FOR MEDICARE PAYMENT is '+'"),
        ("work", _int, "0.01 RVU", "work relative value"),
        ("nonfacility_pe", _int, "0.01 RVU", "non-facility practice expense"),
        ("nonfacility_na", _flag, "", "non-facility NA indicator"),
        ("facility_pe", _int, "0.01 RVU", "facility practice expense"),
        ("facility_na", _flag, "", "facility NA indicator"),
        ("malpractice", _int, "0.01 RVU", "malpractice relative value"),
        ("nonfacility_total", _int, "0.01 RVU", "published non-facility total"),
        ("facility_total", _int, "0.01 RVU", "published facility total"),
        ("pctc", _text, "", "PC/TC indicator"),
        ("global_days", _text, "", "000 010 090 MMM XXX YYY ZZZ"),
        ("preoperative", _small, "0.01", "pre-operative share"),
        ("intraoperative", _small, "0.01", "intra-operative share"),
        ("postoperative", _small, "0.01", "post-operative share"),
        ("multiple_procedure", _text, "", "multiple procedure indicator"),
        ("bilateral", _text, "", "bilateral surgery indicator"),
        ("assistant", _text, "", "assistant at surgery indicator"),
        ("co_surgeon", _text, "", "co-surgeon indicator"),
        ("team", _text, "", "team surgery indicator"),
        ("endoscopic_base", _text, "", "endoscopic base code, or empty"),
        ("conversion_factor", _int, "0.0001 $", "conversion factor"),
        ("supervision", _text, "", "physician supervision of diagnostic procedures"),
        ("calculation_flag", _text, "", "calculation flag"),
        ("imaging_family", _text, "", "diagnostic imaging family indicator"),
        ("opps_nonfacility_pe", _int, "0.01 RVU", "non-facility PE used for OPPS payment amount"),
        ("opps_facility_pe", _int, "0.01 RVU", "facility PE used for OPPS payment amount"),
        ("opps_malpractice", _int, "0.01 RVU", "MP used for OPPS payment amount"),
    ),
    "gpci": _schema(
        ("mac", _text, "", "Medicare administrative contractor, five digits"),
        ("locality", _text, "", "locality number, two digits"),
        ("state", _text, "", "state (empty where the file has none)"),
        ("name", _text, "", "locality name"),
        ("work", _int, "0.001", "work index with the 1.0 floor"),
        (
            "work_without_floor",
            _int,
            "0.001",
            "work index without the floor; null where the file has one column",
        ),
        ("practice_expense", _int, "0.001", "practice expense index"),
        ("malpractice", _int, "0.001", "malpractice index"),
    ),
    "locality_county": _schema(
        ("mac", _text, "", "Medicare administrative contractor, five digits"),
        ("locality", _text, "", "locality number, two digits"),
        ("state", _text, "", "state name as printed"),
        ("area", _text, "", "fee schedule area"),
        ("counties", _text, "", "counties"),
    ),
    "zip_locality": _schema(
        ("zip", _text, "", "five-digit ZIP"),
        ("state", _text, "", "state"),
        ("mac", _text, "", "Medicare administrative contractor"),
        ("locality", _text, "", "pricing locality"),
        ("rural", _text, "", "empty urban, R rural, B super rural"),
        ("plus_four", _flag, "", "the locality depends on the plus-four extension"),
        ("part_b", _text, "", "part B payment indicator"),
    ),
    "opps_cap": _schema(
        ("hcpcs", _text, "", "HCPCS code"),
        ("modifier", _text, "", "component"),
        ("status", _text, "", "status code"),
        ("mac", _text, "", "contractor, as in GPCI (01112 of CA 17, 18, 71-74 mapped to 01182)"),
        ("locality", _text, "", "locality number"),
        ("facility_cents", _long, "cent", "published facility amount"),
        ("nonfacility_cents", _long, "cent", "published non-facility amount"),
    ),
    "anesthesia": _schema(
        ("mac", _text, "", "contractor"),
        ("locality", _text, "", "locality number"),
        ("conversion_factor", _int, "0.01 $", "anesthesia conversion factor of the locality"),
    ),
    # NCCI procedure-to-procedure edits; direction is law, never normalised.
    "ncci_ptp": _schema(
        ("column_1", _text, "", "the code eligible for payment"),
        ("column_2", _text, "", "the code denied"),
        ("effective", _day, "", "first day in force; null = not in the file"),
        ("deletion", _day, "", "last day in force; null = not deleted"),
        ("modifier_indicator", pa.int8(), "", "0 no modifier, 1 modifier may bypass, 9 never active"),
        ("rationale", _text, "", "edit rationale"),
    ),
    "mue": _schema(
        ("hcpcs", _text, "", "HCPCS code"),
        ("value", _int, "unit", "medically unlikely edit value"),
        ("adjudication", pa.int8(), "", "MAI: 1 line, 2 absolute date of service, 3 date of service"),
        ("rationale", _text, "", "MUE rationale"),
    ),
    "addon": _schema(
        ("edit_type", pa.int8(), "", "1 listed primaries, 2 contractor defined, 3 both"),
        ("addon", _text, "", "add-on code"),
        ("addon_deletion", _day, "", "last day of the add-on code"),
        ("primary", _text, "", "primary code, or CCCCC (contractor defined)"),
        ("primary_deletion", _day, "", "last day of the primary code"),
        ("effective", _day, "", "first day of the edit"),
        ("deletion", _day, "", "last day of the edit"),
        ("instruction", _text, "", "special instruction, empty if none"),
    ),
    "icd10": _schema(
        ("code", _text, "", "ICD-10-CM code without point"),
        ("billable", _flag, "", "valid for a claim (1), else a header (0)"),
        ("side", _text, "", "R, L, B or empty: side named in the code's long title"),
    ),
    "taxonomy": _schema(
        ("code", _text, "", "NUCC taxonomy code"),
        ("grouping", _text, "", "grouping"),
        ("classification", _text, "", "classification"),
        ("specialization", _text, "", "specialization"),
    ),
    "opps_status": _schema(
        ("hcpcs", _text, "", "HCPCS code"),
        ("status_indicator", _text, "", "OPPS status indicator"),
        ("apc", _text, "", "ambulatory payment classification"),
        ("relative_weight", _long, "0.0001", "relative weight; null if none"),
        ("payment_cents", _long, "cent", "national payment rate before wage adjustment; null if none"),
    ),
    "reason_code": _schema(
        ("code", _text, "", "adjustment reason, remark or group code"),
        ("kind", _text, "", "CARC, RARC or Group"),
        ("first", _day, "", "start date"),
        ("last", _day, "", "end date; null while in use"),
    ),
    "place_of_service": _schema(
        ("code", _text, "", "two-digit place of service"),
        ("rate", _text, "", "F facility, N non-facility"),
    ),
}
