"""A receipt: an answer with its lines, its code, its releases and every row that it cites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from trocar.core.period import day_number
from trocar.engine.batch import Batch
from trocar.engine.in_force import NONE
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price
from trocar.receipts.canonical import digest
from trocar.receipts.cited_rows import cited_rows, places_of
from trocar.receipts.claim_lines import line_shapes, without_patients
from trocar.receipts.code import layer_hashes, rule_hashes
from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store
from trocar.scrub.check import check

FORMAT = 1
Job = Literal["check", "price"]


@dataclass(frozen=True)
class Evidence:
    """A store opened twice: compiled to answer, and as tables to show rows. ``pins`` as ``Pack.open`` takes them."""

    pack: Pack
    store: Store
    pins: Mapping[str, str]


def receipt_of(
    job: Job, table: pa.Table, evidence: Evidence, inputs: Sequence[Path], unread: int, *, patient_fields: bool = False
) -> dict[str, Any]:
    """The receipt of a claim table (``CLAIM_SCHEMA``), ready to be written as JSON.

    ``inputs`` are the files the lines were read from and ``unread`` the rows of them that could not be. Unless
    ``patient_fields``, claims and patients are numbers, and files are too: the answer is made of lines that no longer
    have the ids, so that nothing of them can be in it.
    """
    lines = table if patient_fields else without_patients(table)
    answers = answers_of(job, lines, evidence)
    told = [*answers["findings"], *answers["priced"]]
    rows = cited_rows(evidence.store, places_of(told))
    shape = {
        "receipt": FORMAT,
        "job": job,
        "trocar": version("trocar"),
        "options": {"pins": dict(evidence.pins)},
        "patient_fields": patient_fields,
        "inputs": input_shapes(inputs, names=patient_fields),
        "rows_not_readable": unread,
        "lines": line_shapes(lines),
        "code": layer_hashes(),
        "rules": rule_hashes(),
        "releases": releases_of(lines, evidence.pack, rows),
        "rows": rows,
        **answers,
    }
    return sealed(shape)


def sealed(shape: Mapping[str, Any]) -> dict[str, Any]:
    """A receipt with the hash of everything else in it."""
    body = {name: value for name, value in shape.items() if name != "sha256"}
    return body | {"sha256": digest(body)}


def answers_of(job: Job, lines: pa.Table, evidence: Evidence) -> dict[str, list[dict[str, Any]]]:
    """What is said of the lines: the prices, and for a check the findings and what was not checked."""
    if job == "price":
        return {"findings": [], "not_checked": [], "priced": explain_all(price(Batch(lines, evidence.pack).line))}
    result = check(lines, evidence.pack)
    return {
        "findings": [finding.to_dict() for finding in result.findings],
        "not_checked": [entry.to_dict() for entry in result.not_checked],
        "priced": result.priced,
    }


def input_shapes(paths: Iterable[Path], *, names: bool) -> list[dict[str, Any]]:
    """The sha256 of each input's bytes; a file's name may name a patient, so it is told only when asked for."""
    shapes = []
    for number, path in enumerate(paths, 1):
        with path.open("rb") as stream:
            hashed = file_digest(stream, "sha256").hexdigest()
        shapes.append({"input": path.name if names else f"input {number}", "sha256": hashed})
    return shapes


def releases_of(lines: pa.Table, pack: Pack, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files that answered: those in force on the days of the lines, table by table, and those cited."""
    days = np.array(sorted({day_number(day) for day in lines["service_date"].to_pylist()}), np.int32)
    used: set[int] = set()
    for calendar in pack.calendars.values():
        ordinals = {*calendar.on(days).tolist(), *calendar.on_or_recorded_later(days).tolist()} - {NONE}
        used.update(file for file, ordinal in calendar.ordinal_of_file.items() if ordinal in ordinals)
    cited = {(row["release"], row["file"], row["sha256"]) for row in rows}
    return [
        _release(file)
        for file in sorted(pack.catalog.files, key=lambda file: (file.table, file.setting, file.first, file.file))
        if file.file_id in used or (file.release, file.file, file.sha256) in cited
    ]


def _release(file: CatalogFile) -> dict[str, Any]:
    return {
        "table": file.table,
        "setting": file.setting,
        "release": file.release,
        "file": file.file,
        "sha256": file.sha256,
        "first": file.first.isoformat(),
        "last": file.last.isoformat(),
        "published": file.published.isoformat() if file.published else None,
    }
