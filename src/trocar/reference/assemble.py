"""Assembling a store: each file read, placed in its release, checked against the others, and written."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa

from trocar.core.errors import ReferenceFileError
from trocar.reference import checks, diagnoses
from trocar.reference.bundles import Bundles
from trocar.reference.catalog import Catalog, CatalogFile
from trocar.reference.discover import Discovery, damaged_zip
from trocar.reference.opps_cap_check import opps_cap_report
from trocar.reference.parts import Parts, part_of
from trocar.reference.published import OWN_WORDS, STATEMENTS, Published
from trocar.reference.readers import pprrvu
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import listed, refusal
from trocar.reference.release import announced_last, qualifying_factors
from trocar.reference.store import CATALOG_NAME, Store
from trocar.reference.table_files import TableFiles

# Rows kept in memory while building, since other files are compared with them.
_COMPARED = ("schedule", "gpci", "icd10")
# Published as several files of one release, which are no twins unless they are the same part of it.
_IN_PARTS = ("ncci_ptp",)
# One row per payment locality of the release.
_BY_LOCALITY = ("anesthesia", "locality_county")
Making = Callable[[pa.Table, SourceFile], tuple[pa.Table, pa.Table]]


class TwoFilesError(ReferenceFileError):
    """Two sound files contradict each other: which of them holds can't be told, so neither stands in for the other."""


