"""Reading: delimiters, several interchanges, pieces of any size, places to the byte; nothing ends it but the end."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.claims.x12 import source, stream
from trocar.claims.x12.delimiters import delimiters_of
from trocar.claims.x12.read import read_x12
from trocar.claims.x12.source import looks_like_x12, x12_sources
from trocar.core.errors import ClaimInputError
from x12_files import CLAIM, DEPENDENT, KINDS, PROFESSIONAL, findings, interchange, read, said, source_of, text_of

EVERY_KIND = sorted(KINDS)


def whole(content: str | bytes, size: int | None = None) -> tuple[list[object], list[object]]:
    """The rows of all tables, and all findings; read in pieces of some bytes."""
    with pytest.MonkeyPatch.context() as patch:
        if size:
            patch.setattr(stream, "PIECE", size)
            patch.setattr(source, "PIECE", size)
        parts = read(content)
    rows: list[object] = []
    for name in ("payments", "claims", "lines", "adjustments", "remarks", "provider_adjustments"):
        rows += [row for part in parts if part.tables for row in getattr(part.tables, name).to_pylist()]
    for name in ("batches", "claims", "statuses", "transactions", "errors", "interchanges"):
        rows += [
            row for part in parts if part.acknowledgments for row in getattr(part.acknowledgments, name).to_pylist()
        ]
    for guide in ("837P", "837I"):
        for name in ("claims", "lines"):
            rows += [
                row for part in parts if guide in part.claims for row in getattr(part.claims[guide], name).to_pylist()
            ]
    return rows, [one.to_dict() for part in parts for one in part.findings]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_clean_file_has_no_findings(kind: str) -> None:
    assert findings(interchange(kind)) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize(
    ("element", "component", "repetition", "terminator"),
    [("|", ">", "^", "\x1c"), ("*", ":", "^", "\n"), ("\x1d", "\x1f", "\x1e", "'"), ("+", "!", "%", "~\r\n")],
)
def test_any_delimiters(kind: str, element: str, component: str, repetition: str, terminator: str) -> None:
    segments = interchange(kind)
    look = str.maketrans({"*": element, ":": component, "^": repetition})
    other = "".join(segment.translate(look) + terminator for segment in segments)
    rows, found = whole(other)
    expected, _ = whole(text_of(segments))
    places = {"byte"}
    assert found == []
    assert [{k: v for k, v in row.items() if k not in places} for row in rows] == [  # type: ignore[attr-defined]
        {k: v for k, v in row.items() if k not in places}
        for row in expected  # type: ignore[attr-defined]
    ]


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(EVERY_KIND), size=st.integers(64, 4000), wrapped=st.booleans())
def test_the_size_of_the_pieces_changes_nothing(kind: str, size: int, wrapped: bool) -> None:
    bodies = [KINDS[kind][3]] * 3
    text = text_of(interchange(kind, *bodies), "~\n" if wrapped else "~")
    assert whole(text * 2, size) == whole(text * 2)


def test_several_interchanges_with_other_delimiters_in_one_file() -> None:
    first = text_of(interchange("835"))
    other = text_of(interchange("837P")).translate(str.maketrans({"*": "|", ":": ">"}))
    parts = read(first + "\r\n" + other + first)
    # All that is wrong is that their numbers are the same.
    assert [one.rule for part in parts for one in part.findings] == ["XS125", "XS125"]
    assert sum(part.tables.claims.num_rows for part in parts if part.tables) == 6
    assert sum(part.claims["837P"].claims.num_rows for part in parts if part.claims) == 2


def test_numbers_and_bytes_go_on_over_interchanges() -> None:
    first = text_of(interchange("999"), "~\n")
    broken = text_of(interchange("837P"), "~\n").replace("*490.5*", "*490.6*", 1)
    again, one = findings(first + broken)
    assert (again.rule, one.rule) == ("XS125", "XS301")
    # The bytes of the file at that place are those of the segment.
    assert (first + broken)[one.byte :].startswith("CLM*A100*490.6")
    # 13 segments of the first file; then ISA GS ST, 4 of the header, 6 of billing, HL, 6 of the subscriber, CLM: 21.
    assert one.segment == 13 + 3 + 4 + 6 + 1 + 6 + 1


def test_an_acknowledgment_between_envelopes_is_read() -> None:
    segments = interchange("837P")
    segments.insert(1, "TA1*000000005*250301*1200*R*018")
    parts = read(segments)
    assert [one for part in parts for one in part.findings] == []
    (answer,) = (part.acknowledgments for part in parts)
    assert answer is not None
    row = answer.interchanges.to_pylist()[0]
    assert (row["interchange_control_number"], row["outcome"], row["note"]) == ("000000005", "R", "018")


def test_an_isa_one_byte_short_is_read_by_its_separators() -> None:
    segments = interchange("837P")
    segments[0] = segments[0].replace("00*          *00", "00*         *00", 1)
    # The length of the segment, and that of the element.
    assert said(segments) == [("XS102", 1, "ISA"), ("XS116", 1, "ISA02")]


def test_a_line_end_that_is_a_delimiter_is_not_passed_over() -> None:
    """An empty segment between newlines that end segments has the byte of the newline that stands alone."""
    text = text_of(interchange("837P"), "\n").replace("PAT*19\n", "PAT*19\n\n")
    (empty,) = [one for one in findings(text) if one.rule == "XS122"]
    assert (empty.segment, empty.byte) == (42, text.index("\n\n") + 1)
    # Where a carriage return separates elements, a segment of separators alone is one of an unknown id.
    text = text_of(interchange("999")).replace("*", "\r").replace("IK5\r", "\r\r~IK5\r")
    assert ("XS114", 9, "") in said(text)  # ISA GS ST AK1 AK2 IK3 CTX IK4, then it


def test_what_belongs_to_no_interchange_is_told() -> None:
    junk = "HTTP/1.1 200 OK\r\n\r\n"
    found = findings(junk + text_of(interchange("835")))
    assert [(one.rule, one.byte) for one in found] == [("XS101", 0)]
    assert f"{len(junk)} bytes" in found[0].message


def test_a_file_without_an_interchange_is_told() -> None:
    assert [(one.rule, one.byte) for one in findings("no,claims\r\n1,2\r\n" * 10)] == [("XS101", 0)]
    assert read("")[0].findings == ()


def test_a_byte_order_mark_and_blanks_are_not_junk() -> None:
    assert findings(b"\xef\xbb\xbf\r\n " + text_of(interchange("835")).encode() + b"\r\n\x1a") == []


def test_a_cut_file_keeps_what_it_has() -> None:
    text = text_of(interchange("835"))
    cut = text[: text.index("CAS*CO*97") + 11]
    parts = read(cut)
    assert sum(part.tables.lines.num_rows for part in parts if part.tables) == 2
    rules = {one.rule for part in parts for one in part.findings}
    # No terminator, and ST, GS, ISA are never closed.
    assert {"XS104", "XS108"} <= rules


def test_an_interchange_in_the_middle_of_another() -> None:
    text = text_of(interchange("835"))
    cut = text[: text.index("CAS*CO*97") + 11]
    parts = read(cut + text)
    assert sum(part.tables.claims.num_rows for part in parts if part.tables) == 1 + 3


@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_compressed_files(tmp_path: Path, ending: str) -> None:
    text = text_of(interchange("837P")).encode()
    path = tmp_path / f"claims{ending}"
    if ending == ".gz":
        path.write_bytes(gzip.compress(text))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("one.837", text)
            archive.writestr("folder/two.835", text_of(interchange("835")))
    assert all(looks_like_x12(one) for one in x12_sources(path))
    parts = [part for one in x12_sources(path) for part in read_x12(one)]
    assert sum(part.claims["837P"].claims.num_rows for part in parts if part.claims) == 2
    assert sum(part.tables.claims.num_rows for part in parts if part.tables) == (3 if ending == ".zip" else 0)
    assert [one for part in parts for one in part.findings] == []


def test_a_damaged_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "claims.gz"
    packed = gzip.compress(text_of(interchange("837P", *[PROFESSIONAL] * 2000)).encode())
    path.write_bytes(packed[: len(packed) // 2])
    parts = [part for one in x12_sources(path) for part in read_x12(one, types=frozenset({1}))]
    assert "XS105" in {one.rule for part in parts for one in part.findings}
    assert sum(part.claims["837P"].claims.num_rows for part in parts if part.claims) > 100


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.zip"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(ClaimInputError, match="zip is damaged"):
        x12_sources(path)


def test_strict_raises_the_first_error_with_its_place() -> None:
    text = text_of(interchange("837P")).replace("*490.5*", "*490.6*", 1)
    with pytest.raises(ClaimInputError, match=r"490\.60") as caught:
        list(read_x12(source_of(text), strict=True))
    assert caught.value.where == f"f.x12 segment 21 CLM02 (byte {text.index('CLM*')})"


def test_bytes_that_are_no_text_move_nothing() -> None:
    text = text_of(interchange("837P")).encode("latin-1").replace(b"ROE*JANE", b"R\xd6E*JAN\xc9", 1)
    found = findings(text.replace(b"*490.5*", b"*490.6*", 1))
    assert [(one.rule) for one in found] == ["XS121", "XS301"]
    assert text[found[1].byte :].startswith(b"CLM*")


def test_a_claim_knows_its_levels_after_thousands_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PIECE", 1 << 19)
    monkeypatch.setattr(source, "PIECE", 1 << 19)
    claims = [segment for _ in range(3000) for segment in ("HL*2*1*22*0", "SBR*P*18*******MB", *CLAIM)]
    body = [*PROFESSIONAL[:11], *claims]
    parts = read(interchange("837P", body), types=())
    assert len(parts) > 1
    zips = {zip_ for part in parts for zip_ in part.claims["837P"].claims["billing_zip"].to_pylist()}
    assert zips == {"741041234"}


def test_what_stands_before_a_dependent_does_not_reach_the_next_subscriber() -> None:
    body = [*PROFESSIONAL[:10], *DEPENDENT, "HL*5*1*22*0", *PROFESSIONAL[11:17], *CLAIM]
    claims = [row for part in read(interchange("837P", body)) for row in part.claims["837P"].claims.to_pylist()]
    assert [row["payer_id"] for row in claims] == ["P002", "P001"]
    assert claims[0]["patient_id"] != claims[1]["patient_id"]


@pytest.mark.parametrize("text", ["", "ISA", "ISA*", "ISA*00*", "ISA" + "*" * 15, "ISA" + "*" * 16 + ":A"])
def test_half_an_isa_has_no_delimiters(text: str) -> None:
    assert delimiters_of(text.encode()) is None


def test_a_transaction_without_a_place_to_cut_is_read_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PIECE", 1 << 12)
    monkeypatch.setattr(source, "PIECE", 1 << 12)
    monkeypatch.setattr(stream, "_MOST_HELD", 1 << 14)
    body = [*PROFESSIONAL[:4], *["K3*A NOTE THAT STANDS IN NO LOOP"] * 3000]
    parts = read(interchange("837P", body), types=(1,))
    found = [one for part in parts for one in part.findings]
    assert "XS106" in {one.rule for one in found}
    assert max(len(part.piece.segments.text) for part in parts) < 1 << 15
    # Every segment is told.
    assert sum(one.rule == "XS201" for one in found) == 3000


def test_a_segment_that_never_ends_is_read_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MOST_HELD", 1 << 20)
    text = text_of(interchange("835")[:5]) + "A" * (1 << 22)
    parts = read(text, types=(1,))
    assert max(len(part.piece.segments.text) for part in parts) < 1 << 22
    assert {"XS106", "XS104"} <= {one.rule for part in parts for one in part.findings}
