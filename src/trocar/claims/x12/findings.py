"""Findings on the X12 itself: what, where to the byte, why, and what to do now."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from trocar.claims.x12.masking import masked
from trocar.claims.x12.segments import Segments


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing the reader may say: its texts have {names} to be filled in."""

    id: str
    snip_type: int
    severity: str
    message: str
    remedy: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``segment`` counts from 1 and ``byte`` from 0 in the uncompressed file; ``value`` is masked."""

    rule: str
    snip_type: int
    severity: str
    message: str
    remedy: str
    source: str
    file: str
    segment: int
    byte: int
    element: str = ""
    loop: str = ""
    value: str = ""
    claim_id: str = ""
    citations: tuple[dict[str, Any], ...] = ()

    @property
    def where(self) -> str:
        """The address a user can see, such as ``claims.837 segment 27 CLM02``."""
        return " ".join(part for part in (self.file, f"segment {self.segment}", self.element) if part)

    def to_dict(self) -> dict[str, Any]:
        """The finding as data, its parts by name."""
        return {
            "rule": self.rule, "snip_type": self.snip_type, "severity": self.severity, "message": self.message,
            "remedy": self.remedy, "source": self.source, "where": self.where, "file": self.file,
            "segment": self.segment, "byte": self.byte, "element": self.element, "loop": self.loop,
            "value": self.value, "claim_id": self.claim_id, "citations": list(self.citations),
        }  # fmt: skip


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id."""
    stated = tomllib.loads((files("trocar.claims.x12") / "params" / "findings.toml").read_text("utf-8"))
    return {
        name: Rule(name, int(name[2]), rule["severity"], rule["message"], rule["remedy"], rule["source"])
        for name, rule in stated.items()
    }


def finding(
    rule: str,
    file: str,
    segments: Segments | None,
    at: int,
    *,
    element: str = "",
    loop: str = "",
    value: str = "",
    claim_id: str = "",
    byte: int = 0,
    citations: tuple[dict[str, Any], ...] = (),
    **filled: Any,
) -> Finding:
    """A finding of a rule on a segment, or on the file at a byte where there are no segments."""
    said = rules()[rule]
    shown = value if rule == "XS501" else masked(element, value, loop)
    words = {"element": element, "value": shown, "loop": loop, **filled}
    ordinal, start = (int(segments.ordinal[at]), int(segments.start[at])) if segments is not None else (at, byte)
    return Finding(
        rule, said.snip_type, said.severity, said.message.format(**words), said.remedy.format(**words), said.source,
        file, ordinal, start, element, loop, shown, claim_id, citations,
    )  # fmt: skip
