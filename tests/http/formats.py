"""One claim, 77012 beside a biopsy that contains it, in every format that the desk takes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from x12_files import BILLING, CLAIM_HEADER, SUBSCRIBER, interchange, text_of

ROWS = (("32408", ""), ("77012", "26"))
CSV_TEXT = "claim_id,line,service_date,hcpcs,modifiers,place_of_service,zip\n" + "".join(
    f"K1,{n},2024-08-15,{code},{modifier},22,10001\n" for n, (code, modifier) in enumerate(ROWS, 1)
)
_CLAIM = [
    *CLAIM_HEADER, *BILLING, "HL*2*1*22*0", *SUBSCRIBER, "CLM*K1*200***22:B:1*Y*A*Y*Y", "HI*ABK:R911",
    *(
        segment
        for n, (code, modifier) in enumerate(ROWS, 1)
        for segment in (f"LX*{n}", f"SV1*HC:{code}{modifier and ':' + modifier}*100*UN*1***1", "DTP*472*D8*20240815")
    ),
]  # fmt: skip
X12_TEXT = text_of(interchange("837P", _CLAIM))
FHIR_TEXT = json.dumps(
    {
        "resourceType": "Claim",
        "identifier": [{"value": "K1"}],
        "patient": {"reference": "Patient/ROE-JANE"},
        "item": [
            {
                "sequence": n,
                "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": code}]},
                "modifier": [{"coding": [{"code": modifier}]}] if modifier else [],
                "servicedDate": "2024-08-15",
                "locationCodeableConcept": {"coding": [{"code": "22"}]},
            }
            for n, (code, modifier) in enumerate(ROWS, 1)
        ],
    }
)
JSON_LINES = "".join(
    json.dumps(
        {"claim_id": "K1", "line": n, "service_date": "2024-08-15", "hcpcs": code, "modifiers": modifier,
         "place_of_service": "22", "zip": "10001"}
    ) + "\n"
    for n, (code, modifier) in enumerate(ROWS, 1)
)  # fmt: skip


def _parquet() -> bytes:
    rows = [dict(zip(CSV_TEXT.partition("\n")[0].split(","), row.split(","), strict=True))
            for row in CSV_TEXT.splitlines()[1:]]  # fmt: skip
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), target)
    return target.getvalue()


def zipped(content: bytes, name: str = "sent.837") -> bytes:
    """A zip of one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


FILES = {
    "claims.csv": CSV_TEXT.encode(),
    "claims.csv.gz": gzip.compress(CSV_TEXT.encode()),
    "claims.ndjson": JSON_LINES.encode(),
    "sent.837": X12_TEXT.encode(),
    "sent.837.gz": gzip.compress(X12_TEXT.encode()),
    "sent.zip": zipped(X12_TEXT.encode()),
    "claim.json": FHIR_TEXT.encode(),
    "claims.parquet": _parquet(),
}
MEDIA_TYPES = {
    "claims.csv": "text/csv",
    "claims.ndjson": "application/x-ndjson",
    "sent.837": "application/edi-x12",
    "sent.zip": "application/edi-x12",
    "claim.json": "application/fhir+json",
    "claims.parquet": "application/vnd.apache.parquet",
}
