"""Footnotes of a table: texts that many cells share, each said once under its letter."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from trocar.toolkit.document import Paragraph, Says, Tone
from trocar.toolkit.question import sentence


class Footnotes:
    """Texts in the order in which cells first use them."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def marks(self, texts: Iterable[str]) -> str:
        """The letters of some texts: `` (a) (b)``; after z come aa, bb."""
        marks = ""
        for text in texts:
            again, at = divmod(len(self._letters), len(ascii_lowercase))
            marks += f" ({self._letters.setdefault(text, ascii_lowercase[at] * (again + 1))})"
        return marks

    def below(self) -> list[Paragraph]:
        """The texts with their letters, to stand below the table; nothing where no cell has any."""
        said = (Says(f"({letter}) {sentence(text)}", tone=Tone.SMALL) for text, letter in self._letters.items())
        return [Paragraph(tuple(said))] if self._letters else []
