"""Tables published in numbered parts: a store takes every part of a release, or none."""

from __future__ import annotations

import re
from pathlib import PurePath

from trocar.reference.readers.base import Reading, SourceFile
from trocar.reference.readers.delimited import refusal

_PART = re.compile(r"-f(\d+)\.\w+$", re.IGNORECASE)
_REMEDY = "Put all parts of the release into the folder: without one of them, pairs that are edited look clear."


def part_of(file: SourceFile) -> int | None:
    """The number of a part, as of ``ccipra-v322r0-f1.txt``; None for a table that is one file."""
    found = _PART.search(PurePath(file.member).name) or _PART.search(file.path.name)
    return int(found[1]) if found else None


class Parts:
    """The parts of code pair edits met so far, by release and setting."""

    def __init__(self) -> None:
        self._met: dict[str, dict[int, tuple[SourceFile, str]]] = {}

    def add(self, file: SourceFile, reading: Reading) -> None:
        """Take note of a file that is loaded, if it is a part."""
        number = part_of(file)
        if number is not None and reading.table == "ncci_ptp" and reading.rows.num_rows:
            last = reading.rows["column_1"][-1].as_py()
            self._met.setdefault(f"{reading.release} {reading.setting}", {})[number] = (file, last)

    def require_all(self) -> None:
        """Raise ``ReferenceFileError`` where a part is missing.

        CMS cuts the table, which runs by its first column from digits to letters, into four files named -f1 to -f4
        (so its page of the PTP edits lists them): a number that is left out, or an end among the digits, tells.
        """
        for release, parts in self._met.items():
            numbers = sorted(parts)
            file, last = parts[numbers[-1]]
            absent = [number for number in range(1, numbers[-1]) if number not in parts]
            if absent:
                raise refusal(file, f"part f{absent[0]} of {release} is not here", remedy=_REMEDY)
            if last[0].isdigit():
                what = f"{release} ends at {last} with part f{numbers[-1]}: the parts after it are not here"
                raise refusal(file, what, remedy=_REMEDY)
