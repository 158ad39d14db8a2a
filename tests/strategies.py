"""Random claims: services that meet on one day, and every status, indicator, modifier, place and boundary date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trocar.claims.model import ClaimLine
from trocar.reference.law import law
from trocar.reference.store import Store

LINES_AT_MOST = 8
CODES_PER_KIND = 2
KIND = ("status", "pctc", "multiple_procedure", "bilateral", "assistant", "team")
VISITS = ("99202", "99213", "99214", "99223", "99283")
PLACES = ("11",) * 6 + ("22", "22", "24", "24", "21", "19", "23", "31", "02", "12", "49", "51", "61", "81", "30", None)
LOCALITIES = (("13202", "01"), ("01112", "05"), ("01182", "18"), ("02102", "01"), ("04412", "99"), ("99999", "01"))
ZIPS = ("10001", "99501", "02134", "33101", "60601", "00000")
PROVIDERS = ("MD", "DO", "NP", "PA", "CNS", "CNM", None)
PRACTITIONERS = ("1234567893", "1003000126", None)
# Days of quarters with a fee schedule, and (the second and the last) with edits.
WELL_KNOWN = tuple(date.fromisoformat(day) for day in ("2025-11-03", "2024-08-15", "2023-05-05", "2026-07-15"))
# Days on which something begins, with the day before, and days that no file covers.
BOUNDARIES = tuple(
    date.fromisoformat(day)
    for day in [
        "2019-06-30",
        "2019-07-01",
        "2019-12-31",
        "2020-01-01",
        "2020-04-30",
        "2020-05-01",
        "2022-03-31",
        "2022-04-01",
        "2022-06-30",
        "2022-07-01",
        "2023-09-30",
        "2023-10-01",
        "2024-03-08",
        "2024-03-09",
        "2024-06-30",
        "2024-07-01",
        "2024-09-30",
        "2024-10-01",
        "2025-01-01",
        "2025-03-31",
        "2025-04-01",
        "2025-09-30",
        "2025-10-01",
        "2025-11-03",
        "2025-12-31",
        "2026-01-01",
        "2026-06-30",
        "2026-07-01",
        "2026-09-30",
        "2026-10-01",
    ]
)
# Modifiers by what they do, so that each kind is drawn as often as the others.
MODIFIER_KINDS = (
    ("26", "TC"),
    ("50", "LT", "RT"),
    ("59", "XE", "XS", "XP", "XU"),
    ("24", "25", "57", "58", "78", "79"),
    ("51", "76", "77", "91", "GA"),
    ("80", "81", "82", "AS", "62", "66"),
    ("22", "52", "53"),
    ("54", "55", "56"),
    ("AA", "QK", "73", "PN", "27", "GY"),
    ("F1", "TA", "LC", "E1"),
)


@dataclass(frozen=True)
class Codes:
    """The codes claims are drawn from: ``themes`` are groups whose members meet on one day, by kind of theme."""

    themes: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every code of every theme."""
        return tuple(sorted({code for kind in self.themes for theme in kind for code in theme}))


