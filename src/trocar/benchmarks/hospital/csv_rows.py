"""The rows of a hospital's CSV as spreadsheets number them, in whatever encoding it was saved."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Generator
from itertools import chain
from typing import BinaryIO

from trocar.core.errors import ClaimInputError

_UNDECODED = re.compile(r"[\udc80-\udcff]")
# A cell of algorithms and notes may be longer than the csv module's default.
_LONGEST_CELL = 1 << 24
# A line behind the last: where it is not a row of its own, a quotation mark took it in.
_END = "\x1e"


def rows(file: BinaryIO, undecoded: Callable[[int], None]) -> Generator[tuple[int, list[str]], None, None]:
    """Each row with its number from 1; a row without any text is empty.

    UTF-16 is told by its mark, else UTF-8; bytes that are no UTF-8 are read as Windows-1252, and ``undecoded`` is
    called with the row. Line endings may be mixed. Raises ``ClaimInputError`` where the file stops being CSV.
    """
    stream = io.BufferedReader(file, 1 << 18)  # type: ignore[type-var]
    utf16 = stream.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = io.TextIOWrapper(stream, "utf-16" if utf16 else "utf-8-sig", errors="surrogateescape", newline="")
    csv.field_size_limit(_LONGEST_CELL)
    number = 0
    try:
        for number, row in enumerate(csv.reader(chain(text, (_END,))), 1):
            if row == [_END]:
                break
            if row and row[-1].endswith(_END):
                raise ClaimInputError("a quotation mark that opens here is never closed", where=f"row {number}")
            whole = "".join(row)
            if not whole.isascii() and _UNDECODED.search(whole):
                undecoded(number)
                row = [_UNDECODED.sub(_windows_1252, cell) for cell in row]
            yield number, row if whole.strip() else []
    except (csv.Error, UnicodeError, EOFError, OSError) as error:
        raise ClaimInputError(f"the file can't be read on from here ({error})", where=f"row {number + 1}") from error
    else:
        # A compressed file that breaks ends like any other, and says so.
        if broken := getattr(getattr(file, "raw", None), "broken", ""):
            raise ClaimInputError(broken, where=f"row {number + 1}")
    finally:
        text.detach()
        stream.detach()  # the file is the caller's to close


def _windows_1252(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", errors="replace")
