"""What reasons and remarks mean and ask for: handle, prevent, deadline, sources."""

from __future__ import annotations

from datetime import date

from trocar.book.summary import percent
from trocar.denials.analysis import Analysis
from trocar.denials.reasons import reason, remark
from trocar.denials.section import Section, rows_of

_LAYOUT = ("means", "handle", "prevent", "deadline", "sources")
_OWN_WORDS = "Meanings are in own words; X12 publishes the official texts."
_REASONS = """
SELECT coalesce(carc, '') AS carc, coalesce("group", '') AS "group", count(*) AS lines,
       sum(denied_cents)::BIGINT AS denied, max(payment_date) AS last_day,
       array_to_string(list_distinct(list_sort(flatten(list(coalesce(rules, []))))), ' ') AS rules
FROM attributed WHERE stands GROUP BY ALL ORDER BY denied DESC, carc
"""
_REMARKS = """
SELECT remark, count(*) AS lines, coalesce(sum(denied_cents), 0)::BIGINT AS denied, max(payment_date) AS last_day
FROM (SELECT *, unnest(remarks) AS remark FROM outcome WHERE is_answer AND time = 1 AND outcome IN ('denied', 'cut'))
GROUP BY ALL ORDER BY denied DESC, remark
"""
_FIRST = """
SELECT coalesce(carc, ''), coalesce("group", ''), count(*) FILTER (outcome = 'denied'), (
       SELECT count(*) FROM outcome WHERE is_answer AND time = 1)
FROM outcome WHERE is_answer AND time = 1 GROUP BY ALL
"""


def reasons_section(analysis: Analysis) -> Section:
    """By adjustment reason: lines that stand denied or cut, how often it is met first, and what to do."""
    first = {(carc, group): percent(denied, lines) for carc, group, denied, lines in
             analysis.database.execute(_FIRST).fetchall()}  # fmt: skip
    nearest = _deadlines(analysis)
    rows = rows_of(analysis.database, _REASONS, ("denied",))
    for row in rows:
        known, day, rules = reason(row["carc"]), row.pop("last_day"), row.pop("rules")
        row["family"] = known.family.words
        row["first_pass_denial_rate"] = first.get((row["carc"], row["group"]), "")
        row |= {"means": known.means, "handle": known.handle, "prevent": known.prevent}
        row["deadline"] = nearest.get(row["carc"], "none of these lines has a last day that is known and ahead")
        cited = analysis.periods.cited("CARC", row["carc"])
        row["sources"] = "; ".join(filter(None, (cited, f"rules {rules}" if rules else "")))
        row["code_in_use"] = analysis.periods.in_use("CARC", row["carc"], day)
    counts = ("carc", "group", "family", "lines", "first_pass_denial_rate", "denied")
    return Section("reasons", "By reason", (*counts, *_LAYOUT, "code_in_use"), rows, ("denied",), "denied",
                   (_OWN_WORDS,) if rows else (), len(counts))  # fmt: skip


def remarks_section(analysis: Analysis) -> Section:
    """By remark: what the payer asks for beside the reason, on lines denied or cut at first."""
    rows = rows_of(analysis.database, _REMARKS, ("denied",))
    for row in rows:
        known, day = remark(row["remark"]), row.pop("last_day")
        row["means"] = known.means if known else "This version has no words for the code; read X12's list."
        row["handle"] = known.handle if known else ""
        row["sources"] = analysis.periods.cited("RARC", row["remark"])
        row["code_in_use"] = analysis.periods.in_use("RARC", row["remark"], day)
    columns = ("remark", "lines", "denied", "means", "handle", "sources", "code_in_use")
    return Section("remarks", "By remark", columns, rows, ("denied",), "", (_OWN_WORDS,) if rows else (), 3)


def _deadlines(analysis: Analysis) -> dict[str, str]:
    """The nearest last day of each reason among lines worth working, and where it stands; else why there is none."""
    nearest: dict[str, tuple[date, str]] = {}
    undated: dict[str, str] = {}
    for item in analysis.items:
        carc = item.row["carc"] or ""
        if item.not_worth:
            continue
        if item.deadline is None:
            undated.setdefault(carc, item.deadline_basis)
        else:
            found = item.deadline, item.deadline_basis
            nearest[carc] = min(nearest.get(carc, found), found)
    told = {carc: f"{day.isoformat()} the nearest: {basis}" for carc, (day, basis) in nearest.items()}
    return {carc: basis for carc, basis in undated.items() if basis} | told
