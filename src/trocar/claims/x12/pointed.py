"""The diagnoses that each line of a claim points to, and the pointers that point to none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.model import MOST_DIAGNOSES
from trocar.claims.pointers import MOST_POINTERS
from trocar.claims.x12.stream import Rows
from trocar.claims.x12.x837 import Diagnoses

_EVERY = tuple(range(1, MOST_DIAGNOSES + 1))
_NOWHERE = MOST_DIAGNOSES + 1


@dataclass(frozen=True, slots=True)
class Pointed:
    """For each line its diagnoses with spaces between, and whether a pointer of it points to none."""

    diagnoses: pa.Array
    astray: npt.NDArray[np.bool_]


def pointed(pointers: pa.Array, mark: str, held: Diagnoses, of_line: Rows) -> Pointed:
    """The diagnoses of lines: those at the positions of their pointers (SV107), the claim's where they have none.

    ``mark`` is between pointers, ``of_line`` the claim of each line. A pointer to a position that the claim does not
    fill is left out and told, unless the claim has no diagnosis at all: that is a finding of its own.
    """
    count = np.diff(held.starts)[of_line]
    encoded = pointers.dictionary_encode()
    asked = [_positions(text, mark) for text in encoded.dictionary.to_pylist()]
    width = MOST_DIAGNOSES if encoded.null_count else MOST_POINTERS
    table = np.zeros((len(asked) + 1, width), np.int64)
    for row, places in enumerate(asked):
        table[row, : len(places)] = places
    table[-1] = _EVERY[:width]
    without = pointers.is_null().to_numpy(zero_copy_only=False)
    each = table[encoded.indices.fill_null(len(asked)).to_numpy(zero_copy_only=False)]
    good = (each > 0) & (each <= count[:, None])
    astray = (each > 0) & ~good & (count > 0)[:, None] & ~without[:, None]
    at = (held.starts[of_line][:, None] + each - 1)[good]
    lists = pa.ListArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum(good.sum(axis=1))]), pa.int32()), held.codes.take(pa.array(at))
    )
    return Pointed(pc.binary_join(lists, " "), astray.any(axis=1))


def _positions(text: str, mark: str) -> list[int]:
    """The positions that a composite names, each once; a component that names none points nowhere."""
    parts = [part for part in text.split(mark)[:MOST_POINTERS] if part]
    read = [int(part) if part.isdecimal() and part.isascii() and 0 < int(part) < _NOWHERE else _NOWHERE
            for part in parts]  # fmt: skip
    return list(dict.fromkeys(read))
