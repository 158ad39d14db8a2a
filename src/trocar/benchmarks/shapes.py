"""The answers about published rates in their JSON shape, the same on every surface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from trocar.benchmarks.cleaning.clean import voters_of
from trocar.benchmarks.cleaning.flags import BY_CODE
from trocar.benchmarks.summary import PERCENTS, Benchmark, Summary, Vote

_CENT = Decimal("0.01")
# What the row of ``--rows`` holds beside its address.
_ROWS = """
SELECT f.name AS file, f.sha256, p."offset", p.ordinal, p.source_kind, p.payer, k.payer_id, p.plan_name, p.hospital_id,
       p.code, p.modifiers, k.component, k.class, k.place AS setting, p.place_of_service, p.amount_kind,
       p.negotiated_type, p.rate, p.rate_text, p.expiration_date, v.voters, v.states,
       o.id IN (SELECT id FROM comparable) AS compared, l.flags
FROM (SELECT id, kind FROM observations) o
JOIN published p USING (id) JOIN kinds k ON k.kind = o.kind JOIN files f ON f.file_id = p.file_id
LEFT JOIN (SELECT id, list_sort(list(DISTINCT name)) AS voters, list_sort(list(DISTINCT state)) AS states
           FROM ({voters}) JOIN names USING (voter) GROUP BY id) v USING (id)
LEFT JOIN (SELECT id, list({{'flag': flag, 'detail': detail}} ORDER BY place) AS flags FROM flags GROUP BY id) l
     USING (id)
ORDER BY p.file_id, p."offset", p.ordinal, p.code_type
"""


def amount(value: Decimal) -> str:
    """An amount of dollars: at least two decimals, more where they are published."""
    plain = value.normalize()
    return str(value.quantize(_CENT) if plain == value.quantize(_CENT) else plain)


def benchmark_shape(entry: Benchmark) -> dict[str, Any]:
    """One benchmark; percentiles are None where there are too few votes, and ``enough`` says so."""
    multiple = entry.multiple()
    return {
        "payer": entry.payer,
        "payer_name": entry.payer_name,
        "rolled_up": entry.is_rolled_up,
        "state": entry.state,
        "billing_class": entry.class_,
        "setting": entry.setting,
        "component": entry.component,
        "amount_kind": entry.amount_kind,
        "negotiated_type": entry.negotiated_type,
        "published": entry.published,
        "flags": {code: entry.flags[code] for code in BY_CODE if entry.flags.get(code)},
        "rates": entry.rates,
        "providers": entry.providers,
        "enough": entry.is_enough,
        "fewest": entry.fewest,
        "percentiles": {f"p{percent}": _vote(entry.percentile(percent)) for percent in PERCENTS},
        "medicare": None if entry.medicare is None else [amount(value) for value in entry.medicare],
        "multiple_of_medicare": None if multiple is None else [str(value) for value in multiple],
    }


def _vote(vote: Vote | None) -> dict[str, Any] | None:
    if vote is None:
        return None
    where = {"file_id": vote.file_id, "offset": vote.offset, "ordinal": vote.ordinal}
    return {"amount": amount(vote.amount), "where": where}


def summary_shape(summary: Summary) -> dict[str, Any]:
    """What stands beside the benchmarks: the funnel, the flags' shares, the files, what was not checked."""
    question = summary.question
    return {
        "code": question.code,
        "component": question.component,
        "state": question.state,
        "payers": list(question.payers),
        "on": summary.cleaned.asked.day.isoformat(),
        "funnel": [
            {"step": step.name, "words": step.words, "taken": step.taken, "left": step.left} for step in summary.steps
        ],
        "flags": [
            {"flag": flag, "words": BY_CODE[flag].words, "blocks": BY_CODE[flag].blocks, "rates": count, "of": every}
            for flag, count, every in summary.flags
        ],
        "opps": {"status": summary.cleaned.medicare.opps_status, "payment": _opps(summary)},
        "not_checked": list(summary.not_checked),
        "files": list(files_of(summary)),
        "limits_from": summary.cleaned.limits.first.isoformat(),
    }


def _opps(summary: Summary) -> str | None:
    payment = summary.cleaned.medicare.opps
    return None if payment is None else str(payment)


def files_of(summary: Summary) -> Iterator[Mapping[str, Any]]:
    """The files whose rates were read, with their day and hash."""
    query = """SELECT file_id, name, sha256, entity, last_updated_on, complete FROM files
               SEMI JOIN (SELECT file_id FROM file_order SEMI JOIN observed USING (file)) USING (file_id)
                ORDER BY name, file_id"""
    for file_id, name, sha256, entity, updated, complete in summary.cleaned.database.execute(query).fetchall():
        yield {
            "file_id": file_id, "file": name, "sha256": sha256, "entity": entity,
            "last_updated_on": None if updated is None else updated.isoformat(), "complete": complete,
        }  # fmt: skip


def rows_of(summary: Summary) -> Iterator[dict[str, Any]]:
    """Every rate asked for with its file and place, whether it was compared, and its flags with their reasons."""
    summary.cleaned.tell_flags()
    voters = voters_of("observed", is_placed=summary.cleaned.is_placed)
    found = summary.cleaned.database.execute(_ROWS.format(voters=voters))
    names = [column[0] for column in found.description or ()]
    while rows := found.fetchmany(10_000):
        for row in rows:
            shape = dict(zip(names, row, strict=True))
            shape["rate"] = None if shape["rate"] is None else amount(shape["rate"])
            shape["expiration_date"] = shape["expiration_date"] and shape["expiration_date"].isoformat()
            yield shape
