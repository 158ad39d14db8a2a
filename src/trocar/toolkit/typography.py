"""The type a document is set in: fonts of every PDF reader, sizes, colours, and the characters these fonts have."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch

from trocar.toolkit.document import Says, Tone

PAGE = letter
MARGIN = 0.75 * inch
BODY_WIDTH = PAGE[0] - 2 * MARGIN
INK, SOFT, ACCENT, LINE, WASH = (HexColor(text) for text in ("#17212b", "#55616d", "#14507d", "#c3cbd3", "#f1f4f7"))
FOUND, UNKNOWN = HexColor("#a3260f"), HexColor("#5a4a86")
REGULAR, _BOLD, _MONO = "Helvetica", "Helvetica-Bold", "Courier"


_FIELD = HexColor("#fbeec6")
_BRACKETS = re.compile(r"\[[^\[\]]+\]")


def _style(name: str, size: float, leading: float, before: float = 0, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=REGULAR,
        fontSize=size,
        leading=leading,
        textColor=INK,
        alignment=TA_LEFT,
        spaceBefore=before,
        spaceAfter=after,
    )


TITLE = _style("title", 21, 25)
SUBTITLE = _style("subtitle", 12.5, 16, after=8)
SECTION = _style("section", 14.5, 18, before=15, after=5)
HEADING = _style("heading", 10.5, 13.5, before=9, after=3)
BODY = _style("body", 9.5, 12.8, after=5)
ITEM = _style("item", 9.5, 12.8)
CAPTION = _style("caption", 8.6, 11.2, after=4)
CELL = _style("cell", 8.4, 10.6)
HEAD = _style("head", 8, 10)
SMALL = _style("small", 8.4, 10.8)

_WRAPS = {
    Tone.PLAIN: "{}",
    Tone.STRONG: f'<font name="{_BOLD}">{{}}</font>',
    Tone.SOFT: f'<font color="{SOFT.hexval()}">{{}}</font>',
    Tone.SMALL: '<font size="8.2">{}</font>',
    Tone.CODE: f'<font name="{_BOLD}">{{}}</font>',
    Tone.HASH: f'<font name="{_MONO}" size="6.1">{{}}</font>',
    Tone.MONEY: f'<font name="{_BOLD}">{{}}</font>',
    Tone.FOUND: f'<font name="{_BOLD}" color="{FOUND.hexval()}">{{}}</font>',
    Tone.FIELD: "{}",
    Tone.UNKNOWN: f'<font color="{UNKNOWN.hexval()}">{{}}</font>',
}


def printable(text: str) -> str:
    """The text in the characters of the fonts (Windows-1252); any other is written as its number, none is lost."""
    return text.encode("cp1252", "backslashreplace").decode("cp1252")


def escaped(text: str) -> str:
    """The printable text as it stands in markup."""
    return escape(printable(text))


def marked_up(says: Says) -> str:
    """Words in the markup of paragraphs, with links to their sources."""
    text = fielded(says.text) if says.tone is Tone.FIELD else escaped(says.text)
    words = _WRAPS[says.tone].format(text.replace("\n", "<br/>"))
    anchor = f'<a name="{says.anchor}"/>' if says.anchor else ""
    if not says.refs:
        return f"{anchor}{words}"
    links = ",".join(f'<a href="#source-{number}" color="{ACCENT.hexval()}">{number}</a>' for number in says.refs)
    return f'{anchor}{words}<super size="6.2">&nbsp;{links}</super>'


def fielded(text: str) -> str:
    """Words as markup, with the square brackets that somebody has to fill in marked."""
    return _BRACKETS.sub(f'<font backColor="{_FIELD.hexval()}">\\g<0></font>', escaped(text))


def bold(text: str) -> str:
    """Words in bold, marked up."""
    return _WRAPS[Tone.STRONG].format(escaped(text))
