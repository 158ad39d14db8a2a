"""What an analysed book of remittances says: a section for each question people ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import duckdb

from trocar.book.summary import percent
from trocar.core.money import dollars
from trocar.denials.analysis import Analysis
from trocar.denials.attribution import Cause
from trocar.denials.meanings import reasons_section, remarks_section
from trocar.denials.rates import RATES
from trocar.denials.reasons import families
from trocar.denials.section import Section, rows_of, section_of
from trocar.denials.underpayment import kept_apart

CAUSE_WORDS = {
    Cause.RULE: "explained by a public rule",
    Cause.DATA_FAULT: "claim data or filing",
    Cause.PATIENT: "patient responsibility",
    Cause.UNEXPLAINED: "unexplained by any public rule",
    Cause.NOT_CHECKED: "not checked",
}
SCENARIO_WORDS = {
    "documentation": "additional information required: documentation missing",
    "data": "additional information required: data missing or invalid",
    "coverage": "service not covered by the plan",
    "not_separate": "service not separately payable",
    "": "no scenario",
}


def sections(analysis: Analysis) -> list[Section]:
    """Every section, in the order in which people read them."""
    return [build(analysis) for build in SECTIONS.values()]


_ANSWERED = "NOT is_reversal AND NOT is_predetermination"
_OVERVIEW = """
SELECT count(*) FILTER (is_answer), count(*) FILTER (is_answer AND time = 1),
       count(*) FILTER (is_answer AND time = 1 AND outcome = 'denied'),
       count(*) FILTER (is_answer AND stands AND outcome = 'denied'),
       count(*) FILTER (is_answer AND stands AND outcome = 'cut'),
       count(*) FILTER (is_answer AND stands AND outcome = 'written_off'),
       coalesce(sum(charge_cents) FILTER (stands AND NOT (is_after_others AND claim_id IN (
           SELECT claim_id FROM outcome WHERE stands AND NOT is_after_others))), 0)::BIGINT,
       coalesce(sum(paid_cents) FILTER (stands), 0)::BIGINT,
       coalesce(sum(patient_cents) FILTER (stands AND NOT (NOT is_after_others AND claim_id IN (
           SELECT claim_id FROM outcome WHERE stands AND is_after_others))), 0)::BIGINT,
       coalesce(sum(denied_cents) FILTER (stands), 0)::BIGINT
