"""A line of checked claims, as an appeal is about it."""

from __future__ import annotations

from dataclasses import replace

from trocar.entrypoints.check_answer import CheckAnswer
from trocar.toolkit.appealed import Appealed, appealed


def appealed_line(answer: CheckAnswer, claim: str, line: int, rule: str | None, *, where: str = "") -> Appealed:
    """The finding of a line with the line's code and date of service; raises ``UsageError`` for nothing to appeal."""
    about = appealed(answer.rows(), claim, line, rule, where=where)
    days = answer.reading.table["service_date"].to_pylist()
    lines = zip(answer.result.priced, days, strict=True)
    own, day = next(pair for pair in lines if (pair[0]["claim_id"], pair[0]["line"]) == (claim, line))
    return replace(about, hcpcs=own["hcpcs"], service_date=day)
