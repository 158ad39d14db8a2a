"""Prices for people: a short account of each line, or the whole tree of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from trocar.entrypoints.render import cited

if TYPE_CHECKING:
    from rich.tree import Tree

_AMOUNTS = (
    ("allowed", "allowed"),
    ("medicare_pays", "Medicare pays"),
    ("patient_pays", "patient pays"),
    ("sequestration", "sequestration"),
    ("limiting_charge", "limiting charge"),
    ("bonus", "bonus"),
)
_PARTS = (("work", "work"), ("practice_expense", "practice expense"), ("malpractice", "malpractice"))
# Shown in the formula already, or words of the step itself.
_SHOWN = {"step", "words", "amount", "conversion_factor", "facility"} | {
    name for part, _ in _PARTS for name in (part, f"{part}_index")
}
_WIDE = 160


def print_prices(answers: Iterable[Mapping[str, Any]], *, explain: bool) -> None:
    """Every answer in turn."""
    for number, answer in enumerate(answers):
        if number:
            typer.echo("")
        if explain:
            _print_tree(answer)
        else:
            _print_short(answer)


def heading(answer: Mapping[str, Any]) -> str:
    """The line and its answer: ``77002-26: priced, 30.13 allowed``."""
    name = "-".join([answer["hcpcs"] or "row", *answer["modifiers"]])
    number = "" if answer["line"] is None else f" line {answer['line']}"
    line = "" if answer["claim_id"] == "price" else f"{answer['claim_id'] or '(no claim id)'}{number}  "
    status = answer["status"].replace("_", " ")
    return f"{line}{name}: {status}" + (f", {answer['allowed']} allowed" if answer["allowed"] is not None else "")


def _print_short(answer: Mapping[str, Any]) -> None:
    typer.secho(heading(answer), bold=True)
    for name, title in _AMOUNTS[1:]:
        if answer[name] is not None:
            typer.echo(f"  {title:16}{answer[name]:>12}")
    for text in _remarks(answer):
        typer.echo(f"  {text}")
    for citation in answer["citations"]:
        typer.echo(f"  {cited(citation)}")


def _remarks(answer: Mapping[str, Any]) -> list[str]:
    """Reasons, assumptions and the warnings of the files used."""
    where = [f"where: {answer['where']}"] if answer.get("where") else []
    reasons = [f"reason: {text}" for text in answer["reasons"]]
    assumed = [f"assumed: {text}" for text in answer["assumed"]]
    warnings = dict.fromkeys(
        f"warning: {citation['release']}: {text}"
        for citation in answer["citations"]
        for text in citation.get("warnings", ())
    )
    return [*where, *reasons, *assumed, *warnings]


def _print_tree(answer: Mapping[str, Any]) -> None:
    from rich.console import Console

    # Wide where nobody sets a width, so that a tree in a file or a pipe is not folded.
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    console.print(tree(answer))


def tree(answer: Mapping[str, Any]) -> Tree:
    """The steps in order, each with what it was made of; then who pays, what was assumed, and the sources."""
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text(heading(answer), style="bold"))
    sources = [cited(citation) for citation in answer["citations"]]
    for step in answer["steps"]:
        branch = root.add(Text(f"{step['words']}: {step['amount']}"))
        for text in made_of(step):
            branch.add(Text(text))
        if step["step"] == "fee":
            for source in sources:
                branch.add(Text(source, style="dim"))
    paid = [f"{title} {answer[name]}" for name, title in _AMOUNTS[1:] if answer[name] is not None]
    if paid:
        branch = root.add(Text("who pays"))
        for text in paid:
            branch.add(Text(text))
    for text in _remarks(answer):
        root.add(Text(text))
    if not answer["steps"]:
        for source in sources:
            root.add(Text(source, style="dim"))
    return root


def made_of(step: Mapping[str, Any]) -> list[str]:
    """What a step was made of: the formula of a fee, else its values by name."""
    if step["step"] != "fee":
        return [f"{name.replace('_', ' ')}: {value}" for name, value in step.items() if name not in _SHOWN]
    parts = [f"{title} {step[part]} x {step[f'{part}_index']}" for part, title in _PARTS]
    rate = "facility" if step["facility"] else "non-facility"
    return [f"({' + '.join(parts)}) x {step['conversion_factor']} (RVU x GPCI x CF, {rate} rate)"]