FROM outcome
"""


def _overview(analysis: Analysis) -> Section:
    database = analysis.database
    lines, first, first_denied, denied, cut, written_off, charge, paid, patient, refused = database.execute(
        _OVERVIEW
    ).fetchall()[0]
    (days,) = database.execute(f"SELECT median(payment_date - received_date) FROM claim WHERE {_ANSWERED}").fetchall()[
        0
    ]
    apart = kept_apart(database)
    (unmatched,) = database.execute(
        "SELECT count(*) FROM outcome WHERE line > 0 AND id NOT IN (SELECT id FROM matched)"
    ).fetchall()[0]
    said: list[tuple[str, Any]] = [
        ("looked at on", analysis.on.isoformat()),
        ("payments", _one(database, "SELECT count(*) FROM payment WHERE NOT repeated")),
        ("claims answered", _one(database, f"SELECT count(*) FROM claim WHERE {_ANSWERED}")),
        (
            "claims priced beforehand (predeterminations), apart",
            _one(database, "SELECT count(*) FROM claim WHERE is_predetermination"),
        ),
        ("lines answered", lines),
        ("lines denied at first", f"{first_denied} of {first} ({percent(first_denied, first) or 'none'})"),
        ("lines denied now", denied),
        ("lines cut now", cut),
        ("lines allowed nothing, with no reason that is a denial", written_off),
        ("charges", dollars(charge)),
        ("paid", dollars(paid)),
        ("patient responsibility", dollars(patient)),
        ("charges denied or cut", dollars(refused)),
        ("sequestration, apart", dollars(apart["sequestration"])),
        ("incentives and withholding, apart", dollars(apart["incentives"])),
        ("interest, apart", dollars(apart["interest"])),
        ("earlier payers, apart", dollars(apart["earlier_payers"])),
        ("days from receipt to payment, median", "not said" if days is None else f"{days:g}"),
        ("lines without a claim as sent", unmatched),
    ]
    rows = [{"what": what, "value": value} for what, value in said]
    return Section("overview", "Overview", ("what", "value"), rows)


def _one(database: duckdb.DuckDBPyConnection, statement: str) -> Any:
    return database.execute(statement).fetchall()[0][0]


def _causes(analysis: Analysis) -> Section:
    rows = rows_of(
        analysis.database,
        "SELECT cause, count(*) AS lines, sum(denied_cents)::BIGINT AS denied FROM attributed WHERE stands "
        "GROUP BY cause ORDER BY denied DESC, cause",
        ("denied",),
    )
    total = sum((row["lines"] for row in rows), 0)
    for row in rows:
        row["share"], row["cause"] = percent(row["lines"], total), CAUSE_WORDS[Cause(row["cause"])]
    return Section(
        "causes", "Why lines are denied or cut", ("cause", "lines", "share", "denied"), rows, ("denied",), "denied"
    )


def _payers(analysis: Analysis) -> Section:
    columns = ("payer", "lines", "denied_at_first", "first_pass_denial_rate", "days_to_payment", "charges_denied",
               "underpaid", "overpaid")  # fmt: skip
    rows = rows_of(
        analysis.database,
        """
        SELECT coalesce(max(o.payer_name), o.payer) AS payer, count(*) FILTER (time = 1) AS lines,
               count(*) FILTER (time = 1 AND o.outcome = 'denied') AS denied_at_first,
               quantile_disc(o.payment_date - o.received_date, 0.5) AS days_to_payment,
               coalesce(sum(o.denied_cents) FILTER (stands), 0)::BIGINT AS charges_denied,
               coalesce(sum(c.short_cents) FILTER (c.verdict = 'underpaid'), 0)::BIGINT AS underpaid,
               coalesce(-sum(c.short_cents) FILTER (c.verdict = 'overpaid'), 0)::BIGINT AS overpaid
        FROM outcome o LEFT JOIN compared c USING (id) WHERE o.is_answer
        GROUP BY o.payer ORDER BY charges_denied DESC, payer
        """,
        ("charges_denied", "underpaid", "overpaid"),
    )
    for row in rows:
        row["first_pass_denial_rate"] = percent(row["denied_at_first"], row["lines"])
    return Section("payers", "By payer", columns, rows, ("charges_denied", "underpaid", "overpaid"), "charges_denied")


def _scenarios(analysis: Analysis) -> Section:
    counts: dict[str, list[Any]] = {}
    for family, lines, denied in analysis.database.execute(
        "SELECT family, count(*), sum(denied_cents)::BIGINT FROM attributed WHERE stands GROUP BY family ORDER BY ALL"
    ).fetchall():
        held = counts.setdefault(SCENARIO_WORDS[families()[family].scenario], [0, Decimal(0)])
        held[0], held[1] = held[0] + lines, held[1] + dollars(denied)
    rows = [{"scenario": words, "lines": lines, "denied": denied} for words, (lines, denied) in counts.items()]
    rows.sort(key=lambda row: -row["denied"])
    title = "By business scenario (CAQH CORE operating rule 360)"
    return Section("scenarios", title, ("scenario", "lines", "denied"), rows, ("denied",), "denied")


_LINES = """
SELECT claim_id, line, coalesce(payer_name, payer) AS payer, service_date, hcpcs,
       array_to_string(modifiers, ' ') AS modifiers, outcome, "group", carc, array_to_string(remarks, ' ') AS remarks,
       denied_cents AS denied, cause, rule, message,
       array_to_string(list_filter(rules, lambda x: x <> rule), ' ') AS other_rules,
       citations[1].file AS cited_file, citations[1].line AS cited_row, why, "where"
