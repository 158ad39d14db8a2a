"""Receipts as files: written in canonical JSON, read back whole or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trocar.core.errors import ReceiptError
from trocar.receipts.canonical import canonical
from trocar.receipts.receipt import FORMAT

_SHAPE: Mapping[str, type] = {
    "receipt": int, "job": str, "trocar": str, "options": dict, "patient_fields": bool, "inputs": list,
    "rows_not_readable": int, "lines": list, "code": dict, "rules": dict, "releases": list, "rows": list,
    "findings": list, "not_checked": list, "priced": list, "sha256": str,
}  # fmt: skip
# What every entry of a list has.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "inputs": ("input", "sha256"),
    "lines": ("claim_id", "line", "service_date", "hcpcs"),
    "releases": ("table", "setting", "release", "file", "sha256"),
    "rows": ("release", "file", "sha256", "line", "table", "values"),
    "findings": ("claim_id", "line", "rule", "citations"),
    "not_checked": ("claim_id", "line", "needs"),
    "priced": ("claim_id", "line", "hcpcs", "citations"),
}
_REMEDY = "Ask its writer for the file that trocar check --receipt or trocar price --receipt wrote."


def write_receipt(receipt: Mapping[str, Any], path: Path) -> None:
    """Write the canonical text and a line end."""
    path.write_bytes(canonical(receipt) + b"\n")


def _has(entry: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(entry, dict) and all(key in entry for key in keys)


def read_receipt(path: Path) -> dict[str, Any]:
    """A receipt of this format, its own hash not yet judged; raises ``ReceiptError`` for a file that is none."""
    try:
        body = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ReceiptError("the receipt can't be read", where=str(path), remedy=_REMEDY) from error
    except ValueError as error:
        raise ReceiptError(f"it is no JSON ({error})", where=str(path), remedy=_REMEDY) from error
    if not isinstance(body, dict) or body.get("receipt") != FORMAT:
        raise ReceiptError(f"it is no receipt of format {FORMAT}", where=str(path), remedy=_REMEDY)
    wrong = [name for name, kind in _SHAPE.items() if not isinstance(body.get(name), kind)]
    wrong += sorted(body.keys() - _SHAPE.keys())
    wrong += [name for name, keys in _PARTS.items() if not all(_has(entry, keys) for entry in body.get(name) or ())]
    if wrong or body["job"] not in ("check", "price"):
        what = f"a part of it is not as receipts have it: {', '.join(wrong) or 'job'}"
        raise ReceiptError(what, where=str(path), remedy=_REMEDY)
    try:
        canonical(body)
    except (TypeError, ValueError) as error:
        raise ReceiptError(str(error), where=str(path), remedy=_REMEDY) from error
    return body
