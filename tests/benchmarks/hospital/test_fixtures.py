"""Every fixture of CMS's own validator: our verdict beside its verdict, and the place of each error.

Verdicts: CMSgov/hpt-validator, test/validators/JsonValidator.test.ts (075fc3a), CsvValidator.test.ts (03f0e63), CC0.
Fixtures that those tests do not name are marked "by the dictionary". Where the validator counts one fault several
times (a failed "then" schema beside the missing property) we count it once; see docs/benchmarks.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trocar.benchmarks.hospital.check import check_file

ITEM = "/standard_charge_information"
# Fixture -> errors as (place, kind); none: valid.
JSON: dict[str, list[tuple[str, str]]] = {
    "sample-valid.json": [],
    "sample-valid-bom.json": [],
    "sample-valid-drug-info.json": [],
    "sample-valid-modifier.json": [],
    "sample-nine-nines.json": [],
    "sample-lots-of-alerts.json": [],
    "sample-no-payer-charges.json": [],  # by the dictionary: gross and cash are enough
    "unexpected-version.json": [],  # by the dictionary: the shape decides, the declaration is an alert
    # Eight keys of the root are required in version 2.
    "sample-empty.json": [
        (f"/{key}", "value-missing")
        for key in (
            *("affirmation", "hospital_address", "hospital_location", "hospital_name", "last_updated_on"),
            *("license_information", "standard_charge_information", "version"),
        )
    ],
    # The validator says the first; the date is read before it and is wrong as well.
    "sample-invalid.json": [("/last_updated_on", "not-a-date"), ("byte 101", "syntax")],
    # Valid by v2.0, whose schema has no conditions; by v2.1 and later "other" needs a note; we judge by v2.2.
    "false-confirmation.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/0/additional_payer_notes", "notes-missing")
    ],
    # By v2.1 the first; by v2.2, the last of version 2, the second too.
    "sample-other-no-notes.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/0/additional_payer_notes", "notes-missing"),
        (f"{ITEM}/0/standard_charges/0/payers_information/3/estimated_amount", "estimate-missing"),
    ],
    "sample-no-charges.json": [(f"{ITEM}/2/standard_charges/0/gross_charge", "charge-missing")],
    "sample-no-min-max.json": [
        (f"{ITEM}/1/standard_charges/0/minimum", "minimum-missing"),
        (f"{ITEM}/1/standard_charges/0/maximum", "maximum-missing"),
    ],
    "sample-missing-estimate.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/3/estimated_amount", "estimate-missing")
    ],
    "sample-ndc-no-drug-info.json": [(f"{ITEM}/4/drug_information", "drug-information-missing")],
    "sample-wrong-drug-info.json": [(f"{ITEM}/4/drug_information/unit", "not-a-text")],
    "sample-wrong-modifier.json": [
        ("/modifier_information/0/code", "not-a-text"),
        ("/modifier_information/0/modifier_payer_information/0/plan_name", "value-missing"),
    ],
    "3.0/sample-valid.json": [],
    "3.0/sample-valid-drug-info.json": [],
    "3.0/sample-valid-allowed-amount-zero.json": [],
    "3.0/false-confirmation.json": [],
    "3.0/unexpected-version.json": [],  # by the dictionary, as above
    "3.0/allowed-amounts-nine-9s.json": [],  # by the dictionary: alerts alone
    "3.0/estimated-amount.json": [],  # by the validator's alert schema v3.0.0: an alert
    # By the dictionary: alerts, and a count that is a number where a text is required.
    "3.0/alerts-with-errors.json": [(f"{ITEM}/0/standard_charges/0/payers_information/1/count", "not-a-text")],
    "3.0/sample-empty-address.json": [("/hospital_address/1", "empty-text")],
    "3.0/sample-empty-location.json": [("/location_name/0", "empty-text")],
    "3.0/sample-empty-generic-notes.json": [(f"{ITEM}/1/standard_charges/0/additional_generic_notes", "empty-text")],
    "3.0/sample-empty-payer-notes.json": [
        (f"{ITEM}/1/standard_charges/0/payers_information/0/additional_payer_notes", "empty-text")
    ],
    "3.0/sample-empty-algorithm.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/2/standard_charge_algorithm", "empty-text")
    ],
    "3.0/sample-modifier-invalid-setting.json": [("/modifier_information/0/setting", "not-allowed")],
    "3.0/sample-missing-count-of-allowed-amounts.json": [
        (f"{ITEM}/1/standard_charges/0/payers_information/1/count", "count-missing")
    ],
    "3.0/sample-missing-median.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/3/median_amount", "median-missing")
    ],
    "3.0/sample-missing-10th.json": [
        (f"{ITEM}/1/standard_charges/0/payers_information/1/10th_percentile", "p10-missing")
    ],
    "3.0/sample-missing-90th.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/3/90th_percentile", "p90-missing")
    ],
    "3.0/sample-payer-no-charge.json": [
        (f"{ITEM}/2/standard_charges/0/payers_information/1/standard_charge_dollar", "payer-charge-missing")
    ],
}
CSV: dict[str, list[tuple[str, str]]] = {
    "sample-tall-valid.csv": [],
    "sample-tall-mixed-line-endings.csv": [],
    "sample-tall-small-rows.csv": [],
    "sample-wide-valid.csv": [],  # by the dictionary
    "sample-wide-blank-headers.csv": [],  # by the dictionary; a tall file, whatever its name
    "sample-blank-header.csv": [("row 3", "heading-row-blank")],
    "sample-no-data.csv": [("row 4", "no-items")],
    # The validator counts from 0: its row 9, column 17 is R10.
    "sample-bad-header.csv": [("B2", "not-a-date"), ("R10", "methodology-missing")],
    # The validator stops at the heading; we read on and find the code type of row 10 too.
    "sample-bad-item-header.csv": [("row 3", "column-missing"), ("C10", "not-allowed")],
    # Worked by eye: MS-DRG A to D in C4-C7, zeros in N, S and T.
    "sample-lots-of-errors.csv": [
        *((cell, "not-positive") for cell in ("S4", "T4", "N4", "N5", "N6", "S7", "T7")),
        *((cell, "not-allowed") for cell in ("C4", "C5", "C6", "C7")),
        *(
            (f"{column}{row}", "not-positive")
            for row, columns in ((10, "ST"), (11, "STN"), (12, "STN"), (13, "STN"))
            for column in columns
        ),
    ],
}
ALERTS = {
    "sample-nine-nines.json": [(f"{ITEM}/0/standard_charges/0/payers_information/2/estimated_amount", "nine-nines")],
    "sample-no-payer-charges.json": [("file", "no-payer-charges")],
    "3.0/false-confirmation.json": [("/attestation/confirm_attestation", "not-attested")],
    "3.0/estimated-amount.json": [
        (f"{ITEM}/0/standard_charges/0/payers_information/3/estimated_amount", "estimate-outdated")
    ],
    "3.0/unexpected-version.json": [("/version", "version-mismatch")],
    "unexpected-version.json": [("/version", "version-mismatch")],
}


@pytest.fixture(scope="module")
def fixtures(mrf_files: Path) -> Path:
    """The folder of the validator's fixtures."""
    return mrf_files / "hpt-validator" / "test" / "fixtures"


