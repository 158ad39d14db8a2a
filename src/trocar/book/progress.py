"""How far the work is, on standard error: a bar with rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, Task


@dataclass
class Bar:
    """One stage; ``advance`` it by the rows done."""

    progress: Progress | None
    task: int = 0

    def advance(self, rows: int) -> None:
        """So many rows more are done."""
        if self.progress is not None:
            from rich.progress import TaskID

            self.progress.advance(TaskID(self.task), rows)


@contextmanager
def stage(words: str, total: int | None) -> Iterator[Bar]:
    """A stage of the work over ``total`` rows (None where that is not known)."""
    if not sys.stderr.isatty():
        yield Bar(None)
        return
    with _bars() as progress:
        yield Bar(progress, progress.add_task(words, total=total))


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:,.0f} rows/s")

    return Progress(
        TextColumn("{task.description:10}"),
        BarColumn(),
        TextColumn("{task.completed:>13,.0f} rows"),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
