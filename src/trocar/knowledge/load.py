"""The knowledge files of the package: each read when first asked for, and kept."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from trocar.knowledge.model import Knowledge
from trocar.knowledge.read import read_knowledge

_SUFFIX = ".toml"


def _folder() -> Traversable:
    return resources.files("trocar.knowledge").joinpath("codes")


@cache
def known_codes() -> tuple[str, ...]:
    """The codes with a knowledge file, sorted."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


@cache
def knowledge_of(code: str) -> Knowledge | None:
    """What is known of a code; None where no file describes it. Raises ``KnowledgeFileError`` for a damaged file."""
    if code not in known_codes():
        return None
    name = f"{code}{_SUFFIX}"
    return read_knowledge(_folder().joinpath(name).read_text("utf-8"), name)


def all_knowledge() -> tuple[Knowledge, ...]:
    """What is known of every code, by code."""
    return tuple(known for code in known_codes() if (known := knowledge_of(code)) is not None)
