"""API keys: random tokens whose hashes are kept in a file, each with the scopes it opens."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from trocar.core.errors import UsageError
from trocar.entrypoints.http.settings import Settings

SCOPES = ("lookup", "price", "check", "reports", "metrics")
_TOKEN_BYTES = 32
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key. The token has 256 random bits, so one SHA-256 of it is as good as a slow hash of a password."""

    name: str
    scopes: tuple[str, ...]
    sha256: str
    created: str


def asked_for(settings: Settings) -> KeyFile | None:
    """The keys that the settings ask for, None where they ask for none. Raises ``UsageError`` where there are none."""
    if not settings.asks_for_keys:
        return None
    found = KeyFile(settings.keys)
    if not found.keys():
        raise UsageError(
            f"there are no API keys, and {settings.public_base_url or settings.host} is open to others",
            where=str(settings.keys),
            remedy="Add one: trocar serve keys add NAME --scope lookup; or listen on 127.0.0.1.",
        )
    return found


class KeyFile:
    """The keys of a file, read again when the file changes: a key revoked is a key refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state: tuple[int, ...] | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def keys(self) -> tuple[ApiKey, ...]:
        """All keys, none where there is no file; raises ``UsageError`` for a file that can't be read."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._state, self._keys = None, ()
            return ()
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        if state != self._state:
            self._keys, self._state = self._read(), state
        return self._keys

    def _read(self) -> tuple[ApiKey, ...]:
        try:
            shapes = json.loads(self.path.read_text("utf-8"))["keys"]
            return tuple(ApiKey(**{**shape, "scopes": tuple(shape["scopes"])}) for shape in shapes)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                "the file of API keys is damaged",
                where=str(self.path),
                remedy="Put it back from a copy, or delete it and add the keys anew: trocar serve keys add NAME.",
            ) from error

    def holder(self, token: str) -> ApiKey | None:
        """The key of a token; every key is compared, in constant time."""
        digest = _digest(token)
        found = None
        for key in self.keys():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def add(self, name: str, scopes: Sequence[str], on: date) -> str:
        """Add a key; gives its token, which is kept nowhere. Raises ``UsageError``."""
        if any(key.name == name for key in self.keys()):
            raise UsageError(f"there is a key {name}", where=name, remedy=f"trocar serve keys rotate {name}")
        if unknown := [scope for scope in scopes if scope not in SCOPES]:
            raise UsageError(f"{unknown[0]!r} is no scope", where="--scope", remedy=f"Scopes: {', '.join(SCOPES)}.")
        if not scopes:
            raise UsageError(
                "a key without a scope opens nothing", where="--scope", remedy=f"Scopes: {', '.join(SCOPES)}."
            )
        token = _new_token()
        key = ApiKey(name, tuple(dict.fromkeys(scopes)), _digest(token), on.isoformat())
        self._write([*self.keys(), key])
        return token

    def rotate(self, name: str, on: date) -> str:
        """Give a key a new token; the old one is refused from now on. Raises ``UsageError``."""
        self._named(name)
        token = _new_token()
        self._write(
            replace(key, sha256=_digest(token), created=on.isoformat()) if key.name == name else key
            for key in self.keys()
        )
        return token

    def revoke(self, name: str) -> None:
        """Take a key away. Raises ``UsageError``."""
        self._named(name)
        self._write(key for key in self.keys() if key.name != name)

    def _named(self, name: str) -> None:
        if not any(key.name == name for key in self.keys()):
            names = ", ".join(key.name for key in self.keys()) or "none"
            raise UsageError(f"there is no key {name}", where=name, remedy=f"Keys: {names}.")

    def _write(self, keys: Iterable[ApiKey]) -> None:
        """Whole or not at all, readable by the owner alone."""
        text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=1)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        building = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        building.unlink(missing_ok=True)
        with os.fdopen(
            os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="utf-8"
        ) as out:
            out.write(text)
        building.replace(self.path)


def _new_token() -> str:
    return f"trocar_{secrets.token_urlsafe(_TOKEN_BYTES)}"


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
