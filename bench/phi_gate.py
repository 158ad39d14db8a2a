"""Measure the gate of notes on the labelled set: python bench/phi_gate.py [--show] [--half development|held_out|later]

Recall of a kind: notes labelled with it in which the gate finds that kind / notes labelled with it. Refused: those in
which it finds anything. False refusals: clean notes refused / clean notes. Exit code 1 when recall of a kind is under
0.97 or false refusals are over 0.03 in the whole set. The detectors were mended by the development
half, and later by the notes of "later".
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from trocar.community.phi.gate import identifiers

LABELLED = Path(__file__).resolve().parent.parent / "tests" / "community" / "labelled_notes.toml"
RECALL, FALSE_REFUSALS = 0.97, 0.03


@dataclass(frozen=True)
class Measured:
    """Of the notes of one label: how many, in how many the label's kind was found, how many were refused at all."""

    notes: int
    found: int
    refused: int


def measure(halves: list[str]) -> tuple[dict[str, Measured], list[str]]:
    """Each label's figures, and the notes the gate got wrong."""
    told = tomllib.loads(LABELLED.read_text("utf-8"))
    answer: dict[str, Measured] = {}
    wrong: list[str] = []
    for label in told[halves[0]]:
        notes = [note for half in halves for note in told[half][label]]
        kinds = {note: [found.kind.value for found in identifiers(note)] for note in notes}
        found = [note for note in notes if label in kinds[note]]
        refused = [note for note in notes if kinds[note]]
        answer[label] = Measured(len(notes), len(found), len(refused))
        missed = refused if label == "clean" else [note for note in notes if note not in found]
        wrong += [f"{label}: {note}  -> {', '.join(kinds[note]) or 'nothing'}" for note in missed]
    return answer, wrong


def good_enough(measured: dict[str, Measured]) -> bool:
    """Whether every kind and the clean notes keep to the limits."""
    clean = measured["clean"]
    kinds = (one for label, one in measured.items() if label != "clean")
    return clean.refused <= FALSE_REFUSALS * clean.notes and all(one.found >= RECALL * one.notes for one in kinds)


def main() -> int:
    """Print each half and the whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["development", "held_out", "later"])
    parser.add_argument("--show", action="store_true", help="print the notes that went wrong")
    told = parser.parse_args()
    every = ["development", "held_out", "later"]
    parts = [[told.half]] if told.half else [*([part] for part in every), every]
    for halves in parts:
        measured, wrong = measure(halves)
        print(" + ".join(halves))
        for label, one in measured.items():
            if label == "clean":
                print(f"  {label:16} {one.notes:4} notes, refused {one.refused} = {one.refused / one.notes:.3f}")
            else:
                print(f"  {label:16} {one.notes:4} notes, recall {one.found / one.notes:.3f}, refused {one.refused}")
        if told.show:
            print("".join(f"    {line}\n" for line in wrong), end="")
    return 0 if good_enough(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
