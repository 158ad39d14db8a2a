"""The edit cheat-sheet: what ties the chosen codes to each other, then each code to the codes it usually meets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trocar.knowledge import known_codes
from trocar.lookup.asked import OUTSIDE_SCOPE
from trocar.lookup.edit_list import Edit, edits_of
from trocar.lookup.edits import edits_between
from trocar.lookup.guidance_facts import facts_between
from trocar.lookup.guidance_map import MODALITIES, MapCell
from trocar.lookup.guidance_matrix import guidance_matrix
from trocar.lookup.guidance_verdict import Verdict
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.law import law
from trocar.toolkit.document import Block, Cell, Heading, Paragraph, Says, Section, Table, Tone, numbers, plain
from trocar.toolkit.question import Question, sentence, title_of

SETTING = "practitioner"
# Edits with codes described here are few; a code has at most this many of them on a sheet to pin up.
_MOST = 40


def edit_sheet(question: Question) -> Section:
    """The section. A day without a table of edits says so, and what needs no table still stands."""
    blocks: list[Block] = [
        plain(
            "Column 1 is paid, column 2 is denied; the direction is part of the edit. The practitioners' table is for "
            "surgery centers too. A modifier helps only when the record shows another site, side or encounter."
        )
    ]
    if len(question.codes) > 1:
        blocks += [Heading("Among the codes of this toolkit"), *_between(question)]
    for code in question.codes:
        blocks += _of(question, code)
    return Section("Edit cheat-sheet", tuple(blocks))


def _between(question: Question) -> Iterator[Block]:
    """Every pair of the codes; what is not known of all of them is said once, below."""
    said = edits_between(question.pack, question.store, question.codes, question.day, SETTING)
    by_pair: dict[frozenset[str], list[Said]] = {}
    for one in said:
        if one.topic not in ("pinned", "absence"):
            by_pair.setdefault(frozenset(one.subject.split("/")), []).append(one)
    if rows := tuple(row for pair in by_pair.values() for row in _pair(question, pair)):
        yield Table(("pair", "what holds"), rows, (1.4, 7.6))
    unknown: dict[str, list[str]] = {}
    for pair in by_pair.values():
        for text in dict.fromkeys(one.not_checked for one in pair if isinstance(one, NotKnown)):
            unknown.setdefault(text, []).append(_pair_name(pair[0]))
    for text, pairs in unknown.items():
        of = "all pairs" if len(pairs) == len(by_pair) else ", ".join(pairs)
        yield _unknown(f"{text} ({of})")


def _pair(question: Question, said: list[Said]) -> Iterator[tuple[Cell, ...]]:
    """What is known to stand between two codes; where nothing does either way, one row says it."""
    edits = [one for one in said if one.topic == "edit"]
    known = [one for one in said if isinstance(one, Statement)]
    quiet = [one for one in known if one.topic == "edit" and not one.values["in_force"] and not one.citations]
    if len(quiet) == len(edits):
        release = quiet[0].values["release"]
        yield Says(_pair_name(said[0]), tone=Tone.CODE), Says(f"No edit in either direction ({release}).")
    for one in known:
        if one.topic == "included_guidance":
            refs = question.proof(one.values["procedure"], [_cite(one)])
            yield Says(_pair_name(one), tone=Tone.CODE), Says(sentence(one.says), refs)
        elif one not in quiet:
            yield Says(_pair_name(one), tone=Tone.CODE), question.says(one)


def _cite(included: Statement) -> str:
    """The row of the includes-guidance table, as knowledge files cite it."""
    return f"law:includes_guidance/{included.values['row'].partition('[')[2].rstrip(']')}"


def _pair_name(said: Said) -> str:
    return said.subject.replace("/", " / ")


def _of(question: Question, code: str) -> list[Block]:
    blocks: list[Block] = [Heading(question.heading(code))]
    blocks += [Paragraph((question.says(said, Tone.SMALL),)) for said in question.facts(code, "addon")]
    if not question.asked.in_scope(code):
        return [*blocks, _unknown(f"{code} is {OUTSIDE_SCOPE}"), *_guidance(question, code)]
    usual = {*known_codes(), *law().guidance} - {code}
    found = edits_of(question.asked, code, SETTING, among=usual, size=_MOST)
    if found is None:
        why = question.asked.no_release(f"ncci_ptp_{SETTING}")
        return [*blocks, _unknown(why), *_guidance(question, code)]
    if found.unknown and not found.in_force_column_1 + found.in_force_column_2:
        why = f"{found.unknown} edits of {found.release} carry no first day, and the file is of a later quarter"
        return [*blocks, _unknown(why), *_guidance(question, code)]
    standing = [edit for edit in found.edits if edit.in_force]
    dated = any(edit.first or edit.last for edit in standing)
    rows = tuple(_edit(question, code, edit, dated=dated) for edit in standing)
    caption = (
        f"{found.release}: {code} is column 1 of {found.in_force_column_1} edits in force and column 2 of "
        f"{found.in_force_column_2}{question.asked.within}. Shown: those with guidance codes and codes described here."
    )
    if found.unknown:
        caption += f" {found.unknown} more carry no first day, so whether they were in force is not known."
    if rows:
        heads = ("beside", "what it is", "paid", "denied", "modifier", *(("days",) if dated else ()))
        widths = (1, 4, 0.8, 0.8, 1.5, *((1.9,) if dated else ()))
        caption += "" if dated else " The file does not say since when they are."
        blocks.append(Table(heads, rows, widths, caption))
    else:
        blocks.append(plain(caption, "None of them."))
    return [*blocks, *_guidance(question, code)]


def _unknown(why: str) -> Paragraph:
    return Paragraph((Says(f"Edits not known: {why}.", tone=Tone.UNKNOWN),))


def _edit(question: Question, code: str, edit: Edit, *, dated: bool) -> tuple[Cell, ...]:
    paid, denied = (code, edit.other) if edit.column == 1 else (edit.other, code)
    first = f"from {edit.first.isoformat()}" if edit.first else "first day not in the file"
    days = first + (f" to {edit.last.isoformat()}" if edit.last else "")
    return (
        Says(edit.other, numbers(question.sources.refs([edit.citation])), Tone.CODE),
        Says(title_of(edit.other)),
        Says(paid),
        Says(denied, tone=Tone.FOUND if denied == code else Tone.STRONG),
        Says("may help (1)") if edit.indicator == 1 else Says(f"never helps ({edit.indicator})", tone=Tone.FOUND),
        *((Says(days),) if dated else ()),
    )


def _guidance(question: Question, code: str) -> Iterator[Block]:
    """Which imaging is inside which procedures: the code's own row, or the procedures that include this guidance."""
    rows = guidance_matrix(question.pack, SETTING, code, question.day)
    if not rows:
        return
    described = [row for row in rows if row.procedure == code or row.procedure in known_codes()]
    heads = ("procedure", "what it is", *MODALITIES)
    shown = tuple(
        (
            Says(row.procedure, tone=Tone.CODE),
            Says(title_of(row.procedure)),
            *(_verdict(question, row.of_modality(modality)) for modality in MODALITIES),
        )
        for row in described
    )
    caption = (
        "Guidance inside the procedure is never billed apart for it; where it is perhaps inside, the record decides."
    )
    if shown:
        yield Table(heads, shown, (1, 3.4, 1.2, 1.3, 1.1, 1.1), caption)
    rest = [row.procedure for row in rows if row not in described]
    yield from _listed(question, code, rest, "also inside" if shown else "inside")