FROM attributed WHERE stands ORDER BY denied_cents DESC, id
"""


def _lines(analysis: Analysis) -> Section:
    section = section_of(analysis.database, "lines", "Each line denied or cut", _LINES, ("denied",))
    for row in section.rows:
        row["cause"] = CAUSE_WORDS[Cause(row["cause"])]
    return section


def _patterns(analysis: Analysis) -> Section:
    columns = (
        "pattern",
        "lines",
        "denied",
        "share",
        "share_at_least",
        "share_at_most",
        "share_elsewhere",
        "false_discovery",
        "charge",
    )
    rows = [
        {
            "pattern": found.words, "lines": found.lines, "denied": found.denied,
            "share": f"{found.denied / found.lines:.1%}", "share_at_least": f"{found.low:.1%}",
            "share_at_most": f"{found.high:.1%}", "share_elsewhere": f"{found.others:.1%}",
            "false_discovery": f"{found.false_discovery:.2g}", "charge": found.charge,
        }
        for found in analysis.patterns
    ]  # fmt: skip
    note = (
        "Hypotheses about a payer's own policy, found by counting: none of them is a rule."
        if rows
        else "No combination has five denied lines and is denied more often than chance explains."
    )
    return Section("patterns", "Patterns among unexplained denials", columns, rows, ("charge",), "", (note,))


_UNDERPAID = """
SELECT claim_id, line, coalesce(payer_name, payer) AS payer, service_date, hcpcs,
       array_to_string(modifiers, ' ') AS modifiers, billed_units AS units, expected_cents AS expected,
       allowed_cents AS allowed, short_cents AS short, verdict, basis, "where"
FROM compared WHERE verdict IN ('underpaid', 'overpaid') ORDER BY short_cents DESC, id
"""
_NOT_COMPARED = (
    "SELECT why_not, count(*) FROM compared WHERE verdict = 'not_compared' GROUP BY why_not ORDER BY 2 DESC, 1"
)


def _lines_are(count: int) -> str:
    return "1 line is" if count == 1 else f"{count} lines are"


def _underpaid(analysis: Analysis) -> Section:
    counts = dict(analysis.database.execute("SELECT verdict, count(*) FROM compared GROUP BY verdict").fetchall())
    left_out = analysis.database.execute(_NOT_COMPARED).fetchall()
    notes = (
        f"{_lines_are(counts.get('as_expected', 0))} allowed as expected.",
        *(f"{_lines_are(lines)} not compared: {why}." for why, lines in left_out),
    )
    money = ("expected", "allowed", "short")
    title = "Allowed less or more than expected"
    return section_of(analysis.database, "underpaid", title, _UNDERPAID, money, "", notes)


_RULES = """
SELECT rule, name, coalesce(payer_name, payer) AS payer, fired, denied, denied_otherwise, paid, overturned
FROM feedback ORDER BY fired DESC, rule, payer
"""


def feedback_rows(database: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What each payer made of each rule's findings."""
    return rows_of(database, _RULES, ())


def _rules(analysis: Analysis) -> Section:
    rows = feedback_rows(analysis.database)
    for row in rows:
        row["denied_share"] = percent(row["denied"], row["fired"])
    columns = ("rule", "name", "payer", "fired", "denied", "denied_otherwise", "paid", "overturned", "denied_share")
    return Section("rules", "What payers made of each rule's findings", columns, rows)


def _work(analysis: Analysis) -> Section:
    rows = [_item_row(item) | {"action": item.action} for item in analysis.items if not item.not_worth]
    columns = (
        "claim_id",
        "line",
        "payer",
        "hcpcs",
        "carc",
        "stake",
        "expected_recovery",
        "deadline",
        "action",
        "basis",
        "deadline_basis",
    )
    title = "Worklist: by what working it is likely to bring"
    return Section("worklist", title, columns, rows, ("stake", "expected_recovery"))


def _leave(analysis: Analysis) -> Section:
    rows = [_item_row(item) | {"why": item.not_worth} for item in analysis.items if item.not_worth]
    columns = ("claim_id", "line", "payer", "hcpcs", "carc", "stake", "why")
    return Section("leave", "Not worth working, and why", columns, rows, ("stake",))


def _item_row(item: Any) -> dict[str, Any]:
    row = item.row
    return {
        "claim_id": row["claim_id"], "line": row["line"], "payer": row["payer_name"] or row["payer"],
        "hcpcs": row["hcpcs"], "carc": f"{row['group']}-{row['carc']}" if row["carc"] else "", "stake": item.stake,
        "expected_recovery": item.expected, "deadline": item.deadline, "basis": item.basis,
        "deadline_basis": item.deadline_basis,
    }  # fmt: skip


SECTIONS: Mapping[str, Callable[[Analysis], Section]] = {
    "overview": _overview,
    "causes": _causes,
    "payers": _payers,
    "reasons": reasons_section,
    "remarks": remarks_section,
    "scenarios": _scenarios,
    **{rate.id: rate for rate in RATES},
    "worklist": _work,
    "leave": _leave,
    "underpaid": _underpaid,
    "patterns": _patterns,
    "rules": _rules,
    "lines": _lines,
}
