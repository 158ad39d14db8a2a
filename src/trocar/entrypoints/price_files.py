"""``trocar price --file ... -o ...``: the prices of a file of claims as a table in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from trocar.book.merge import check_target, write_table
from trocar.book.prices import PRICES_SCHEMA, priced_part, problem_prices
from trocar.book.tally import pinned
from trocar.entrypoints.book_run import price_book, show_prices
from trocar.entrypoints.claims_input import STANDARD_INPUT, Input, read_few, read_files
from trocar.entrypoints.options import BookOptions, Format, open_store


def price_file(file: Path, output: Path, format_: Format, options: BookOptions) -> int:
    """Write the prices and print their summary; gives the exit code.

    Up to 200,000 rows: the lines in input order, then the rows that can't be read. A larger book: in the order of its
    parts; the column ``row`` has each line's position among the lines read.
    """
    check_target(output)
    read = read_files([file]) if file == STANDARD_INPUT else read_few([file])
    if not isinstance(read, Input):
        return price_book(options.job("price", [file], output), read, format_)
    pack = open_store(options.store, options.pins).pack
    rows = pa.chunked_array([pa.array(np.arange(1, read.table.num_rows + 1))])
    table, tally = priced_part(read.table, rows, pack)
    counts = {"rows_read": read.rows_read, "rows_not_readable": len(read.problems)}
    summary = counts | tally | {"notes": [*read.notes, *pinned(pack)]}
    write_table(
        pa.concat_tables([table.cast(PRICES_SCHEMA), problem_prices(read.problems)]), output, {"summary": summary}
    )
    return show_prices(summary, format_)
