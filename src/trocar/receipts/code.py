"""Hashes of the code that answers: each rule by itself, the layers around the rules by layer."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from trocar.rules.registry import declared

# What stands between a claim line and its answer; the rules' own modules are told one by one.
LAYERS = ("core", "claims", "reference", "engine", "pricing", "scrub")
_SOURCES = (".py", ".toml")


def rule_hashes() -> dict[str, str]:
    """For each rule id the sha256 of the module that declares it (of all of them, where dated ones stand apart)."""
    sources: dict[str, set[str]] = {}
    for rule, module in declared():
        assert module.__file__ is not None
        sources.setdefault(rule.id, set()).add(_of_bytes(Path(module.__file__).read_bytes()))
    return {rule: _of(sorted(hashes)) if len(hashes) > 1 else min(hashes) for rule, hashes in sources.items()}


def layer_hashes() -> dict[str, str]:
    """For each layer the sha256 over the names and contents of its sources: the same in a wheel and in a checkout."""
    root = resources.files("trocar")
    answer = {layer: _of(_named(root.joinpath(layer), layer)) for layer in LAYERS}
    helpers = (file for file in root.joinpath("rules").iterdir() if file.is_file() and file.name.endswith(_SOURCES))
    return answer | {"rules": _of(_named_file(file, file.name) for file in sorted(helpers, key=lambda file: file.name))}


def _named(folder: Traversable, name: str) -> Iterable[str]:
    """A line per source below a folder, in order of name."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _named(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(_SOURCES):
            yield _named_file(entry, f"{name}/{entry.name}")


def _named_file(file: Traversable, name: str) -> str:
    return f"{_of_bytes(file.read_bytes())}  {name}"


def _of(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def _of_bytes(content: bytes) -> str:
    """Of a source with line ends as in the repository, however it was checked out."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()
