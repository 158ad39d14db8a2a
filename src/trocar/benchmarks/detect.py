"""What kind of file a published text is, by the keys at its root, never by its name."""

from __future__ import annotations

import codecs

from trocar.benchmarks.inflate import Text
from trocar.benchmarks.json_parts import MalformedError
from trocar.benchmarks.json_stream import Stream
from trocar.core.errors import ReferenceFileError

HOSPITAL = "hospital"
_TELLING = {
    "in_network": "in_network",
    "provider_references": "in_network",
    "out_of_network": "allowed_amounts",
    "reporting_structure": "index",
    "provider_groups": "provider_reference",
    "standard_charge_information": HOSPITAL,
    "hospital_name": HOSPITAL,
    "attestation": HOSPITAL,
    "affirmation": HOSPITAL,
}
# How texts begin that none of the readers is for: what they are, and what to do.
_ELSE = (
    ((b"\x1f\x8b", b"PK\x03\x04"), "it is compressed twice", "Unpack it once."),
    ((b"<",), "it is a web page or XML: the address may have expired", "Download the file again."),
    ((b"[",), "it is JSON with a list at its root", "The published file is one JSON object."),
)
_UTF_8 = "Convert it to UTF-8: iconv -f UTF-{} -t UTF-8."
_SPACE = b" \t\r\n"


def kind_of(text: Text, where: str) -> str:
    """The kind; empty for JSON that is none of them. What is no JSON object is taken for a hospital's CSV.

    Raises ``ReferenceFileError`` for what is plainly something else.
    """
    with text.open_raw() as file:
        stream = Stream(file.readinto, chunk=1 << 16)
        stream.begin()
        begins = stream.ahead(16)
        _refuse(begins, where)
        if begins[:1] != b"{":
            return HOSPITAL
        try:
            for key in stream.members():
                if key.lower() in _TELLING:
                    return _TELLING[key.lower()]
        except MalformedError:
            pass
    return ""


def _refuse(begins: bytes, where: str) -> None:
    """Raise for the first bytes of what is no published file."""
    if not begins:
        raise ReferenceFileError("the file is empty", where=where, remedy="Download it again.")
    for first, what, remedy in _ELSE:
        if begins.startswith(first):
            raise ReferenceFileError(what, where=where, remedy=remedy)
    marked = begins.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    # A hospital's CSV may be in UTF-16; JSON is in UTF-8, by its law.
    if b"\0" in begins[:4] and marked.replace(b"\0", b"").lstrip(_SPACE)[:1] in (b"{", b"["):
        bits = "32" if b"\0\0" in begins[:4] else "16"
        raise ReferenceFileError(f"it is JSON in UTF-{bits}", where=where, remedy=_UTF_8.format(bits))
