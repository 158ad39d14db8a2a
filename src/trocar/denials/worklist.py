"""What to work first: denied lines by what that is likely to bring, with the last day to act; and what not to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from trocar.core.money import CENT, dollars
from trocar.core.period import years_after
from trocar.denials.attribution import Cause
from trocar.denials.contracts import Contracts
from trocar.denials.reasons import CORRECT, families, reason, remark

# 42 CFR 405.942(a): a redetermination is asked for within 120 days of receipt, presumed five days after the notice.
_MEDICARE_APPEAL_DAYS = 120 + 5
_MEDICARE_PART_B = "MB"
# Fewer outcomes than this say nothing of a chance.
LEAST_OUTCOMES = 5
_NO_APPEAL = frozenset({"MA130", "N211"})
_LATE = "timely"
# What is done without a last day of this payer.
_WITHOUT_DAY = {"bill the patient": "", "wait": "", "bill the other payer": "the other payer's limit for filing"}
# What became of denials judged again in a later payment: by payer and family, by family, of all.
_CHANCES = """
SELECT payer, family, count(*), count(*) FILTER (won) FROM (
    SELECT payer, first_family AS family, outcome = 'paid' AS won
    FROM outcome WHERE stands AND payment_rank > first_rank AND first_outcome IN ('denied', 'cut') AND is_answer
) GROUP BY GROUPING SETS ((payer, family), (family), ())
"""
# What the payer allowed for the same code and modifiers elsewhere in the book: the middle amount a unit of charge.
_OPEN = """
WITH usual AS (
    SELECT payer, hcpcs, list_sort(modifiers) AS modifiers,
           quantile_disc(allowed_of_line_cents, 0.5) AS cents, count(*) AS n
    FROM outcome WHERE stands AND outcome = 'paid' AND line > 0 AND hcpcs IS NOT NULL AND allowed_of_line_cents > 0
    GROUP BY ALL
)
SELECT a.id, a.claim_id, a.line, a.payer, coalesce(a.payer_name, '') AS payer_name, a.filing_indicator, a.hcpcs,
       a.modifiers, a.service_date, a.payment_date, a.charge_cents, a.allowed_of_line_cents, a.denied_cents, a."group",
       a.carc, a.family, a.remarks, a.cause, a.rule, a.rule_severity, a.message, a.remedy, a.why, a.status,
       a.echoes, e.expected_cents, e.basis, u.cents AS usual_cents, u.n AS usual_lines, a."where"
