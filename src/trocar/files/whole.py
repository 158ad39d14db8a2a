"""Files that are there whole or not at all: written beside their name, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """A name to write to; the file gets its own name when the block ends well, and is removed when it does not.

    What is not ``lasting`` is not waited for: if the machine itself stops, the file may be shorter than it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    building = Path(name)
    try:
        yield building
        # A temporary file is its owner's alone; the result has the rights of any new file.
        building.chmod(0o666 & ~_umask())
        if lasting:
            with building.open("rb") as file:
                os.fsync(file.fileno())
        building.replace(path)
    except BaseException:
        building.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
