"""Citations: which release, which file, which line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """The place in the publisher's own file that a fact came from. ``line`` counts from 1 (sheet row for xlsx)."""

    release: str
    file: str
    line: int
    sha256: str
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.release} · {self.file} · line {self.line}"

    def to_dict(self) -> dict[str, object]:
        """The JSON shape; ``warnings`` only when there are any."""
        shape: dict[str, object] = {
            "release": self.release,
            "file": self.file,
            "line": self.line,
            "sha256": self.sha256,
        }
        if self.warnings:
            shape["warnings"] = list(self.warnings)
        return shape
