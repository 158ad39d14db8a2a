"""Options that several commands share, and what they mean: the store, pinned releases, the day, the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from trocar.core.errors import ClaimInputError, UsageError

if TYPE_CHECKING:
    from trocar.book.job import Job
    from trocar.engine.pack import Pack
    from trocar.reference.store import Store
    from trocar.scrub.suppression import Suppressions


class Format(StrEnum):
    """How rows are printed: for people, or one JSON object or CSV row each."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Setting(StrEnum):
    """Whose claim it is."""

    PRACTITIONER = "practitioner"
    HOSPITAL = "hospital"
    ASC = "asc"


class EditSetting(StrEnum):
    """Which of the two NCCI tables; ambulatory surgical centers use the practitioners'."""

    PRACTITIONER = "practitioner"
    HOSPITAL = "hospital"


StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", envvar="TROCAR_STORE", help="Reference store; default: the starter pack."),
]
PinOption = Annotated[
    list[str] | None,
    typer.Option("--pin", metavar="TABLE=RELEASE", help="Use this release on every day (said in the answers)."),
]
PublishedOption = Annotated[
    str | None,
    typer.Option("--as-published-by", metavar="DATE", help="Answer with the releases published by this day alone."),
]
ReceiptOption = Annotated[
    Path | None, typer.Option("--receipt", metavar="FILE", help="Write a receipt: the answer and all it rests on.")
]
PatientFieldsOption = Annotated[
    bool, typer.Option("--with-patient-fields", help="Keep ids of claims and patients, and file names, in the receipt.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="text, json (one object per line) or csv.")]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Date of service, such as 2025-11-03; default: today.")
]
ZipOption = Annotated[str | None, typer.Option("--zip", metavar="ZIP", help="ZIP where the service was furnished.")]
LocalityOption = Annotated[
    str | None,
    typer.Option("--locality", metavar="MAC-NN", help="Payment locality instead of a ZIP, such as 13202-01."),
]
NationalOption = Annotated[bool, typer.Option("--national", help="The national amount (all indices 1).")]
JobsOption = Annotated[
    int | None, typer.Option("-j", "--jobs", metavar="N", help="Processes for a large book; default: the processors.")
]
MemoryOption = Annotated[
    str, typer.Option("--memory", metavar="SIZE", help="Bound for all processes of a large book together.")
]
WorkOption = Annotated[
    Path | None,
    typer.Option("--work", metavar="DIR", help="Work folder of a large book; default: beside the output."),
]
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def memory_size(text: str) -> int:
    """A size such as 2GiB, 512MiB, 2G in bytes; raises ``UsageError`` for anything else."""
    digits = text.strip().upper().removesuffix("IB").removesuffix("B")
    number, unit = (digits[:-1], _UNITS[digits[-1]]) if digits[-1:] in _UNITS else (digits, 1)
    if not number.isdigit():
        raise UsageError(f"{text!r} is not a size", where="--memory", remedy="Write it as 2GiB or 1500MiB.")
    return int(number) * unit


@dataclass(frozen=True)
class BookOptions:
    """How a book is to be worked on; most of it matters to large books only."""

    store: Path | None
    pins: Sequence[str] = ()
    jobs: int | None = None
    memory: str = "2GiB"
    work: Path | None = None
    strict: bool = False
    suppressions: Suppressions | None = None

    def job(self, kind: Literal["check", "price"], files: Sequence[Path], output: Path) -> Job:
        """The job of a large book; raises ``UsageError``."""
        from trocar.book.job import Job, PackSource, default_processes
        from trocar.book.run import default_work
        from trocar.scrub.suppression import NO_SUPPRESSIONS

        return Job(
            kind=kind,
            paths=tuple(files),
            output=output,
            pack=PackSource(self.store, pins_of(self.pins)),
            work=self.work or default_work(output),
            processes=default_processes() if self.jobs is None else self.jobs,
            memory=memory_size(self.memory),
            strict=self.strict,
            suppressions=self.suppressions or NO_SUPPRESSIONS,
        )


