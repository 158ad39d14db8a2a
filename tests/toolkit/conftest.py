"""The toolkit under test: on the embedded starter pack, its documents as words and as the text of a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from trocar.engine.starter import open_starter, starter_store
from trocar.entrypoints.http.app import create_app
from trocar.entrypoints.http.settings import read_settings
from trocar.lookup.quotes import NATIONAL
from trocar.reference.store import Store
from trocar.toolkit.document import Block, Cell, Checklist, Document, Heading, Note, Paragraph, Says, Table
from trocar.toolkit.kit import question_of, toolkit
from trocar.toolkit.question import Question

PRINTED = date(2025, 12, 1)


@pytest.fixture(scope="session")
def question() -> Callable[..., Question]:
    """``question("77002 77012", date(2025, 11, 3))``: on the starter pack, national amounts."""
    pack, store = open_starter(), Store(starter_store())
    return lambda codes, day, place=NATIONAL: question_of(pack, store, codes.split(), day, place)


@pytest.fixture(scope="session")
def made(question: Callable[..., Question]) -> Callable[..., Document]:
    """``made("77002 77012", date(2025, 11, 3))``: the document."""
    return lambda codes, day, **more: toolkit(question(codes, day, **more), PRINTED)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the application with a folder of its own."""
    for name in ("TROCAR_STORE", "TROCAR_SETTINGS", "TROCAR_KEYS", "TROCAR_REPORTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    settings = read_settings(keys=tmp_path / "keys.json", reports=f"sqlite:///{tmp_path / 'reports.sqlite3'}")
    with TestClient(create_app(settings)) as opened:
        yield opened


def section(document: Document, title: str) -> tuple[Block, ...]:
    """The blocks of a section."""
    return next(part.blocks for part in document.sections if part.title == title)


def rows(blocks: tuple[Block, ...]) -> list[tuple[str, ...]]:
    """The rows of all tables of some blocks, as words."""
    return [tuple(map(words, row)) for block in blocks if isinstance(block, Table) for row in block.rows]


def words(cell: Cell) -> str:
    """The words of a cell."""
    return " ".join(says.text for says in _of_cell(cell))


def every_says(document: Document) -> Iterator[Says]:
    """Everything said in a document, in its order."""
    for part in document.sections:
        for block in part.blocks:
            yield from _of_block(block)


def _of_block(block: Block) -> Iterator[Says]:
    match block:
        case Paragraph(says):
            yield from says
        case Table():
            for row in block.rows:
                for cell in row:
                    yield from _of_cell(cell)
        case Checklist(items):
            for pair in items:
                yield from pair
        case Note():
            yield from block.lines
        case Heading(text):
            yield Says(text)


def _of_cell(cell: Cell) -> tuple[Says, ...]:
    if isinstance(cell, Paragraph):
        return cell.says
    return cell if isinstance(cell, tuple) else (cell,)


def read(pdf: bytes) -> PdfReader:
    """A PDF, opened."""
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text of all pages, each run of white space as one space."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())
