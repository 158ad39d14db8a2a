"""From the blocks of a document to what reportlab sets: paragraphs, tables with repeated heads, boxes to tick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.lib.colors import Color
from reportlab.platypus import CondPageBreak, Flowable, TableStyle
from reportlab.platypus import Paragraph as Words
from reportlab.platypus import Table as Grid

from trocar.toolkit import typography as face
from trocar.toolkit.document import Block, Cell, Checklist, Heading, Note, Paragraph, Says, Table, Tone

# What must fit with a heading, so that it does not stand alone at the foot of a page: more for one above others.
WITH_SECTION, _WITH_HEADING, _WITH_CAPTION = 170, 130, 90
_BOX = 8.5
_WHOLE = ((0, 0), (-1, -1))
_TOP = ("VALIGN", *_WHOLE, "TOP")
_TABLE = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), face.WASH), ("LINEBELOW", (0, 0), (-1, 0), 0.8, face.INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, face.LINE), _TOP,
        ("LEFTPADDING", *_WHOLE, 4), ("RIGHTPADDING", *_WHOLE, 4),
        ("TOPPADDING", *_WHOLE, 2.6), ("BOTTOMPADDING", *_WHOLE, 3),
    ]
)  # fmt: skip
_CHECKLIST = TableStyle(
    [_TOP, ("LEFTPADDING", *_WHOLE, 2), ("TOPPADDING", *_WHOLE, 2.5), ("BOTTOMPADDING", *_WHOLE, 3.5)]
)


def set_block(block: Block) -> Iterator[Flowable]:
    """A block as what is set, in its order."""
    match block:
        case Heading(text):
            yield CondPageBreak(_WITH_HEADING)
            yield Words(face.bold(text), face.HEADING)
        case Paragraph(says):
            yield Words(" ".join(map(face.marked_up, says)), face.BODY)
        case Table():
            yield from _table(block)
        case Checklist():
            yield _checklist(block)
        case Note():
            yield boxed([face.bold(block.title), *map(face.marked_up, block.lines)], face.UNKNOWN)


def _table(table: Table) -> Iterator[Flowable]:
    if table.caption:
        yield CondPageBreak(_WITH_CAPTION)
        yield Words(face.marked_up(Says(table.caption, tone=Tone.SOFT)), face.CAPTION)
    heads = [Words(face.bold(head), face.HEAD) for head in table.heads]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    whole = sum(table.widths)
    widths = [face.BODY_WIDTH * width / whole for width in table.widths]
    yield Grid([heads, *rows], colWidths=widths, repeatRows=1, style=_TABLE)


def _cell(cell: Cell) -> Flowable:
    if isinstance(cell, Paragraph):
        return Words(" ".join(map(face.marked_up, cell.says)), face.CELL)
    says = cell if isinstance(cell, tuple) else (cell,)
    return Words("<br/>".join(map(face.marked_up, says)), face.CELL)


class _Box(Flowable):
    """A box to tick."""

    def wrap(self, *_: float) -> tuple[float, float]:
        """Its size."""
        return _BOX, _BOX + 2

    def draw(self) -> None:
        """An empty square."""
        self.canv.setStrokeColor(face.INK)
        self.canv.setLineWidth(0.9)
        self.canv.rect(0, 0, _BOX, _BOX)


def _checklist(checklist: Checklist) -> Flowable:
    rows = []
    for what, why in checklist.items:
        below = f"<br/>{face.marked_up(why)}" if why.text else ""
        rows.append([_Box(), Words(face.marked_up(what) + below, face.ITEM)])
    return Grid(rows, colWidths=[18, face.BODY_WIDTH - 18], style=_CHECKLIST)


def boxed(lines: Sequence[str], edge: Color) -> Flowable:
    """Marked-up lines in a box set apart; it breaks between lines only."""
    style = TableStyle(
        [
            ("BACKGROUND", *_WHOLE, face.WASH), ("LINEBEFORE", (0, 0), (0, -1), 2.2, edge), _TOP,
            ("LEFTPADDING", *_WHOLE, 8), ("TOPPADDING", *_WHOLE, 1.5), ("BOTTOMPADDING", *_WHOLE, 1.5),
            ("TOPPADDING", (0, 0), (-1, 0), 5), ("BOTTOMPADDING", (0, -1), (-1, -1), 6),
        ]
    )  # fmt: skip
    return Grid([[Words(line, face.SMALL)] for line in lines], colWidths=[face.BODY_WIDTH], style=style)
