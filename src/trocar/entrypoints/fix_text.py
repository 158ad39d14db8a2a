"""The answer to ``trocar fix`` for people: claim by claim, the steps with their money, the options, the questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer

_COLOURS = {"clear": "green", "repaired": "green", "open": "red"}


def print_repairs(shapes: Sequence[Mapping[str, Any]]) -> None:
    """Every claim in which something was denied; the others are counted."""
    for shape in shapes:
        if shape["verdict"] != "clear":
            _print_claim(shape)
    counts = {verdict: sum(shape["verdict"] == verdict for shape in shapes) for verdict in _COLOURS}
    typer.echo(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + f" of {len(shapes)} claims")


def _print_claim(shape: Mapping[str, Any]) -> None:
    steps = len(shape["steps"])
    made = f"{steps} change{'' if steps == 1 else 's'}" + ("" if shape["least"] else ", perhaps not the fewest")
    verdict = typer.style(shape["verdict"], fg=_COLOURS[shape["verdict"]], bold=True)
    missing = f", {shape['not_checked']} not checked" if shape["not_checked"] else ""
    typer.echo(f"{typer.style(shape['claim_id'], bold=True)}  {verdict}: {made}{missing}")
    for number, step in enumerate(shape["steps"], 1):
        typer.echo(f"  {number}. {_edits(step)}")
        typer.echo(f"     {step['why']}")
        typer.echo(f"     clears {_rules(step['clears'])}; {', '.join(step['authority'])}")
        _print_rest(step)
    last: Sequence[str] = ()
    for option in shape["options"]:
        typer.echo(f"  option for line {option['line']} ({option['rule']}): {_edits(option)}")
        typer.echo(f"     only if: {option['fact']}")
        # Options of one line mostly ask for the same record.
        _print_rest({**option, "evidence": []} if option["evidence"] == last else option)
        last = option["evidence"]
    for entry in shape["undecided"]:
        typer.echo(f"  to decide, line {entry['line']} ({entry['rule']}): {entry['decide']}")
    typer.echo("")


def _print_rest(step: Mapping[str, Any]) -> None:
    if step["evidence"]:
        typer.echo(f"     the record must hold: {'; '.join(text.rstrip('.') for text in step['evidence'])}")
    typer.echo(f"     {_money('allowed', step)}; {_money('payable', step)}")


def _money(name: str, step: Mapping[str, Any]) -> str:
    return f"{name} {step[name]['before']} -> {step[name]['after']}"


def _rules(clears: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{entry['rule']} on line {entry['line']}" for entry in clears)


def _edits(step: Mapping[str, Any]) -> str:
    return "; ".join(_told(step["edits"]))


def _told(edits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for edit in edits:
        before, after = edit["before"] or "none", edit["after"] or "none"
        yield f"line {edit['line']} {edit['field']} {before} -> {after}"
