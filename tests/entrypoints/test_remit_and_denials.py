"""``trocar remit``, ``trocar denials`` and ``trocar rule --book``: what they print, write and answer with."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from .conftest import Run, json_lines

HEADER = (
    "claim_id,line,service_date,hcpcs,modifiers,place_of_service,locality,diagnoses,units,charge,payer,patient_id\n"
)
# ccipra-2024q3.txt line 2205276: 77301/77014, indicator 0.
SENT = (
    f"{HEADER}B1,1,2024-08-15,77301,26,22,NATIONAL,C61,1,500.00,M,P1\n"
    "B1,2,2024-08-15,77014,26,22,NATIONAL,C61,1,100.00,M,P1\n"
)
# 500 - 100 = 400; 400 + 0 = 400 paid.
ERA = """\
ISA*00*          *00*          *ZZ*PAYERTEST      *ZZ*TROCARTEST     *240901*1200*^*00501*000000001*0*T*:~
GS*HP*PAYERTEST*TROCARTEST*20240901*1200*1*X*005010X221A1~
ST*835*0001~
BPR*I*400*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20240901~
TRN*1*EFT1*1512345678~
DTM*405*20240901~
N1*PR*TEST PAYER*XV*ACME1~
N3*9 PAYER ROAD~
N4*TULSA*OK*74103~
PER*BL*HELP*TE*5555550199~
N1*PE*TEST GROUP*XX*1234567893~
REF*TJ*123456789~
LX*1~
CLP*B1*1*600*400*0*CI*ICN1*22*1~
NM1*QC*1*DOE*PAT****MI*M1~
DTM*050*20240820~
SVC*HC:77301:26*500*400**1~
DTM*472*20240815~
CAS*CO*45*100~
SVC*HC:77014:26*100*0**1~
DTM*472*20240815~
CAS*CO*236*100~
LQ*HE*N519~
SE*22*0001~
GE*1*1~
IEA*1*000000001~
"""


@pytest.fixture
def book(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one remittance and the claim it answers."""
    monkeypatch.setenv("TROCAR_PATIENT_KEY", "a key for tests alone")
    (tmp_path / "era.835").write_text(ERA)
    (tmp_path / "sent.csv").write_text(SENT)
    folder = tmp_path / "book.parquet"
    result = run("remit", str(tmp_path / "era.835"), "--claims", str(tmp_path / "sent.csv"), "-o", str(folder))
    assert result.exit_code == 0, result.output
    assert "era.835: 1 claims, 0 findings" in result.stderr
    return folder


def test_a_book_that_adds_up_is_clear_and_stays_so(run: Run, book: Path) -> None:
    """Everything balances and is matched: exit code 0; the same file again is known."""
    again = run("remit", str(book.parent / "era.835"), "-o", str(book), "--format", "json")
    assert again.exit_code == 0
    assert "in the book already" in again.stderr
    (row,) = [row for row in json_lines(again) if row["section"] == "balance"]
    assert (row["amount"], row["difference"]) == ("400.00", "0.00")


def test_what_does_not_add_up_is_exit_code_one(run: Run, tmp_path: Path) -> None:
    """A payment of 401.00 for claims paid 400.00, and no claim as sent."""
    (tmp_path / "era.835").write_text(ERA.replace("BPR*I*400*", "BPR*I*401*"))
    result = run("remit", str(tmp_path / "era.835"), "-o", str(tmp_path / "book.parquet"), "--format", "json")
    assert result.exit_code == 1
    rows = json_lines(result)
    assert [row["difference"] for row in rows if row["section"] == "balance"] == ["1.00"]
    assert "XS305" in {row["rule"] for row in rows if row["section"] == "findings"}


def test_a_denial_is_told_with_its_rule(run: Run, book: Path) -> None:
    """The line, its cause, the rule and the row of the edit."""
    result = run("denials", str(book), "--on", "2024-10-01", "--section", "lines", "--format", "json")
    (row,) = json_lines(result)
    assert (row["claim_id"], row["rule"], row["cited_row"], row["denied"]) == ("B1", "NC001", 2205276, "100.00")


