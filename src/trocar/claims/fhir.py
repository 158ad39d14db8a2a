"""FHIR claims of any size: Claim, ExplanationOfBenefit, Bundles of them, one document or one resource a line."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pyarrow as pa

from trocar.claims.blocks import Block, Coded
from trocar.claims.fhir_lines import ELEMENTS, Line, lines_of
from trocar.claims.fhir_references import beside
from trocar.claims.fhir_values import Object, parts, text
from trocar.claims.records import Record
from trocar.claims.rows import Sheet
from trocar.claims.sources import Text
from trocar.claims.split import Stream
from trocar.claims.x12.masking import Pseudonyms
from trocar.core.errors import ClaimInputError

_CLAIMS = frozenset({"Claim", "ExplanationOfBenefit"})
# Bundles may hold Bundles, but nobody nests them deeper.
_DEEPEST = 5
_ALONE: Mapping[str, Object] = {}
# A line of an explanation of benefits takes about 10 kB: more of them at a time would not be quicker.
_MOST_LINES = 50_000


def is_fhir(beginning: bytes) -> bool:
    """Whether JSON, of which this is the beginning, holds FHIR resources."""
    return re.search(rb'"resourceType"\s*:', beginning) is not None


@dataclass(frozen=True, slots=True)
class FhirSheet(Sheet):
    """The columns that FHIR elements fill; ``addresses`` hold where the lines of the block being read stand."""

    addresses: dict[int, str] = field(default_factory=dict)

    def row_address(self, row: int) -> str:
        """Where a line stands, such as ``eob.json entry[2].resource.item[0]``."""
        return f"{self.name} {self.addresses.get(row, f'line {row}')}"


class FhirBook:
    """A file of FHIR claims. Names, birth dates and addresses are never read; the patient's id becomes a pseudonym.

    A file with one resource a line (bulk data) is read line by line; any other is one document, held in memory.
    """

    def __init__(self, text: Text, *, strict: bool = False, persons: Pseudonyms | None = None) -> None:
        columns = {name: at for at, name in enumerate(ELEMENTS)}
        self.sheet = FhirSheet(
            text.source.name, columns, len(ELEMENTS), strict=strict, headings=tuple(ELEMENTS.values())
        )
        self._text = text
        self._told: Counter[str] = Counter()
        self._others: set[str] = set()
        self._persons = persons or Pseudonyms()

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be guessed, and what was met so far and left aside or taken for granted."""
        return (*self._text.notes, *(f"{self.sheet.name}: {note}" for note in self._told))

    @property
    def numbers_every_line(self) -> bool:
        """An item states its sequence, but nothing keeps two resources from naming the same claim."""
        return False

    def parts(self) -> tuple[FhirBook, ...]:
        """The file itself."""
        return (self,)

    def blocks(self, rows: int) -> Iterator[Block]:
        """The lines in file order, in blocks of at most so many; a line is known by its number in the file.

        Raises ``ClaimInputError`` at the end of a file without any claim: nothing checked is not clear.
        """
        lines = 0
        numbered = enumerate(self._lines(), 1)
        while batch := list(islice(numbered, min(rows, _MOST_LINES))):
            lines += len(batch)
            yield self._block(batch)
        if not lines:
            held = ", ".join(sorted(self._others)) or "no resource"
            remedy = "A Claim or an ExplanationOfBenefit is what can be checked."
            raise ClaimInputError(
                f"no claims in this FHIR file (it holds {held})", where=self.sheet.name, remedy=remedy
            )

    def _block(self, batch: list[tuple[int, Line]]) -> Block:
        addresses = {number: line.where for number, line in batch}
        self.sheet.addresses.clear()
        self.sheet.addresses.update(addresses)
        records = {}
        for at, (number, line) in enumerate(batch):
            if line.error is not None:
                line.error.where = self.sheet.row_address(number)
                records[at] = Record(number, [line.cells.get(name, "") for name in ELEMENTS], line.error)
        columns = {name: Coded.of_texts([line.cells.get(name, "") for _, line in batch]) for name in ELEMENTS}
        where = pa.array([self.sheet.row_address(number) for number, _ in batch], pa.string())
        return Block(np.fromiter(addresses, np.int64, len(batch)), columns, records, where)

    def _lines(self) -> Iterator[Line]:
        for beginning, document in self._documents():
            for path, resource, around in self._claims("", document):
                if isinstance(resource, ClaimInputError):
                    lines = iter([Line("", error=resource)])
                else:
                    lines = lines_of(resource, around, self._pseudonym, self._note)
                for line in lines:
                    line.where = f"{beginning} {(path + line.where).lstrip('.')}".strip() or "$"
                    yield line

    def _pseudonym(self, identity: str) -> str:
        return self._persons.of([identity])[0]

    def _note(self, note: str) -> None:
        self._told[note] += 1

    def _documents(self) -> Iterator[tuple[str, Object | ClaimInputError]]:
        """Every document with the line it stands on (empty when it is the whole file), or what is wrong with it."""
        with io.TextIOWrapper(io.BufferedReader(Stream(self._text.pieces())), encoding="utf-8", newline="\n") as file:
            filled = ((number, line) for number, line in enumerate(file, 1) if line.strip())
            (number, line), following = next(filled, (1, "")), next(filled, None)
            first = _parsed(line)
            if following is None:
                yield "", first
            elif isinstance(first, ClaimInputError) and not _begins_resource(following[1]):
                # The document goes on: it is the only one.
                yield "", _parsed("".join([line, following[1], *(more for _, more in filled)]))
            else:
                yield f"line {number}", first
                for number, line in chain([following], filled):
                    yield f"line {number}", _parsed(line)

    def _claims(
        self, path: str, found: Object | ClaimInputError, around: Mapping[str, Object] = _ALONE, depth: int = 0
    ) -> Iterator[tuple[str, Object | ClaimInputError, Mapping[str, Object]]]:
        """The claims in a resource with their paths and what stands around them: itself, or those of a Bundle.

        Other resources are noted.
        """
        if isinstance(found, ClaimInputError):
            yield path, found, around
            return
        try:
            kind = text(found, "resourceType")
            entries = parts(found, "entry") if kind == "Bundle" else []
            inside = beside(entries)
        except ClaimInputError as error:
            yield path, error, around
            return
        for at, entry in enumerate(entries):
            place = f"{path}.entry[{at}].resource"
            resource = entry.get("resource")
            if depth < _DEEPEST and isinstance(resource, dict):
                yield from self._claims(place, resource, inside, depth + 1)
            else:
                remedy = "An entry of a Bundle holds a resource."
                yield place, ClaimInputError("there is no resource here that can be read", remedy=remedy), around
        if kind in _CLAIMS:
            yield path, found, around
        elif not kind:
            yield path, ClaimInputError("the object has no resourceType", remedy="Every FHIR resource has one."), around
        elif kind != "Bundle":
            self._others.add(kind[:40])
            self._note(f"resources of the type {kind[:40]} are no claims: left aside")


def _begins_resource(line: str) -> bool:
    """Whether a line is a resource of its own, and not the continuation of a document laid out over lines."""
    return line.lstrip().startswith("{") and not isinstance(_parsed(line), ClaimInputError)


def _parsed(document: str) -> Object | ClaimInputError:
    """The object in a text, its numbers as the digits that were written (FHIR: decimals keep their precision)."""
    try:
        found = json.loads(document, parse_float=str, parse_int=str)
        if "\\ud" in document.lower():  # half a character, written as an escape, is no text
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        what = f"this is not JSON ({error})" if isinstance(error, json.JSONDecodeError) else "this is not JSON text"
        return ClaimInputError(what, remedy="Write one resource per line, or one document.")
    if not isinstance(found, dict):
        return ClaimInputError(
            "this is JSON, but not a resource", remedy="Write one resource per line, or one document."
        )
    return found
