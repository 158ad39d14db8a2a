"""The settings of ``trocar serve``: from its options, then variables ``TROCAR_...``, then a TOML file."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from trocar.core.errors import UsageError
from trocar.scrub.suppression_file import read_suppressions

FILE_VARIABLE = "TROCAR_SETTINGS"
DEFAULT_FILE = Path("trocar.toml")
_PREFIX = "TROCAR_"


def _folder(variable: str, *default: str) -> Path:
    """A folder of the user by the XDG rules."""
    told = os.environ.get(variable)
    return (Path(told) if told else Path.home().joinpath(*default)) / "trocar"


def _default_keys() -> Path:
    return _folder("XDG_CONFIG_HOME", ".config") / "keys.json"


class Settings(BaseSettings):
    """Everything that can be set; documented in ``docs/serving.md``. Unknown names in the file are errors."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    store: Path | None = Field(None, description="Reference store; default: the embedded starter pack.")
    rates: Path | None = Field(
        None, description="Folder of published rates (of rates extract or compact); default: none."
    )
    pins: dict[str, str] = Field(default_factory=dict, description="Releases to use on every day, by table.")
    host: str = Field("127.0.0.1", description="Address to listen on; anything but loopback needs API keys.")
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 takes any free one.")
    workers: int | None = Field(None, ge=1, le=256, description="Processes; default: one per processor.")
    reports: str | None = Field(None, description="Database URL of the denial reports; default: a SQLite file.")
    keys: Path = Field(default_factory=_default_keys, description="File of the API keys (their hashes).")
    require_keys: bool = Field(False, description="Ask for API keys on loopback too, as behind a proxy.")
    public_base_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#]+$",
        description="How users reach the server, such as https://trocar.example.org.",
    )
    secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32)),
        min_length=32,
        description="Signs form tokens; default: new at each start.",
    )
    suppress: list[dict[str, Any]] = Field(
        default_factory=list, description="Rules silenced or lowered for a payer, site or code (docs/suppression.md)."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    most_body_bytes: int = Field(32 << 20, ge=1 << 10, description="Largest request body, also after decompression.")
    most_lines: int = Field(50_000, ge=1, description="Most claim lines of one request.")
    most_waiting: int = Field(256, ge=1, description="Most requests that wait for a check in one process.")
    most_seconds: int = Field(30, ge=1, description="Longest time until an answer begins.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def asks_for_keys(self) -> bool:
        """Whether others than this machine's users may come, directly or by a proxy."""
        return self.require_keys or not self.is_loopback or self.public_base_url is not None

    @property
    def is_https(self) -> bool:
        """Whether users come over HTTPS (a proxy's; Trocar itself speaks HTTP)."""
        return (self.public_base_url or "").startswith("https://")


def read_settings(file: Path | None = None, **given: Any) -> Settings:
    """The settings; ``given`` wins over the environment, and None is not given.

    ``file`` defaults to ``TROCAR_SETTINGS``, else ``trocar.toml`` where there is one. Raises ``UsageError``.
    """
    told = file or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    if told is not None and not told.is_file():
        raise UsageError("there is no such settings file", where=str(told), remedy="Check --settings.")
    path = told or DEFAULT_FILE

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path if path.is_file() else None)

    if path.is_file():
        read_suppressions(path)  # here an error has the address of its line
    try:
        return FromFile(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        where = f"{_PREFIX}{name.upper()} or {name} in {path}"
        raise UsageError(f"setting {name}: {first['msg']}", where=where, remedy="See docs/serving.md.") from None
    except ValueError as error:  # TOML that can't be read
        raise UsageError(f"the settings file is not TOML: {error}", where=str(path), remedy="Mend it.") from None
