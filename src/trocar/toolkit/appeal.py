"""An appeal letter from a finding: what the finding says and cites, and square brackets for all that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from trocar.knowledge import knowledge
from trocar.lookup.numbered_sources import Sources
from trocar.rules.registry import rules_named
from trocar.toolkit.appealed import Appealed
from trocar.toolkit.document import (
    Block,
    Cell,
    Checklist,
    Document,
    Heading,
    Note,
    Paragraph,
    Says,
    Section,
    Table,
    Tone,
    numbers,
    plain,
)
from trocar.toolkit.question import sentence
from trocar.toolkit.source_list import hash_lines

TITLE = "Request for redetermination"
# Columns of a finding that name a provider or a patient; a letter never takes them from a claim.
_NEVER_SHOWN = ("npi", "taxonomy", "patient")


def appeal(about: Appealed, printed_on: date) -> Document:
    """The letter, its proof, and a worksheet that is not sent. It claims no fact that the finding does not hold."""
    finding = about.finding
    letter = _Letter(about, Sources())
    facts = (
        ("provider", "[name, address, NPI, telephone]"),
        ("to", "[Medicare contractor, address for appeals]"),
        ("letter date", "[date]"),
        ("patient", "[name and Medicare number]"),
        ("claim", f"{finding['claim_id']} in our books; [claim control number of the remittance]"),
        ("line", f"{finding['line']}: {about.hcpcs or '[procedure code]'}"),
        ("date of service", letter.day),
        ("denied", f"[date of the remittance], adjustment reason [{finding['carc']}: confirm]"),
        ("in dispute", letter.amount),
    )
    subtitle = f"claim {finding['claim_id']}, line {finding['line']}"
    foot = f"{TITLE} · {subtitle} · prepared {printed_on.isoformat()} with Trocar {version('trocar')}"
    sections = (letter.body(), letter.proof(), letter.worksheet())
    return Document(TITLE, subtitle, facts, sections, foot, printed_on, keywords=(finding["rule"], "appeal"))


class _Letter:
    """The parts of one letter, which share its sources."""

    def __init__(self, about: Appealed, sources: Sources) -> None:
        self.about, self.finding, self.sources = about, about.finding, sources
        self.rows = numbers(sources.refs(self.finding["citations"]))
        self.law = [sources.authority(key) for key in _authorities(self.finding["rule"], about.service_date)]

    @property
    def day(self) -> str:
        """The date of service, a bracket where the finding lacks it."""
        return self.about.service_date.isoformat() if self.about.service_date else "[date of service]"

    @property
    def amount(self) -> str:
        """The allowed amount at stake, to be confirmed; a bracket where none is known."""
        amount = self.finding["amount_at_risk"]
        return "[amount]" if amount is None else f"${Decimal(amount):,.2f} allowed, as computed [confirm]"

    def body(self) -> Section:
        """The letter itself."""
        code = self.about.hcpcs or "[procedure code]"
        says = sentence(self.finding["message"])
        blocks: list[Block] = [
            _fields(
                f"We ask for a redetermination of line {self.finding['line']} of the claim above, {code} on {self.day}."
            ),
            Heading("What the line was measured by"),
            Paragraph((Says(f"Rule {self.finding['rule']}: {says}", self.rows),)),
            *(
                Paragraph((Says(f"{entry['title']} ({entry['where']}): {entry['says']}", (entry["number"],)),))
                for entry in self.law
            ),
            Heading("Why we ask for payment"),
            _fields(
                "[State what the record shows, with its page, that the claim form did not. Name the site, side, "
                "encounter, units or procedure that answers the rule above. If the record does not show it, "
                "do not send this letter: send a corrected claim.]"
            ),
            Heading("Enclosed from the record"),
            Checklist(tuple(self._enclosed())),
            _fields("[signature, name and title, telephone]"),
        ]
        return Section("", tuple(blocks))

    def _enclosed(self) -> Iterator[tuple[Says, Says]]:
        """What the record of such a line must hold; never that it does."""
        yield Says("The remittance advice with the denial"), Says("")
        known = knowledge(self.about.hcpcs) if self.about.hcpcs else None
        elements = known.documentation if known else ()
        for element in elements:
            day = self.about.service_date
            if day is None or element.holds_on(day):
                yield Says(f"[page] {element.text}", tone=Tone.FIELD), Says(element.why, tone=Tone.SOFT)
        if not elements:
            yield Says("[page] The part of the record that answers the rule above.", tone=Tone.FIELD), Says("")

    def proof(self) -> Section:
        """The rows cited, each with release, file, line and hash; then where the law is written."""
        rows = tuple(_row(entry) for entry in self.sources.entries if entry["kind"] == "file")
        blocks: list[Block] = []
        if rows:
            heads = ("no.", "release", "file", "line", "SHA-256 of the file")
            blocks.append(Table(heads, rows, (0.6, 1.4, 3.2, 1.1, 2.7), "Rows of the publishers' files"))
        else:
            blocks.append(plain("The finding cites no row of a file: it follows from the claim and the law below."))
        law = tuple(_law(entry) for entry in self.law)
        blocks.append(Table(("no.", "law or guidance", "where"), law, (0.6, 4, 4.4), "Where the rule is written"))
        return Section("Enclosure: sources", tuple(blocks), new_page=True)

    def worksheet(self) -> Section:
        """What the sender has to know first."""
        finding = self.finding
        advice = (
            "On the claim as billed, the rule holds. An appeal succeeds only with a record that shows what the claim "
            "did not."
            if finding["severity"] == "deny"
            else "Facts decide here: the claim neither proves the denial right nor wrong. The record does."
        )
        first = [Says(advice), Says(f"The other way, a corrected claim: {sentence(finding['remedy'])}")]
        first.append(Says("Fill or delete every square bracket. Check the time limit on the remittance."))
        blocks: list[Block] = [Note("Before you send it", tuple(first))]
        shown = {name: value for name, value in finding["evidence"].items() if not _is_private(name)}
        if shown:
            facts = tuple((Says(name.replace("_", " ")), Says(_words(value))) for name, value in shown.items())
            blocks.append(Table(("fact", "value"), facts, (2.2, 6.8), "What the finding rests on, beside the sources"))
        if finding.get("assumed"):
            assumed = tuple(Says(sentence(text)) for text in finding["assumed"])
            blocks.append(Note("Assumed for the amount, since the claim does not say", assumed))
        if self.about.others:
            others = tuple(Says(f"{row['rule']}: {sentence(row['message'])}") for row in self._other_findings())
            blocks.append(Note("Also found on this line: an appeal must answer these too", others))
        return Section("Worksheet: keep, do not send", tuple(blocks), new_page=True)

    def _other_findings(self) -> Iterator[Mapping[str, Any]]:
        return (row for row in self.about.others if not row["rule"].startswith("ID"))


def _authorities(rule: str, day: date | None) -> list[str]:
    """The authorities of a rule in force on a day, of all its declarations where no day is known."""
    declared = [one for one, _ in rules_named(rule)]
    on_day = [one for one in declared if day is None or (one.first <= day and (one.last is None or day <= one.last))]
    return list(dict.fromkeys(key for one in on_day for key in one.authority))


def _fields(text: str) -> Paragraph:
    """Words with brackets to fill in."""
    return Paragraph((Says(text, tone=Tone.FIELD),))


def _row(entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    number = Says(str(entry["number"]), tone=Tone.STRONG, anchor=f"source-{entry['number']}")
    return number, Says(entry["release"]), Says(entry["file"]), Says(str(entry["line"])), hash_lines(entry["sha256"])


def _law(entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    number = Says(str(entry["number"]), tone=Tone.STRONG, anchor=f"source-{entry['number']}")
    name = entry["file"].rpartition("/")[2]
    pages = f", page {', '.join(map(str, entry['pages']))}" if entry["pages"] else ""
    return number, Says(entry["title"]), (Says(entry["where"]), Says(f"{name}{pages}", tone=Tone.SOFT))


def _is_private(name: str) -> bool:
    return any(part in name for part in _NEVER_SHOWN)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value).strip()