def codes_of_store(path: Path) -> Codes:
    """Themes of a store: guidance with its procedures, each reduction family, each kind of row of the schedule."""
    store = Store(path)
    rows = store.table("schedule").group_by(["hcpcs", *KIND, "endoscopic_base"]).aggregate([])
    rows = rows.sort_by([(name, "ascending") for name in rows.column_names])
    listed = set(rows["hcpcs"].to_pylist())
    kinds: dict[tuple[object, ...], list[str]] = {}
    families: dict[str, list[str]] = {}
    reductions: dict[str, list[str]] = {}
    for row in rows.to_pylist():
        _add(kinds, tuple(row[name] for name in KIND), row["hcpcs"])
        if row["endoscopic_base"]:
            _add(families, row["endoscopic_base"], row["hcpcs"])
        elif row["multiple_procedure"] in ("2", "4", "5", "6", "7") and row["status"] in "AR":
            _add(reductions, row["multiple_procedure"], row["hcpcs"])
    guidance = tuple(sorted((set(law().guidance) | set(law().needle_procedures)) & listed))
    procedures = tuple(sorted(set(law().needle_procedures) & listed))
    visits = tuple(code for code in VISITS if code in listed)
    endoscopies = [tuple(dict.fromkeys((base, *members[:8]))) for base, members in sorted(families.items())]
    imaging_and_therapy = [members[:: max(1, len(members) // 10)][:12] for _, members in sorted(reductions.items())]
    limits = store.table("mue").to_pylist()
    line_limits = [row["hcpcs"] for row in limits if row["adjudication"] == 1 and row["value"] < 3]
    every_kind = sorted({code for members in kinds.values() for code in members[:CODES_PER_KIND]})
    themes = (
        ((*guidance, *visits),),
        ((*sorted(set(law().guidance) & listed), *procedures[:12], *visits),),
        tuple(tuple(members) for members in imaging_and_therapy),
        (*endoscopies, tuple(code for family in endoscopies for code in family[:3])),
        (tuple(every_kind), tuple(dict.fromkeys(line_limits))[:12]),
    )
    return Codes(tuple(kept for kind in themes if (kept := tuple(theme for theme in kind if theme))))


def _add(groups: dict[Any, list[str]], key: object, code: str) -> None:
    members = groups.setdefault(key, [])
    if code not in members:
        members.append(code)


def days() -> st.SearchStrategy[date]:
    """A day of a quarter whose tables are held, a boundary day, or any day of the years held."""
    span = (date(2026, 12, 31) - date(2019, 1, 1)).days
    any_day = st.integers(0, span).map(lambda after: date(2019, 1, 1) + timedelta(days=after))
    known = st.sampled_from(WELL_KNOWN)
    return st.one_of(known, known, known, st.sampled_from(BOUNDARIES), any_day)


def modifiers() -> st.SearchStrategy[tuple[str, ...]]:
    """No modifier as often as some; at most three, of any kinds."""
    one = st.sampled_from(MODIFIER_KINDS).flatmap(st.sampled_from)
    return st.one_of(
        st.just(()), one.map(lambda code: (code,)), st.lists(one, min_size=1, max_size=3, unique=True).map(tuple)
    )


def charges() -> st.SearchStrategy[Decimal | None]:
    """Often none or far above the fee; else anything down to nothing."""
    return st.one_of(
        st.none(), st.just(Decimal("9999.00")), st.integers(0, 60_000).map(lambda cents: Decimal(cents) / 100)
    )


def claims(codes: Codes) -> st.SearchStrategy[list[ClaimLine]]:
    """One claim of practitioners: lines of one theme, most of them on one day, numbered in the order given."""
    theme = st.sampled_from(codes.themes).flatmap(st.sampled_from)
    return theme.flatmap(lambda own: _claims_of_theme(own, codes.all))


@st.composite
def _claims_of_theme(draw: Callable, theme: tuple[str, ...], every_code: tuple[str, ...]) -> list[ClaimLine]:
    day = draw(days())
    other_day = day + timedelta(days=1)
    place = draw(st.sampled_from(PLACES))
    where = draw(
        st.sampled_from([{"locality": "NATIONAL"}, {"locality": "NATIONAL"}, {}])
        | st.sampled_from(LOCALITIES).map(lambda pair: {"mac": pair[0], "locality": pair[1]})
        | st.sampled_from(ZIPS).map(lambda code: {"zip": code})
    )
    provider = {
        "provider_type": draw(st.sampled_from(PROVIDERS)),
        "participating": draw(st.sampled_from((None, True, False))),
        "qualifying_apm": draw(st.sampled_from((None, True, False))),
        "hpsa": draw(st.sampled_from((None, True, False))),
        "deductible_remaining": draw(st.none() | st.integers(0, 25_700).map(lambda cents: Decimal(cents) / 100)),
    }
    # Few codes a claim, so that one code often stands on several lines, and meets its other side.
    sided = draw(st.sampled_from((False, False, True)))
    own_code = st.sampled_from(draw(st.lists(st.sampled_from(theme), min_size=1, max_size=2 if sided else 5)))
    code = own_code if sided else st.one_of(own_code, own_code, own_code, own_code, st.sampled_from(every_code))
    one_side = st.sampled_from((("RT",), ("LT",)))
    modified = st.one_of(one_side, one_side, one_side, modifiers()) if sided else modifiers()
    units = st.sampled_from((1, 1, 1, 1, None, 2, 3, 4)) if not sided else st.sampled_from((1, 1, None, 1, 2))
    practitioner = st.sampled_from(draw(st.sampled_from((PRACTITIONERS, PRACTITIONERS[:1]))))
    lines = []
    for number in range(1, draw(st.integers(1, LINES_AT_MOST)) + 1):
        lines.append(
            ClaimLine(
                claim_id="C1",
                line=number,
                service_date=draw(st.sampled_from((day, day, day, other_day))),
                hcpcs=draw(code),
                modifiers=draw(modified),
                units=draw(units),
                charge=draw(charges()),
                place_of_service=place,
                rendering_npi=draw(practitioner),
                patient_id="P1",
                same_session=draw(st.sampled_from((None, None, True, False))),
                **where,
                **provider,
            )
        )
    return lines


def renamed(lines: list[ClaimLine], name: str) -> list[ClaimLine]:
    """The same claim under another id, of another patient."""
    return [replace(line, claim_id=name, patient_id=f"patient of {name}", where="") for line in lines]
