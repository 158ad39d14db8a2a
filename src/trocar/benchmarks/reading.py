"""Walk the root of a file to its end, or to where it breaks: what was read until then is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from trocar.benchmarks.json_parts import EndedEarlyError, MalformedError
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.tally import Tally

SECTIONS = ("in_network", "provider_references", "out_of_network", "reporting_structure")


def root_key(written: str, offset: int, tally: Tally) -> str:
    """A key of the root; that of a section counts in any case."""
    key = written.lower()
    if key not in SECTIONS:
        return written
    if key != written:
        tally.repaired(f"{key} is written in capitals", offset)
    return key


def read_to_the_end(stream: Stream, file: BinaryIO, tally: Tally, section: Callable[[str], None]) -> None:
    """Call ``section`` for every key of the root; a break is told to the tally, with the byte where it is."""
    seen = set()
    try:
        stream.begin()
        for written in stream.members():
            key = root_key(written, stream.offset, tally)
            if key in seen and key in SECTIONS:
                tally.repaired(f"{key} stands there twice", stream.offset)
            seen.add(key)
            section(key)
        if stream.peek():
            tally.reject(stream.offset, "file", "something follows the end of the JSON text")
        elif broken := getattr(file, "broken", ""):
            tally.stopped(stream.offset, broken)
    except EndedEarlyError as error:
        tally.stopped(error.offset, getattr(file, "broken", "") or f"the file ends early: {error.reason}")
    except MalformedError as error:
        tally.stopped(error.offset, error.reason)
    tally.facts["uncompressed_size"] = stream.offset
