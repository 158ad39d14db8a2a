"""The result of the claim desk as a PDF to print: what to fix, what was not checked, every line, and the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from trocar.entrypoints.check_answer import CheckAnswer
from trocar.entrypoints.options import today
from trocar.lookup.numbered_sources import Sources
from trocar.toolkit.document import Block, Cell, Document, Note, Says, Section, Table, Tone, numbers, plain
from trocar.toolkit.footnotes import Footnotes
from trocar.toolkit.question import sentence
from trocar.toolkit.source_list import source_list

TITLE = "Claim check"
# What a person reads on paper; all of it is in the other exports.
MOST_FINDINGS = 400
MOST_LINES = 1_000
_WHOLE = "The Excel, CSV and JSON exports hold all of them."


def desk_pdf(answer: CheckAnswer, findings: list[dict[str, Any]], missing: list[dict[str, Any]]) -> bytes:
    """The bytes of the PDF: findings with the decisions taken, what was not checked, lines with prices, sources."""
    summary, sources, printed_on = answer.summary, Sources(), today()
    sections = (_findings(findings, sources), _missing(missing), _lines(answer.result.priced, sources))
    last = replace(source_list(sources, answer.result.batch.line.pack.catalog.files), new_page=False)
    counts = summary["findings"]
    at_risk = Decimal(summary["amount_at_risk"])
    facts = (
        ("claims", f"{summary['claims']:,}"),
        ("lines", f"{summary['lines']:,}"),
        ("found", ", ".join(f"{count:,} {severity}" for severity, count in counts.items())),
        ("allowed amount at risk", f"${at_risk:,.2f}"),
        ("lines with something not checked", f"{summary['lines_not_checked']:,}"),
        ("rows that could not be read", f"{summary['rows_not_readable']:,}"),
        ("releases cited", sources.releases.replace(" ", ", ") or "none"),
        ("printed", f"{printed_on.isoformat()}, Trocar {version('trocar')}"),
    )
    notes = tuple(Says(sentence(note)) for note in summary["notes"])
    first = (Section("", (Note("Notes of the reader", notes),)),) if notes else ()
    foot = f"{TITLE} · printed {printed_on.isoformat()} · holds claims: keep it as you keep them"
    subtitle = f"lines: {summary['lines']:,}, findings: {len(findings):,}"
    document = Document(TITLE, subtitle, facts, (*first, *sections, last), foot, printed_on, contents=True)
    # Loaded by the first who prints, as for the toolkit.
    from trocar.toolkit.layout import pdf_of

    return pdf_of(document)


def _findings(findings: Sequence[Mapping[str, Any]], sources: Sources) -> Section:
    ranked = sorted(findings, key=lambda row: (row["severity"] == "info", -Decimal(row["amount_at_risk"] or 0)))
    shown = ranked[:MOST_FINDINGS]
    rows = tuple(_finding(row, sources) for row in shown)
    heads = ("claim, line", "rule", "what is wrong, and what to change", "at risk", "decision")
    blocks: list[Block] = [
        Table(heads, rows, (1.5, 0.9, 4.6, 1, 1.3))
        if rows
        else plain("Nothing was found on the lines that were checked.")
    ]
    if len(findings) > len(shown):
        blocks.append(plain(f"{len(findings) - len(shown):,} more, of less money, are not printed. {_WHOLE}"))
    return Section("What to fix", tuple(blocks))


def _finding(row: Mapping[str, Any], sources: Sources) -> tuple[Cell, ...]:
    refs = numbers(sources.refs(row["citations"]))
    severity = Says(row["severity"], tone=Tone.FOUND if row["severity"] == "deny" else Tone.SOFT)
    decision = tuple(Says(text) for text in (row["decision"], row["reason"]) if text)
    return (
        (Says(row["claim_id"], tone=Tone.STRONG), Says(f"line {row['line']}")),
        (Says(row["rule"], tone=Tone.CODE), severity, Says(f"CARC {row['carc']}", tone=Tone.SOFT)),
        (Says(sentence(row["message"]), refs), Says(row["remedy"], tone=Tone.SOFT)),
        _dollars(row["amount_at_risk"]),
        decision or Says("open", tone=Tone.SOFT),
    )


def _missing(missing: Sequence[Mapping[str, Any]]) -> Section:
    """Each reason once, with the lines it holds for."""
    lines: dict[tuple[str, str], list[str]] = {}
    for row in missing:
        lines.setdefault((row["not_checked"], row["needs"]), []).append(f"{row['claim_id']}/{row['line']}")
    if not lines:
        return Section("Not checked", (plain("Everything was checked."),))
    rows = tuple(
        (Says(why, tone=Tone.UNKNOWN), Says(needs), Says(_some(list(dict.fromkeys(where)))))
        for (why, needs), where in lines.items()
    )
    heads = ("why not", "what it needs", "claim/line")
    return Section("Not checked", (Table(heads, rows[:MOST_FINDINGS], (4.4, 1.6, 3)),))


def _some(names: Sequence[str], most: int = 12) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _lines(priced: Sequence[Mapping[str, Any]], sources: Sources) -> Section:
    footnotes = Footnotes()
    rows = tuple(
        (
            Says(line["claim_id"]), Says(str(line["line"])),
            Says("-".join([line["hcpcs"] or "", *line["modifiers"]]), tone=Tone.CODE),
            _price(line, sources, footnotes), _dollars(line["medicare_pays"]), _dollars(line["patient_pays"]),
        )
        for line in priced[:MOST_LINES]
    )  # fmt: skip
    heads = ("claim", "line", "code", "allowed", "Medicare pays", "patient pays")
    blocks: list[Block] = [Table(heads, rows, (2, 0.7, 1.6, 2.3, 1.3, 1.3))] if rows else [plain("No line was read.")]
    blocks += footnotes.below()
    if len(priced) > len(rows):
        blocks.append(plain(f"{len(priced) - len(rows):,} more lines are not printed. {_WHOLE}"))
    return Section("Lines", tuple(blocks))


def _price(line: Mapping[str, Any], sources: Sources, footnotes: Footnotes) -> Says:
    refs = numbers(sources.refs(line["citations"]))
    marks = footnotes.marks([*line["reasons"], *line["assumed"]])
    if line["allowed"] is not None:
        return Says(f"${Decimal(line['allowed']):,.2f}{marks}", refs, Tone.MONEY)
    return Says(f"{line['status'].replace('_', ' ')}{marks}", refs, Tone.SOFT)


def _dollars(amount: str | None) -> Says:
    return Says("–", tone=Tone.SOFT) if amount is None else Says(f"${Decimal(amount):,.2f}", tone=Tone.MONEY)
