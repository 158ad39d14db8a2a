"""Mutation fuzz of the claim readers: no crash, no hang, nothing lost without a word.

    python bench/fuzz_readers.py [--inputs 1000000] [--seed 1] [--reader x12|csv|fhir]

An input is one mutated X12 transaction (one in a hundred: a whole interchange), one
mutated CSV row or one mutated FHIR document. Hundreds of them are one file, with whole ones between. Half are
CSV, 28 in a hundred FHIR, 22 X12, which takes most of the time. Checked for every file: the reader raises nothing but a
``ClaimInputError`` on the file as a whole (X12: nothing at all); every byte of an X12 file lies in a segment or in a
finding, every segment has a place or a finding, every claim and line segment that has a place is a row; every row of a
CSV is a line or a problem, and without quotes there are as many rows as text lines that are not empty; every FHIR
document with items gives rows. A file takes at most 60 seconds.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from trocar.claims.csv import read_claims_csv
from trocar.claims.fhir import FhirBook
from trocar.claims.sources import Source, Text
from trocar.claims.x12.guide import UNREAD, guides, node_of
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.read import Part, read_x12
from trocar.claims.x12.source import X12Source
from trocar.core.errors import ClaimInputError
from x12_files import KINDS, interchange, text_of

ROOT = Path(__file__).resolve().parent.parent
SHARES = {"csv": 0.5, "fhir": 0.28, "x12": 0.22}
TRANSACTIONS, INTERCHANGES, ROWS, DOCUMENTS = 495, 5, 1000, 500
SECONDS = 60
TOKENS = (
    b"*", b"~", b":", b"^", b"|", b"\r\n", b"\n", b"\x00", b"\xff", b'"', b",", b"{", b"}", b"[", b"]", b"ISA",
    b"IEA*1*000000001~", b"LX*1~", b"CLM*", b"ST*837*", b"SE*", b"HL*", b"9" * 20, b"-", b".", b"null", b"1e9",
    "é".encode(), b" ", b"\x1c", b"*" * 40,
)  # fmt: skip
# What a row may be of that a spreadsheet wrote for an empty one.
EMPTY = b", \t"
# Zero, and what Windows-1252 does not have.
NO_TEXT = b"\x00\x81\x8d\x8f\x90\x9d"
# Inputs in files that were refused as a whole, by reader.
REFUSED: Counter[str] = Counter()
CSV_BASE = (ROOT / "examples" / "claims.csv").read_bytes().splitlines(keepends=True)
FHIR_BASE = {
    "resourceType": "ExplanationOfBenefit",
    "id": "e1",
    "identifier": [{"value": "C1"}],
    "patient": {"reference": "Patient/p1"},
    "type": {"coding": [{"code": "professional"}]},
    "billablePeriod": {"start": "2025-02-03"},
    "provider": {"identifier": {"value": "1234567893"}},
    "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": {"coding": [{"code": "M1711"}]}}],
    "item": [
        {
            "sequence": number,
            "diagnosisSequence": [1],
            "productOrService": {"coding": [{"code": code}]},
            "servicedDate": "2025-02-03",
            "quantity": {"value": 1},
            "net": {"value": 100.5, "currency": "USD"},
        }
        for number, code in ((1, "77002"), (2, "20610"))
    ],
}


def mutated(text: bytes, draw: random.Random) -> bytes:
    """The text with one to four things done to it."""
    for _ in range(draw.choice((1, 1, 2, 4))):
        at = draw.randrange(len(text) + 1)
        length = draw.choice((1, 1, 2, 8, 60))
        kind = draw.randrange(6)
        if kind == 0:
            text = text[:at] + text[at + length :]
        elif kind == 1:
            text = text[:at] + draw.choice(TOKENS) + text[at:]
        elif kind == 2:
            text = text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]
        elif kind == 3:
            text = text[:at] + text[at : at + length] * 2 + text[at + length :]
        elif kind == 4:
            parts = text.split(draw.choice((b"~", b"*", b"\n", b",")))
            mark = text[len(parts[0]) : len(parts[0]) + 1]
            draw.shuffle(parts)
            text = mark.join(parts) if len(parts) < 200 else text
        else:
            text = text[: max(at, 20)] if draw.random() < 0.2 else text
    return text


def fuzz_x12(draw: random.Random) -> int:
    """One file: an interchange with a group of transactions of each kind, then some more interchanges."""
    end = draw.choice(("~", "~\n", "~\r\n"))
    kinds = sorted(KINDS)
    groups = []
    for number, kind in enumerate(kinds, 1):
        each = TRANSACTIONS // len(kinds) + (TRANSACTIONS % len(kinds) if number == 1 else 0)
        head, group, *bodies, group_end, _ = _parts(interchange(kind, *[KINDS[kind][3]] * each))
        groups.append(b"".join([_text([group], end), *(_maybe(_text(body, end), draw) for body in bodies)]))
        groups.append(_text([group_end], end))
    text = b"".join([_text([head], end), *groups, _text([f"IEA*{len(kinds)}*000000001"], end)])
    whole = [_maybe(_text(interchange(draw.choice(kinds)), end), draw) for _ in range(INTERCHANGES)]
    text = b"".join([text, *whole])
    check_x12(mutated(text, draw) if draw.random() < 0.2 else text)
    return TRANSACTIONS + INTERCHANGES


def _parts(segments: list[str]) -> list[Any]:
    """ISA, GS, the segments of each transaction, GE, IEA."""
    begins = [at for at, segment in enumerate(segments) if segment.startswith("ST*")]
    ends = [at for at, segment in enumerate(segments) if segment.startswith("SE*")]
    bodies = [segments[begin : end + 1] for begin, end in zip(begins, ends, strict=True)]
    return [*segments[:2], *bodies, *segments[-2:]]


def _text(segments: str | list[str], end: str) -> bytes:
    return text_of(segments, end).encode()


def _maybe(text: bytes, draw: random.Random) -> bytes:
    return mutated(text, draw) if draw.random() < 0.9 else text


def check_x12(text: bytes) -> None:
    """Read a file and raise ``AssertionError`` when something in it is lost."""
    covered, terminators = 0, b""
    for part in read_x12(X12Source("f", io.BytesIO(text)), persons=Pseudonyms(b"fuzz")):
        terminators += part.piece.segments.delimiters.terminator
        covered = _bytes_are_told(part, text, covered, terminators)
        _segments_are_told(part)
        _rows_are_there(part)
    _only_marks(text[covered:], terminators)


def _bytes_are_told(part: Part, text: bytes, covered: int, terminators: bytes) -> int:
    segments = part.piece.segments
    aside = sorted((one.byte, one.byte + int(one.message.split()[0])) for one in part.findings if one.rule == "XS101")
    for at in range(segments.known, len(segments)):
        start = int(segments.start[at])
        while aside and aside[0][0] <= start:
            first, end = aside.pop(0)
            _only_marks(text[covered:first], terminators)
            covered = max(covered, end)
        _only_marks(text[covered:start], terminators)
        covered = max(covered, start + int(segments.end[at]) - int(segments.begin[at]))
    for first, end in aside:
        _only_marks(text[covered:first], terminators)
        covered = max(covered, end)
    return covered


def _only_marks(gap: bytes, terminators: bytes) -> None:
    rest = gap.strip(b" \t\r\n\0\x1a" + terminators).removeprefix(b"\xef\xbb\xbf")
    assert not rest, f"{rest[:80]!r} was neither read nor told"


def _segments_are_told(part: Part) -> None:
    said = {one.segment for one in part.findings if one.rule in ("XS114", "XS201", "XS122")}
    piece = part.piece
    unread = False
    for at in range(len(piece.segments)):
        node = int(piece.node[at])
        name = piece.segments.segment(at).strip()
        if node:
            unread = _begins_unread(part, at)
        elif at >= piece.segments.known and not unread:
            assert int(piece.segments.ordinal[at]) in said, f"segment {name[:60]!r} was neither read nor told"


def _begins_unread(part: Part, at: int) -> bool:
    """Whether a transaction begins of which only the envelope is read, which is said once."""
    node = guides().nodes[int(part.piece.node[at])]
    return node is not None and node.segment == "ST" and guides().loops[node.loop].guide == UNREAD


def _rows_are_there(part: Part) -> None:
    piece = part.piece
    for guide in ("837P", "837I"):
        claims = len(piece.new_rows(node_of(guide, "2300", "CLM").index))
        lines = len(piece.new_rows(node_of(guide, "2400", "LX").index))
        read = part.claims.get(guide)
        assert (claims, lines) == ((read.claims.num_rows, read.lines.num_rows) if read else (0, 0)), (
            "a claim line is lost"
        )
    claims = len(piece.new_rows(node_of("835", "2100", "CLP").index))
    lines = len(piece.new_rows(node_of("835", "2110", "SVC").index))
    found = (part.tables.claims.num_rows, part.tables.lines.num_rows) if part.tables else (0, 0)
    assert (claims, lines) == found, "a paid line is lost"


def _as_text(text: bytes, draw: random.Random) -> bytes:
    """Without the bytes that make a whole file no text, but in one of fifty: else no row would ever be read."""
    return text if draw.random() < 0.02 else text.translate(None, NO_TEXT)


def fuzz_csv(draw: random.Random) -> int:
    """One CSV of some rows of the example; in one file of twenty the headings are mutated too."""
    rows = [_maybe(row, draw) for row in draw.choices(CSV_BASE[1:], k=ROWS)]
    headings = mutated(CSV_BASE[0], draw) if draw.random() < 0.05 else CSV_BASE[0]
    text = _as_text(headings + b"".join(rows), draw)
    try:
        reading = read_claims_csv(io.BytesIO(text), name="f.csv")
    except ClaimInputError:
        REFUSED["csv"] += ROWS
        return ROWS
    assert reading.rows_read == reading.table.num_rows + len(reading.problems), "a row is lost"
    if b'"' not in text:
        filled = [line for line in text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n") if line.strip(EMPTY)]
        assert reading.rows_read == len(filled) - 1, f"{len(filled) - 1} rows, {reading.rows_read} read"
    return ROWS


def fuzz_fhir(draw: random.Random) -> int:
    """One file of FHIR documents, one a line."""
    base = json.dumps(FHIR_BASE).encode()
    # The first line says what kind of file it is: without it the whole is one document, and one problem.
    some = _as_text(b"".join(mutated(base, draw).replace(b"\n", b" ") + b"\n" for _ in range(DOCUMENTS)), draw)
    lines = [base, *some.splitlines()]
    try:
        book = FhirBook(Text.of(Source("f.ndjson", b"\n".join(lines)), json=True))
        blocks = list(book.blocks(1000))
    except ClaimInputError:
        REFUSED["fhir"] += DOCUMENTS
        return DOCUMENTS
    whole = sum(_reads(line) for line in lines)
    assert sum(len(block) for block in blocks) >= whole, "a document is lost"
    return DOCUMENTS


def _reads(line: bytes) -> bool:
    try:
        document = json.loads(line)
        return bool(document.get("resourceType") == "ExplanationOfBenefit" and document.get("item"))
    except (ValueError, AttributeError, UnicodeDecodeError, RecursionError):
        return False


READERS: dict[str, Callable[[random.Random], int]] = {"x12": fuzz_x12, "csv": fuzz_csv, "fhir": fuzz_fhir}


def inputs(reader: str, count: int, seed: int) -> Iterator[int]:
    """Run until so many inputs were read; yields how many each file held. Raises what a reader must not."""
    signal.signal(signal.SIGALRM, _too_long)
    done = number = 0
    while done < count:
        number += 1
        signal.alarm(SECONDS)
        try:
            read = READERS[reader](random.Random(f"{reader} {seed} {number}"))
        except BaseException:
            print(f"reader {reader}, seed {seed}, file {number}", file=sys.stderr)
            raise
        signal.alarm(0)
        done += read
        yield read


def _too_long(*_: object) -> None:
    raise TimeoutError(f"a file took more than {SECONDS} seconds")


def main() -> None:
    """Print, per reader, the inputs read and the seconds they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", choices=READERS, help="All inputs for this reader.")
    arguments = parser.parse_args()
    shares = {arguments.reader: 1.0} if arguments.reader else SHARES
    for reader, share in shares.items():
        start, spent = perf_counter(), process_time()
        read = sum(inputs(reader, int(arguments.inputs * share), arguments.seed))
        figures = {"seconds": round(perf_counter() - start, 1), "cpu_seconds": round(process_time() - spent, 1)}
        print(json.dumps({"reader": reader, "inputs": read, "refused": REFUSED[reader], **figures}), flush=True)


if __name__ == "__main__":
    main()