def test_the_day_that_is_taken_is_said(run: Run, book: Path) -> None:
    """Deadlines depend on it."""
    assert "--on not given" in run("denials", str(book), "--section", "overview").stderr


def test_every_section_is_in_the_text(run: Run, book: Path) -> None:
    """What nobody asked to leave out is shown."""
    result = run("denials", str(book), "--on", "2024-10-01")
    assert result.exit_code == 0
    for title in ("Overview", "Why lines are denied or cut", "By payer", "By reason", "Not worth working, and why"):
        assert title in result.stdout


@pytest.mark.parametrize("suffix", ["xlsx", "html", "csv"])
def test_reports_hold_the_denied_line(run: Run, book: Path, suffix: str) -> None:
    """The workbook has numbers in cells, the page a chart and no script from elsewhere, the CSV every section."""
    path = book.parent / f"denials.{suffix}"
    result = run("denials", str(book), "--on", "2024-10-01", "-o", str(path))
    assert result.exit_code == 0, result.output
    if suffix == "xlsx":
        sheet = openpyxl.load_workbook(path)["causes"]
        assert [cell.value for cell in sheet[2]] == ["explained by a public rule", 1, "100.0%", 100]
    elif suffix == "html":
        page = path.read_text("utf-8")
        assert "vegaEmbed(" in page
        assert "<script src" not in page
        assert "NC001" in page
    else:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        assert {row["section"] for row in rows} >= {"overview", "causes", "reasons", "leave", "lines"}


def test_a_rule_shows_what_payers_made_of_it(run: Run, book: Path) -> None:
    """One line fired, one denied for it: 1 of 1, from 21 to 100 percent (Wilson: 1 / (1 + 3.8415) = 0.2065)."""
    result = run("rule", "NC001", "--book", str(book), "--format", "json")
    (shape,) = json_lines(result)
    (said,) = shape["feedback"]
    assert (said["payer"], said["fired"], said["denied"], said["paid"]) == ("TEST PAYER", 1, 1, 0)
    assert said["denied_share_between"] == ["21%", "100%"]
    assert "At TEST PAYER: fired on 1 lines answered" in run("rule", "NC001", "--book", str(book)).stdout
    assert "fires on no line answered" in run("rule", "UN001", "--book", str(book)).stdout


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["denials", "no-such-book"], "there is no book of remittances here"),
        (["denials", "no-such-book", "-o", "x.pdf"], "is not a kind of report"),
        (["denials", "no-such-book", "--section", "what"], "there is no table 'what'"),
        (["rule", "--book", "no-such-book"], "--book shows one rule"),
        (["remit", "no-such-file.835", "-o", "book"], "the file can't be read"),
    ],
)
def test_what_can_not_be_done_is_exit_code_two(run: Run, tmp_path: Path, words: list[str], what: str) -> None:
    """With the reason."""
    words = [str(tmp_path / word) if word in ("no-such-book", "no-such-file.835", "book") else word for word in words]
    result = run(words[0], *words[1:])
    assert result.exit_code == 2
    assert what in result.output


def test_no_name_of_a_patient_is_kept(book: Path) -> None:
    """The book's files hold neither the name nor the member number of the remittance."""
    for path in book.rglob("*.parquet"):
        content = path.read_bytes()
        assert b"DOE" not in content
        assert b"M1\x00" not in content
    assert json.loads((book / "book.json").read_text())["kind"] == "remittances"


