"""Claims on which every rule speaks: the examples of all rules that the starter pack answers, in one table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter
from trocar.rules.registry import declared
from trocar.scrub.check import CheckResult, check
from trocar.testing.examples import examples_of


@pytest.fixture(scope="session")
def example_lines() -> list[ClaimLine]:
    """The lines of the examples, each example a claim and a patient of its own."""
    modules = {module.__name__: module for _, module in declared()}
    examples = [example for module in modules.values() for example in examples_of(module)]
    answered = [example for example in examples if not example.needs_full_data and not example.pins]
    return [
        replace(line, claim_id=f"E{number}", patient_id=f"{line.patient_id} of E{number}")
        for number, example in enumerate(answered)
        for line in example.lines
    ]


@pytest.fixture(scope="session")
def examples_checked(example_lines: list[ClaimLine]) -> CheckResult:
    """All those lines checked in one batch."""
    return check(claim_table(example_lines), open_starter())
