"""The PDF: the same bytes for the same document, what it says of itself, and characters its fonts lack."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from trocar.toolkit.document import Document, Says, Section, Table, plain
from trocar.toolkit.footnotes import Footnotes
from trocar.toolkit.layout import pdf_of
from trocar.toolkit.typography import printable

from .conftest import PRINTED, read, text_of

IN_QUARTER = date(2024, 8, 15)


def small(*sections: Section) -> Document:
    """A document of some sections."""
    return Document("A title", "below it", (("codes", "77002"),), sections, "foot", PRINTED)


def test_same_question_same_bytes(made: Callable[..., Document]) -> None:
    """Made twice, from the look-ups on; another day of printing gives other bytes."""
    once = pdf_of(made("77002", IN_QUARTER))
    document = made("77002", IN_QUARTER)
    assert pdf_of(document) == once
    assert pdf_of(replace(document, printed_on=date(2025, 12, 2))) != once


def test_what_it_says_of_itself(made: Callable[..., Document]) -> None:
    """Title, no author, the day of the run, the language, letter size, an outline of the sections."""
    document = made("77002 77012", IN_QUARTER)
    pdf = read(pdf_of(document))
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Revenue Protection Toolkit: 77002 and 77012 on 2024-08-15"
    assert not pdf.metadata.author
    assert pdf.metadata.creation_date is not None
    assert pdf.metadata.creation_date.date() == PRINTED
    assert pdf.trailer["/Root"]["/Lang"] == "en-US"
    assert [float(side) for side in pdf.pages[0].mediabox] == [0, 0, 612, 792]
    assert [item.title for item in pdf.outline] == [part.title for part in document.sections]


def test_pages_are_numbered_and_few(made: Callable[..., Document]) -> None:
    """Every page says its number and how many there are; two codes fill between 8 and 16."""
    pages = read(pdf_of(made("77002 77012", IN_QUARTER))).pages
    assert 8 <= len(pages) <= 16
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page.extract_text()


def test_contents_lead_to_the_pages(made: Callable[..., Document]) -> None:
    """The number behind a section on the first page is the page that has its heading."""
    document = made("77002 77012", IN_QUARTER)
    pages = [" ".join(page.extract_text().split()) for page in read(pdf_of(document)).pages]
    contents = pages[0].partition("In this document: ")[2]
    for part in document.sections:
        found = re.match(rf".*?{re.escape(part.title)} (\d+)", contents)
        assert found is not None
        assert part.title in pages[int(found[1]) - 1]


def test_a_table_repeats_its_heads() -> None:
    """On every page that it goes on to."""
    rows = tuple((Says(f"row {number}"), Says("value")) for number in range(200))
    pages = read(pdf_of(small(Section("Long", (Table(("the name", "the value"), rows, (1, 1)),))))).pages
    assert len(pages) > 2
    assert all("the name" in page.extract_text() for page in pages)


def test_characters_that_the_fonts_lack_are_written_as_numbers() -> None:
    """Nothing of a text is lost on paper: U+65E5 has no glyph, the dash has one."""
    assert printable("claim \u65e5–1") == "claim \\u65e5–1"
    assert "claim \\u65e5" in text_of(pdf_of(small(Section("One", (plain("claim \u65e5"),)))))


@given(st.text(max_size=40))
def test_no_text_breaks_the_markup(text: str) -> None:
    """Texts of claims stand in a document as texts, whatever they hold."""
    table = Table((text,), ((Says(text),), ((Says(text), Says(text)),)), (1,), text)
    pages = read(pdf_of(small(Section(text, (table,)))))
    assert len(pages.pages) == 1


def test_footnotes_are_said_once() -> None:
    """The 1st and 27th text have a and aa."""
    notes = Footnotes()
    assert notes.marks(["one", "two"]) == " (a) (b)"
    assert notes.marks(["two"]) == " (b)"
    notes.marks([str(number) for number in range(24)])
    assert notes.marks(["the 27th"]) == " (aa)"
    assert Footnotes().below() == []
