"""Who does what: families of procedures, the guidance and the diagnoses that go with them.

EDITORIAL, all of it: no volumes by code are held here, so the weights are a guess at what is frequent and what is rare,
and say nothing of real volumes. Whether a combination is payable, edited or listed is never decided here: it is asked
of the store, and what is not clean on the days is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from claim_book.consequences import marks_of
from claim_book.episode import FACILITIES, OFFICE, Episode, Line
from claim_book.facts import Facts

HOSPITAL = ("22", "21", "19")
# A procedure as billed: codes with their units, "62323" or "64483+64484" or "10005+10006*2".
SIDED = "sided"


@dataclass(frozen=True)
class Family:
    """Procedures of one kind: by whom, where, with which guidance ('' none), how often, for which diagnoses.

    ``diagnoses`` of a sided family come in pairs (right, left), joined by a slash.
    """

    name: str
    specialty: str
    weight: int
    procedures: str
    guidance: str
    places: tuple[str, ...]
    diagnoses: str
    sided: bool = False


TAXONOMIES = {
    "radiology": ("2085R0202X", "2085R0204X", "2085N0700X", "2085B0100X"),
    "orthopaedics": ("207X00000X", "207XX0005X", "207RR0500X"),
    "pain": ("208VP0014X", "208VP0000X", "207LP2900X", "2081P2900X"),
    "surgery": ("208600000X", "2086S0129X"),
    "medicine": ("207R00000X", "207RE0101X", "207RG0100X", "208M00000X"),
    "urology": ("208800000X",),
    "therapy": ("2085R0001X",),
    "emergency": ("207P00000X",),
}
ANYWHERE = (OFFICE, "22", "24", "19")
FAMILIES = (
    Family(
        "joint", "orthopaedics", 900, "20610 20610 20605 20600", "- - 77002", ANYWHERE,
        "M1711/M1712 M1611/M1612 M19011/M19012", sided=True,
    ),
    Family(
        "joint with ultrasound", "orthopaedics", 500, "20611 20611 20606 20604", "-", (OFFICE, "22"),
        "M1711/M1712 M7551/M7552", sided=True,
    ),
    Family("tendon and muscle", "pain", 450, "20550 20551 20552 20553 20526", "- - 76942 77002", (OFFICE, "22"),
           "M7918 M62830 G8929"),
    Family("nerve block", "pain", 420, "64400 64405 64418 64420 64425 64430 64435 64450 64455", "- 76942 77002",
           ANYWHERE, "G8929 G894 M5416"),
    Family("spine with imaging", "pain", 900, "62321 62323 62323 64483 64483+64484 64493+64494 64493+64494+64495 "
           "64490+64491 64633+64634 64635+64636 27096 64451 64625", "-", ANYWHERE, "M5416 M5417 M47816 M47817 M5412"),
    Family("spine with fluoroscopy", "pain", 160, "62273 62284 62267 64510 64520 62280 62281 62282", "77003",
           ("22", OFFICE, "24"), "M5416 G971 G8929 M48061"),
    Family("vertebra", "radiology", 90, "22510 22511 22514 22513+22515 22514+22515", "-", ("22", "21"),
           "M8088XA M4856XA"),
    Family("lumbar puncture", "radiology", 160, "62270 62328 62272 62329", "-", ("22", "21", "23"), "G932 R519 G35"),
    Family("myelography", "radiology", 60, "62302 62303 62304 62305", "-", ("22",), "M48061 M4802 M5416"),
    Family("arthrography", "radiology", 80, "23350 27093 24220 25246 27369 27648", "77002", ("22", OFFICE),
           "M25511/M25512 M25551/M25552", sided=True),
    Family("needle aspiration", "radiology", 380, "10005 10005+10006 10007 10009 10009+10010 10021 10021+10004", "-",
           (OFFICE, "22"), "E041 R590 R229"),
    Family("thyroid and nodes", "radiology", 260, "60100 38505 42400", "76942 76942 77012",
           (OFFICE, "22"), "E041 R590"),
    Family("organ biopsy", "radiology", 420, "47000 49180 50200 48102 47000 49180 20220 20225 20206",
           "77012 77012 76942 77002 77021", ("22", "21", "22", OFFICE), "R160 C787 C480 N289 R1900"),
    Family("lung biopsy", "radiology", 150, "32408", "-", ("22", "21"), "R911 C3411 C3412"),
    Family("bone marrow", "medicine", 150, "38220 38221 38222", "- 77012 77002",
           (OFFICE, "22", "21"), "D649 D469 C9000"),
    Family("breast", "radiology", 240, "19081 19083 19083+19084 19085 19081+19082 19281 19285", "-", (OFFICE, "22"),
           "N6311/N6321 R928", sided=False),
    Family("drainage", "radiology", 380, "49083 32555 49083 32557 49405 49406 49407 10030", "-", ("22", "21", "21"),
           "R188 J90 K651 L0291"),
    Family("puncture of a collection", "surgery", 160, "10160 19000 20612", "- 76942", (OFFICE, "22"), "L0291 N6001"),
    Family("without imaging", "medicine", 120, "49082 32554 62270 32551", "-", ("21", "22", "23"), "R188 J90"),
    Family("central line", "radiology", 380, "36556 36558 36561 36581 36590", "76937 77001 77001+76937",
           ("22", "21"), "N186 C9000 Z452"),
    Family("line from the arm", "radiology", 260, "36573 36584", "-", ("21", "22"), "A419 Z452"),
    Family("dialysis circuit", "surgery", 130, "36901 36902 36903 36905", "- 76937", (OFFICE, "22"), "T82858A N186"),
    Family("tubes", "radiology", 220, "49440 49450 49446 50432 50435 50430 47531 47533 47536", "-", ("22", "21"),
           "K9423 N1330 K831"),
    Family("ablation", "radiology", 60, "47382 50592 32998 50593", "77013 76940 77022", ("22", "21"),
           "C220 C641 C3411"),
    Family("prostate and bladder", "urology", 120, "55700 51102 51100", "- 76942",
           (OFFICE, "22", "24"), "R9720 C61 R339"),
    Family("radiation fields", "therapy", 90, "77263 77280 77290", "- 77014", ("22", OFFICE), "C61 C3411"),
    Family("plain film", "radiology", 1400, "71045 71046 73030 73502 73560 73562 72100", "-",
           ("22", "23", "21", OFFICE),
           "R0602 M25511 M25561 R079 M5450"),
    Family("section imaging", "radiology", 1100,
           "71250 71260 74176 74177 72148 72141 73721 73221 74183 74178 72131 72125", "-", ("22", "23", "21", OFFICE),
           "R109 R911 M5416 R1084 R519"),
    Family("ultrasound", "radiology", 1000, "76700 76705 76770 76775 76856 76536 76641 76642 93970 93971 76604 76882",
           "-", ("22", "21", "23", OFFICE), "R1011 N189 I82401 E041"),
    Family("office visit", "medicine", 2200, "99213 99214 99214 99213 99203 99204 99215 99212", "-", (OFFICE,),
           "I10 E119 M5450 Z0000 R5383 E785"),
    Family("office visit of the joint", "orthopaedics", 900, "99213 99214 99203", "-", (OFFICE,), "M1711 M1712 M25511"),
    Family("office visit for pain", "pain", 900, "99213 99214 99203", "-", (OFFICE,), "M5416 G894 M47816"),
    Family("hospital visit", "medicine", 900, "99222 99223 99231 99232 99233 99238 99239", "-", ("21",),
           "J189 I5022 N179 A419"),
    Family("emergency visit", "emergency", 500, "99283 99284 99285 99282", "-", ("23",), "R079 R109 S0990XA"),
)  # fmt: skip
# Codes that errors are made of, beyond those of the families.
FURTHER_CODES = ("99070", "36000", "32405", "10022", "77301", "77307", "76998", "77011", "75989", "76000", "73040",
                 "73085", "73115", "73525", "73580", "73615", "76380", "76376", "32550", "32556", "62320", "62322",
                 "62324", "64479", "64480", "64484", "19282", "19286", "10035", "36572", "36589", "36582", "47490",
                 "20525", "20520", "27095", "0232T")  # fmt: skip
VISITS = {OFFICE: ("99213", "99214"), "21": ("99232",), "22": ("99213",)}


def all_codes() -> list[str]:
    """Every code that a book may use."""
    of_families = {
        part.partition("*")[0]
        for family in FAMILIES
        for words in (family.procedures, family.guidance)
        for one in words.split()
        for part in one.split("+")
        if part != "-"
    }
    return sorted(of_families | set(FURTHER_CODES) | {code for codes in VISITS.values() for code in codes})


def billed(code: str, place: str, diagnoses: tuple[str, ...], facts: Facts) -> Line:
    """A code as a practitioner bills it at a place: 26 where a facility owns the technical part."""
    row, professional = facts.row(code), facts.row(code, "26")
    split = professional is not None and (row is None or place in FACILITIES or row["status"] == "C")
    return Line(code, ("26",) if split else (), 1, diagnoses)


def candidates(facts: Facts) -> Iterator[Episode]:
    """Every episode of the families, whether or not the store finds it clean."""
    for family in FAMILIES:
        ways = [
            (procedures, guidance, place, diagnosis)
            for procedures in family.procedures.split()
            for guidance in family.guidance.split()
            for place in family.places
            for diagnosis in family.diagnoses.split()
        ]
        weight = max(1, family.weight * 120 // len(ways))
        for procedures, guidance, place, diagnosis in ways:
            for claims in _episodes(family, procedures, guidance, place, diagnosis, facts):
                yield Episode(family.specialty, place, claims, weight)


def _episodes(
    family: Family, procedures: str, guidance: str, place: str, diagnosis: str, facts: Facts
) -> Iterator[tuple[tuple[Line, ...], ...]]:
    """One way of a family: each side where it has sides, then also with a visit, on the same claim and on another."""
    for side, code in zip(("RT", "LT"), diagnosis.split("/"), strict=False):
        first, *others = procedures.split("+")
        lead = billed(first, place, (code,), facts)
        if family.sided:
            lead = lead.with_modifiers(side)
        beside = [part for part in (*others, *guidance.split("+")) if part != "-"]
        lines = (lead, *(billed(part, place, (code,), facts) for part in beside))
        yield (lines,)
        visit = VISITS.get(place)
        if visit and not first.startswith("99") and not first.startswith("7"):
            seen = Line(visit[len(first + code) % len(visit)], ("25",), 1, (code,))
            yield ((seen, *lines),)
            yield (lines, (seen,))


def clean_episodes(facts: Facts) -> list[Episode]:
    """The episodes of the families in which nothing is to be found, each once; a repeated way weighs more."""
    weights: dict[Episode, int] = {}
    for episode in candidates(facts):
        plain = replace(episode, weight=0)
        weights[plain] = weights.get(plain, 0) + episode.weight
    return [replace(one, weight=weight) for one, weight in weights.items() if not marks_of(one, facts, strict=True)]
