"""The recorded acceptance of the AMA's terms, without which no full store is built."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from trocar.core.errors import LicenceError

LICENCE_NAME = "licence.json"


def licence_text() -> str:
    """What the user accepts, in our own words."""
    return files("trocar.reference").joinpath("licence.txt").read_text("utf-8")


def licence_sha256() -> str:
    """Hash of the text accepted: an acceptance of another text doesn't count."""
    return sha256(licence_text().encode("utf-8")).hexdigest()


def accept_licence(store: Path, on: date) -> None:
    """Record in the store's folder that its user accepted the terms on a day; the folder is made if need be.

    Kept out of the catalog, so that a rebuild from the same files is bit-identical whenever it was accepted.
    """
    store.mkdir(parents=True, exist_ok=True)
    body = {"accepted_on": on.isoformat(), "text_sha256": licence_sha256()}
    (store / LICENCE_NAME).write_text(json.dumps(body, indent=1) + "\n", "utf-8")


def accepted_on(store: Path) -> date | None:
    """The day the present text was accepted for this store; None if it never was."""
    try:
        body = json.loads((store / LICENCE_NAME).read_text("utf-8"))
        return date.fromisoformat(body["accepted_on"]) if body["text_sha256"] == licence_sha256() else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LicenceError(
            f"the record of the licence acceptance is damaged ({error})",
            where=str(store / LICENCE_NAME),
            remedy="Delete it and accept again.",
        ) from error


def require_acceptance(folder: Path, *, of: str = "this store", act: str = "build") -> None:
    """Raise ``LicenceError`` unless the acceptance is on record in a folder; ``of`` and ``act`` word the error."""
    if accepted_on(folder) is None:
        raise LicenceError(
            f"the files hold CPT codes, and acceptance of the AMA's terms is not on record for {of}",
            where=str(folder),
            remedy=f"Read THIRD_PARTY.md, then {act} with --accept-ama-license.",
        )
