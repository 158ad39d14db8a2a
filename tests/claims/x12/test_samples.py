"""Files of others (``TROCAR_CMS_FILES/../x12``): what an independent probe of them says, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from x12_files import read

pytestmark = pytest.mark.full_data
# The probe's marks, beside the rules that say the same.
MARKS = {
    "SE01": ("XS109", "SE01"),
    "GE01": ("XS109", "GE01"),
    "IEA01": ("XS109", "IEA01"),
    "SE02": ("XS110", "SE02"),
    "GE02": ("XS110", "GE02"),
    "IEA02": ("XS110", "IEA02"),
    "HL01": ("XS112", "HL01"),
    "CLM02": ("XS301", "CLM02"),
    "CLP03": ("XS306", "CLP03"),
    "SVC": ("XS303", "SVC03"),
    "CLP": ("XS304", "CLP04"),
}

# docs/differences.md explains each. The manifest names the institutional file by the path of the professional one.
EXPLAINED = [("837p/kputnam__ppo-repriced-claim.edi", "41 segments, not 52")]
# Two SV1 stand without an LX before them: no line of the guide, and each is told (XS201, XS204).
LINES_EXPLAINED = {("malformed/imsweb__x12_missing_required_loops_mult_repeats.txt", (5, 5))}


def probed(samples: Path) -> list[tuple[str, str]]:
    """File and probe of every row of the manifest."""
    rows = []
    for line in (samples / "MANIFEST.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) > 3 and "/" in cells[0] and "segs" in cells[1] and (samples / cells[0]).is_file():
            rows.append((cells[0], cells[1]))
    return rows


def test_the_probe_and_the_reader_say_the_same(samples: Path) -> None:
    disagreements = []
    rows = probed(samples)
    assert len(rows) > 60
    for name, probe in rows:
        parts = read(samples / name)
        found = {(one.rule, one.element) for part in parts for one in part.findings}
        failing = {mark.strip() for mark in probe.partition("fails:")[2].split(",")} - {""}
        for mark, said in MARKS.items():
            if (mark in failing) != (said in found):
                disagreements.append((name, mark))
        counted = sum(len(part.piece.segments) - part.piece.segments.known for part in parts)
        stated = int(probe.partition(" segs")[0].rpartition(" ")[2])
        if counted != stated:
            disagreements.append((name, f"{counted} segments, not {stated}"))
    assert disagreements == EXPLAINED


def test_claims_and_lines_of_the_probe(samples: Path) -> None:
    for name, probe in probed(samples):
        if " claims/" not in probe or "837i" in name or "277" in name or "999" in name:
            continue
        before, _, after = probe.partition(" claims/")
        stated = int(before.rpartition(" ")[2]), int(after.partition(" ")[0])
        parts = read(samples / name, types=())
        claims = sum(read_.claims.num_rows for part in parts for read_ in part.claims.values())
        lines = sum(read_.lines.num_rows for part in parts for read_ in part.claims.values())
        claims += sum(part.tables.claims.num_rows for part in parts if part.tables)
        lines += sum(part.tables.lines.num_rows for part in parts if part.tables)
        if (name, stated) not in LINES_EXPLAINED:
            assert (claims, lines) == stated, name
