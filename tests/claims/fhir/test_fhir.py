"""FHIR claims: Claim, ExplanationOfBenefit, Bundle, one a line; nothing lost without a word, nobody named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trocar.claims import patient_key
from trocar.claims.books import open_book
from trocar.claims.csv import ClaimReading
from trocar.core.errors import ClaimInputError, UsageError

NAMES = ("Mustermann", "1944-05-06", "12 Elm Street", "1EG4TE5MK73")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key of the test, so that none is kept for the user who runs it."""
    patient_key.patient_key.cache_clear()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "a key for tests alone")
    yield
    patient_key.patient_key.cache_clear()


def coded(system: str, code: str) -> dict[str, Any]:
    """A concept with one code."""
    return {"coding": [{"system": system, "code": code}]}


NPI = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
CLAIM: dict[str, Any] = {
    "resourceType": "Claim",
    "contained": [
        {
            "resourceType": "Patient",
            "id": "patient",
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-mbi", "value": "1EG4TE5MK73"}],
            "name": [{"family": "Mustermann"}],
            "birthDate": "1944-05-06",
            "address": [{"line": ["12 Elm Street"]}],
        },
        {"resourceType": "Organization", "id": "payer", "name": "Test Payer"},
    ],
    "identifier": [{"value": "C-1"}],
    "status": "active",
    "use": "claim",
    "type": coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
    "patient": {"reference": "#patient", "display": "Mustermann"},
    "insurer": {"reference": "#payer"},
    "provider": {"identifier": NPI},
    "careTeam": [
        {
            "sequence": 1,
            "provider": {"identifier": {**NPI, "value": "1679576722"}},
            "role": coded("http://terminology.hl7.org/CodeSystem/claimcareteamrole", "performing"),
            "qualification": coded("http://nucc.org/provider-taxonomy", "2085R0204X"),
        }
    ],
    "diagnosis": [
        {"sequence": 1, "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10-cm", "M17.11")},
        {"sequence": 2, "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10-cm", "M25.561")},
    ],
    "item": [
        {
            "sequence": 1,
            "careTeamSequence": [1],
            "diagnosisSequence": [2, 1],
            "productOrService": coded("http://www.ama-assn.org/go/cpt", "20610"),
            "modifier": [coded("http://www.ama-assn.org/go/cpt", "RT"), coded("http://www.ama-assn.org/go/cpt", "59")],
            "servicedDate": "2024-08-15",
            "locationCodeableConcept": coded(
                "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set", "11"
            ),
            "quantity": {"value": 2},
            "net": {"value": 100.10, "currency": "USD"},
        }
    ],
}


def with_item(**changes: Any) -> dict[str, Any]:
    """The claim with its item changed; a value of None takes the element away."""
    claim = copy.deepcopy(CLAIM)
    for name, value in changes.items():
        if value is None:
            del claim["item"][0][name]
        else:
            claim["item"][0][name] = value
    return claim


def reading(path: Path, content: Any) -> ClaimReading:
    """What one file with this content holds."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    (only,) = open_book([path]).chunks()
    return only


def test_every_element_of_a_claim_has_its_column(tmp_path: Path) -> None:
    """A claim line as a claim CSV would give it; diagnoses as pointed to; 100.10 dollars, 10010 cents."""
    (row,) = reading(tmp_path / "claim.json", CLAIM).table.to_pylist()
    patient = row.pop("patient_id")
    assert {name: value for name, value in row.items() if value is not None} == {
        "claim_id": "C-1",
        "line": 1,
        "service_date": date(2024, 8, 15),
        "hcpcs": "20610",
        "modifier_1": "RT",
        "modifier_2": "59",
        "units": 2,
        "charge_cents": 10010,
        "place_of_service": "11",
        "diagnoses": ["M25561", "M1711"],
        "setting": "practitioner",
        "rendering_npi": "1679576722",
        "billing_npi": "1234567893",
        "taxonomy": "2085R0204X",
        "payer": "Test Payer",
        "where": "claim.json item[0]",
    }
    assert patient
    assert patient not in NAMES


def test_nobody_is_named(tmp_path: Path) -> None:
    """Neither the table nor any word about the file holds what says who the patient is."""
    broken = with_item(productOrService=coded("http://www.ama-assn.org/go/cpt", "2061"))
    found = reading(tmp_path / "claims.ndjson", "\n".join(json.dumps(claim) for claim in (CLAIM, broken)))
    said = json.dumps(
        [found.table.to_pylist(), [problem.error for problem in found.problems], found.notes], default=str
    )
    assert found.problems
    assert not any(name in said for name in NAMES)


def test_a_patient_is_the_same_in_every_file_and_nobody_under_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pseudonyms join claims of one user; another key makes others."""
    first = reading(tmp_path / "one.json", CLAIM).table["patient_id"].to_pylist()
    second = reading(tmp_path / "two.json", CLAIM).table["patient_id"].to_pylist()
    patient_key.patient_key.cache_clear()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "another key for tests")
    third = reading(tmp_path / "three.json", CLAIM).table["patient_id"].to_pylist()
    assert first == second
    assert first != third


