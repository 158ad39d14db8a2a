"""The indicators of the fee schedule, the edits and OPPS in own words.

Fee schedule: RVU25D.pdf, record layout and attachment A. MUE and PTP: NCCI Policy Manual chapter I.
"""

from __future__ import annotations

STATUS = {
    "A": "active: paid apart under the fee schedule, if covered",
    "B": "bundled: payment is always inside other services",
    "C": "contractor priced",
    "D": "deleted",
    "E": "excluded from the fee schedule by regulation",
    "F": "deleted or discontinued",
    "G": "not valid for Medicare (a grace period applied)",
    "H": "deleted component",
    "I": "not valid for Medicare: another code is used",
    "J": "anesthesia: paid by base and time units",
    "M": "measurement code: reporting only",
    "N": "not covered by Medicare",
    "P": "bundled with a physician's service, or paid elsewhere",
    "R": "restricted coverage: special instructions apply",
    "T": "paid only when nothing else on the fee schedule is payable to the practitioner that day",
    "X": "not a physician's service by statute",
}
PCTC = {
    "0": "a physician's service: 26 and TC do not apply",
    "1": "a test or radiology service: 26 and TC apply",
    "2": "professional component only",
    "3": "technical component only",
    "4": "global test only: its components have codes of their own",
    "5": "incident to a physician's service: not paid in a hospital",
    "6": "a laboratory test a physician may interpret (26)",
    "7": "physical therapy: not paid in a hospital when furnished by an independent therapist",
    "8": "physician's interpretation of a laboratory test, hospital inpatients only",
    "9": "the concept does not apply",
}
GLOBAL_DAYS = {
    "000": "no days after: the day of the procedure only",
    "010": "ten days after the procedure",
    "090": "one day before, ninety days after",
    "MMM": "maternity: the usual periods do not apply",
    "XXX": "the concept does not apply",
    "YYY": "the contractor decides",
    "ZZZ": "inside the period of another service",
}
MULTIPLE_PROCEDURE = {
    "0": "no reduction",
    "1": "standard reduction before 1995",
    "2": "second and further procedures 50%",
    "3": "endoscopy family rules",
    "4": "diagnostic imaging: second and further components reduced",
    "5": "therapy: practice expense of further units halved",
    "6": "cardiovascular tests: second and further technical components reduced",
    "7": "ophthalmology tests: second and further technical components reduced",
    "9": "the concept does not apply",
}
BILATERAL = {
    "0": "no 150%: one fee whatever the sides",
    "1": "150% for both sides",
    "2": "the fee pays both sides already",
    "3": "each side pays its full fee",
    "9": "the concept does not apply",
}
ASSISTANT = {
    "0": "paid only when documentation shows the need",
    "1": "never paid",
    "2": "may be paid",
    "9": "the concept does not apply",
}
CO_SURGEON = {
    "0": "not permitted",
    "1": "paid only when documentation shows the need",
    "2": "permitted for two specialties",
    "9": "the concept does not apply",
}
TEAM = {"0": "not permitted", "1": "by report, with documentation", "2": "by report", "9": "the concept does not apply"}
SUPERVISION = {
    "01": "general supervision by a physician",
    "02": "direct supervision by a physician",
    "03": "personal supervision by a physician",
    "04": "none by a psychologist, else general",
    "05": "none by an audiologist, else general",
    "06": "a physician, or a certified physical therapist",
    "09": "the concept does not apply",
    "21": "general with a certified technician, else direct",
    "22": "a technician in real-time contact with a physician",
    "66": "a physician, or a therapist certified in the procedure",
    "6A": "as 66; that therapist may supervise another",
    "77": "a certified therapist, or supervised as the schedule says",
    "7A": "as 77; that therapist may supervise another",
}
COMPONENTS = {"": "global", "26": "professional component", "TC": "technical component", "53": "discontinued"}
ADJUDICATION = {
    1: "judged line by line",
    2: "judged by the day, absolute: no documentation helps",
    3: "judged by the day: more may be paid on appeal when documentation supports it",
}
ADDON_TYPE = {
    1: "its primaries are a fixed list",
    2: "its primaries are the contractor's to decide",
    3: "some primaries are listed, others are the contractor's to decide",
}
PTP_INDICATOR = {
    0: "no modifier lifts it",
    1: "an NCCI modifier may lift it when the facts support it",
    9: "ended on the day it began: it never applied",
}
OPPS_STATUS = {
    "A": "paid under another fee schedule",
    "B": "not recognised on an outpatient hospital claim",
    "C": "inpatient only",
    "E1": "not paid on an outpatient claim",
    "E2": "not paid: no claims data or pricing",
    "F": "paid at reasonable cost",
    "G": "pass-through drug",
    "H": "pass-through device",
    "J1": "paid by a comprehensive APC that takes in nearly the whole claim",
    "J2": "may be paid by a comprehensive APC",
    "K": "drug or biological with an APC of its own",
    "L": "vaccine paid at reasonable cost",
    "M": "not billable to the contractor",
    "N": "packaged: payment is inside other services",
    "P": "partial hospitalization",
    "Q1": "packaged beside an S, T or V service",
    "Q2": "packaged beside a T service",
    "Q3": "may be paid by a composite APC",
    "Q4": "packaged laboratory test",
    "R": "blood product",
    "S": "paid apart, no multiple procedure discount",
    "T": "paid apart, multiple procedure discount applies",
    "U": "brachytherapy source",
    "V": "clinic or emergency visit",
    "Y": "durable equipment, billed elsewhere",
}
