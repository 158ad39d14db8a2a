"""The writer without persons: nothing of a person is left, and everything else is read as before."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from trocar.claims.patient_key import KEY_VARIABLE
from trocar.claims.x12.deidentify import Choices, Written, deidentified
from trocar.claims.x12.kept import Dates, Providers, Zips
from trocar.claims.x12.masking import Pseudonyms
from trocar.core.codes import Npi
from trocar.core.errors import ClaimInputError
from trocar.entrypoints.cli import app
from x12_files import KINDS, NPI, OTHER_NPI, changed, interchange, read, recounted, said, source_of, text_of

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))
import generate_edi
import generate_edi_kinds

# Columns that the writer may change; every other column of every table is the same.
PERSONAL = frozenset(
    {
        "claim_id",
        "member_id",
        "patient_id",
        "subscriber_id",
        "patient",
        "payer_claim_control_number",
        "original_reference",
        "line_control_number",
        "prior_authorization_number",
        "referral_number",
        "check_number",
        "payee_tax_id",
        "reference",
        "batch_id",
        "clearinghouse_number",
        "byte",
        "patient_last_name",
        "patient_first_name",
        "patient_birth_date",
    }
)
PEOPLE = ("ROE", "JANE", "DOE", "JOHN", "JILL", "JANET", "1EG4TE5MK73", "M777", "M778", "SAMPLE", "74105")
# Nine digits may be a tax number; blanks and other marks are in no code.
MAY_GO = re.compile(r"^[0-9]{9}$|[^A-Za-z0-9.]")
BORN = ("19500217", "20150704")


def written(
    content: str | bytes | Path | Iterable[str], choices: Choices | None = None, key: bytes = b"a key of sixteen"
) -> str:
    """The text the writer makes of a file, a text or segments."""
    if not isinstance(content, str | bytes | Path):
        content = text_of(content)
    made = deidentified(source_of(content), Written(), choices or Choices(), Pseudonyms(key))
    return b"".join(made).decode()


def words(text: str, element: str = "*", component: str = ":", terminator: str = "~") -> Counter[str]:
    """Every element and component of a text, counted."""
    for mark in (component, terminator, "\r", "\n"):
        text = text.replace(mark, element)
    return Counter(word.strip() for word in text.split(element))


def personal_words(text: str) -> Counter[str]:
    """What says who a patient is, found by looking at each segment alone: a reading apart from that of the writer."""
    element, component, terminator = text[3], text[104], text[105]
    found: Counter[str] = Counter()
    of_person = False
    for segment in text.split(terminator):
        name, *elements = segment.strip("\r\n").split(element)
        elements += [""] * (10 - len(elements))
        if name in ("NM1", "N1"):
            of_person = elements[0] in ("IL", "QC", "74", "GB", "PW", "45")
            found.update([*elements[2:5], elements[8]] if of_person else [])
        elif name in ("CLM", "CLP", "SVC", "HL"):
            of_person = False
        if name in ("N3", "N4") and of_person:
            found.update([*elements[:2]] if name == "N3" else [elements[0], elements[2]])
        elif name == "DMG" and elements[1][4:] != "0101":
            found[elements[1]] += 1
        elif name == "CLM":
            found[elements[0]] += 1
        elif name == "CLP":
            found.update([elements[0], elements[6]])
        elif name == "REF" and elements[0] in ("6R", "F8", "EA", "SY", "EI", "1L", "1W", "G1", "9F", "IG", "Y4", "1K"):
            found[elements[1]] += 1
        elif name in ("NTE", "K3"):
            found[elements[1 if name == "NTE" else 0]] += 1
        elif name == "PER":
            found.update([elements[1], elements[3], elements[5], elements[7]])
    found.update(part for word in list(found) if component in word for part in word.split(component))
    return Counter({word.strip(): count for word, count in found.items() if len(word.strip()) >= 4})


def left_of_persons(text: str, made: str) -> list[str]:
    """Words of persons that the new text holds more often than the old one held them for something else."""
    personal = personal_words(text)
    before, after = words(text, text[3], text[104], text[105]), words(made, made[3], made[104], made[105])
    return [word for word, count in personal.items() if after[word] > max(before[word] - count, 0)]


def tables(content: str | bytes | Path) -> list[tuple[str, pa.Table]]:
    """Every table of a file without the columns of persons, piece by piece."""
    found = []
    for part in read(content, types=()):
        for guide, claims in part.claims.items():
            found += [(f"{guide} claims", claims.claims), (f"{guide} lines", claims.lines)]
        for of in (part.tables, part.acknowledgments):
            found += [] if of is None else list(vars(of).items())
    return [(name, table.drop_columns([c for c in table.column_names if c in PERSONAL])) for name, table in found]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("providers", list(Providers))
def test_nothing_of_a_person_is_left_and_all_else_is_read_as_before(kind: str, providers: Providers) -> None:
    text = text_of(interchange(kind), "~\r\n")
    made = written(text, Choices(providers=providers))
    assert [name for name in (*PEOPLE, *BORN) if words(made)[name]] == []
    assert left_of_persons(text, made) == []
    assert said(made) == said(text)
    assert made.count("~\r\n") == text.count("~\r\n")
    if providers is Providers.KEEP:
        assert [table for _, table in tables(made)] == [table for _, table in tables(text)]


def test_files_written_apart_join_under_one_key() -> None:
    sent, answered = (written(interchange(kind)) for kind in ("837P", "277CA"))
    names = {claim for part in read(sent) for claim in part.claims["837P"].claims["claim_id"].to_pylist()}
    said_of = {claim for part in read(answered) if part.acknowledgments
               for claim in part.acknowledgments.claims["claim_id"].to_pylist()}  # fmt: skip
    assert len(names) == 2
    assert names == said_of
    assert "A100" not in names
    # BHT03 of the claims is the second TRN02 of the answer.
    assert sent.split("BHT*")[1].split("*")[2] == answered.split("TRN*2*")[1].split("~")[0]
    other = {claim for part in read(written(interchange("837P"), key=b"another of sixteen"))
             for claim in part.claims["837P"].claims["claim_id"].to_pylist()}  # fmt: skip
    assert not other & names


def test_the_same_person_is_the_same_person_in_claim_and_remittance() -> None:
    sent, paid = written(interchange("837P")), written(interchange("835"))
    for start in ("NM1*IL*", "NM1*QC*"):
        assert start in (sent if "IL" in start else paid)
    assert sent.split("NM1*IL*1*")[1].split("~")[0] == paid.split("NM1*QC*1*")[1].split("~")[0]


def test_birth_dates_keep_the_year_unless_it_tells_an_age_over_89() -> None:
    # The interchange is of 2025: who was born in 1935 may be 90, who was born in 1936 is 89 at most.
    for born, shown in (("19350101", "19350101"), ("19341231", "19350101"), ("19360501", "19360101")):
        made = written(changed(interchange("837P"), **{"19500217": born}))
        assert f"DMG*D8*{shown}*F" in made, born


@pytest.mark.parametrize(
    ("zips", "zip_code", "shown"),
    [
        (Zips.THREE, "74105", "74100"),
        (Zips.THREE, "741051234", "741000000"),
        (Zips.THREE, "03602", "00000"),  # 036 has no 20,000 people
        (Zips.NONE, "74105", "00000"),
        (Zips.THREE, "K1A 0B1", "XXXXXXX"),
    ],
)
def test_zips_of_persons(zips: Zips, zip_code: str, shown: str) -> None:
    made = written(changed(interchange("837P"), **{"OK*74105": f"OK*{zip_code}"}), Choices(zips=zips))
    assert f"N4*REMOVED*OK*{shown}~" in made
    assert "N4*TULSA*OK*741200001~" in made  # of the facility, by which the claim is priced


def test_a_facility_where_the_patient_lives_is_the_address_of_the_patient() -> None:
    made = written(changed(interchange("837P"), **{"***22:B:1": "***12:B:1"}))
    assert "HOSPITAL" not in made
    assert "741200001" not in made
    assert f"NM1*77*2*TOWN HOSPITAL*****XX*{NPI}" not in made
    assert "N3*REMOVED~N4*REMOVED*OK*000000000" in made
    assert said(made) == said(changed(interchange("837P"), **{"***22:B:1": "***12:B:1"}))


def test_tax_numbers_go_and_npis_stay_unless_asked() -> None:
    kept, gone = (written(interchange("835"), Choices(providers=providers)) for providers in Providers)
    for made in (kept, gone):
        assert "123456789" not in words(made)
        assert made.split("REF*TJ*")[1].split("~")[0].isdigit()
    assert f"N1*PE*RADIOLOGY GROUP*XX*{NPI}~" in kept
    assert NPI not in gone
    assert "RADIOLOGY" not in gone
    assert Npi.parse(gone.split("*XX*")[1].split("~")[0]).check_digit_holds
    assert "N1*PR*FIRST PAYER*XV*P001~" in gone
    # A wrong check digit stays wrong.
    wrong = changed(interchange("837P"), **{OTHER_NPI: "1245319590"})
    assert [rule for rule, _, _ in said(written(wrong, Choices(providers=Providers.REPLACE)))] == ["XS501"]


def test_days_move_by_as_many_for_each_patient_and_alike_in_every_file() -> None:
    choices = Choices(dates=Dates.SHIFT)
    paid = changed(
        interchange("835"), **{"DTM*232*20240301": "DTM*232*20250203", "NM1*QC*1*DOE*JOHN~SVC": "NM1*QC*1*DOE*JOHN~SVC"}
    )
    sent, answered, remitted = (
        written(one, choices) for one in (interchange("837P"), interchange("277CA"), paid)
    )  # fmt: skip
    first = sent.split("DTP*472*D8*")[1][:8]
    assert first != "20250203"
    assert first < "20250203"
    assert answered.split("DTP*472*D8*")[1][:8] == first
    assert remitted.split("DTM*232*")[1][:8] == first
    # The period of the second line begins on the same day and is one day longer.
    begin, end = sent.split("DTP*472*RD8*")[1][:17].split("-")
    assert begin == first
    assert (date.fromisoformat(end) - date.fromisoformat(begin)).days == 1
    # The dependent goes by the number of the insured, and by other days.
    other = sent.split("DTP*472*D8*")[2][:8]
    assert other == answered.split("DTP*472*D8*")[2][:8]
    # Days of the file and of the payment stay.
    assert "BHT*0019*00*" in sent
    assert "*20240415~" in remitted
    assert said(sent) == said(interchange("837P"))


def test_years_alone() -> None:
    made = written(interchange("837P"), Choices(dates=Dates.YEAR))
    assert "DTP*472*RD8*20250101-20250101~" in made
    assert "*250101*0000*^*" in made
    assert "20250203" not in made
    assert said(made) == said(interchange("837P"))
    paid = written(interchange("835"), Choices(dates=Dates.YEAR))
    assert "20240415" not in paid
    assert said(paid) == said(interchange("835"))


def test_free_text_numbers_and_contacts_are_gone() -> None:
    segments = interchange("837P")
    at = segments.index("HI*ABK:M1711*ABF:R918")
    more = ["REF*EA*MRN4711", "K3*SEEN WITH HER SISTER", "NTE*ADD*FELL AT 12 ELM ST"]
    segments = recounted([*segments[:at], *more, *segments[at:]])
    segments = changed(segments, **{"SV1*HC:77002:26:59*": "SV1*HC:77002:26:59:::GUIDANCE FOR JANE ROE*"})
    made = written(segments)
    for gone in ("MRN4711", "SISTER", "ELM", "GUIDANCE", "EDI DESK", "5555550100"):
        assert gone not in made, gone
    assert "NTE*ADD*REMOVED~" in made
    assert said(made) == said(segments)


def test_what_is_not_known_is_emptied_and_counted() -> None:
    segments = interchange("837P")
    at = segments.index("SE*57*0001")
    odd = ["JANE*ROE*19500217", "NM1*IL*1*ROE*JANE*Q***MI*1EG4TE5MK73*MRS ROE*JANE ROE*ROE*MORE OF ROE"]
    counts = Written()
    source = source_of(text_of([*segments[:at], *odd, *segments[at:]]))
    made = b"".join(deidentified(source, counts, Choices(), Pseudonyms(b"a key of sixteen"))).decode()
    assert counts.unknown == 1
    assert counts.replaced["NM1"] == 12 + 8
    assert "ROE" not in made
    assert "~ZZZ~NM1*IL*1*" in made
    assert made.count("~") == len(segments) + 2


def test_a_file_that_is_no_x12_is_refused() -> None:
    with pytest.raises(ClaimInputError, match="no X12 interchange"):
        written("claim_id,hcpcs\nA1,77002\n")
    with pytest.raises(ClaimInputError, match="letters or digits"):
        written(text_of(interchange("837P")).replace(":", "B"))


def test_an_unfinished_file_stays_unfinished() -> None:
    text = text_of(interchange("837P")).rsplit("IEA", 1)[0] + "IEA*1*0000"
    assert not written(text).endswith("~")
    assert said(written(text)) == said(text)


def test_references_of_provider_adjustments_keep_naming_their_claims() -> None:
    text = changed(
        interchange("835"),
        **{"CLP*A3": "CLP*A3000", "WO:ICN9": "WO:ICN3 A3000", "L6:INT": "L6:00ICN1             A1"},
    )
    made = written(text)
    [remittances] = [part.tables for part in read(made, types=()) if part.tables]
    claims = remittances.claims
    references = remittances.provider_adjustments["reference"].to_pylist()
    by_number = dict(zip(claims["payer_claim_control_number"].to_pylist(), claims["claim_id"].to_pylist(), strict=True))
    icn1, _, icn3 = by_number
    assert icn3 in references[0].split()
    assert by_number[icn3] in references[0].split()
    assert by_number[icn1] in references[1].split() or references[1][2:19].strip() == icn1


TEXTS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=12).map("QX".__add__)
MARKS = st.permutations("*|^!;~>\x1d\x1c+").map(lambda marks: marks[:4])


@settings(deadline=None, max_examples=60)
@given(names=st.lists(TEXTS, min_size=4, max_size=4, unique=True), marks=MARKS, kind=st.sampled_from(["837P", "837I"]))
def test_no_name_number_or_address_survives_whatever_the_delimiters(
    names: list[str], marks: list[str], kind: str
) -> None:
    text = text_of(interchange(kind), "~")
    for old, new in zip(("ROE", "JANE", "1EG4TE5MK73", "2 SAMPLE ST"), names, strict=True):
        text = text.replace(old, new)
    text = text.translate(str.maketrans("*:^~", "".join(marks)))
    made = written(text)
    assert [name for name in names if name in made] == []
    assert said(made) == said(text)
    assert made[:106][3] == text[3]
    assert made.count(marks[3]) == text.count(marks[3])


@settings(deadline=None, max_examples=60)
@given(
    at=st.integers(0, 4000),
    what=st.sampled_from(["drop", "*", "~", ":", "**", "\n"]),
    kind=st.sampled_from(list(KINDS)),
)
def test_a_delimiter_too_many_or_too_few_shows_nobody(at: int, what: str, kind: str) -> None:
    text = text_of(interchange(kind))
    for name in ("ROE", "JANE", "DOE", "JOHN", "JILL"):
        text = text.replace(f"*{name}", f"*QX{name}S")
    places = [place for place, mark in enumerate(text) if mark in "*~:" and place > 106]
    place = places[at % len(places)]
    text = text[:place] + ("" if what == "drop" else what) + text[place + (what != "\n") :]
    made = written(text)
    shown = words(made)
    assert [word for word in shown if "QX" in word] == []
    assert [word for word in ("1EG4TE5MK73", "M777", "M778", *BORN) if shown[word]] == []
    assert len(read(made)) == len(read(text))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_damage_never_ends_the_writing(noise: bytes, at: int) -> None:
    text = text_of(interchange("837P")).encode()
    place = 106 + at % (len(text) - 106)
    made = written(text[:place] + noise + text[place:])
    segments = sum(
        len(part.piece.segments) - part.piece.segments.known for part in read(text[:place] + noise + text[place:])
    )
    assert sum(len(part.piece.segments) - part.piece.segments.known for part in read(made)) == segments


@pytest.mark.full_data
def test_samples_are_read_as_before_and_name_nobody(samples: Path) -> None:
    seen = 0
    for path in sorted(samples.rglob("*")):
        if not path.is_file() or path.suffix in (".md", ".py") or path.name == "imsweb__x12_no_isa_line.txt":
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        made = written(path)
        # An id that is none is emptied: its finding stays, without it.
        assert [(rule, at) for rule, at, _ in said(made)] == [(rule, at) for rule, at, _ in said(path)], path.name
        for (name, old), (_, new) in zip(tables(path), tables(made.encode()), strict=True):
            changes = [
                (column, before)
                for column in old.column_names
                for before, after in zip(old[column].to_pylist(), new[column].to_pylist(), strict=True)
                if before != after and not MAY_GO.search(str(before))
            ]
            assert changes == [], (path.name, name)
        if text.startswith("ISA") and "malformed" not in path.parts:
            assert left_of_persons(text, made) == [], path.name
        seen += 1
    assert seen > 60


def test_the_command_counts_and_says_what_it_wrote(tmp_path: Path) -> None:
    path, out = tmp_path / "sent.837", tmp_path / "out.837"
    path.write_text(text_of(interchange("837P")))
    runner = CliRunner()
    answer = runner.invoke(app, ["deidentify", str(path), "-o", str(out)])
    assert answer.exit_code == 0
    # 61 segments: ISA, GS, ST, 55 of the body, SE, GE, IEA.
    assert "61 segments; elements replaced: BHT 1, CLM 2, DMG 2, N3 2, N4 4, NM1 12, PER 2, REF 2" in answer.output
    assert "limited data set" in answer.output
    assert "ROE" not in out.read_text()
    yearly = runner.invoke(app, ["deidentify", str(path), "-o", str(out), "--dates", "year"])
    assert "164.514(b)(2)(i)" in yearly.output


def test_nothing_is_written_when_the_file_can_not_be_read(tmp_path: Path) -> None:
    path, out = tmp_path / "notes.txt", tmp_path / "out.837"
    path.write_text("hello")
    answer = CliRunner().invoke(app, ["deidentify", str(path), "-o", str(out)])
    assert answer.exit_code == 2
    assert list(tmp_path.iterdir()) == [path]


def test_generated_files_still_join_and_balance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key for tests alone")
    generate_edi.generate(tmp_path, 200, seed=5, rate=0.2)
    runner = CliRunner()
    for name in ("sent.837", "era.835"):
        answer = runner.invoke(app, ["deidentify", str(tmp_path / name), "-o", str(tmp_path / f"new_{name}")])
        assert answer.exit_code == 0, answer.output
        text, made = ((tmp_path / one).read_text() for one in (name, f"new_{name}"))
        assert left_of_persons(text, made) == []
        assert said(made) == said(text)
    rows = []
    for prefix in ("", "new_"):
        book = tmp_path / f"{prefix}book"
        command = ["remit", str(tmp_path / f"{prefix}era.835"), "--claims", str(tmp_path / f"{prefix}sent.837")]
        answer = runner.invoke(app, [*command, "-o", str(book), "--format", "json"])
        rows.append(_without_numbers(answer.stdout))
    assert rows[0] == rows[1]
    assert len(rows[0]) > 20


def test_acknowledgments_of_generated_claims_still_join(tmp_path: Path) -> None:
    """837I, 277CA and 999 written apart: as many accepted, rejected and unanswered as before."""
    generate_edi_kinds.generate(tmp_path, 60, seed=2, rate=0.2)
    runner = CliRunner()
    for name in ("sent.837i", "answer.277ca", "receipt.999"):
        command = ["deidentify", str(tmp_path / name), "-o", str(tmp_path / f"new_{name}"), "--providers", "replace"]
        assert runner.invoke(app, command).exit_code == 0
        text, made = ((tmp_path / one).read_text() for one in (name, f"new_{name}"))
        assert left_of_persons(text, made) == []
        assert said(made) == said(text)
    rows = []
    for prefix in ("", "new_"):
        answers = [str(tmp_path / f"{prefix}{name}") for name in ("answer.277ca", "receipt.999")]
        command = ["acknowledgments", *answers, "--claims", str(tmp_path / f"{prefix}sent.837i"), "--format", "json"]
        rows.append(_without_numbers(runner.invoke(app, command).stdout))
    assert rows[0] == rows[1]
    assert sum('"rejected"' in row or "A7" in row for row in rows[0]) > 0


def _without_numbers(text: str) -> list[str]:
    """The rows of all tables without numbers of claims and payments, addresses and names of files, sorted."""
    left_out = {
        "claim_id",
        "batch_id",
        "check_number",
        "where",
        "file",
        "sha256",
        "reference",
        "claims_named",
        "message",
        "other_claim_id",
    }
    rows = []
    for line in text.splitlines():
        row = json.loads(line)
        rows.append(json.dumps({key: value for key, value in row.items() if key not in left_out}, sort_keys=True))
    return sorted(rows)
