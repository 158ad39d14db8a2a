"""An X12 file for the screen: every segment with its number and loop, and under it what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from trocar.claims.x12.findings import Finding
from trocar.claims.x12.guide import guides
from trocar.claims.x12.masking import PERSON_LOOPS, masked_segment, masked_stray
from trocar.claims.x12.read import Part


@dataclass(frozen=True, slots=True)
class AnnotatedSegment:
    """One segment: its number from 1, its loop (empty where it has no place), its text, the findings on it."""

    number: int
    byte: int
    loop: str
    text: str
    findings: tuple[Finding, ...]


def annotated(part: Part, *, keep_phi: bool = False) -> Iterator[AnnotatedSegment]:
    """The new segments of a part, in order. Findings on what stands before the first are with it.

    Unless ``keep_phi``, names, ids, birth dates and addresses of persons, and free text, are stars.
    """
    segments, law = part.piece.segments, guides()
    by_segment: dict[int, list[Finding]] = defaultdict(list)
    for finding in part.findings:
        by_segment[finding.segment].append(finding)
    element = segments.delimiters.element.decode("latin-1")
    for at in range(segments.known, len(segments)):
        node = law.nodes[int(part.piece.node[at])]
        loop = law.loops[node.loop].id if node else ""
        text = segments.segment(at).replace("\r", "").replace("\n", "")
        if not keep_phi:
            if node is None:
                text = masked_stray(text, element, is_known=bool(segments.kinds[at]))
            else:
                text = masked_segment(text, element, of_person=loop in PERSON_LOOPS)
        number = int(segments.ordinal[at])
        yield AnnotatedSegment(number, int(segments.start[at]), loop, text, tuple(by_segment.pop(number, ())))
    for number, left in sorted(by_segment.items()):
        yield AnnotatedSegment(number, left[0].byte, "", "", tuple(left))
