"""The key under which ids of patients are hashed: the same in every run of one user, known to nobody else."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from trocar.core.errors import UsageError

KEY_VARIABLE = "TROCAR_PATIENT_KEY"
_LEAST_BYTES = 16


@cache
def patient_key() -> bytes:
    """The key: ``TROCAR_PATIENT_KEY`` (16 characters or more), else a random one kept in a file of this user alone.

    Without the key nobody can try out ids until one matches. Raises ``UsageError`` for a key that is too short.
    """
    told = os.environ.get(KEY_VARIABLE)
    if told is not None:
        if len(told.encode()) < _LEAST_BYTES:
            raise UsageError(
                f"the key has fewer than {_LEAST_BYTES} characters",
                where=KEY_VARIABLE,
                remedy="Give a long random text, and keep it: another key makes other pseudonyms.",
            )
        return told.encode()
    return _kept_key(key_file())


def key_file() -> Path:
    """Where this user's own key is kept, readable by nobody else: ``XDG_DATA_HOME``/trocar, else ``~/.local/share``."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "trocar" / "patient.key"


def _kept_key(path: Path) -> bytes:
    """The key in the file; a new one is written there the first time, whole, so that two first runs share one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
        try:
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_bytes()
