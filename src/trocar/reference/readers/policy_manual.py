"""NCCI policy manual PDF: kept as evidence alone, so that a citation of it can be proved by its hash."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa

from trocar.core.period import Period
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import refusal

_NAME = re.compile(r"ncci[-_ ]?policy[-_ ]?manual[^/]*?(20\d\d)|(20\d\d)[^/]*ncci[^/]*policy[^/]*manual", re.IGNORECASE)


def recognises(source: SourceFile) -> bool:
    """A PDF named as the policy manual of a year: its text is compressed, so only the name can tell."""
    return source.head.startswith(b"%PDF-") and _NAME.search(source.name) is not None


def read(source: SourceFile) -> Reading:
    """No rows; the manual of a year is in force from 1 January to 31 December (its introduction)."""
    match = _NAME.search(source.name)
    if match is None or b"%%EOF" not in source.content[-2048:]:
        raise refusal(source, "the PDF has no end: it is cut short")
    year = int(match[1] or match[2])
    period = Period(date(year, 1, 1), date(year, 12, 31))
    return Reading("", pa.table({}), f"NCCI Policy Manual {year}", period)


READER = Reader("policy_manual", recognises, read)
