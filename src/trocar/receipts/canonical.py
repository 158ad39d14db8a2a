"""Canonical JSON after RFC 8785: one value has one text, so that its sha256 names it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

# What every reader of JSON keeps exactly (RFC 8785, section 3.1, by way of I-JSON).
MOST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical text: keys sorted, no space, UTF-8, escapes as short as may be.

    The numbers of a receipt are whole, up to 2^53 - 1 in size, and written in plain digits; amounts are texts. Raises
    ``TypeError`` for a float and for a key that is not ASCII text, ``ValueError`` for a larger number.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(value: Any) -> str:
    """The sha256 of the canonical text."""
    return sha256(canonical(value)).hexdigest()


def _check(value: Any) -> None:
    """RFC 8785 sorts keys by UTF-16 units and writes numbers as ECMAScript does: for these values as Python does."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"{key!r} is no key of a receipt")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if abs(value) > MOST:
            raise ValueError(f"{value} is too large for JSON")
    elif not (value is None or isinstance(value, str)):
        raise TypeError(f"{value!r} has no place in a receipt")
