"""Every OPPSCAP amount that CMS published for the releases that reproduce, priced by the engine to the cent."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.ledger import Status
from trocar.pricing.physician import contractor_cap
from trocar.pricing.price import price
from trocar.reference.store import Store

pytestmark = pytest.mark.full_data

# The releases whose published amounts CMS computed from the values published beside them (MANIFEST.md).
RELEASES = ("RVU24A", "RVU24AR", "RVU24B", "RVU25D")
OFFICE, HOSPITAL = "11", "22"


def as_claims(rows: pa.Table, day: object, place_of_service: str) -> pa.Table:
    """Published rows as claim lines, each a claim of its own, on one day at one place of service."""
    count = len(rows)
    modifier = rows["modifier"]
    columns = {
        "claim_id": pa.array([f"{number:06d}" for number in range(count)]),
        "line": pa.array(np.ones(count, np.int32)),
        "service_date": pa.array([day] * count, pa.date32()),
        "hcpcs": rows["hcpcs"],
        "modifier_1": pc.if_else(pc.equal(modifier, ""), pa.scalar(None, pa.string()), modifier),
        "place_of_service": pa.array([place_of_service] * count),
        "mac": rows["mac"],
        "locality": rows["locality"],
        "where": pa.array([""] * count),
    }
    return pa.table([columns.get(field.name, pa.nulls(count, field.type)) for field in CLAIM_SCHEMA], CLAIM_SCHEMA)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("place_of_service", "column"), [(OFFICE, "nonfacility_cents"), (HOSPITAL, "facility_cents")])
def test_published_amounts(release: str, place_of_service: str, column: str, full_pack: Pack) -> None:
    """Payable rows are allowed at the published amount; contractor-priced rows are capped at it."""
    store = Store(full_pack.folder.parent)
    file = next(file for file in store.catalog.of_table("opps_cap") if file.release == release)
    rows = store.table("opps_cap").filter(pc.field("file_id") == file.file_id)
    assert len(rows) > 10_000
    priced = price(Batch(as_claims(rows, file.first, place_of_service), full_pack).line)
    published = rows[column].to_numpy()[priced.line.lines.source]
    status = priced.ledger.status
    payable, contractor = status == Status.PRICED, status == Status.CONTRACTOR_PRICED
    # In a facility the schedule marks global and technical rows NA: not payable there, though a figure is published.
    not_in_facility = (status == Status.NOT_PAYABLE) & priced.line.is_facility
    assert np.all(payable | contractor | not_in_facility)
    assert np.all(priced.ledger.amount[payable] == published[payable])
    cap = contractor_cap(priced.line, priced.rates)
    assert np.all(cap[contractor] == published[contractor])
    if place_of_service == OFFICE:
        assert np.all(payable | contractor)
        assert contractor.any()
        assert payable.any()
