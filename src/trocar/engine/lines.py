"""The lines of a batch as plain columns in one canonical order: claim by claim, each by day and line number.

Claims stand in the order in which the input first names them; no answer depends on that order.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trocar.core.once import once
from trocar.engine.distinct import FEW, distinct
from trocar.engine.neighbours import MOST_LINES_OF_A_DAY, Neighbours

Column = NDArray[Any]
Bools = NDArray[np.bool_]
MODIFIERS_PER_LINE = 4


def _from_one(indices: pa.Array) -> NDArray[np.int32]:
    """Positions counted from 1, null as 0."""
    return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int32) + 1


def _runs(changes: Bools, length: int) -> NDArray[np.int32]:
    """The run of each line, numbered from 0: ``changes`` says of each line but the first whether one begins there."""
    answer = np.zeros(length, np.int32)
    changes.cumsum(out=answer[1:], dtype=np.int32)
    return answer


@dataclass(frozen=True)
class Texts:
    """A text column as numbers into its distinct values; ``values[0]`` is always the empty text (missing)."""

    numbers: NDArray[np.int32]
    _said: list[str] | pa.Array

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Texts:
        """Encode an Arrow column of text, plain or with a dictionary; null becomes the empty text."""
        if column.null_count == len(column):
            return cls(np.zeros(len(column), np.int32), [""])
        if len(column) < FEW:
            return cls._of_few(column.to_pylist())
        plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if pa.types.is_dictionary(plain.type):
            return cls._of_dictionary(plain)
        encoded = plain.dictionary_encode()
        return cls(_from_one(encoded.indices), encoded.dictionary)

    @classmethod
    def _of_dictionary(cls, column: pa.DictionaryArray) -> Texts:
        """The same; the dictionary may be a whole book's, so only what these lines say is taken from it."""
        at = _from_one(column.indices)
        said = np.zeros(len(column.dictionary) + 1, np.bool_)
        said[at] = True
        occurring = np.flatnonzero(said[1:])
        few = cls._of_few(["", *column.dictionary.take(pa.array(occurring)).to_pylist()])
        numbers = np.zeros(len(said), np.int32)
        numbers[occurring + 1] = few.numbers[1:]
        return cls(numbers[at], few.values)

    @classmethod
    def _of_few(cls, texts: list[str | None]) -> Texts:
        """The same for the lines of a claim, for which Arrow's own encoding takes longer than the rest of the work."""
        numbers = {"": 0}
        return cls(np.array([numbers.setdefault(text or "", len(numbers)) for text in texts], np.int32), [*numbers])

    @once
    def values(self) -> list[str]:
        """The distinct values; those of ids, of which a book has many, are listed only where they are told."""
        return self._said if isinstance(self._said, list) else ["", *self._said.to_pylist()]

    def map(self, function: Any, kind: Any) -> Column:
        """``function`` of each line's text, computed once per distinct value."""
        return np.array([function(value) for value in self.values], dtype=kind).take(self.numbers)

    def is_in(self, wanted: Set[str]) -> Bools:
        """Whether each line's text is one of some texts."""
        if wanted.isdisjoint(self.values):
            return np.zeros(len(self.numbers), np.bool_)
        return np.array([value in wanted for value in self.values]).take(self.numbers)

    def of_lines(self, lines: NDArray[np.int64]) -> list[str]:
        """The text of each of some lines."""
        values = self.values
        return [values[number] for number in self.numbers[lines].tolist()]

    def __getitem__(self, line: int) -> str:
        return self.values[self.numbers[line]]