def test_a_folder_is_read_file_by_file(run: Run, tmp_path: Path) -> None:
    """Two files of a folder, in order of their names; an empty folder is an error."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    assert run("remit", str(folder), "-o", str(tmp_path / "book")).exit_code == 2
    (folder / "b.835").write_text(ERA.replace("EFT1", "EFT2").replace("CLP*B1", "CLP*B2"))
    (folder / "a.835").write_text(ERA)
    told = run("remit", str(folder), "-o", str(tmp_path / "book")).stderr.splitlines()
    assert [line.partition(":")[0] for line in told] == ["a.835", "b.835"]


def test_remittances_alone_are_no_exception(run: Run, tmp_path: Path) -> None:
    """Without a claim as sent nothing can be unmatched: that is said once, and what adds up is clear."""
    (tmp_path / "era.835").write_text(ERA)
    alone = run("remit", str(tmp_path / "era.835"), "-o", str(tmp_path / "book"))
    assert alone.exit_code == 0, alone.output
    assert "No claims as sent are in this book" in alone.output
    (tmp_path / "other.csv").write_text(
        "claim_id,line,service_date,hcpcs,place_of_service,locality,diagnoses,units,charge\n"
        "Z9,1,2024-08-15,20610,11,NATIONAL,M17.11,1,200.00\n"
    )
    beside = run("remit", "--claims", str(tmp_path / "other.csv"), "-o", str(tmp_path / "book"), "--format", "json")
    assert beside.exit_code == 1
    unsent = [row for row in json_lines(beside) if row["section"] == "unsent"]
    assert {row["state"] for row in unsent} == {"the claim as sent is not in the book"}


def test_what_a_long_table_leaves_out_is_asked_for_by_the_commands_own_option(run: Run, tmp_path: Path) -> None:
    """Of trocar remit -o is the book: a file for the tables is its --report."""
    heading = "claim_id,line,service_date,hcpcs,place_of_service,locality,diagnoses,units,charge\n"
    rows = "".join(f"Z{n},1,2024-08-15,20610,11,NATIONAL,M17.11,1,200.00\n" for n in range(25))
    (tmp_path / "many.csv").write_text(heading + rows)
    shown = run("remit", "--claims", str(tmp_path / "many.csv"), "-o", str(tmp_path / "book"))
    assert "... 5 more rows: --report FILE.xlsx" in shown.output


def test_a_refused_file_adds_nothing_to_a_book_and_leaves_it(run: Run, book: Path) -> None:
    """Only a folder that this run made, and that holds nothing, goes away again; claims are no remittance."""
    refused = run("remit", str(book.parent / "sent.csv"), "-o", str(book))
    assert refused.exit_code == 2
    assert "the file is in the book already, as claims" in refused.stderr
    assert run("remit", "-o", str(book)).exit_code == 0


def test_standard_input_is_a_remittance_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the same bytes as a file are in the book already."""
    monkeypatch.setenv("TROCAR_PATIENT_KEY", "a key for tests alone")
    folder = tmp_path / "book.parquet"
    assert "standard input: 1 claims" in run(f"remit - -o {folder}", input=ERA).stderr
    (tmp_path / "era.835").write_text(ERA)
    assert "in the book already" in run(f"remit {tmp_path / 'era.835'} -o {folder}").stderr


def test_why_nothing_could_be_read_is_said(run: Run, tmp_path: Path) -> None:
    """A gzip cut short before its first block ends, a zip that holds nothing: the reason, and no book."""
    (tmp_path / "cut.gz").write_bytes(gzip.compress(ERA.encode())[:-200])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.mkdir("folder")
    for name, reason in (("cut.gz", "the compressed file is damaged"), ("empty.zip", "the zip holds no file")):
        result = run(f"remit {tmp_path / name} -o {tmp_path / 'new.parquet'}")
        assert result.exit_code == 2
        assert reason in result.stderr
        assert not (tmp_path / "new.parquet").exists()


def test_strict_refuses_a_file_with_an_error(run: Run, tmp_path: Path) -> None:
    """SE01 says 23 of 22 segments: told, or refused with nothing added."""
    (tmp_path / "era.835").write_text(ERA.replace("SE*22*", "SE*23*"))
    strict = run("remit", str(tmp_path / "era.835"), "--strict", "-o", str(tmp_path / "book"))
    assert strict.exit_code == 2
    assert "SE01" in strict.stderr
    assert not (tmp_path / "book").exists()
    assert run("remit", str(tmp_path / "era.835"), "-o", str(tmp_path / "book")).exit_code == 1
