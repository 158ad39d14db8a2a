"""Statements, global periods, other claims and filing days against a naive oracle, on random claims of few patients."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import numpy as np
import pytest

from oracle.statements import outcomes
from oracle.store_reader import Reference
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.starter import open_starter, starter_store
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules

BOOKS = 1_200
# Codes that meet in statements, periods and limits, all in the starter pack.
THEMES = (
    ("99213", "99223", "47000", "36830"), ("99223", "36830"), ("99213", "10005", "36561"), ("36561", "47000", "99213"),
    ("47000", "49083", "77012"), ("47000", "74150", "77012"), ("60100", "76536", "76942", "10005"),
    ("20610", "77002", "76000"), ("36556", "77001", "77002", "71045"), ("38220", "38221", "20220"), ("22510", "22511"),
    ("62290", "62323"), ("76775", "76857"), ("74160", "36000"), ("49180", "77012", "76380", "76376"),
    ("36830", "64415"), ("19081", "77065"),
)  # fmt: skip
CODES = sorted({code for theme in THEMES for code in theme})
RULES = {
    "MD017", "MD018", "MD019", "MD020", "MD021", "MD028", "MD029", "UN010", "UN011", "PS010", "DT001", "DT002",
    "diagnostic-study-of-guided-region", "general-fluoroscopy-with-guidance", "needle-fluoroscopy-with-central-line",
    "chest-film-after-line-or-tube", "fine-needle-and-core-of-one-lesion", "marrow-and-bone-of-one-site",
    "vertebral-family-begun-twice", "epidural-with-spinal-operation", "parts-of-one-study",
    "vein-access-with-procedure", "limited-ct-with-ct", "rendering-for-needle-map",
    "mammogram-after-guided-breast-procedure",
}  # fmt: skip
# A table of edits is in force on them, or none is held; the schedule is silent in January 2026.
DAYS = (
    (date(2024, 8, 15),), (date(2025, 11, 3), date(2025, 11, 13)), (date(2025, 11, 3), date(2025, 11, 14)),
    (date(2025, 11, 3),), (date(2025, 12, 31), date(2026, 1, 1)), (date(2026, 1, 1),), (date(2026, 8, 15),),
)  # fmt: skip
RECEIVED = (None, None, None, date(2024, 8, 14), date(2025, 8, 15), date(2025, 8, 16), date(2026, 11, 4))
MODIFIERS = ("26", "TC", "59", "XS", "RT", "LT", "24", "25", "57", "58", "78", "79", "76", "50", "54")
NPIS = (None, "1111111112", "1111111112", "1111111112", "1234567893")


def book(random: Random) -> list[ClaimLine]:
    """Up to three small claims of one theme, mostly of one patient and one practitioner."""
    lines = []
    theme, days, who = random.choice(THEMES), random.choice(DAYS), random.choice(NPIS)
    for number in range(random.randint(1, 3)):
        patient = random.choice((None, "P", "P", "P", "Q"))
        for line in range(1, random.randint(1, 4) + 1):
            lines.append(
                ClaimLine(
                    claim_id=f"C{number}",
                    line=line,
                    service_date=random.choice(days),
                    hcpcs=random.choice(theme),
                    modifiers=tuple(
                        random.choice(((), (), ("26",), ("25",), random.sample(MODIFIERS, random.randint(1, 2))))
                    ),
                    units=random.choice((None, 1, 2, 3)),
                    place_of_service="22",
                    locality="NATIONAL",
                    rendering_npi=random.choice((who, who, who, *NPIS)),
                    patient_id=patient,
                    prior_outcome=random.choice((None, None, None, None, None, "DENY")),
                    received_date=random.choice(RECEIVED),
                )
            )
    return lines


@pytest.fixture(scope="module")
def reference() -> Reference:
    """The starter store as the oracle reads it."""
    return Reference(starter_store(), CODES)


def test_statements_agree(reference: Reference) -> None:
    """Every rule here finds the same lines as the oracle, and each is found on some."""
    pack, random = open_starter(), Random(20260101)
    rules = [rule for rule in all_rules() if {rule.id, rule.name} & set(outcomes([], reference))]
    met: Counter[str] = Counter()
    for _ in range(BOOKS):
        lines = book(random)
        expected = outcomes(lines, reference)
        met.update(rule for rule, found in expected.items() if any(found))
        batch = Batch(claim_table(lines), pack)
        for outcome in evaluate(batch, rules):
            found = np.zeros(len(lines), bool)
            found[batch.line.lines.source] = outcome.found(len(lines))
            rule = outcome.rule
            assert found.tolist() == expected.get(rule.id, expected.get(rule.name)), (rule.id, lines)
    assert set(met) >= RULES, RULES - set(met)
