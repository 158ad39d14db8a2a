"""Numbers that identify nobody: amounts, codes with their modifiers, policies, drug codes, years."""

from __future__ import annotations

import re

from trocar.community.phi.note import Note

_CODE = r"(?:\d{5}|\d{4}[A-Z]|[A-Z]\d{4})"
_MODIFIERS = r"(?:[ ]?-[ ]?(?:\d{2}|[A-Z]\d|\d[A-Z]|[A-Z]{2})(?!\w))"
_HARMLESS = re.compile(
    "|".join(
        (
            r"\$\s?\d{1,3}(?:,\d{3}){0,2}(?:\.\d{2})?(?![\w,])",
            r"\$\s?\d{1,6}(?:\.\d{2})?(?![\w,])",
            rf"(?<![\w#-]){_CODE}{_MODIFIERS}{{1,4}}(?![\w])",
            rf"(?<![\w#-]){_CODE}\s?(?:-|/|&|\+)\s?{_CODE}(?![\w-])",
            r"(?<![\w-])(?:19|20)\d{2}\s?[-/]\s?(?:19|20)\d{2}(?![\w/-])",
            r"(?<![\w/.-])(?:(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d{2})(?![\w/-]|\.\d)",
            r"(?<!\w)(?:NDC)\W{0,3}\d{4,5}-\d{3,4}-\d{1,2}(?!\w)",
            r"(?<!\w)(?:LCD|LCA|NCD|article|policy)?\W{0,2}[LA]\d{5}(?!\w)",
            r"(?<!\w)(?:CR|MM|MLN|SE|transmittal)\W{0,2}\d{4,8}(?!\w)",
            r"(?<!\w)R\d{3,5}(?:CP|OTN|BP|PI|NCD)(?!\w)",
            r"(?<!\w)\d{3}[A-Z0-9]{6}X(?!\w)",
            r"(?<!\w)(?:NCD|LCD|section|sec|chapter|ch|manual|IOM|pub|§)\W{0,3}(?:\d{1,4}[.-])*\d{1,4}(?![\w/])",
            r"(?<!\w)(?:medical|coverage|clinical|payment|reimbursement|payer)\s+policy\s*(?:no\.?|number|#)?\s*"
            r"[A-Z]{0,4}[.-]?\d{2,5}(?:[A-Z.]\d{1,5}[A-Z]{0,2})?(?![\w-])",
            r"(?<!\w)(?:CPB|MED|SURG|RAD|TRANS)[. #-]{0,2}\d{4,5}(?!\w)",
            r"(?<!\w)(?:19|20)\d{2}[TRPCE]\d{4}[A-Z]{0,2}(?!\w)",
            r"(?<!\w)(?:POS|modifiers?|mods?)\W{0,2}\d{2}(?:[/,-]\d{2}){1,4}(?![\w/])",
        )
    ),
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:#|\b(?:no|lic|acct)\.?|\b(?:number|licen[cs]e|account|chart|mrn|dea|ptan))\s+$", re.IGNORECASE
)
_CODED = re.compile(
    r"\b(?:codes?|cpt|hcpcs|procedure|article|policy|lcd|ncd|chapter|transmittal)\s*(?:#|no\.?|number)\s+$",
    re.IGNORECASE,
)


def hide_harmless(note: Note) -> None:
    """Hide them, so that no detector of numbers stumbles over them."""
    for match in _HARMLESS.finditer(note.text):
        # ref # 88120-44 and license A99127 have the shapes of codes, and are none.
        if not (_NUMBERED.search(note.text, 0, match.start()) and not _CODED.search(note.text, 0, match.start())):
            note.hide(*match.span())
