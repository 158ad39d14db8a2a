"""Any claim lines written as CSV, in any of the forms the format allows, come back as the same table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trocar.claims.csv import read_claims_csv
from trocar.claims.model import ClaimLine, claim_table

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIGURES = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    """Texts of exactly so many digits, leading zeros included."""
    return st.text(FIGURES, min_size=count, max_size=count)


CODES = st.one_of(
    digits(5),
    st.builds("{}{}".format, digits(4), st.sampled_from(CAPITALS)),
    st.builds("{}{}".format, st.sampled_from(CAPITALS), digits(4)),
)
MODIFIERS = st.lists(st.text(CAPITALS + FIGURES, min_size=2, max_size=2), max_size=4).map(tuple)
DIAGNOSIS = st.builds(
    "{}{}{}".format,
    st.sampled_from(CAPITALS),
    digits(1),
    st.text(CAPITALS + FIGURES, min_size=1, max_size=5),
)
DIAGNOSES = st.lists(DIAGNOSIS, max_size=12).map(tuple)
AMOUNTS = st.none() | st.integers(0, 999_999_999_999).map(lambda cents: Decimal(cents) / 100)
ANSWERS = st.none() | st.booleans()
# Names as people write them, with the marks that a CSV must quote.
TEXTS = st.none() | st.text('aZéÑж",;|', min_size=1, max_size=8)
PLACES = st.just((None, None)) | st.just((None, "NATIONAL")) | st.tuples(digits(5), digits(2))
DIGITS = st.none() | digits(10)


@st.composite
def claim_lines(draw: st.DrawFn) -> list[ClaimLine]:
    """Up to eight lines of up to three claims, each claim and line once."""
    keys = draw(
        st.lists(st.tuples(st.sampled_from(["A", "B-2", "claim, c"]), st.integers(1, 9)), unique=True, max_size=8)
    )
    lines = []
    for claim_id, line in keys:
        mac, locality = draw(PLACES)
        lines.append(
            ClaimLine(
                claim_id=claim_id,
                line=line,
                service_date=draw(st.dates(date(1966, 7, 1), date(2099, 12, 31))),
                hcpcs=draw(CODES),
                modifiers=draw(MODIFIERS),
                units=draw(st.none() | st.integers(1, 9_999_999)),
                charge=draw(AMOUNTS),
                place_of_service=draw(st.none() | digits(2)),
                zip=draw(st.none() | digits(5)),
                mac=mac,
                locality=locality,
                diagnoses=draw(DIAGNOSES),
                setting=draw(st.none() | st.sampled_from(["practitioner", "hospital", "asc"])),
                rendering_npi=draw(DIGITS),
                billing_npi=draw(DIGITS),
                taxonomy=draw(st.none() | st.builds("{}X".format, digits(9))),
                patient_id=draw(TEXTS),
                payer=draw(TEXTS),
                qualifying_apm=draw(ANSWERS),
                participating=draw(ANSWERS),
                provider_type=draw(st.none() | st.sampled_from(["MD", "NP", "PA"])),
                hpsa=draw(ANSWERS),
                deductible_remaining=draw(AMOUNTS),
                same_session=draw(ANSWERS),
                prior_outcome=draw(st.none() | st.just("DENY")),
                not_billed=draw(ANSWERS),
                line_control_number=draw(TEXTS),
                referring_npi=draw(DIGITS | st.just("NONE")),
                received_date=draw(st.none() | st.dates(date(1966, 7, 1), date(2099, 12, 31))),
            )
        )
    return lines


def as_cells(line: ClaimLine, day: str) -> dict[str, str]:
    """The cells of one line, as a person would write them."""
    cells = {
        name: str(value)
        for name in ClaimLine.__dataclass_fields__
        if name not in ("where", "mac", "locality") and (value := getattr(line, name)) is not None
    }
    cells["service_date"] = line.service_date.strftime(day).zfill(8)
    cells["modifiers"] = " ".join(line.modifiers)
    cells["diagnoses"] = " ".join(f"{code[:3]}.{code[3:]}" for code in line.diagnoses)
    for name in ("charge", "deductible_remaining"):
        if (amount := getattr(line, name)) is not None:
            cells[name] = f"${amount:,.2f}"
    cells["locality"] = f"{line.mac}-{line.locality}" if line.mac else line.locality or ""
    return cells


# How long drawing takes hangs on what else the machine does.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    lines=claim_lines(),
    delimiter=st.sampled_from(",\t;|"),
    day=st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%Y%m%d"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    order=st.permutations([name for name in ClaimLine.__dataclass_fields__ if name not in ("where", "mac")]),
)
def test_round_trip(lines: list[ClaimLine], delimiter: str, day: str, encoding: str, order: list[str]) -> None:
    """Whatever the delimiter, date form, encoding and order of columns, the table is that of the lines."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, order, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(as_cells(line, day) for line in lines)
    reading = read_claims_csv(io.BytesIO(stream.getvalue().encode(encoding)))
    assert reading.problems == ()
    expected = [replace(line, where=f"claims.csv row {number}") for number, line in enumerate(lines, 2)]
    assert reading.table.equals(claim_table(expected))


@given(st.text(st.sampled_from('A1,"\n\r;|\t 2024-08-15,77002'), max_size=200))
def test_every_row_is_read_or_reported(body: str) -> None:
    """Conservation: whatever the text, each row read is in the table or among the problems, never both."""
    reading = read_claims_csv(io.BytesIO(f"claim_id,line,dos,cpt\n{body}".encode()))
    assert reading.rows_read == reading.table.num_rows + len(reading.problems)
