"""The manners of a rule: what a person must find in every one of them, and what keeps them alike."""

from __future__ import annotations

import csv
import inspect
import json
import re
from datetime import date
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

from trocar.claims.model import claim_table
from trocar.core.cite import Citation
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.reference.authorities import authorities
from trocar.rules.coverage import TITLES
from trocar.rules.registry import FAMILIES, declared
from trocar.rules.rule import FIRST_DAY, Rule
from trocar.scrub.check import check
from trocar.testing.examples import Example, examples_of

MOST_LINES = 60
A_QUARTER = 93
FAMILY_OF = {
    "NC": "ncci",
    "GD": "guidance",
    "MD": "modifiers",
    "PS": "sites",
    "DX": "diagnosis",
    "UN": "units",
    "CD": "codes",
    "DT": "dates",
    "ID": "identity",
}
# Rules without a table of the store whose law is dated all the same, in the tables of reference/params.
DATED_BY_OWN_TABLES = {"GD002", "GD003", "GD004", "GD007", "GD008"}
# A name says what is wrong; these words would say what to do.
REMEDY_WORDS = {"use", "add", "remove", "no", "bill", "append", "change", "correct", "delete", "drop", "allow"}

every_rule = pytest.mark.parametrize(
    ("rule", "module"), [pytest.param(rule, module, id=f"{rule.id} from {rule.first}") for rule, module in declared()]
)


def test_ids_and_names_belong_to_one_rule_each() -> None:
    """An id has one name and one module, a name one id: an older declaration of changed law keeps both."""
    of_id = {(rule.id, rule.name, module.__name__) for rule, module in declared()}
    assert len(of_id) == len({rule.id for rule, _ in declared()}) == len({rule.name for rule, _ in declared()})


@every_rule
def test_id_and_name_follow_the_pattern(rule: Rule, module: ModuleType) -> None:
    """Two letters of the family and three digits; the name in kebab case, of a problem, like its module's."""
    assert re.fullmatch(r"[A-Z]{2}[0-9]{3}", rule.id)
    assert module.__name__.split(".")[-2] == FAMILY_OF[rule.id[:2]]
    assert set(FAMILY_OF.values()) == set(FAMILIES)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert rule.name.replace("-", "_") == module.__name__.split(".")[-1]
    assert not REMEDY_WORDS & set(rule.name.split("-"))


@every_rule
def test_the_page_has_title_problem_and_fix(rule: Rule, module: ModuleType) -> None:
    """The module docstring is a title of one sentence, then Problem, then Fix, each with something to read."""
    page = inspect.getdoc(module) or ""
    parts = re.fullmatch(r"(?P<title>[^\n]+\.)\n\n## Problem\n(?P<problem>.+)\n\n## Fix\n(?P<fix>.+)", page, re.DOTALL)
    assert parts, page
    assert "##" not in parts["problem"] + parts["fix"]
    assert min(len(parts["problem"]), len(parts["fix"])) > 60


@every_rule
def test_the_module_is_short(rule: Rule, module: ModuleType) -> None:
    """A rule fits on a screen."""
    assert len(inspect.getsource(module).splitlines()) <= MOST_LINES


@every_rule
def test_authorities_and_needs_are_known(rule: Rule, module: ModuleType) -> None:
    """A rule rests on at least one authority of the list, and needs only tables whose gaps can be told."""
    assert rule.authority
    assert set(rule.authority) <= set(authorities())
    assert set(rule.needs) <= set(TITLES)
    assert rule.settings
    assert rule.last is None or rule.first <= rule.last


@pytest.mark.full_data
@every_rule
def test_the_adjustment_reason_is_in_use(rule: Rule, module: ModuleType, cms_files: Path) -> None:
    """The reason code a payer would give stands in the code list and has not ended."""
    (path,) = (cms_files / "carc_rarc").glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        in_use = {row["adj_code"] for row in csv.DictReader(file) if row["adj_type"] == "CARC" and _lasts(row)}
    assert rule.carc in in_use


def _lasts(row: dict[str, str]) -> bool:
    return not row["adj_end_date"]


@every_rule
def test_examples_are_found_clear_and_at_a_boundary(rule: Rule, module: ModuleType) -> None:
    """There is a found one, a clear one, and two that differ in a day alone and in the answer.

    A rule that needs no dated table and whose law has no first day known has no day on which its answer changes.
    """
    examples = examples_of(module)
    answers = {example.expect for example in examples}
    assert {"found", "clear"} <= answers <= {"found", "clear", "not_checked"}
    assert len({example.name for example in examples}) == len(examples)
    assert all(example.because.strip() for example in examples)
    dated = rule.needs or rule.first > FIRST_DAY or rule.last or rule.id in DATED_BY_OWN_TABLES
    assert not dated or any(_is_boundary(one, other) for one, other in combinations(examples, 2))


def _is_boundary(one: Example, other: Example) -> bool:
    """The same claim, one day apart (or the quarter of a release that is not held), and another answer."""
    if one.expect == other.expect or one.line != other.line or dict(one.pins) != dict(other.pins):
        return False
    return _undated(one) == _undated(other) and 0 < _days_apart(one, other) <= A_QUARTER


def _undated(example: Example) -> list[dict[str, object]]:
    names = [name for name in example.lines[0].__dataclass_fields__ if name != "service_date"]
    return [{name: getattr(line, name) for name in names} for line in example.lines]


def _days_apart(one: Example, other: Example) -> int:
    def days(example: Example) -> list[date]:
        return [line.service_date for line in example.lines]

    return max(abs((first - second).days) for first, second in zip(days(one), days(other), strict=True))


@every_rule
def test_the_sentences_fill_on_every_found_example(
    rule: Rule, module: ModuleType, request: pytest.FixtureRequest
) -> None:
    """Message and remedy find every word they name, evidence is plain JSON, and each citation names its line."""
    found = [example for example in examples_of(module) if example.expect == "found"]
    answered = [example for example in found if not example.needs_full_data]
    for example in answered or found:
        pack = open_starter(example.pins) if answered else _open(request, example)
        spoken = [
            finding
            for finding in check(claim_table(example.lines), pack).findings
            if finding.rule == rule.id and finding.line == example.line
        ]
        assert spoken
        for finding in spoken:
            assert "{" not in finding.message + finding.remedy
            assert not re.search(r"  |\(\)|\bNone\b", finding.message + finding.remedy)
            assert finding.message[-1] != " "
            json.dumps(finding.evidence)
            assert all(isinstance(citation, Citation) and citation.line for citation in finding.citations)


def _open(request: pytest.FixtureRequest, example: Example) -> Pack:
    return Pack.open(request.getfixturevalue("full_store"), example.pins)


@pytest.mark.parametrize(
    ("rule_id", "why"),
    [
        ("GD008", "another code says it better: the line may be paid as billed"),
        ("MD003", "the modifier changes no amount"),
        ("MD011", "the modifier is informational"),
        ("MD015", "the modifier says beforehand what will not be paid"),
        ("CD005", "no amount is known before the contractor sets one"),
        ("CD006", "coverage is a question of its own"),
        ("CD007", "the payment is inside another service"),
        ("CD008", "another schedule pays it"),
        ("PS005", "without a place no amount is sure"),
        ("PS006", "the office amount is paid"),
        ("PS007", "a claim is asked about, not a line"),
    ],
)
def test_a_finding_that_risks_no_money_says_so(rule_id: str, why: str) -> None:
    """A rule whose finding does not take the payment away puts no amount at risk."""
    assert [rule.at_risk for rule, _ in declared() if rule.id == rule_id] == [False], why
