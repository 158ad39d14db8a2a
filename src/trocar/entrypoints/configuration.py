"""``trocar.toml``: the settings of the working folder, or of ``--config``, that a check follows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.core.errors import UsageError

if TYPE_CHECKING:
    from trocar.scrub.suppression import Suppressions

DEFAULT_FILE = Path("trocar.toml")
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings with suppressions; default: trocar.toml, if it is here."),
]


def suppressions_asked(config: Path | None) -> Suppressions:
    """The suppressions of a settings file, or of ``trocar.toml`` in the working folder; none where there is none.

    Raises ``UsageError`` for a file that is not there, a key that no part of Trocar knows, and a wrong entry.
    """
    from trocar.scrub.suppression import NO_SUPPRESSIONS

    if config is None and not DEFAULT_FILE.is_file():
        return NO_SUPPRESSIONS
    path = config or DEFAULT_FILE
    if not path.is_file():
        raise UsageError("there is no such settings file", where=f"--config {path}", remedy="Check the path.")
    return read_configuration(path)


def read_configuration(path: Path) -> Suppressions:
    """The suppressions of a settings file; its other keys must be those of ``trocar serve``. Raises ``UsageError``."""
    import tomllib

    from trocar.entrypoints.http.settings import Settings
    from trocar.scrub.suppression_file import read_suppressions

    suppressions = read_suppressions(path)
    for key in tomllib.loads(path.read_text("utf-8")):
        if key not in Settings.model_fields:
            raise UsageError(
                f"{key} is not a setting", where=f"{path.name} {key}", remedy="See docs/suppression.md and serving.md."
            )
    return suppressions