FROM attributed a LEFT JOIN expected e USING (id)
LEFT JOIN usual u ON u.payer = a.payer AND u.hcpcs = a.hcpcs AND u.modifiers = list_sort(a.modifiers)
WHERE a.stands OR a.echoes ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A denied or cut line: what to do, what it could bring, how likely, until when; or why it is not worth working.

    ``stake`` is the allowed amount that is missing, ``expected`` the stake times the share won so far; None where no
    amount or no share is known. ``basis`` says what both rest on.
    """

    row: dict[str, Any]
    action: str
    stake: Decimal | None
    expected: Decimal | None
    basis: str
    deadline: date | None
    deadline_basis: str
    not_worth: str


@dataclass(frozen=True, slots=True)
class _Chance:
    won: int
    of: int
    words: str


def worklist(database: duckdb.DuckDBPyConnection, contracts: Contracts, on: date) -> list[Item]:
    """Every denied or cut line that stands, most likely money first; those not worth working last, with the reason."""
    chances = {
        (payer, family): _Chance(won, of, f"{won} of {of} won when judged again"
                                 + (" by this payer" if payer else "") + (" for such a reason" if family else ""))
        for payer, family, of, won in database.execute(_CHANCES).fetchall()
        if of >= LEAST_OUTCOMES
    }  # fmt: skip
    cursor = database.cursor().execute(_OPEN)
    names = [column[0] for column in cursor.description]
    items = [_item(dict(zip(names, row, strict=True)), chances, contracts, on) for row in cursor.fetchall()]
    return sorted(items, key=_order)


def _order(item: Item) -> tuple[bool, bool, Decimal, date, int]:
    """Worth working, known chances, most money, nearest deadline, order of the book."""
    value = item.expected if item.expected is not None else item.stake or Decimal(0)
    return bool(item.not_worth), item.expected is None, -value, item.deadline or date.max, item.row["id"]


def _item(
    row: dict[str, Any], chances: dict[tuple[str | None, str | None], _Chance], contracts: Contracts, on: date
) -> Item:
    stake, basis = _stake(row)
    keys = ((row["payer"], row["family"]), (None, row["family"]), (None, None))
    chance = next((chances[key] for key in keys if key in chances), None)
    expected = None
    if stake is not None and chance is not None:
        expected = (stake * chance.won / chance.of).quantize(CENT, ROUND_HALF_UP)
    action = _action(row)
    deadline, deadline_basis = _deadline(row, action, contracts)
    said = "; ".join(filter(None, (basis, chance.words if chance else "no outcomes yet to judge the chance by")))
    not_worth = _not_worth(row, action, stake, deadline, on)
    return Item(row, _words(row, action), stake, expected, said, deadline, deadline_basis, not_worth)


def _stake(row: dict[str, Any]) -> tuple[Decimal | None, str]:
    allowed = row["allowed_of_line_cents"] if row["allowed_of_line_cents"] > 0 else 0
    if row["cause"] == Cause.PATIENT:
        return dollars(row["denied_cents"]), "what the payer left to the patient"
    if row["expected_cents"] is not None:
        return dollars(max(row["expected_cents"] - allowed, 0)), row["basis"]
    if row["usual_cents"] is not None:
        basis = f"the payer's middle allowed amount for the code ({row['usual_lines']} lines)"
        return dollars(max(row["usual_cents"] - allowed, 0)), basis
    return None, "no expected amount is known"


def _action(row: dict[str, Any]) -> str:
    if row["cause"] == Cause.PATIENT:
        return "bill the patient"
    if row["cause"] == Cause.DATA_FAULT:
        return families()[row["family"]].action
    if row["cause"] == Cause.RULE:
        return "correct or write off" if row["rule_severity"] == "deny" else CORRECT
    return "appeal"


def _words(row: dict[str, Any], action: str) -> str:
    if row["cause"] == Cause.RULE:
        return f"{action}: {row['remedy']}"
    asked = [found.handle for code in row["remarks"] if (found := remark(code)) is not None and found.handle]
    before = []
    if row["cause"] == Cause.UNEXPLAINED:
        before = ["No public rule says so."]
    elif row["cause"] == Cause.NOT_CHECKED:
        before = [f"Not checked: {row['why']}. Look before you do."]
    return f"{action}: " + " ".join(dict.fromkeys([*before, reason(row["carc"]).handle, *asked]))


def _deadline(row: dict[str, Any], action: str, contracts: Contracts) -> tuple[date | None, str]:
    if action in _WITHOUT_DAY:
        return None, _WITHOUT_DAY[action]
    contract = contracts.of(row["payer"], row["payer_name"], row["service_date"] or row["payment_date"] or date.min)
    paid = row["payment_date"]
    if contract is not None and contract.appeal_days is not None and paid is not None:
        return paid + timedelta(days=contract.appeal_days), f"{contract.name}: {contract.appeal_days} days"
    if row["filing_indicator"] != _MEDICARE_PART_B:
        return None, "not known: give the payer's appeal_days in the contract file"
    if row["cause"] == Cause.DATA_FAULT and row["family"] == _LATE:
        return None, "Medicare takes no appeal of late filing (42 CFR 405.926); ask for an exception (42 CFR 424.44(b))"
    if action.startswith(CORRECT) and row["service_date"] is not None:
        # 42 CFR 424.44(a): claims are filed within one calendar year of the service.
        return years_after(row["service_date"], 1), "one calendar year after the service (42 CFR 424.44)"
    if paid is None:
        return None, "the remittance has no date"
    return paid + timedelta(
        days=_MEDICARE_APPEAL_DAYS
    ), "120 days after receipt, presumed 5 days after the notice (42 CFR 405.942)"


def _not_worth(row: dict[str, Any], action: str, stake: Decimal | None, deadline: date | None, on: date) -> str:
    if row["echoes"]:
        return "the line was answered before, and that answer stands: work on it, if there is anything to work on"
    if action == "bill the patient":
        return "the payer holds the patient liable: nothing to recover from the payer"
    if stake is not None and stake == 0:
        return "nothing more would be allowed"
    if deadline is not None and deadline < on:
        return f"the last day was {deadline.isoformat()}"
    if action == "appeal" and (refused := sorted(_NO_APPEAL.intersection(row["remarks"]))):
        return (
            f"{refused[0]}: the payer gives no right of appeal; send a corrected claim if there is something to correct"
        )
    if action == "correct or write off":
        return f"{row['rule']} supports the payer: an appeal would fail. {row['message']}. {row['remedy']}"
    return ""
