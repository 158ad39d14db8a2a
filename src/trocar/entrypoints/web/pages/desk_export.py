"""The result of the claim desk as a file: Excel, CSV, JSON or PDF, with the decisions taken."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trocar.entrypoints.check_answer import CheckAnswer
from trocar.entrypoints.render import cited, csv_for_spreadsheets
from trocar.entrypoints.web.pages.desk_blocks import Decision, key_of

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}
FINDINGS = (
    "claim_id", "line", "rule", "name", "severity", "message", "remedy", "carc", "amount_at_risk", "decision", "reason",
    "citations",
)  # fmt: skip
NOT_CHECKED = ("claim_id", "line", "not_checked", "needs", "rules")
LINES = (
    "claim_id", "line", "hcpcs", "modifiers", "status", "allowed", "medicare_pays", "patient_pays", "sequestration",
    "reasons", "assumed", "citations",
)  # fmt: skip
_MONEY = frozenset({"amount_at_risk", "allowed", "medicare_pays", "patient_pays", "sequestration"})


def exported(kind: str, answer: CheckAnswer, decisions: Mapping[str, Decision]) -> bytes:
    """The bytes of a file of one of ``KINDS``."""
    findings = list(_findings(answer, decisions))
    missing = [entry.to_dict() for claim in answer.claims() for entry in claim.not_checked]
    if kind == "json":
        whole = {"findings": findings, "not_checked": missing, "lines": answer.result.priced, "summary": answer.summary}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()
    if kind == "csv":
        columns = list(dict.fromkeys((*FINDINGS, *NOT_CHECKED)))
        return csv_for_spreadsheets(columns, [*findings, *missing])
    if kind == "xlsx":
        return _workbook({"findings": (FINDINGS, findings), "not checked": (NOT_CHECKED, missing),
                          "lines": (LINES, answer.result.priced)})  # fmt: skip
    from trocar.entrypoints.web.pages.desk_pdf import desk_pdf

    return desk_pdf(answer, findings, missing)


def _findings(answer: CheckAnswer, decisions: Mapping[str, Decision]) -> Iterator[dict[str, Any]]:
    for finding in answer.result.findings:
        decided = decisions.get(key_of(finding), Decision())
        yield finding.to_dict() | {"decision": decided.choice, "reason": decided.reason}


def _workbook(sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, Any]]]]) -> bytes:
    """One sheet per kind of row; texts as texts, so that nothing of a claim is taken for a formula."""
    import xlsxwriter

    out = io.BytesIO()
    # In memory: the library's own temporary files would hold claims.
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = workbook.add_format({"bold": True})
    money = workbook.add_format({"num_format": "#,##0.00"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for title, (columns, rows) in sheets.items():
        sheet = workbook.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18, wrapped)
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name.replace("_", " "), head)
            for below, row in enumerate(rows, 1):
                value = row.get(name)
                if name in _MONEY and value is not None:
                    sheet.write_number(below, at, float(value), money)
                elif isinstance(value, int):
                    sheet.write_number(below, at, value)
                else:
                    sheet.write_string(below, at, _text(value))
    workbook.close()
    return out.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(cited(entry) if isinstance(entry, Mapping) else str(entry) for entry in value)
    return str(value)