class Assembly:
    """One build in progress."""

    def __init__(
        self,
        folder: Path,
        scope: frozenset[str] | None,
        keep_descriptions: bool,
        stated: Mapping[str, Published] | None = None,
    ) -> None:
        self._folder = folder
        self._stated = dict(stated or {})
        self._scope = scope
        self._keep_descriptions = keep_descriptions
        self._tables = TableFiles(folder, scope)
        self._files: list[CatalogFile] = []
        self._sources: dict[int, SourceFile] = {}
        self._rows: dict[int, pa.Table] = {}
        self._notes: list[str] = []
        self._checks: list[tuple[SourceFile, Reader, Reading]] = []
        self._refused: list[tuple[SourceFile, Reader, ReferenceFileError]] = []
        self._parts = Parts()

    def run(self, found: Discovery) -> Catalog:
        """Read and write everything; raises ``ReferenceFileError`` when a file can't be trusted."""
        self._bundles = Bundles.of(found.work)
        self._notes += found.notes
        with self._tables:
            for file, reader in found.work:
                try:
                    self._take(file, reader)
                except TwoFilesError:
                    raise
                except ReferenceFileError as error:
                    self._refused.append((file, reader, error))
            self._settle_refusals()
            self._parts.require_all()
            for file, reader, reading in self._checks:
                self._check(file, reader, reading)
        self._end_at_the_next()
        self._publish()
        self._write()
        self._verify_opps_caps()
        return self._write()

    def _take(self, file: SourceFile, reader: Reader) -> None:
        """Read one file; load it, or keep it for the checks."""
        try:
            reading = reader.read(file)
        except (BadZipFile, zlib.error, EOFError) as error:
            raise damaged_zip(file, error) from error
        reading = self._dated(file, reading)
        if reading.release and (revision := self._bundles.superseded_by(reading.release)):
            self._notes.append(f"left out {file.name}: {revision} replaces {reading.release} on all its days")
        elif reading.check_only or self._repeats_the_csv(reader, reading) or _is_qualifying(reading):
            self._checks.append((file, reader, reading))
        elif twin := self._twin(file, reader, reading):
            if _content_of(self._sources[twin.file_id]) != _content_of(file):
                raise TwoFilesError(
                    f"it and {twin.file} differ, and both say they are {reading.release}",
                    where=file.name,
                    remedy="Keep one of the two; the store stays as it was.",
                )
            self._notes.append(f"left out {file.name}: the same content as {twin.file}")
        else:
            self._load(file, reader, reading)

    def _dated(self, file: SourceFile, reading: Reading) -> Reading:
        if reading.release is not None and reading.period is not None:
            return reading
        release = self._bundles.release_of(file)
        return replace(reading, release=release.name, period=release.period, published=release.published)

    def _repeats_the_csv(self, reader: Reader, reading: Reading) -> bool:
        return reader.family == "pprrvu_text" and reading.release in self._bundles.csv_releases

    def _twin(self, file: SourceFile, reader: Reader, reading: Reading) -> CatalogFile | None:
        """A loaded file of the same family, release and setting, and the same part of it."""
        key = (reader.family, reading.release, reading.setting)
        same = [other for other in self._files if (other.family, other.release, other.setting) == key]
        if reader.family in _IN_PARTS:
            part = part_of(file)
            same = [other for other in same if part is not None and part_of(self._sources[other.file_id]) == part]
        return same[0] if same else None

    def _load(self, file: SourceFile, reader: Reader, reading: Reading, rows: pa.Table | None = None) -> None:
        rows = reading.rows if rows is None else rows
        if reading.period is None or reading.period.last is None or reading.release is None:
            raise refusal(file, "nothing tells which days it is in force on")
        file_id = len(self._files)
        warnings = list(reading.warnings)
        if reading.table == "schedule":
            warnings += checks.schedule_warnings(rows)
        warnings += self._compare_localities(file, reading, rows)
        kept = self._tables.append(reading.table, rows, file_id) if reading.table else 0
        if self._keep_descriptions and reader.family == "pprrvu":
            self._tables.append("description", pprrvu.descriptions(file), file_id)
        self._sources[file_id] = file
        self._parts.add(file, reading)
        if reading.table in _COMPARED:
            self._rows[file_id] = rows
        self._files.append(
            CatalogFile(
                file_id,
                reader.family,
                reading.table,
                reading.release,
                file.name,
                file.sha256,
                kept,
                reading.period.first,
                reading.period.last,
                reading.published,
                OWN_WORDS if reading.published else "",
                announced_last(reading.release),
                reading.setting,
                reading.dated,
                reading.history,
                tuple(warnings),
            )
        )

    def _compare_localities(self, file: SourceFile, reading: Reading, rows: pa.Table) -> list[str]:
        """A file by locality lacks none that its release's GPCI has, or it was cut short; more are warned about."""
        same = (other for other in self._files if (other.table, other.release) == ("gpci", reading.release))
        indices = next(same, None)
        if indices is None or reading.table not in _BY_LOCALITY:
            return []
        missing, unknown = checks.localities_apart(rows, self._rows[indices.file_id])
        if missing:
            words = f"{len(missing)} localities of {indices.file} are not in it ({listed(missing)})"
            raise refusal(file, f"{words}: the file is cut short", rows["line"][-1].as_py())
        return [f"{len(unknown)} localities of it are not in {indices.file} ({listed(unknown)})"] if unknown else []

    def _settle_refusals(self) -> None:
        """A refused file stops the build, unless a sound one of its family and release is there."""
        for file, reader, error in self._refused:
            twin = self._bundles.twin(file, reader, self._files)
            if twin is None:
                raise error
            reasons = [str(error).removesuffix(f" {error.remedy}").rstrip(".")]
            if reader.family == "gpci":
                reasons += checks.gpci_contradictions(file, self._rows[twin.file_id], f"{twin.file} of {twin.release}")
            self._notes.append(f"refused {'; '.join(reasons)}. {twin.file} of {twin.release} is loaded")

    def _check(self, file: SourceFile, reader: Reader, reading: Reading) -> None:
        """Compare a file that isn't loaded with the one that is; what differs becomes that one's warning."""
        if reader.family == "icd10":
            self._check_diagnoses(file, reader, reading)
            return
        loaded = self._twin_of_table(reading)
        but = ("conversion_factor",) if _is_qualifying(reading) else ()
        found = checks.differences(reading.rows, self._rows[loaded.file_id], but) if loaded else ["nothing to compare"]
        self._report_check(file, loaded, found, reading.rows.num_rows)

    def _check_diagnoses(self, file: SourceFile, reader: Reader, reading: Reading) -> None:
        """A codes file or addenda against its order file; addenda also make the code set they lead to or from."""
        loaded = self._twin_of_table(reading)
        if loaded is not None:
            found = diagnoses.differences(reading.rows, self._rows[loaded.file_id])
            self._report_check(file, loaded, found, reading.rows.num_rows)
            earlier = diagnoses.before_update(reading)
            if earlier and diagnoses.is_order_addenda(file) and self._twin_of_table(earlier) is None:
                self._load_both(loaded, file, reader, earlier, diagnoses.without_addenda)
        elif (base := self._file_before(reading)) and diagnoses.is_order_addenda(file):
            self._load_both(base, file, reader, reading, diagnoses.with_addenda)
        else:
            self._notes.append(f"left out {file.name}: no order file it could be put on or checked against is here")

    def _load_both(
        self, base: CatalogFile, addenda: SourceFile, reader: Reader, reading: Reading, made: Making
    ) -> None:
        """The code set an order file and addenda make: the rows of each, cited to each."""
        for source, rows in zip(
            (self._sources[base.file_id], addenda), made(self._rows[base.file_id], addenda), strict=True
        ):
            self._load(source, reader, replace(reading, warnings=(f"made of {base.file} and {addenda.name}",)), rows)

    def _twin_of_table(self, reading: Reading) -> CatalogFile | None:
        same = (file for file in self._files if (file.table, file.release) == (reading.table, reading.release))
        return next(same, None)

    def _file_before(self, reading: Reading) -> CatalogFile | None:
        """The loaded file of the table whose days end where the reading's begin."""
        if reading.period is None:
            return None
        eve = reading.period.first - timedelta(days=1)
        return next((file for file in self._files if file.table == reading.table and file.last == eve), None)

    def _report_check(self, file: SourceFile, loaded: CatalogFile | None, found: list[str], rows: int) -> None:
        if loaded is None or not found:
            where = f"{loaded.file} of {loaded.release}" if loaded else "nothing"
            self._notes.append(f"checked {file.name}: its {rows} rows agree with {where}")
            return
        self._warn(loaded.file_id, f"{file.name} of the same release: {'; '.join(found)}")

    def _warn(self, file_id: int, warning: str) -> None:
        file = self._files[file_id]
        self._files[file_id] = replace(file, warnings=(*file.warnings, warning))

    def _end_at_the_next(self) -> None:
        """An update within the year (ICD-10-CM, 1 April) ends the release before it on its eve."""
        for file_id, file in enumerate(self._files):
            for other in self._files:
                same = (other.family, other.setting) == (file.family, file.setting) and not file.dated
                if same and file.table and file.first < other.first <= self._files[file_id].last:
                    self._files[file_id] = replace(
                        self._files[file_id], last=other.first - timedelta(days=1), announced_last=file.last
                    )

    def _publish(self) -> None:
        """Give files the day of publication that was stated for their release; what they say themselves holds."""
        for release, said in self._stated.items():
            own = [file for file in self._files if file.release == release]
            if not own:
                self._notes.append(f"{STATEMENTS} states a day for {release}, of which no file is here")
            for file in own:
                if file.published is None:
                    self._files[file.file_id] = replace(file, published=said.day, published_source=said.source)
                elif file.published != said.day:
                    self._notes.append(
                        f"{STATEMENTS} says {said.day} for {file.file}, which says {file.published} itself"
                    )

    def _verify_opps_caps(self) -> None:
        of_release = {file.release: file.file_id for file in self._files if file.table == "opps_cap"}
        for report in opps_cap_report(Store(self._folder)):
            if report.mismatched or report.uncompared:
                self._warn(
                    of_release[report.release],
                    f"{report.exact} of {report.compared} amounts reproduce from PPRRVU and GPCI"
                    f"{f', {report.uncompared} not compared' if report.uncompared else ''}: {report.explanation}",
                )

    def _write(self) -> Catalog:
        catalog = Catalog(tuple(self._files), tuple(sorted(self._scope or ())), tuple(self._notes))
        catalog.write(self._folder / CATALOG_NAME)
        return catalog


def _is_qualifying(reading: Reading) -> bool:
    """The schedule file of qualifying APM participants: the same relative values with another factor."""
    if reading.table != "schedule" or reading.period is None:
        return False
    return qualifying_factors().get(reading.period.first.year) == reading.rows["conversion_factor"][0].as_py()


def _content_of(file: SourceFile) -> bytes:
    return SourceFile(file.path, file.member).content
