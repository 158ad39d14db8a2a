"""Build the embedded starter pack from the publishers' own files: ``uv run python tools/build_starter.py [--cms DIR]``.

The pack is an ordinary reference store narrowed to a scope of codes, without the tables the scope does not need, and
written as small as Parquet goes. The same files give the same bytes. It holds code numbers and CMS payment facts only.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trocar.reference.build import build
from trocar.reference.catalog import Catalog
from trocar.reference.discover import discover
from trocar.reference.law import law
from trocar.reference.readers import aoc
from trocar.reference.seal import SEAL_NAME, seal
from trocar.reference.store import CATALOG_NAME, Store

REPOSITORY = Path(__file__).resolve().parent.parent
STARTER = REPOSITORY / "src" / "trocar" / "data" / "starter"
EXAMPLES = REPOSITORY / "examples"
RULES = REPOSITORY / "src" / "trocar" / "rules"
SCOPE_FILE = Path(__file__).with_name("starter_scope.toml")
LIMIT_BYTES = 6_000_000

# Tables a scope of needle procedures does not need: published caps and their proof, counties, anesthesia factors.
LEFT_OUT = ("opps_cap", "locality_county", "anesthesia")
# NUCC's words are NUCC's: the pack keeps its codes.
BLANKED = {"taxonomy": ("grouping", "classification", "specialization")}
_DELTA_TEXT = {"icd10": ("code",), "zip_locality": ("zip",), "taxonomy": ("code",)}


def scope(source: Path) -> list[str]:
    """The HCPCS codes of the pack: the law's tables, the scope file, the examples, and the primaries of its add-ons."""
    told = tomllib.loads(SCOPE_FILE.read_text("utf-8"))
    codes = {*_codes_of_the_law(), *_codes_of_the_examples(), *told["codes"]}
    codes.update(str(code) for first, last in told["visits"] for code in range(int(first), int(last) + 1))
    codes.difference_update(told["leave_out"])
    return sorted(_with_primaries(codes, source))


def _codes_of_the_law() -> Iterator[str]:
    own = law()
    yield from own.guidance
    yield from own.needle_procedures
    yield from (row.primary for row in own.included)
    for row in own.use_instead:
        yield from (row.billed, *row.beside, *row.suggest)
    for primaries in own.contractor_primaries.values():
        yield from primaries


def _codes_of_the_examples() -> Iterator[str]:
    """Codes of the example claims, and of the rules' examples that the starter pack has to answer."""
    for path in sorted(EXAMPLES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            yield from (row["hcpcs"] for row in csv.DictReader(stream) if len(row["hcpcs"]) == 5)
    for path in sorted(RULES.glob("*/*.toml")):
        if path.parent.name == "params":
            continue
        for example in tomllib.loads(path.read_text("utf-8"))["example"]:
            if not example.get("needs_full_data", False):
                yield from (line["hcpcs"] for line in example["lines"] if "hcpcs" in line)


def _with_primaries(codes: set[str], source: Path) -> set[str]:
    """The codes with every listed primary of every add-on among them: an add-on must see whatever it may belong to."""
    rows = pa.concat_tables(
        aoc.READER.read(file).rows for file, reader in discover(source).work if reader is aoc.READER
    )
    pairs = list(zip(rows["addon"].to_pylist(), rows["primary"].to_pylist(), strict=True))
    grown = set(codes)
    while more := {one for addon, one in pairs if addon in grown and one != aoc.CONTRACTOR_DEFINED} - grown:
        grown |= more
    return grown


def build_starter(source: Path, target: Path) -> Catalog:
    """Build the pack from the publishers' files under ``source`` into ``target``, whose Parquet files are replaced."""
    codes = scope(source)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        catalog = build(source, store.path, scope=codes)
        small = Path(folder) / "small"
        small.mkdir()
        written = _write(store, small, catalog)
        written.write(small / CATALOG_NAME)
        seal(small)
        size = sum(path.stat().st_size for path in small.iterdir())
        if size > LIMIT_BYTES:
            raise SystemExit(f"the pack has {size} bytes, more than {LIMIT_BYTES}: narrow {SCOPE_FILE.name}")
        _replace(target, small)
    return written


def _write(store: Store, folder: Path, catalog: Catalog) -> Catalog:
    """Write the tables the pack keeps; gives the catalog of their files alone (each keeps its file_id)."""
    for path in sorted(store.path.glob("*.parquet")):
        if path.stem not in LEFT_OUT:
            rows = store.table(path.stem)
            for column in BLANKED.get(path.stem, ()):
                at = rows.column_names.index(column)
                blank = pa.repeat(pa.scalar("", pa.string()), rows.num_rows)
                rows = rows.set_column(at, rows.schema.field(column), blank)
            _write_small(path.stem, rows, folder / path.name)
    files = tuple(file for file in catalog.files if file.table and file.table not in LEFT_OUT)
    note = f"starter pack: {len(catalog.scope)} codes, without {', '.join(LEFT_OUT)}; citations are of the whole files"
    return replace(catalog, files=files, notes=(note,))


def _write_small(table: str, rows: pa.Table, path: Path) -> None:
    """One row group, delta-encoded numbers and sorted codes, the rest by dictionary, packed as hard as zstd can."""
    encodings = {}
    for column in rows.schema:
        if pa.types.is_integer(column.type) and column.name != "file_id" and column.type.bit_width >= 32:
            encodings[column.name] = "DELTA_BINARY_PACKED"
    encodings |= dict.fromkeys(_DELTA_TEXT.get(table, ()), "DELTA_BYTE_ARRAY")
    pq.write_table(
        rows.combine_chunks(),
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=[name for name in rows.column_names if name not in encodings],
        column_encoding=encodings,
        write_statistics=False,
        row_group_size=max(rows.num_rows, 1),
        data_page_size=1 << 26,
    )


def _replace(target: Path, small: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for old in (*target.glob("*.parquet"), target / CATALOG_NAME, target / SEAL_NAME):
        old.unlink(missing_ok=True)
    for path in sorted(small.iterdir()):
        shutil.move(path, target / path.name)


def sizes(folder: Path) -> list[tuple[str, int]]:
    """Name and bytes of each file of the pack."""
    return [(path.name, path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file()]


def main() -> None:
    """Build into the source tree, and say what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("TROCAR_CMS_FILES", REPOSITORY.parent / "shared" / "cms"))
    parser.add_argument("--cms", type=Path, default=default, help="folder of the publishers' files")
    parser.add_argument("--output", type=Path, default=STARTER, help="folder to write")
    told = parser.parse_args()
    catalog = build_starter(told.cms, told.output)
    for name, size in sizes(told.output):
        print(f"{size:>9,} {name}")
    print(f"{sum(size for _, size in sizes(told.output)):>9,} bytes for {len(catalog.scope)} codes")


if __name__ == "__main__":
    main()
