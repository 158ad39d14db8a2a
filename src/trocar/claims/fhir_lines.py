"""A FHIR Claim or ExplanationOfBenefit becomes claim lines, as the cells that a claim CSV would hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from trocar.claims.fhir_references import References
from trocar.claims.fhir_values import Coding, Object, codes, codings, extension, part, parts, text, texts
from trocar.claims.model import MOST_DIAGNOSES
from trocar.core.errors import ClaimInputError

# Column of the claim CSV -> the FHIR element that an address names.
ELEMENTS = {
    "claim_id": "identifier",
    "line": "sequence",
    "service_date": "serviced",
    "hcpcs": "productOrService",
    "modifiers": "modifier",
    "units": "quantity",
    "charge": "submitted amount",
    "place_of_service": "locationCodeableConcept",
    "zip": "location ZIP",
    "locality": "pricing locality",
    "mac": "contractor number",
    "diagnoses": "diagnosisSequence",
    "setting": "type",
    "rendering_npi": "careTeam",
    "billing_npi": "provider",
    "taxonomy": "careTeam.qualification",
    "patient_id": "patient",
    "payer": "insurer",
    "participating": "participation indicator",
}
_READ_STATUSES = frozenset({"active", ""})
_SETTINGS = {"professional": "practitioner", "institutional": "hospital"}
_NOT_OURS = ("pharmacy", "oral", "vision")
_PERFORMING = ("performing", "rendering", "primary")
# Blue Button's participation indicator (ResDAC, prtcptng_ind_cd): 1, 2 and 7 are participating, 3 to 6 are not.
_PARTICIPATING = {"1": "yes", "2": "yes", "7": "yes", "3": "no", "4": "no", "5": "no", "6": "no"}
# What a payer's own coding calls the submitted charge of a line, where several amounts are "submitted".
_LINE_CHARGE = re.compile(r"(?:line_sbmtd?_chrg_amt|rev_cntr_tot_chrg_amt|clm_line_sbmt_chrg_amt)$", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """One item: where it stands in its resource, its cells by column, and why it can't be a claim line, if so."""

    where: str
    cells: dict[str, str] = field(default_factory=dict)
    error: ClaimInputError | None = None


def lines_of(
    resource: Object,
    around: Mapping[str, Object],
    pseudonym: Callable[[str], str],
    note: Callable[[str], None],
) -> Iterator[Line]:
    """One line for each item of a Claim or ExplanationOfBenefit; a resource without items is one line with an error.

    ``around`` holds the other resources of its Bundle; ``pseudonym`` hides the patient; ``note`` is told what is
    taken for granted or left aside.
    """
    try:
        header = _Header.of(resource, References.of(resource, around), pseudonym, note)
        items = parts(resource, "item")
    except ClaimInputError as error:
        yield Line("", error=error)
        return
    if not items:
        remedy = "Export the claim with its lines."
        yield Line("", error=ClaimInputError("the claim has no item", remedy=remedy))
    for at, item in enumerate(items):
        where = f".item[{at}]"
        try:
            yield Line(where, header.cells | header.line(item, note))
        except ClaimInputError as error:
            cells = dict(header.cells)
            with suppress(ClaimInputError):
                cells["line"] = text(item, "sequence")
            yield Line(where, cells, error)
    if resource.get("addItem"):
        note("lines that a payer added (addItem) are not claim lines: left aside")


