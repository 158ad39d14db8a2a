"""Which codes are asked for: named sets, lists and files of codes."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from importlib import resources
from pathlib import Path

from trocar.core.errors import UsageError
from trocar.reference.law import law

_KNOWN = "trocar.knowledge.codes"
# Why rates of such a field are not read.
AMONG_OTHERS = "more than a code in one field"
_BETWEEN = re.compile(r"[^0-9A-Z]+")


def guidance() -> frozenset[str]:
    """The image-guidance family, from the table of the law."""
    return frozenset(law().guidance)


def needle() -> frozenset[str]:
    """Guidance, and every procedure that includes it or has a page of its own here."""
    pages = {entry.name.removesuffix(".toml") for entry in resources.files(_KNOWN).iterdir()}
    return guidance() | law().included_primaries | {name for name in pages if name[:1].isdigit()}


SETS = {"guidance": guidance, "needle": needle}


def codes_asked(texts: Sequence[str]) -> frozenset[str]:
    """The codes of some texts: ``77012,77002``, ``@guidance``, ``@needle``, or ``@FILE`` with codes in it.

    Codes are compared whole and in upper case; any type of code may be asked for. Raises ``UsageError``.
    """
    codes = {code for text in texts for part in text.split(",") for code in _codes(part.strip())}
    if not codes:
        raise UsageError("no code was asked for", where="--codes", remedy="Give --codes @guidance or 77012,77002.")
    return frozenset(codes)


def _codes(part: str) -> frozenset[str]:
    if not part.startswith("@"):
        return frozenset({part.upper()} - {""})
    name = part[1:]
    if name in SETS:
        return SETS[name]()
    try:
        words = Path(name).read_text(encoding="utf-8").replace(",", " ").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{part} is neither a named set nor a file of codes ({error})",
            where="--codes",
            remedy=f"Named sets: {', '.join('@' + name for name in SETS)}. A file holds codes and spaces.",
        ) from error
    return frozenset(word.upper() for word in words)


def is_among_others(text: str, codes: Set[str]) -> bool:
    """Whether a published field holds one of the codes together with something else (``77012-26``, ``77002,77012``).

    What its amounts are for, nobody says.
    """
    return not text.isalnum() and text not in codes and not codes.isdisjoint(_BETWEEN.split(text))
