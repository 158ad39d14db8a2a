"""Nothing that says who a patient is leaves the reader: not in tables, findings or the view for the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from trocar.claims.x12.annotate import annotated
from trocar.claims.x12.masking import masked, masked_segment, masked_stray
from trocar.entrypoints.cli import app
from x12_files import KINDS, changed, findings, interchange, read, text_of

# Names, ids, addresses and birth dates of the people in the files.
PEOPLE = (
    "ROE",
    "JANE",
    "DOE",
    "JOHN",
    "JILL",
    "1EG4TE5MK73",
    "M777",
    "M778",
    "SAMPLE ST",
    "74105",
    "19500217",
    "20150704",
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_table_names_a_person(kind: str) -> None:
    told = []
    for part in read(interchange(kind)):
        tables = [*vars(part.tables).values()] if part.tables else []
        tables += [*vars(part.acknowledgments).values()] if part.acknowledgments else []
        tables += [table for claims in part.claims.values() for table in (claims.claims, claims.lines)]
        told += [str(table.to_pylist()) for table in tables]
    assert [name for name in PEOPLE for text in told if name in text] == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_view_names_nobody_unless_asked(kind: str) -> None:
    parts = read(interchange(kind))
    shown = " ".join(segment.text for part in parts for segment in annotated(part))
    assert [name for name in PEOPLE if name in shown] == []
    kept = " ".join(segment.text for part in parts for segment in annotated(part, keep_phi=True))
    assert ("ROE" in kept) == (kind != "999")
    # What is not a person's stays.
    assert ("PAYER" in shown) == (kind != "999")


def test_findings_name_nobody() -> None:
    text = text_of(interchange("837P"))
    # Make every element that names somebody wrong: too long, or no date.
    for name in ("ROE", "JANE", "1EG4TE5MK73", "2 SAMPLE ST"):
        text = text.replace(name, name + "X" * 90)
    text = text.replace("19500217", "1950021X")
    found = findings(text)
    assert len(found) >= 5
    shown = " ".join(str(one.to_dict()) for one in found)
    assert [name for name in (*PEOPLE, "1950021X") if name in shown] == []


def test_a_stray_delimiter_in_a_name_shows_no_name() -> None:
    found = findings(text_of(interchange("837P")).replace("ROE*JANE", "ROE~JANE*"))
    assert "XS114" in {one.rule for one in found}
    assert "JANE" not in " ".join(str(one.to_dict()) for one in found)


@pytest.mark.parametrize(
    ("segment", "of_person", "shown"),
    [
        ("NM1*IL*1*ROE*JANE*Q***MI*1EG4", True, "NM1|IL|1|***|***|***|||MI|***"),
        ("NM1*85*2*GROUP*****XX*123", False, "NM1|85|2|GROUP|||||XX|123"),
        ("REF*SY*123", False, "REF|SY|***"),
        ("REF*EI*123", False, "REF|EI|123"),
        ("NTE*ADD*SHE FELL", False, "NTE|***|***"),
        ("N4*TULSA*OK*74105", True, "N4|***|***|***"),
        ("N4*TULSA*OK*74105", False, "N4|TULSA|OK|74105"),
        ("ISA*00*          *01*SECRET    *ZZ", False, "ISA|00|          |01|***|ZZ"),
    ],
)
def test_masked_segments(segment: str, of_person: bool, shown: str) -> None:
    assert masked_segment(segment.replace("*", "|"), "|", of_person=of_person) == shown


@pytest.mark.parametrize(
    ("segment", "is_known", "shown"),
    [
        ("NM1*QQ*1*ROE*JANE****MI*1EG4", True, "NM1*QQ*1****"),
        ("ROE*JANE*19500217", False, "ROE*"),
        ("ROEBUCK", False, "ROE"),
        ("DMG*D8*19500217*F", True, "DMG*"),
        ("SV1*HC:77002*310*UN*1", True, "SV1*HC:77002*310*UN*1"),
    ],
)
def test_a_segment_without_a_place_is_as_if_of_a_person(segment: str, is_known: bool, shown: str) -> None:
    masked_text = masked_stray(segment, "*", is_known=is_known)
    assert masked_text.startswith(shown)
    assert [name for name in ("ROEBUCK", "JANE", "1EG4", "19500217") if name in masked_text] == []


def test_stray_segments_name_nobody_in_the_view() -> None:
    """A name before which the segment's id was lost, a loop of another guide, data copied into a 999."""
    segments = interchange("837P")
    at = segments.index("N3*2 SAMPLE ST")
    stray = [*segments[:at], "JANE*ROE*Q", "NM1*QQ*1*ROE*JANE****MI*1EG4TE5MK73", *segments[at:]]
    receipt = changed(interchange("999"), **{"IK4*9*67*7*123": "IK4*3*1035*7*ROE JANE"})
    shown = " ".join(one.text for part in (*read(stray), *read(receipt)) for one in annotated(part))
    assert [name for name in PEOPLE if name in shown] == []


def test_masked_elements() -> None:
    assert masked("NM109", "1234567893") == "1234567893"
    assert masked("NM109", "1EG4", "2010BA") == "***"
    assert masked("DMG02", "19500217") == "***"
    assert masked("CLM02", "100") == "100"


def test_keep_phi_says_what_it_does(tmp_path: Path) -> None:
    path = tmp_path / "sent.837"
    path.write_text(text_of(interchange("837P")))
    runner = CliRunner()
    shown = runner.invoke(app, ["x12", str(path)])
    assert "ROE" not in shown.output
    kept = runner.invoke(app, ["x12", str(path), "--keep-phi"])
    assert "ROE*JANE" in kept.output
    assert "this output is PHI" in kept.output