@dataclass(frozen=True)
class Lines:
    """One batch of claim lines (``CLAIM_SCHEMA``), in canonical order; ``source`` is each line's input row."""

    table: pa.Table
    source: NDArray[np.int64]

    @classmethod
    def of(cls, table: pa.Table) -> Lines:
        """Put a claim table in canonical order; a book that is in order already is taken as it stands."""
        plain = cls(table.combine_chunks(), np.arange(table.num_rows))
        claim, day, line = plain.claim_texts.numbers, plain.day, plain.line_number
        same, next_day = claim[1:] == claim[:-1], day[1:] > day[:-1]
        backwards = same & ~next_day & ((day[1:] < day[:-1]) | (line[1:] <= line[:-1]))
        distinct_claims = int(claim.max(initial=0))
        if not backwards.any() and np.count_nonzero(~same) + 1 <= max(distinct_claims, 1):
            return plain
        order = np.lexsort((line, day, claim))
        ordered = cls(plain.table.take(pa.array(order)).combine_chunks(), order)
        ordered._texts["claim_id"] = replace(plain.claim_texts, numbers=claim[order])
        return ordered

    def __len__(self) -> int:
        return len(self.source)

    @once
    def _texts(self) -> dict[str, Texts]:
        return {}

    def texts(self, name: str) -> Texts:
        """A text column of the claim table, encoded once."""
        if name not in self._texts:
            self._texts[name] = Texts.of(self.table[name])
        return self._texts[name]

    def say_as(self, name: str, words: Callable[[str], str]) -> None:
        """Put the values of claim or patient ids in other words; which lines have the same one stays as it is."""
        texts = self.texts(name)
        self._texts[name] = Texts(texts.numbers, [words(value) for value in texts.values])

    def numbers(self, name: str, missing: int, kind: Any = np.int64) -> Column:
        """A numeric, date or boolean column with its nulls replaced."""
        column = self.table[name]
        if column.null_count == len(column):
            return np.full(len(column), missing, kind)
        if pa.types.is_date32(column.type):
            column = column.chunk(0).view(pa.int32())
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        values: Column = (pc.fill_null(column, missing) if column.null_count else column).to_numpy()
        return values.astype(kind, copy=False)

    @property
    def claim_texts(self) -> Texts:
        """Claim ids, in the words said last."""
        return self.texts("claim_id")

    @once
    def claim(self) -> NDArray[np.int32]:
        """The claim of each line, numbered from 0 in canonical order."""
        return _runs(self.claim_texts.numbers[1:] != self.claim_texts.numbers[:-1], len(self))

    @once
    def day(self) -> NDArray[np.int32]:
        """Date of service as days since 1970-01-01."""
        return self.numbers("service_date", 0, np.int32)

    @once
    def days(self) -> tuple[int, int]:
        """The first and the last day of the batch; for a batch without lines, one day."""
        return (int(self.day.min()), int(self.day.max())) if len(self) else (0, 0)

    @once
    def claim_day(self) -> NDArray[np.int32]:
        """The claim-day of each line, numbered from 0; lines of one claim-day are neighbours."""
        return _runs((self.claim[1:] != self.claim[:-1]) | (self.day[1:] != self.day[:-1]), len(self))

    @once
    def neighbours(self) -> Neighbours:
        """Ordered pairs of billed lines of one claim-day."""
        pairs = Neighbours.of(self.claim_day)
        return pairs if np.count_nonzero(self.billed) == len(self) else pairs.among(self.billed)

    @once
    def billed(self) -> Bools:
        """The line is billed; one that is not (``not_billed``) stands on the claim for the record alone."""
        return self.flag("not_billed") != 1

    @once
    def crowded(self) -> Bools:
        """Lines of a claim-day with more lines than are compared with each other."""
        if len(self) <= MOST_LINES_OF_A_DAY:
            return np.zeros(len(self), np.bool_)
        return np.asarray((np.bincount(self.claim_day) > MOST_LINES_OF_A_DAY)[self.claim_day])

    @once
    def same_practitioner(self) -> Bools:
        """Per neighbour pair: both lines name one rendering NPI, or one of them names none."""
        who = self.texts("rendering_npi").numbers
        one, two = who[self.neighbours.left], who[self.neighbours.right]
        return (one == two) | (one == 0) | (two == 0)

    @once
    def line_number(self) -> NDArray[np.int32]:
        """Line number within the claim."""
        return self.numbers("line", 0, np.int32)

    @once
    def hcpcs(self) -> Texts:
        """HCPCS codes."""
        return self.texts("hcpcs")

    @once
    def modifiers(self) -> tuple[Texts, ...]:
        """The four modifier columns."""
        return tuple(self.texts(f"modifier_{n}") for n in range(1, MODIFIERS_PER_LINE + 1))

    def has(self, *modifiers: str) -> Bools:
        """Whether the line carries any of the modifiers (an array for reading: who asked before shares it)."""
        return self.has_any(frozenset(modifiers))

    @once
    def _modifier_lists(self) -> tuple[Column, list[tuple[str, ...]]]:
        """The modifiers of each line in order, as a number into the lists of modifiers that the batch has."""
        numbers: Column = np.zeros(len(self), np.int64)
        lists: list[tuple[str, ...]] = [()]
        for column in self.modifiers:
            size = len(column.values)
            if size > 1:
                pairs, numbers = distinct(numbers * size + column.numbers)
                ends = [(value,) if value else () for value in column.values]
                lists = [lists[pair // size] + ends[pair % size] for pair in pairs.tolist()]
        return numbers, lists

    def by_modifiers(self, function: Callable[[tuple[str, ...]], Any], kind: Any) -> Column:
        """``function`` of each line's modifiers, computed once per distinct list of them."""
        numbers, lists = self._modifier_lists
        return np.array([function(given) for given in lists], dtype=kind).take(numbers)

    @once
    def modifiers_present(self) -> frozenset[str]:
        """The modifiers that any line of the batch carries."""
        return frozenset(value for column in self.modifiers for value in column.values[1:])

    @once
    def _having(self) -> dict[frozenset[str], Bools]:
        return {}

    @once
    def _nowhere(self) -> Bools:
        answer = np.zeros(len(self), np.bool_)
        answer.flags.writeable = False
        return answer

    def has_any(self, wanted: frozenset[str]) -> Bools:
        """Whether the line carries any modifier of a set (an array for reading: who asked before shares it)."""
        answer = self._having.get(wanted)
        if answer is None:
            # Most modifiers asked about stand on no line of a batch.
            if wanted.isdisjoint(self.modifiers_present):
                answer = self._nowhere
            else:
                answer = self.by_modifiers(lambda given: not wanted.isdisjoint(given), np.bool_)
                answer.flags.writeable = False
            self._having[wanted] = answer
        return answer

    def modifiers_of(self, line: int) -> list[str]:
        """The modifiers of one line, in order."""
        numbers, lists = self._modifier_lists
        return list(lists[numbers[line]])

    @once
    def units(self) -> NDArray[np.int64]:
        """Units of service; 1 where none were given (confessed as assumed)."""
        return self.numbers("units", 1)

    @once
    def charge(self) -> NDArray[np.int64]:
        """Charge of the whole line in cents, -1 where none was given."""
        return self.numbers("charge_cents", -1)

    @once
    def setting(self) -> Texts:
        """practitioner, hospital, asc or empty (practitioner assumed)."""
        return self.texts("setting")

    @once
    def is_hospital(self) -> Bools:
        """Lines of hospital outpatient claims."""
        return self.setting.is_in({"hospital"})

    @once
    def is_asc(self) -> Bools:
        """Lines of ambulatory surgical center facility claims."""
        return self.setting.is_in({"asc"})

    @once
    def is_practitioner(self) -> Bools:
        """Lines of practitioner claims (also where the setting is missing)."""
        return ~(self.is_hospital | self.is_asc)

    def flag(self, name: str) -> NDArray[np.int8]:
        """A boolean column: 1 yes, 0 no, -1 not given."""
        return self.numbers(name, -1, np.int8)
