"""The seal of a store: the sha256 of each of its files, so that one changed byte is named."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

SEAL_NAME = "SHA256SUMS"
# Written after the store, by another command or another day's acceptance.
_OUTSIDE = frozenset({SEAL_NAME, "licence.json"})


def seal(folder: Path) -> None:
    """Write ``SHA256SUMS`` over the files of a folder, in the form that ``sha256sum --check`` reads."""
    lines = [f"{_digest(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / SEAL_NAME).write_text("".join(lines), "utf-8", newline="\n")


def broken(folder: Path) -> list[str]:
    """What of a folder is not as it was sealed, a sentence per file; nothing when every byte is.

    A folder without a seal, or with one that can't be read, is said to be so.
    """
    try:
        text = (folder / SEAL_NAME).read_text("utf-8")
        sealed = {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
    except FileNotFoundError:
        return [f"{SEAL_NAME} is missing: nothing says what the files were"]
    except ValueError:
        return [f"{SEAL_NAME} is damaged"]
    here = set(_names(folder))
    answer = [f"{name} is missing" for name in sorted(sealed.keys() - here)]
    answer += [f"{name} is not of the store" for name in sorted(here - sealed.keys())]
    for name in sorted(here & sealed.keys()):
        if (digest := _digest(folder / name)) != sealed[name]:
            answer.append(f"{name} was changed: sha256 {digest}, sealed as {sealed[name]}")
    return answer


def _names(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name not in _OUTSIDE and "__pycache__" not in name)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
