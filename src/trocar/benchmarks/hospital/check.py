"""A whole hospital file judged: every item read, every problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trocar.benchmarks.hospital.csv_file import CsvFile
from trocar.benchmarks.hospital.json_file import JsonFile
from trocar.benchmarks.hospital.model import Hospital, Problem
from trocar.benchmarks.inflate import texts_of
from trocar.core.errors import ClaimInputError

HospitalFile = CsvFile | JsonFile


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is worth by CMS's dictionary of its version."""

    hospital: Hospital
    items: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        """Departures from what is required."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def is_valid(self) -> bool:
        """Whether the file holds nothing but what the dictionary allows."""
        return not self.errors


@contextmanager
def open_hospital(open_file: Callable[[], BinaryIO]) -> Iterator[HospitalFile]:
    """The reader of a file that can be opened from its beginning: JSON begins with a brace, a CSV does not."""
    with open_file() as file:
        start = file.read(64).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"{"):
        yield JsonFile(open_file)
    else:
        with open_file() as file, closing(CsvFile(file)) as reader:
            yield reader


def check_file(path: Path) -> Verdict:
    """Read a file to its end, or to where it breaks (which is a problem too)."""
    items, is_paid = 0, False
    with open_hospital(next(texts_of(path)).open) as reader:
        try:
            for _, charge in reader.items():
                items += 1
                is_paid = is_paid or any(payer.is_charged for payer in charge.payers)
        except ClaimInputError as error:
            reader.values.problem(error.where, "syntax", error.what)
    if items and not is_paid:
        reader.values.problem("file", "no-payer-charges", "no item has a payer's charge", "alert")
    return Verdict(reader.hospital, items, tuple(reader.values.problems))