@dataclass(frozen=True)
class Opened:
    """A store with its pack."""

    pack: Pack
    store: Store


def open_store(folder: Path | None, pins: Sequence[str] | None = None) -> Opened:
    """The store asked for, else the embedded starter pack; raises ``StoreError`` or ``UsageError``."""
    from trocar.engine.pack import Pack
    from trocar.engine.starter import open_starter
    from trocar.reference.store import Store

    pinned = pins_of(pins or ())
    pack = open_starter(pinned) if folder is None else Pack.open(folder, pinned)
    return Opened(pack, Store(store_folder(folder)))


def store_folder(folder: Path | None) -> Path:
    """The folder of the store asked for, else of the starter pack."""
    from trocar.engine.starter import starter_store

    return folder if folder is not None else starter_store()


def changed_files(folder: Path | None) -> list[str]:
    """What of a store (of the starter pack and its compiled form) is not as it was built: a sentence per file.

    Raises ``StoreError`` when there is no store in the folder.
    """
    from trocar.engine.starter import open_starter
    from trocar.reference.catalog import Catalog
    from trocar.reference.seal import broken
    from trocar.reference.store import CATALOG_NAME

    if folder is not None:
        if not (folder / CATALOG_NAME).exists():
            Catalog.read(folder / CATALOG_NAME)  # says what is missing, and what to do
        return broken(folder)
    return [*broken(store_folder(None)), *broken(open_starter().folder)]


def with_clock(pins: Sequence[str] | None, published_by: str | None) -> list[str]:
    """The pins, with the day of ``--as-published-by`` among them; raises ``ClaimInputError`` for what is no day."""
    from trocar.engine.pack import PUBLISHED_BY

    if published_by is None:
        return list(pins or ())
    return [*(pins or ()), f"{PUBLISHED_BY}={day_of(published_by, '--as-published-by').isoformat()}"]


def day_of(text: str, option: str) -> date:
    """The day an option names; raises ``ClaimInputError`` that names the option."""
    from trocar.claims import cells

    try:
        return cells.service_date(text)
    except ClaimInputError as error:
        error.where = option
        raise


def pins_of(texts: Sequence[str]) -> dict[str, str]:
    """Pinned releases by table; raises ``UsageError`` for a text that pins nothing."""
    return dict(_pin(text) for text in texts)


def _pin(text: str) -> tuple[str, str]:
    table, equals, release = text.partition("=")
    if not (table and equals and release):
        raise UsageError(f"{text!r} pins nothing", where="--pin", remedy="Write --pin ncci_ptp=PTP2024Q3.")
    return table, release


def today() -> date:
    """The one place where Trocar reads the clock: an entry point may default a date, if it says so."""
    return date.today()  # noqa: DTZ011, TID251 (the user's own calendar day is what they mean by today)


def now() -> datetime:
    """The time of a run, with its offset from UTC: what a printed page says of itself; no answer depends on it."""
    return datetime.now().astimezone()  # noqa: TID251 (see today)


def service_day(text: str | None) -> date:
    """The date of service asked for; without one, today, and standard error says so."""
    if text is None:
        day = today()
        typer.echo(f"--on not given: {day.isoformat()} used", err=True)
        return day
    return day_of(text, "--on")


def place_of(zip_code: str | None, locality: str | None, national: bool) -> dict[str, str]:
    """The place as columns of a claim line; empty when none was given. Raises ``UsageError`` for more than one."""
    from trocar.claims import cells

    if sum((zip_code is not None, locality is not None, national)) > 1:
        raise UsageError(
            "more than one place was given", where="--zip, --locality, --national", remedy="Give one of the three."
        )
    try:
        if zip_code is not None:
            return {"zip": cells.zip_code(zip_code)}
        if locality is not None:
            mac, number = cells.locality(locality)
            return {"locality": number} | ({"mac": mac} if mac else {})
    except ClaimInputError as error:
        error.where = "--zip" if zip_code is not None else "--locality"
        raise
    return {"locality": "NATIONAL"} if national else {}