@dataclass(frozen=True, slots=True)
class _Header:
    """What all lines of a claim share."""

    cells: dict[str, str]
    references: References
    care_team: list[Object]
    diagnoses: dict[str, str]
    day: str
    mac: str
    zip: str

    @classmethod
    def of(
        cls, resource: Object, references: References, pseudonym: Callable[[str], str], note: Callable[[str], None]
    ) -> _Header:
        """The header of a claim; raises ``ClaimInputError`` for a claim of a kind that has no place in the table."""
        status = text(resource, "status")
        if status not in _READ_STATUSES:
            what = f"the claim's status is {status}"
            raise ClaimInputError(what, remedy="Only active claims are read; leave the others out.")
        kind = codes(part(resource, "type"))
        for other in _NOT_OURS:
            if other in kind:
                remedy = "Professional and institutional claims are read."
                raise ClaimInputError(f"this is a claim of the type {other}", remedy=remedy)
        use = text(resource, "use")
        if use not in ("", "claim"):
            note(f"claims whose use is {use} are read as if they were to be paid")
        cells = {
            "claim_id": _claim_id(resource),
            "setting": next((setting for name, setting in _SETTINGS.items() if name in kind), ""),
            "billing_npi": references.npi(part(resource, "provider")),
            "patient_id": _patient(resource, references, pseudonym),
            "payer": references.named(part(resource, "insurer")) or _coverage(resource, references),
        }
        return cls(
            cells,
            references,
            parts(resource, "careTeam"),
            _diagnoses(resource, note),
            _day(resource, "billablePeriod", "", note=note),
            _contractor(resource),
            references.zip(part(resource, "facility")) or references.zip(part(resource, "provider")),
        )

    def line(self, item: Object, note: Callable[[str], None]) -> dict[str, str]:
        """The cells of one item, beside those of the claim."""
        location = part(item, "locationCodeableConcept")
        charge = _charge(item, note)
        if parts(item, "detail"):
            note("details of an item (such as drug codes) are left aside")
        return {
            "line": text(item, "sequence"),
            "service_date": _day(item, "servicedPeriod", "servicedDate", note=note) or self.day,
            "hcpcs": _procedure(item),
            "modifiers": " ".join(_modifiers(item)),
            "units": text(part(item, "quantity"), "value"),
            "charge": charge,
            "place_of_service": _place_of_service(location),
            "diagnoses": " ".join(self._pointed(texts(item, "diagnosisSequence", "diagnosisLinkId"), note)),
            **self._place(item, location, note),
            **self._practitioner(item),
        }

    def _pointed(self, pointers: list[str], note: Callable[[str], None]) -> list[str]:
        """The diagnoses that a line points to; without pointers those of the claim."""
        if unknown := [pointer for pointer in pointers if pointer not in self.diagnoses]:
            what = f"the line points to diagnosis {unknown[0]}, which the claim does not have"
            raise ClaimInputError(what, remedy="Mend diagnosisSequence.")
        found = [self.diagnoses[pointer] for pointer in pointers or self.diagnoses]
        found = [code for code in dict.fromkeys(found) if code]
        if len(found) > MOST_DIAGNOSES:
            note(f"a line holds {MOST_DIAGNOSES} diagnoses: of more, the first are used")
        return found[:MOST_DIAGNOSES]

    def _place(self, item: Object, location: Object, note: Callable[[str], None]) -> dict[str, str]:
        """The pricing locality with its contractor, else the ZIP of the place."""
        number = extension(item, "clm_prcng_lclty_cd") or extension(location, "carr_line_prcng_lclty_cd")
        if number and self.mac:
            return {"locality": number, "mac": self.mac}
        if number:
            note("a pricing locality without its contractor's number is left aside: it says nothing alone")
        own = text(part(item, "locationAddress"), "postalCode") or self.references.zip(part(item, "locationReference"))
        return {"zip": extension(location, "prvdr_zip") or own or self.zip}

    def _practitioner(self, item: Object) -> dict[str, str]:
        """Who furnished the line: its care team members, or the claim's when it names none."""
        sequences = texts(item, "careTeamSequence", "careTeamLinkId")
        members = [member for member in self.care_team if not sequences or text(member, "sequence") in sequences]
        performing = [member for member in members if codes(part(member, "role")).intersection(_PERFORMING)]
        member: Object = performing[0] if performing else {}
        indicator = extension(item, "clm_rndrg_prvdr_prtcptg_cd") or extension(member, "prtcptng_ind_cd")
        qualified = (coding for coding in codings(part(member, "qualification")) if "nucc" in coding.system)
        return {
            "rendering_npi": self.references.npi(part(member, "provider")),
            "taxonomy": next((coding.code for coding in qualified), ""),
            "participating": _PARTICIPATING.get(indicator, ""),
        }


def _claim_id(resource: Object) -> str:
    """The identifier that says it is the claim's unique one, else the first, else the resource's own id."""
    identifiers = parts(resource, "identifier")
    unique = [entry for entry in identifiers if "uc" in codes(part(entry, "type"))]
    found = (text(entry, "value") for entry in [*unique, *identifiers])
    return next((value for value in found if value), text(resource, "id"))


