"""Bodies of requests, held in memory alone: nothing that was sent is put in a file."""

from __future__ import annotations

import io
import json
import zlib
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from trocar.claims.sources import GZIP
from trocar.entrypoints.http.errors import HttpError
from trocar.entrypoints.http.state import state_of

JSON = "application/json"
CSV = "text/csv"
NDJSON = "application/x-ndjson"
MULTIPART = "multipart/form-data"
# Files of other formats, told apart by content whichever of these is said.
X12, FHIR, PARQUET = "application/edi-x12", "application/fhir+json", "application/vnd.apache.parquet"
_FORM = "application/x-www-form-urlencoded"
_MOST_FILES = 40


@dataclass(frozen=True)
class Upload:
    """A file that was sent: its name, for addresses, and its uncompressed bytes; its kind where that was said."""

    name: str
    content: bytes
    kind: str | None = None


class _InMemory(MultiPartParser):
    # The parser's own way is a file on disk from 1 MiB on. The body's size is bounded before it comes here.
    spool_max_size = 1 << 62


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_body(request: Request) -> Any:
    """The body as JSON, numbers as the digits that were written. Raises ``HttpError`` 415 or 422."""
    if media_type(request) != JSON:
        raise unsupported(request, JSON)
    try:
        found = json.loads(await request.body(), parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise HttpError(422, f"the body is not JSON ({error})", where="body", remedy="Send one JSON object.") from None
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


async def form(request: Request) -> FormData:
    """The fields and files of a form. Raises ``HttpError`` 415 or 422."""
    kind = media_type(request)
    try:
        if kind == MULTIPART:
            most = state_of(request).settings.most_body_bytes
            parser = _InMemory(request.headers, request.stream(), max_files=_MOST_FILES, max_part_size=most)
            return await _loose(await parser.parse())
        if kind == _FORM:
            return await FormParser(request.headers, request.stream()).parse()
    except MultiPartException as error:
        raise HttpError(422, f"the form can't be read ({error.message})", where="body") from None
    raise unsupported(request, f"{MULTIPART} or {_FORM}")


async def _loose(fields: FormData) -> FormData:
    """The same form, its files as plain bytes that nobody has to close."""
    items: list[tuple[str, UploadFile | str]] = []
    for name, value in fields.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            value = UploadFile(io.BytesIO(content), size=len(content), filename=value.filename, headers=value.headers)
        items.append((name, value))
    return FormData(items)


async def upload(request: Request) -> Upload:
    """The claim file of a request: its body, or the one file of its form. Raises ``HttpError`` 413, 415 or 422."""
    if media_type(request) == MULTIPART:
        return await file_of(request, await form(request))
    content = inflated(await request.body(), state_of(request).settings.most_body_bytes)
    return Upload("claims", content, media_type(request))


async def file_of(request: Request, fields: FormData) -> Upload:
    """The one file of a form. Raises ``HttpError`` 413 or 422."""
    found = [value for _, value in fields.multi_items() if isinstance(value, UploadFile)]
    if len(found) != 1:
        what = f"the form holds {len(found) or 'no'} files"
        raise HttpError(422, what, where="body", remedy="Send the claims as one file.")
    most = state_of(request).settings.most_body_bytes
    return Upload(_name(found[0].filename), inflated(await found[0].read(), most))


def _name(text: str | None) -> str:
    """The file's own name, without folders and without what would break a line of an answer."""
    plain = "".join(character for character in text or "" if character.isprintable())
    return plain.replace("\\", "/").rpartition("/")[2] or "claims"


def inflated(content: bytes, most: int) -> bytes:
    """Gzip content uncompressed, other content as it is. Raises ``HttpError`` 413 for more than so many bytes."""
    if not content.startswith(GZIP):
        return content
    try:
        made = zlib.decompressobj(wbits=31)
        answer = made.decompress(content, most + 1)
    except zlib.error as error:
        raise HttpError(422, f"the gzip data is damaged ({error})", where="body", remedy="Compress it again.") from None
    if len(answer) > most:
        raise too_large(most)
    if not made.eof:
        raise HttpError(422, "the gzip data ends too soon", where="body", remedy="Compress it again.")
    return answer


def too_large(most: int) -> HttpError:
    """The body is larger than the server takes."""
    return HttpError(
        413,
        f"the body is larger than {most:,} bytes",
        where="body",
        remedy="Send fewer claims at a time; trocar check takes books of any size.",
    )


def unsupported(request: Request, wanted: str) -> HttpError:
    """The body is of another kind than the address takes."""
    given = media_type(request) or "no content type"
    return HttpError(415, f"the body is {given}", where="header Content-Type", remedy=f"Send {wanted}.")
