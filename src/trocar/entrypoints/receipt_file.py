"""``--receipt FILE``: the proof of an answer beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.claims_input import FEW_ROWS, STANDARD_INPUT
from trocar.entrypoints.options import Opened, pins_of

if TYPE_CHECKING:
    import pyarrow as pa

    from trocar.receipts.receipt import Job


def check_receipt_inputs(files: Sequence[Path]) -> None:
    """Raises ``UsageError`` for inputs that can't be hashed when they are given again."""
    if STANDARD_INPUT in files:
        raise UsageError("standard input can't be given again", where="--receipt", remedy="Name the file of claims.")
    if folders := [str(path) for path in files if path.is_dir()]:
        raise UsageError("a receipt names files", where=", ".join(folders), remedy="Name the files in the folder.")


def save_receipt(
    receipt: Path,
    job: Job,
    table: pa.Table,
    opened: Opened,
    pins: Sequence[str],
    inputs: Sequence[Path] = (),
    unread: int = 0,
    *,
    patient_fields: bool,
) -> None:
    """Write the receipt of a table of claim lines; raises ``UsageError`` for a book too large for one."""
    from trocar.receipts.files import write_receipt
    from trocar.receipts.receipt import Evidence, receipt_of

    if not receipt.parent.is_dir():
        raise UsageError("there is no such folder", where=str(receipt.parent), remedy="Make it, or name another.")
    if table.num_rows > FEW_ROWS:
        remedy = f"Check the claims in question by themselves, up to {FEW_ROWS:,} lines."
        raise UsageError(f"{table.num_rows:,} lines are too many for a receipt", where="--receipt", remedy=remedy)
    evidence = Evidence(opened.pack, opened.store, pins_of(pins))
    shape = receipt_of(job, table, evidence, inputs, unread, patient_fields=patient_fields)
    write_receipt(shape, receipt)
    typer.echo(f"receipt {shape['sha256']} written to {receipt}", err=True)
