"""From a document to the bytes of a PDF: letter size, the same bytes for the same document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageBreak, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Words

from trocar.toolkit import typography as face
from trocar.toolkit.blocks import WITH_SECTION, boxed, set_block
from trocar.toolkit.document import Checklist, Document, Note, Section, Table

_FOOT = 0.42 * 72
_AFTER_TABLE = 6


def pdf_of(document: Document) -> bytes:
    """The document as a PDF. It is set twice: pages say how many there are, and the contents where sections begin."""
    first = _set(document, _Pages())[1]
    return _set(document, first)[0]


@dataclass
class _Pages:
    """How many pages there are, and on which each section begins; none is known at the first setting."""

    count: int = 0
    of_section: dict[str, int] = field(default_factory=dict)


def _set(document: Document, known: _Pages) -> tuple[bytes, _Pages]:
    out = io.BytesIO()
    template = _Template(out, document, known)
    template.build(list(_story(document, known)))
    return out.getvalue(), _Pages(template.page, template.begins)


class _SectionTitle(Words):
    """The heading of a section, which goes into the outline of the PDF."""

    def __init__(self, title: str) -> None:
        super().__init__(face.bold(title), face.SECTION)
        self.title = face.printable(title)


class _Template(BaseDocTemplate):
    """Frames, the foot of every page, and the outline."""

    def __init__(self, out: io.BytesIO, document: Document, known: _Pages) -> None:
        super().__init__(
            out, pagesize=face.PAGE, leftMargin=face.MARGIN, rightMargin=face.MARGIN, topMargin=face.MARGIN,
            bottomMargin=face.MARGIN, title=face.printable(f"{document.title}: {document.subtitle}"), author="",
            subject=face.printable("; ".join(f"{name} {value}" for name, value in document.facts)),
            keywords=[face.printable(word) for word in document.keywords], creator="Trocar",
            lang="en-US", invariant=1, displayDocTitle=1,
        )  # fmt: skip
        self._foot, self._count = face.printable(document.foot), known.count
        self._made = f"D:{document.printed_on:%Y%m%d}000000Z"
        self.begins: dict[str, int] = {}
        frame = Frame(self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._decorate)])

    def beforeDocument(self) -> None:  # noqa: N802 (reportlab's own name)
        """The date in the file is the day of the run: two runs of one day give the same bytes."""
        self.canv.setDateFormatter(lambda *_: self._made)

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab's own name)
        """Sections become the outline of the PDF."""
        if isinstance(flowable, _SectionTitle):
            self.begins[flowable.title] = self.page
            self.canv.bookmarkPage(_key(flowable.title))
            self.canv.addOutlineEntry(flowable.title, _key(flowable.title), 0, False)

    def _decorate(self, canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        canvas.setStrokeColor(face.LINE)
        canvas.setLineWidth(0.5)
        canvas.line(face.MARGIN, _FOOT + 11, face.PAGE[0] - face.MARGIN, _FOOT + 11)
        canvas.setFont(face.REGULAR, 7.5)
        canvas.setFillColor(face.SOFT)
        canvas.drawString(face.MARGIN, _FOOT, self._foot)
        canvas.drawRightString(face.PAGE[0] - face.MARGIN, _FOOT, f"page {canvas.getPageNumber()} of {self._count}")
        canvas.restoreState()


def _key(title: str) -> str:
    return f"section-{title}"


def _story(document: Document, known: _Pages) -> Iterator[Flowable]:
    yield Words(face.bold(document.title), face.TITLE)
    yield Words(face.escaped(document.subtitle), face.SUBTITLE)
    if document.facts:
        yield boxed([f"{face.bold(name)}: {face.fielded(value)}" for name, value in document.facts], face.ACCENT)
        yield Spacer(0, _AFTER_TABLE)
    if document.contents:
        yield _contents(document, known)
    for section in document.sections:
        yield from _section(section)


def _contents(document: Document, known: _Pages) -> Flowable:
    """Sections with their pages, in a line or two."""
    links = [
        f'<a href="#{_key(title)}" color="{face.ACCENT.hexval()}">{face.escaped(title)}</a>'
        f"&nbsp;{known.of_section.get(title, 0)}"
        for title in (face.printable(section.title) for section in document.sections if section.title)
    ]
    return Words(f"{face.bold('In this document')}: {' · '.join(links)}", face.SMALL)


def _section(section: Section) -> Iterator[Flowable]:
    yield PageBreak() if section.new_page else CondPageBreak(WITH_SECTION)
    if section.title:
        yield _SectionTitle(section.title)
    for block in section.blocks:
        yield from set_block(block)
        if isinstance(block, Table | Note | Checklist):
            yield Spacer(0, _AFTER_TABLE)
