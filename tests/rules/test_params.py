"""The parameter tables of the billing law: their shape, and what they say on given days."""

from __future__ import annotations

import datetime
import itertools
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import trocar
from trocar.rules.registry import all_rules

Table = dict[str, Any]

PACKAGE = Path(trocar.__file__).parent
MANUAL_SHEETS = 287  # pages of ncci_policy_manual_2026.pdf
LAYOUT_SHEETS = 22  # pages of RVU25D.pdf

# The NCCI list of the manual, ch. I sec. E, sheet 30, typed from the page.
MANUAL_BYPASS_LIST = (
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI "
    "24 25 57 58 78 79 27 59 91 XE XS XP XU"
)


def params(name: str) -> Table:
    """One parameter table, from whichever layer holds it."""
    layers = ("reference", "pricing")
    places = (PACKAGE / layer / "params" / f"{name}.toml" for layer in layers)
    return tomllib.loads(next(place for place in places if place.exists()).read_text("utf-8"))


AUTHORITIES: Table = params("authorities")["authority"]
INCLUDED: list[Table] = params("includes_guidance")["row"]
FAMILY = params("guidance_family")
CONTRACTOR = params("contractor_defined_primaries")["addon"]
TAXONOMIES = params("taxonomies")
MODIFIERS: list[Table] = params("modifiers")["modifier"]
PLACES = params("place_of_service")
PAYMENT = params("payment")
STATED = params("stated_pairs")
SIDES_OF_PAIR = ("told", "beside", "also", "unless")


def evidence(kind: str) -> list[tuple[Table, Table]]:
    """Every (row, evidence) of one kind in the inclusion table."""
    return [(row, proof) for row in INCLUDED for proof in row["evidence"] if proof["kind"] == kind]


def values_of(node: Any, key: str) -> Iterable[Any]:
    """Every value stored under ``key`` at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(item, key)


# ---- shape: no files needed


def test_every_authority_named_exists() -> None:
    """A table may not cite an authority that isn't in the list."""
    tables = (INCLUDED, FAMILY, CONTRACTOR, TAXONOMIES, MODIFIERS, PLACES, PAYMENT, STATED)
    named = {key for table in tables for key in values_of(table, "authority")}
    assert named <= set(AUTHORITIES)


def test_authorities_are_complete_and_their_pages_real() -> None:
    """Each authority says what, where and how well; pages lie inside the document; unheld ones name a source."""
    sheets = {"policy/ncci_policy_manual_2026.pdf": MANUAL_SHEETS, "rvu25d/RVU25D.pdf": LAYOUT_SHEETS}
    for key, authority in AUTHORITIES.items():
        assert authority["title"], key
        assert authority["where"], key
        assert authority["says"], key
        assert authority["tag"] in {"D", "C", "S", "U"}, key
        if authority["file"]:
            assert authority["pages"], key
            assert all(1 <= page <= sheets[authority["file"]] for page in authority["pages"]), key
        else:
            assert authority["tag"] != "C", f"{key}: C is for the text of a document that is held"
            assert authority["source"], key


def test_the_page_for_readers_lists_every_authority() -> None:
    """docs/authorities.md has each id, title and saying of the list, so that it can't go stale unnoticed."""
    page = (Path(__file__).parents[2] / "docs" / "authorities.md").read_text("utf-8")
    for key, authority in AUTHORITIES.items():
        assert f"| `{key}` | **{authority['title']}.** {authority['says']} |" in page, key


def test_the_inclusion_rows_have_the_documented_shape() -> None:
    """Ids are unique, the period is a period, guidance codes belong to the family, and proof is never S or U."""
    family = {code["hcpcs"] for code in FAMILY["code"]}
    assert len({row["id"] for row in INCLUDED}) == len(INCLUDED)
    for row in INCLUDED:
        assert row["primary"], row["id"]
        assert len(set(row["primary"])) == len(row["primary"]), row["id"]
        assert set(row["guidance"]) <= family, row["id"]
        assert row["first"] <= row.get("last", datetime.date.max), row["id"]
        assert row["strength"] in {"deny", "review"}, row["id"]
        assert row["tag"] in {"D", "C"}, row["id"]
        assert row["evidence"], row["id"]


def test_no_pair_is_included_by_two_rows() -> None:
    """A primary and a guidance code meet in at most one row, so a finding has one reason."""
    pairs = [(p, g) for row in INCLUDED for p in row["primary"] for g in row["guidance"]]
    assert len(set(pairs)) == len(pairs)


def test_joint_injections_without_ultrasound_include_nothing() -> None:
    """20600, 20605 and 20610 are in no row; their twins hold ultrasound alone."""
    assert not {"20600", "20605", "20610"} & {code for row in INCLUDED for code in row["primary"]}
    for code in ("20604", "20606", "20611"):
        assert [row["guidance"] for row in INCLUDED if code in row["primary"]] == [["76942"]]


def test_the_manual_pages_of_the_rows_belong_to_their_authority() -> None:
    """A manual proof cites a page of the authority it names."""
    for row, proof in evidence("manual"):
        assert proof["page"] in AUTHORITIES[proof["authority"]]["pages"], row["id"]


def test_the_statements_of_the_manual_have_the_documented_shape() -> None:
    """Each names a rule, an authority and its page; ranges go up, groups are used, no code is told of itself."""
    groups = {name: set(_numbers(row["codes"])) for name, row in STATED["group"].items()}
    used = {name for row in STATED["pair"] for side in SIDES_OF_PAIR for name in row.get(side, ()) if name in groups}
    assert used == set(groups)
    names = {rule.name for rule in all_rules()}
    for row in STATED["pair"]:
        assert row["rule"] in names
        assert row["page"] in AUTHORITIES[row["authority"]]["pages"], row["rule"]
        told, beside = (
            set().union(*(groups.get(name) or set(_numbers([name])) for name in row[side]))
            for side in SIDES_OF_PAIR[:2]
        )
        assert not told & beside, (row["rule"], sorted(told & beside))
        assert set(row) <= {"rule", *SIDES_OF_PAIR, "authority", "page", "words"}


