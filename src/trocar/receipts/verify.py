"""Verify a receipt: its lines answered again from one's own store, and everything that differs said by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from trocar.receipts.canonical import canonical
from trocar.receipts.cited_rows import Place, cited_rows
from trocar.receipts.claim_lines import line_shapes, table_of, without_patients
from trocar.receipts.code import layer_hashes, rule_hashes
from trocar.receipts.receipt import Evidence, answers_of, input_shapes, sealed

Kind = Literal["receipt", "store file", "code", "rule", "release", "row", "input", "line", "answer"]
# What each list of answers is called in a sentence.
_ANSWERS = {"findings": "finding", "not_checked": "not checked", "priced": "price"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not here as the receipt has it; ``missing``: it is not here at all, so nothing was compared."""

    kind: Kind
    what: str
    receipt: str
    here: str
    missing: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return asdict(self)


@dataclass(frozen=True)
class Inputs:
    """The inputs given again: the files, and the claim table read from them."""

    paths: Sequence[Path]
    table: pa.Table
    unread: int


def differences(
    receipt: Mapping[str, Any], evidence: Evidence, changed: Iterable[str], inputs: Inputs | None = None
) -> list[Difference]:
    """Everything in which a receipt and what is here differ; none: they are equal.

    ``changed`` says which files of the store are not as they were built. Without ``inputs`` the lines in the receipt
    are answered again; with them the files are hashed and their lines compared and answered. When a release is not
    held, answers can't be compared and aren't. Raises ``ClaimInputError`` for lines that are none.
    """
    found = [*_receipt(receipt), *(Difference("store file", sentence, "as built", "changed") for sentence in changed)]
    found += _hashes("code", receipt["code"], layer_hashes())
    found += _hashes("rule", receipt["rules"], rule_hashes())
    releases = list(_releases(receipt["releases"], evidence))
    found += releases
    lines = table_of(receipt["lines"])
    if inputs is not None:
        found += _inputs(receipt, inputs)
        lines = inputs.table if receipt["patient_fields"] else without_patients(inputs.table)
    if not any(release.missing for release in releases):
        found += _rows(receipt["rows"], evidence)
        found += _answers(receipt, answers_of(receipt["job"], lines, evidence))
    return found


def _receipt(receipt: Mapping[str, Any]) -> Iterator[Difference]:
    """A receipt that was changed by hand no longer has its own hash."""
    own = sealed(receipt)["sha256"]
    if own != receipt["sha256"]:
        yield Difference("receipt", "the receipt was changed after it was written", receipt["sha256"], own)


def _hashes(kind: Kind, told: Mapping[str, str], here: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(told.keys() | here.keys()):
        if told.get(name) != here.get(name):
            what = f"{name} is another version" if name in told and name in here else f"{name} is only on one side"
            yield Difference(kind, what, told.get(name, "none"), here.get(name, "none"))


def _releases(told: Iterable[Mapping[str, Any]], evidence: Evidence) -> Iterator[Difference]:
    files = evidence.store.catalog.files
    for one in told:
        own = [file for file in files if (file.table, file.setting, file.release) == _release(one)]
        if any(file.sha256 == one["sha256"] and file.file == one["file"] for file in own):
            continue
        what = f"{one['release']} {one['file']}"
        other = next((file for file in own if file.file == one["file"]), own[0] if own else None)
        if other is None:
            yield Difference("release", f"{what} is not held", one["sha256"], "none", missing=True)
        else:
            here = f"{other.file} {other.sha256}"
            yield Difference("release", f"{what} is another file here", one["sha256"], here)


def _release(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["table"], one["setting"], one["release"]


def _rows(told: Sequence[Mapping[str, Any]], evidence: Evidence) -> Iterator[Difference]:
    """Each cited row read again from one's own tables."""
    places = [Place(row["release"], row["file"], row["sha256"], row["line"]) for row in told]
    here = {_place(row): row["values"] for row in cited_rows(evidence.store, places)}
    for row in told:
        if _place(row) not in here:
            continue  # of another file: said by its release
        if here[_place(row)] != row["values"]:
            what = f"{row['release']} {row['file']} line {row['line']}"
            yield Difference("row", what, _text(row["values"]), _text(here[_place(row)]))


def _place(row: Mapping[str, Any]) -> tuple[str, str, str, int]:
    return row["release"], row["file"], row["sha256"], row["line"]


def _inputs(receipt: Mapping[str, Any], inputs: Inputs) -> Iterator[Difference]:
    told = receipt["inputs"]
    here = input_shapes(inputs.paths, names=False)
    for number in range(max(len(told), len(here))):
        one = told[number]["sha256"] if number < len(told) else "none"
        two = here[number]["sha256"] if number < len(here) else "none"
        if one != two:
            yield Difference("input", f"input {number + 1} is another file", one, two)
    if receipt["rows_not_readable"] != inputs.unread:
        yield Difference("input", "rows not readable", str(receipt["rows_not_readable"]), str(inputs.unread))
    read = inputs.table if receipt["patient_fields"] else without_patients(inputs.table)
    yield from _lists("line", "claim line", receipt["lines"], line_shapes(read))


def _answers(receipt: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[Difference]:
    for name, title in _ANSWERS.items():
        yield from _lists("answer", title, receipt[name], here[name])


def _lists(kind: Kind, title: str, told: Sequence[Any], here: Sequence[Any]) -> Iterator[Difference]:
    """What only one of two lists has, told apart by what it is about; equal ones in another order are said too."""
    one, two = {_text(item): item for item in told}, {_text(item): item for item in here}
    only_told = [item for text, item in one.items() if text not in two]
    only_here = [item for text, item in two.items() if text not in one]
    waiting: dict[str, list[Any]] = defaultdict(list)
    for item in only_here:
        waiting[_about(item)].append(item)
    for item in only_told:
        others = waiting[_about(item)]
        yield Difference(kind, f"{title} {_about(item)}", _text(item), _text(others.pop(0)) if others else "none")
    for about, items in waiting.items():
        yield from (Difference(kind, f"{title} {about}", "none", _text(item)) for item in items)
    if not (only_told or only_here) and [*map(_text, told)] != [*map(_text, here)]:
        yield Difference(kind, f"{title}: the same ones in another order or number", str(len(told)), str(len(here)))


def _about(item: Mapping[str, Any]) -> str:
    parts = (f"{item['claim_id']} line {item['line']}", item.get("rule") or item.get("hcpcs"), item.get("needs"))
    return " ".join(str(part) for part in parts if part)


def _text(item: Any) -> str:
    return canonical(item).decode()


def other_version(receipt: Mapping[str, Any]) -> str | None:
    """Words for a receipt of another version of the program; equal answers are equal all the same."""
    told, here = receipt["trocar"], version("trocar")
    return None if told == here else f"written by Trocar {told}, verified by {here}"
