"""Errors of knowledge files: what is wrong, in which file and block."""

from __future__ import annotations

from trocar.core.errors import TrocarError


class KnowledgeFileError(TrocarError, ValueError):
    """A knowledge file is not of the documented format; ``where`` is file and block (``77012.toml tips[2].impact``)."""

    docs = "docs/formats/knowledge.md"
