"""Write docs/conflicts.md from the guidance map of the starter pack; ``--check`` only says whether it is up to date."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from trocar.engine.starter import open_starter
from trocar.lookup.conflicts import disagreements_of, ranges
from trocar.lookup.guidance_map import MapCell, map_rows, mapped_procedures
from trocar.lookup.guidance_verdict import CONFLICTS, DISAGREEMENTS
from trocar.reference.law import law

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conflicts.md"
# Days on which another set of tables answers, by the practitioner tables of the starter pack: before any edit table,
# before and after the labels of 2023 and the manual of 2026, in both edit tables, and between them.
DAYS = tuple(
    date.fromisoformat(day)
    for day in ("2020-01-01", "2022-12-31", "2023-01-01", "2024-07-01", "2025-10-01", "2026-01-01", "2026-07-01")
)
SILENT_DAYS = (date(2024, 7, 1), date(2026, 7, 1))
HEAD = """\
# Conflicts between authorities

Written by `tools/conflicts_page.py` from the [guidance map](guidance-map.md) of the starter pack, practitioner claims;
a test fails when it is stale. For each procedure and guidance code the edit table, the add-on list, the unit table, the
manual, the fee schedule and the own table are read side by side. Where they disagree the verdict is *for review*:
[GD004](rules/GD004.md) asks a person, and [GD003](rules/GD003.md) denies nothing. An NCCI edit in force is still
reported as such: it is what the payer's system does.
"""


def page() -> str:
    """The whole page."""
    pack = open_starter()
    procedures = mapped_procedures(pack)
    days = {
        day: [cell for row in map_rows(pack, "practitioner", procedures, day) for cell in row.cells] for day in DAYS
    }
    parts = [HEAD, *_kinds(), *_disagreements(days), *_silence({day: days[day] for day in SILENT_DAYS})]
    return "\n".join(parts) + "\n"


def _kinds() -> Iterator[str]:
    yield "## Kinds\n\n| kind | what it says | a billed line |\n|---|---|---|"
    for kind, words in CONFLICTS.items():
        yield f"| `{kind}` | {words} | {'review' if kind in DISAGREEMENTS else 'as the verdict says'} |"


def _disagreements(days: dict[date, list[MapCell]]) -> Iterator[str]:
    """One row for procedures of the same own row, guidance codes, conflicts and days."""
    merged: dict[tuple[str, str, tuple[str, ...], str], list[str]] = defaultdict(list)
    for day, cells in days.items():
        for one in disagreements_of(cells):
            merged[one.guidance, ranges(one.procedures), one.kinds, one.reason].append(day.isoformat())
    looked = ", ".join(day.isoformat() for day in DAYS)
    yield f"\n## Disagreements\n\nLooked at on {looked}: each with another set of tables."
    yield "\n| procedures | guidance | on | conflict | why |\n|---|---|---|---|---|"
    for (guidance, procedures_said, kinds, reason), on in sorted(merged.items()):
        named = ", ".join(f"`{kind}`" for kind in kinds)
        yield f"| {procedures_said} | {guidance} | {', '.join(on)} | {named} | {reason} |"


def _silence(days: dict[date, list[MapCell]]) -> Iterator[str]:
    """The needle procedures of which nobody speaks, and the lists that contractors make."""
    own = law()
    needle = own.needle_procedures | own.included_primaries
    yield "\n## Silence\n\nProcedures done with a needle of which no authority held speaks for that guidance code."
    yield "\n| guidance | on | conflict | procedures |\n|---|---|---|---|"
    for day, cells in days.items():
        silent: dict[tuple[str, str], list[str]] = defaultdict(list)
        for cell in cells:
            for kind in cell.decision.conflicts:
                if kind not in DISAGREEMENTS and (kind != "silent" or cell.said.procedure in needle):
                    silent[cell.guidance, kind].append(cell.said.procedure)
        for (guidance, kind), procedures in sorted(silent.items()):
            yield f"| {guidance} | {day.isoformat()} | `{kind}` | {ranges(procedures)} ({len(procedures)}) |"


def main() -> None:
    """Write the page, or say that it is stale."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            raise SystemExit(f"{PAGE.name} is stale: run tools/conflicts_page.py")
        return
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