def test_a_short_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen characters can be tried out; sixteen are taken."""
    patient_key.patient_key.cache_clear()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "x" * 15)
    with pytest.raises(UsageError):
        patient_key.patient_key()
    monkeypatch.setenv(patient_key.KEY_VARIABLE, "x" * 16)
    assert patient_key.patient_key() == b"x" * 16


def test_a_key_is_made_once_and_kept_for_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same key in the next run, in a file that nobody else may read."""
    patient_key.patient_key.cache_clear()
    monkeypatch.delenv(patient_key.KEY_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    first = patient_key.patient_key()
    patient_key.patient_key.cache_clear()
    assert patient_key.patient_key() == first
    assert patient_key.key_file().stat().st_mode & 0o077 == 0


def test_one_document_one_line_and_a_bundle_say_the_same(tmp_path: Path) -> None:
    """Laid out over lines, on one line, as an entry of a Bundle, as lines of a file."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": CLAIM}]}
    shapes = {
        "claim.json item[0]": json.dumps(CLAIM),
        "wide.json item[0]": json.dumps(CLAIM, indent=2),
        "bundle.json entry[0].resource.item[0]": json.dumps(bundle, indent=1),
    }
    tables = []
    for where, text in shapes.items():
        found = reading(tmp_path / where.split()[0], text)
        assert found.table["where"].to_pylist() == [where]
        tables.append(found.table.drop_columns("where"))
    assert tables[0] == tables[1] == tables[2]


def _bundled(base: str) -> dict[str, Any]:
    """The claim in a Bundle, everybody of it an entry of its own; references say ``base`` before type and id."""
    claim = copy.deepcopy({name: value for name, value in CLAIM.items() if name != "contained"})
    claim |= {
        "patient": {"reference": f"{base}Patient/p"},
        "provider": {"reference": f"{base}Organization/g"},
        "facility": {"reference": f"{base}Location/f"},
        "insurance": [{"focal": True, "coverage": {"reference": f"{base}Coverage/c"}}],
    }
    del claim["insurer"]
    claim["careTeam"][0]["provider"] = {"reference": f"{base}PractitionerRole/r/_history/2"}
    held: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p", "identifier": CLAIM["contained"][0]["identifier"]},
        {"resourceType": "Organization", "id": "g", "identifier": [NPI], "address": [{"postalCode": "74104"}]},
        {"resourceType": "Organization", "id": "o", "name": "Test Payer"},
        {"resourceType": "Coverage", "id": "c", "payor": [{"reference": f"{base}Organization/o"}]},
        {"resourceType": "Location", "id": "f", "address": {"postalCode": "74120-0001"}},
        {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": f"{base}Practitioner/d"}},
        {"resourceType": "Practitioner", "id": "d", "identifier": [{**NPI, "value": "1679576722"}]},
    ]
    entries = [{"fullUrl": f"{base}{one['resourceType']}/{one['id']}", "resource": one} for one in held]
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": claim}, *entries]}


@pytest.mark.parametrize("base", ["", "https://payer.example/fhir/"])
def test_a_bundle_holds_whom_its_claims_refer_to(tmp_path: Path, base: str) -> None:
    """By full address or by type and id: the same line as of the claim that contains them, and the facility's ZIP."""
    contained = reading(tmp_path / "one.json", CLAIM).table.drop_columns(["where", "zip"]).to_pylist()
    found = reading(tmp_path / "b.json", _bundled(base)).table
    assert found.drop_columns(["where", "zip"]).to_pylist() == contained
    assert found["zip"].to_pylist() == ["74120"]


def test_a_reference_to_another_server_is_not_taken_for_what_is_here(tmp_path: Path) -> None:
    """Practitioner/d of one server is not Practitioner/d of another; and nobody is Location/f where two are."""
    bundle = _bundled("https://payer.example/fhir/")
    bundle["entry"][0]["resource"]["provider"]["reference"] = "https://other.example/fhir/Organization/g"
    bundle["entry"][0]["resource"]["facility"]["reference"] = "Location/f"
    bundle["entry"].append(
        {"resource": {"resourceType": "Location", "id": "f", "address": {"postalCode": "10001"}}},
    )
    (line,) = reading(tmp_path / "b.json", bundle).table.to_pylist()
    assert (line["billing_npi"], line["zip"]) == (None, None)


def test_the_zip_is_that_of_the_line_then_the_facility_then_who_bills(tmp_path: Path) -> None:
    """As in an 837: 2420C before 2310C before 2010AA. An address elsewhere says nothing of a payment locality."""
    contained = [
        *CLAIM["contained"],
        {"resourceType": "Location", "id": "site", "address": {"postalCode": "74120"}},
        {
            "resourceType": "Organization",
            "id": "group",
            "address": [{"postalCode": "K1A 0B1"}, {"postalCode": "74104"}],
        },
    ]
    claim = {**with_item(locationAddress={"postalCode": "74133"}), "contained": contained}
    claim |= {"facility": {"reference": "#site"}, "provider": {"reference": "#group"}}
    (line,) = reading(tmp_path / "a.json", claim).table.to_pylist()
    assert line["zip"] == "74133"
    del claim["item"][0]["locationAddress"]
    (line,) = reading(tmp_path / "b.json", claim).table.to_pylist()
    assert line["zip"] == "74120"
    del claim["facility"]
    (line,) = reading(tmp_path / "c.json", claim).table.to_pylist()
    assert line["zip"] == "74104"


def test_a_bad_line_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """Whichever line it is, the first too."""
    other = {**CLAIM, "identifier": [{"value": "C-2"}]}
    found = reading(
        tmp_path / "c.ndjson", "\n".join(['{"resourceType": "Claim",', json.dumps(CLAIM), json.dumps(other)])
    )
    assert [problem.where for problem in found.problems] == ["c.ndjson line 1"]
    assert found.table["where"].to_pylist() == ["c.ndjson line 2 item[0]", "c.ndjson line 3 item[0]"]


@pytest.mark.parametrize(
    ("claim", "where", "what"),
    [
        (with_item(productOrService=None), "item[0]", "no procedure code"),
        (with_item(productOrService="20610"), "item[0]", "productOrService is not an object"),
        (with_item(quantity={"value": 1.5}), "item[0] quantity", "not a whole number"),
        (with_item(quantity=[3]), "item[0]", "quantity is not an object"),
        (with_item(servicedDate=None), "item[0] serviced", "service_date is empty"),
        (with_item(servicedDate="2024-02-30"), "item[0] serviced", "not a day of the calendar"),
        (with_item(diagnosisSequence=[3]), "item[0]", "points to diagnosis 3"),
        ({**CLAIM, "item": []}, "$", "has no item"),
        ({**CLAIM, "item": "x"}, "$", "item is not a list of objects"),
        ({**CLAIM, "status": "cancelled"}, "$", "status is cancelled"),
        ({**CLAIM, "type": coded("", "pharmacy")}, "$", "type pharmacy"),
        ({"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]}, "entry[0].resource", "no resource here"),
    ],
)
def test_what_can_not_be_read_is_told_with_its_place(tmp_path: Path, claim: Any, where: str, what: str) -> None:
    """One problem, no line, and the path within the document."""
    found = reading(tmp_path / "c.json", claim)
    (problem,) = found.problems
    assert found.table.num_rows == 0
    assert problem.where == f"c.json {where}"
    assert what in problem.error["error"]
    if "item[0]" in where:
        assert (problem.claim_id, problem.line) == ("C-1", 1)


def test_other_resources_are_noted(tmp_path: Path) -> None:
    """A Patient in a Bundle is no claim; that it was there is said, not who it is."""
    patient = {"resourceType": "Patient", "name": [{"family": "Mustermann"}]}
    found = reading(
        tmp_path / "b.json", {"resourceType": "Bundle", "entry": [{"resource": patient}, {"resource": CLAIM}]}
    )
    assert found.table.num_rows == 1
    assert found.notes == ("b.json: resources of the type Patient are no claims: left aside",)


@pytest.mark.parametrize(
    ("document", "held"),
    [
        ({"resourceType": "ClaimResponse", "id": "1"}, "ClaimResponse"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}, "Patient"),
        ({"resourceType": "Bundle", "entry": []}, "no resource"),
    ],
)
def test_a_file_without_claims_is_refused_and_not_clear(tmp_path: Path, document: dict[str, Any], held: str) -> None:
    """Nothing was checked: that must not look like a file in which nothing is wrong."""
    with pytest.raises(ClaimInputError, match=rf"no claims in this FHIR file \(it holds {held}\)"):
        reading(tmp_path / "r.json", document)


def test_a_pricing_locality_needs_its_contractor(tmp_path: Path) -> None:
    """Blue Button version 3: locality 05 of contractor 10312; without the contractor it is left aside, and said."""
    url = "https://bluebutton.cms.gov/fhir/StructureDefinition/CLM-PRCNG-LCLTY-CD"
    claim = with_item(extension=[{"url": url, "valueCoding": {"code": "05"}}])
    without = reading(tmp_path / "a.json", claim)
    contractor = {"category": coded("", "CLM_CNTRCTR_NUM"), "code": coded("", "10312")}
    with_it = reading(tmp_path / "b.json", {**claim, "supportingInfo": [{"sequence": 1, **contractor}]})
    assert (without.table["locality"].to_pylist(), len(without.notes)) == ([None], 1)
    assert (with_it.table["mac"].to_pylist(), with_it.table["locality"].to_pylist()) == (["10312"], ["05"])


def test_claim_lines_as_json_are_still_read(tmp_path: Path) -> None:
    """JSON lines with the columns of the claim CSV are no FHIR."""
    found = reading(
        tmp_path / "c.ndjson", '{"claim_id": "A", "line": 1, "service_date": "2024-08-15", "hcpcs": "20610"}'
    )
    assert found.table["hcpcs"].to_pylist() == ["20610"]


def test_strict_raises_the_first_error(tmp_path: Path) -> None:
    """With its place."""
    path = tmp_path / "c.json"
    path.write_text(json.dumps(with_item(productOrService=None)))
    with pytest.raises(ClaimInputError) as caught:
        list(open_book([path], strict=True).chunks())
    assert caught.value.where == "c.json item[0]"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _places(child, (*path, key))


PLACES = [path for path in _places(CLAIM) if path and path != ("resourceType",)]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.sampled_from(PLACES), value=_JSON)
def test_any_value_anywhere_gives_a_line_or_a_problem(tmp_path: Path, place: tuple[Any, ...], value: Any) -> None:
    """Whatever stands in an element, the item is read or reported, and never both."""
    claim = copy.deepcopy(CLAIM)
    target = claim
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    found = reading(tmp_path / "c.json", claim)
    items = claim["item"] if isinstance(claim["item"], list) and claim["item"] else [None]
    assert found.table.num_rows + len(found.problems) in (len(items), 1)
    assert found.rows_read == found.table.num_rows + len(found.problems)