def _listed(question: Question, code: str, procedures: Sequence[str], inside: str) -> Iterator[Block]:
    """Procedures that nobody described here, as a list for each strength, with the law they rest on."""
    by_strength: dict[str, list[Statement]] = {}
    for procedure in procedures:
        for fact in facts_between(procedure, code, question.day):
            by_strength.setdefault(fact.values["strength"], []).append(fact)
    for strength, facts in by_strength.items():
        names = [fact.values["procedure"] for fact in facts]
        refs = dict.fromkeys(ref for fact in facts for ref in question.law(fact.values["procedure"], _cite(fact)))
        words = (
            f"{code} is {'' if strength == 'deny' else 'perhaps '}{inside} {len(names)} procedures not described here"
        )
        yield Paragraph((Says(f"{words}: {', '.join(names)}.", tuple(sorted(refs)), Tone.SMALL),))


def _verdict(question: Question, cell: MapCell) -> Says:
    """The verdict of the guidance map in a few words, with the law or the row it rests on."""
    decision, said = cell.decision, cell.said
    if said.fact and decision.verdict is Verdict.INCLUDED:
        words = "perhaps inside" if decision.strength == "review" else "inside"
        return Says(words, question.proof(said.procedure, [f"law:includes_guidance/{said.fact.row}"]))
    if decision.verdict is Verdict.SEPARATE:
        return Says(f"apart as {cell.guidance}")
    if said.edit >= 0:
        cited = [question.pack.cite(f"ncci_ptp_{SETTING}", said.edit)]
        return Says("not reportable: edit", numbers(question.sources.refs(cited)))
    return Says(str(decision.verdict), tone=Tone.SOFT)