def _numbers(listed: list[str]) -> Iterable[int]:
    for text in listed:
        first, _, last = text.partition("-")
        assert re.fullmatch(r"\d{5}", first)
        assert re.fullmatch(r"\d{5}", last or first)
        assert first <= (last or first)
        yield from range(int(first), int(last or first) + 1)


def test_one_unit_codes_are_the_five_of_the_manual() -> None:
    """Manual sheet 194: 76942, 77002, 77003, 77012 and 77021."""
    assert {c["hcpcs"] for c in FAMILY["code"] if c["one_unit"]} == {"76942", "77002", "77003", "77012", "77021"}


def test_the_bypass_list_is_the_manual_list() -> None:
    """Exactly the modifiers of sheet 30 may lift an edit; 59 and the X ones on either line from 2019-07-01."""
    assert {m["code"] for m in MODIFIERS if m["ptp_bypass"]} == set(MANUAL_BYPASS_LIST.split())
    either = {m["code"]: m["either_column_from"] for m in MODIFIERS if "either_column_from" in m}
    assert either == dict.fromkeys(("59", "XE", "XS", "XP", "XU"), datetime.date(2019, 7, 1))


def test_modifiers_have_the_documented_shape() -> None:
    """Codes are unique and two characters long, effects are known, shares exist."""
    effects = {
        "component", "bilateral", "informational", "percent", "by_report", "split_care", "reduced", "anesthesia_only",
        "facility_only", "technical_cut", "hpsa", "not_payable", "laboratory_only",
    }  # fmt: skip
    shares = {share["id"] for share in PAYMENT["share"]}
    assert len({m["code"] for m in MODIFIERS}) == len(MODIFIERS)
    for modifier in MODIFIERS:
        assert re.fullmatch(r"[A-Z0-9]{2}", modifier["code"])
        assert modifier["effect"] in effects, modifier["code"]
        assert modifier["professional"] is (modifier["effect"] != "facility_only"), modifier["code"]
        assert modifier["tag"] in {"D", "C", "S", "U"}, modifier["code"]
        assert modifier.get("share", "film") in shares, modifier["code"]
        assert ("share" in modifier) is (modifier["effect"] in {"percent", "technical_cut", "hpsa"}), modifier["code"]


def test_every_place_number_is_assigned_once() -> None:
    """01 to 99 are each facility, non-facility or unassigned: 18 + 34 + 47 = 99."""
    rates = PLACES["rate"]
    assert sum(rate == "F" for rate in rates.values()) == 18
    assert sum(rate == "N" for rate in rates.values()) == 34
    assert sorted([*rates, *PLACES["unassigned"]]) == [f"{number:02d}" for number in range(1, 100)]
    assert set(PLACES["hospital"]["codes"]) <= {code for code, rate in rates.items() if rate == "F"}


def test_shares_of_one_id_do_not_overlap() -> None:
    """On any day an id has at most one share, and shares are whole numbers."""
    by_id: dict[str, list[Table]] = {}
    for share in PAYMENT["share"]:
        assert isinstance(share["share"], int)
        by_id.setdefault(share["id"], []).append(share)
    for rows in by_id.values():
        for earlier, later in itertools.pairwise(rows):
            assert earlier["last"] + datetime.timedelta(days=1) == later["first"], later["id"]


@pytest.mark.parametrize(
    ("identifier", "day", "expected"),
    [
        # Suspended 2020-05-01..2022-03-31, 1 % to 2022-06-30, 2 % before and after.
        ("sequestration", "2020-04-30", 2_000),
        ("sequestration", "2020-05-01", 0),
        ("sequestration", "2022-03-31", 0),
        ("sequestration", "2022-04-01", 1_000),
        ("sequestration", "2022-06-30", 1_000),
        ("sequestration", "2022-07-01", 2_000),
        # 25 % off through 2016-12-31, 5 % off from 2017-01-01 (RVU25D.pdf sheet 10).
        ("imaging_professional", "2016-12-31", 75_000),
        ("imaging_professional", "2017-01-01", 95_000),
        ("limiting_charge", "2025-11-03", 109_250),  # 1.15 x 0.95 = 1.0925
        ("assistant_practitioner", "2025-11-03", 13_600),  # 0.85 x 0.16 = 0.136
        ("computed_radiography", "2022-12-31", 93_000),
        ("computed_radiography", "2023-01-01", 90_000),
    ],
)
def test_a_share_on_its_boundary_days(identifier: str, day: str, expected: int) -> None:
    """The share in force on a day is the one of the law."""
    on = datetime.date.fromisoformat(day)
    found = [
        row["share"]
        for row in PAYMENT["share"]
        if row["id"] == identifier and row["first"] <= on <= row.get("last", datetime.date.max)
    ]
    assert found == [expected]


def test_provider_types_and_ladders_lead_somewhere() -> None:
    """Every provider type names a share or is paid in full; every abbreviation names a type."""
    types = {key: value for key, value in PAYMENT["provider_types"].items() if key != "abbreviations"}
    assert set(types.values()) <= {"full", *(share["id"] for share in PAYMENT["share"])}
    assert set(PAYMENT["provider_types"]["abbreviations"].values()) <= set(types)
    for ladder in PAYMENT["ladder"]:
        assert ladder["shares"][0] == 100_000
        assert ladder["then"] in {"by_report", "last"}
