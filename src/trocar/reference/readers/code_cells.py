"""A code in a cell of a publisher's file: parsed, or the file refused."""

from __future__ import annotations

from typing import TypeVar

from trocar.core.codes import Hcpcs, PlaceOfService, Taxonomy
from trocar.core.errors import InvalidCodeError
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.delimited import refusal

Code = TypeVar("Code", Hcpcs, PlaceOfService, Taxonomy)


def parse_code(kind: type[Code], text: str, source: SourceFile, line: int) -> str:
    """``kind.parse(text)`` as plain text; raises ``ReferenceFileError`` naming the line when it is no such code."""
    try:
        return str(kind.parse(text))
    except InvalidCodeError as error:
        raise refusal(source, error.what, line, error.remedy) from error