def _patient(resource: Object, references: References, pseudonym: Callable[[str], str]) -> str:
    reference = part(resource, "patient")
    found = [text(entry, "value") for entry in references.identifiers(reference)]
    target = text(reference, "reference")
    identity = next(filter(None, found), "" if target.startswith("#") else target)
    return pseudonym(identity) if identity else ""


def _coverage(resource: Object, references: References) -> str:
    """The name of the coverage that the claim is sent to, else of who pays it; a reference would name the patient."""
    listed = parts(resource, "insurance")
    focal = [entry for entry in listed if entry.get("focal") is True] or listed
    if not focal:
        return ""
    coverage = part(focal[0], "coverage")
    payors = parts(references.target(coverage), "payor")
    return text(coverage, "display") or next(filter(None, map(references.named, payors)), "")


def _contractor(resource: Object) -> str:
    """The contractor's five digits, as Blue Button versions 1 to 3 carry them; empty without."""
    found = extension(resource, "carr_num")
    for entry in parts(resource, "supportingInfo"):
        if "clm_cntrctr_num" in codes(part(entry, "category")):
            found = found or next((coding.code for coding in codings(part(entry, "code"))), "")
    return found if re.fullmatch(r"[0-9]{5}", found) else ""


def _diagnoses(resource: Object, note: Callable[[str], None]) -> dict[str, str]:
    """The ICD-10-CM code of each diagnosis by its sequence; empty for one in another coding."""
    answer = {}
    for at, entry in enumerate(parts(resource, "diagnosis"), 1):
        found = codings(part(entry, "diagnosisCodeableConcept"))
        code = next((coding.code for coding in found if "icd-10" in coding.system), "")
        if found and not code:
            note("diagnoses that are not ICD-10-CM are left aside")
        answer[text(entry, "sequence") or str(at)] = code.replace(" ", "")
    return answer


def _day(parent: Object, period: str, day: str, *, note: Callable[[str], None]) -> str:
    """The day of service: of several days the first."""
    single = text(parent, day)
    if single:
        return single[:10]
    span = part(parent, period)
    first, last = text(span, "start")[:10], text(span, "end")[:10]
    if day and first and last and first != last:
        note("lines over several days: the first day is used")
    return first or last


def _procedure(item: Object) -> str:
    """The HCPCS code; raises ``ClaimInputError`` when the line has none."""
    found = [coding for coding in codings(part(item, "productOrService", "service")) if "absent" not in coding.system]
    for wanted in (_is_procedure_system, lambda coding: not coding.system.endswith("/ndc")):
        for coding in found:
            if coding.code and wanted(coding):
                return coding.code
    revenue = next((coding.code for coding in codings(part(item, "revenue"))), "")
    beside = f" (revenue code {revenue})" if revenue else ""
    what = f"the line has no procedure code{beside}"
    raise ClaimInputError(what, remedy="Lines of this kind are paid otherwise than by code; check them by hand.")


def _is_procedure_system(coding: Coding) -> bool:
    return coding.system.endswith(("/cpt", "hcpcs")) or "hcpcsreleasecodesets" in coding.system


def _modifiers(item: Object) -> list[str]:
    """The modifiers in order, each once: Blue Button repeats one in several systems, or several in one concept."""
    return list(
        dict.fromkeys(c.code.upper() for concept in parts(item, "modifier") for c in codings(concept) if c.code)
    )


def _place_of_service(location: Object) -> str:
    named = ("place-of-service", "place_of_srvc", "service-place")
    return next((c.code for c in codings(location) if any(name in c.system for name in named)), "")


def _charge(item: Object, note: Callable[[str], None]) -> str:
    """The submitted charge of a line; empty where the payer's amounts do not say which it is."""
    if net := text(part(item, "net"), "value"):
        return net
    submitted: list[str] = []
    for entry in parts(item, "adjudication"):
        category = [coding.code for coding in codings(part(entry, "category"))]
        amount = text(part(entry, "amount"), "value")
        if amount and any(_LINE_CHARGE.search(code) for code in category):
            return amount
        if amount and "submitted" in category:
            submitted.append(amount)
    if len(set(submitted)) > 1:
        note("several amounts of a line are called submitted and differ: its charge is left empty")
        return ""
    return submitted[0] if submitted else ""