def test_every_fixture_has_a_verdict(fixtures: Path) -> None:
    """No fixture is left out of the tables above."""
    held = {str(path.relative_to(fixtures)) for path in fixtures.rglob("*") if path.is_file()}
    assert held == JSON.keys() | CSV.keys()


@pytest.mark.parametrize("name", [*JSON, *CSV])
def test_our_verdict_is_the_files(fixtures: Path, name: str) -> None:
    """The same errors at the same places, or the difference said above."""
    verdict = check_file(fixtures / name)
    assert sorted((problem.where, problem.kind) for problem in verdict.errors) == sorted((JSON | CSV)[name])


@pytest.mark.parametrize("name", ALERTS)
def test_alerts(fixtures: Path, name: str) -> None:
    """What is allowed and spoils the value is an alert at its place."""
    verdict = check_file(fixtures / name)
    assert [(entry.where, entry.kind) for entry in verdict.problems if entry.severity == "alert"] == ALERTS[name]


def test_the_official_examples_are_valid(mrf_files: Path) -> None:
    """CMS's own examples of version 3: items counted by eye in each."""
    folder = mrf_files / "cms-hpt-v3" / "examples"
    for path in [*folder.rglob("*.csv"), *folder.rglob("*.json")]:
        verdict = check_file(path)
        assert verdict.is_valid, (path.name, verdict.errors[:3])
        assert (verdict.hospital.version, verdict.hospital.state, verdict.items > 20) == (3, "CA", True)
