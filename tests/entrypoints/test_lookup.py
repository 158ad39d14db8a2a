"""``trocar code``, ``trocar edits`` and ``trocar rule`` as commands; what they say is tested in tests/lookup."""

from __future__ import annotations

import csv
import io

from .conftest import Run, json_lines


def test_a_code_in_three_formats(run: Run) -> None:
    """Text, JSON lines and CSV give the same statements."""
    objects = json_lines(run("code 77002 --on 2024-08-15 --format json"))
    rows = list(csv.DictReader(io.StringIO(run("code 77002 --on 2024-08-15 --format csv").stdout)))
    text = run("code 77002 --on 2024-08-15").stdout
    assert [row["says"] or row["not_checked"] for row in rows] == [
        shape.get("says") or shape["not_checked"] for shape in objects
    ]
    assert all((shape.get("says") or shape["not_checked"]) in text for shape in objects)


def test_the_place_decides_the_prices(run: Run) -> None:
    """77002-26 in Manhattan on 2025-11-03: 28.51 (worked by hand in test_price.py)."""
    objects = json_lines(run("code 77002 --on 2025-11-03 --zip 10001 --format json"))
    price = next(shape for shape in objects if shape["subject"] == "77002-26" and shape["topic"] == "price")
    assert price["values"]["allowed"] == "28.51"


def test_a_code_outside_the_starter_pack_says_how_to_load_the_rest(run: Run) -> None:
    """Exit code 3, and the command that builds the full store."""
    result = run("code 45378 --on 2025-11-03")
    assert result.exit_code == 3
    assert "trocar data build" in result.stdout


def test_edits_found_and_not_covered(run: Run) -> None:
    """2024-08-15 is covered: exit code 0. 2025-11-03 is not: exit code 3, for no edit was found or excluded."""
    assert run("edits 20610 76942 --on 2024-08-15").exit_code == 0
    uncovered = run("edits 20610 76942 --on 2025-11-03")
    assert uncovered.exit_code == 3
    assert "not checked no NCCI PTP (practitioner) release in the store covers 2025-11-03" in uncovered.stdout


def test_the_list_of_rules(run: Run) -> None:
    """Every rule in one row, in order of id."""
    rules = json_lines(run("rule --format json"))
    ids = [rule["id"] for rule in rules]
    assert ids == sorted(ids)
    assert {"NC001", "GD001"} <= set(ids)
    assert run("rule").stdout.splitlines()[0].split() == ["id", "name", "severity", "subject", "needs"]


def test_one_rule_in_full(run: Run) -> None:
    """By id in either case, or by name: problem, fix, authorities with their words, examples."""
    (by_id,) = json_lines(run("rule nc001 --format json"))
    (by_name,) = json_lines(run("rule pair-never-together --format json"))
    assert by_id == by_name
    assert by_id["problem"].startswith("The two codes are a procedure-to-procedure edit")
    assert by_id["fix"].startswith("Take the column 2 line off the claim.")
    assert all(authority["says"] and authority["where"] for authority in by_id["authorities"])
    assert {"found", "clear"} <= {example["expect"] for example in by_id["examples"]}
    text = run("rule NC001").stdout
    assert by_id["problem"] in text
    assert by_id["fix"] in text


def test_a_rule_shows_the_conflicts_it_stands_in(run: Run) -> None:
    """AOC lists 64415 for 77002, and the block includes imaging from 2023: GD004 asks, GD003 does not deny."""
    (rule,) = json_lines(run("rule GD004 --on 2024-07-01 --format json"))
    (blocks,) = [one for one in rule["conflicts"] if one["guidance"] == "77002" and "64415" in one["procedures"]]
    assert "included-and-listed" in [kind["kind"] for kind in blocks["kinds"]]
    assert blocks["on"] == "2024-07-01"
    text = run("rule GD003 --on 2024-07-01").stdout
    assert "77002 beside 64415-64417 64445-64448: included-without-edit, included-and-listed" in text


def test_a_rule_without_conflicts_says_so_and_needs_no_day(run: Run) -> None:
    """NC001 goes by the edit table alone."""
    (rule,) = json_lines(run("rule NC001 --format json"))
    assert rule["conflicts"] == []
    shown = run("rule NC001")
    assert "Conflicts between authorities\n  none known" in shown.stdout
    assert "used" not in shown.stderr
