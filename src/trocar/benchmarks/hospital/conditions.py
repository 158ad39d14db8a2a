"""What must be encoded together: the conditional requirements of the dictionary, for items of every layout."""

from __future__ import annotations

from trocar.benchmarks.hospital.model import Charge, Layout, PayerCharge
from trocar.benchmarks.hospital.values import Values


def check(charge: Charge, values: Values, layout: Layout) -> None:
    """Add the problems of one item. The numbers are those of the CSV dictionary v3.0, "Conditional Requirements"."""
    if charge.modifiers and not charge.codes:
        # What a payer does with a modifier is no charge: CMS's own examples give it no methodology and no count.
        _modifier_alone(charge, values)
        return
    _item(charge, values)
    for payer in charge.payers:
        _payer(charge, payer, values, layout)


def _modifier_alone(charge: Charge, values: Values) -> None:
    """11: a modifier without an item needs a description, and a payer's charge or a note."""
    if not any(payer.is_charged or payer.notes for payer in charge.payers) and not charge.notes:
        says = "a modifier without an item needs a payer's charge or a note"
        values.problem(charge.where("modifiers"), "modifier-without-meaning", says)


def _item(charge: Charge, values: Values) -> None:
    has_own = charge.gross is not None or charge.cash is not None
    is_paid = any(payer.is_charged for payer in charge.payers)
    if not charge.setting:
        values.problem(charge.where("setting"), "value-missing", "the setting is not given")
    if not charge.codes:  # 2
        values.problem(charge.where("code"), "code-missing", "a charge without a code and its type")
    if not has_own and not is_paid:  # 5
        values.problem(charge.where("gross"), "charge-missing", "an item without gross, cash or payer's charge")
    if any(payer.dollar is not None for payer in charge.payers):  # 6
        for name, given in (("minimum", charge.minimum), ("maximum", charge.maximum)):
            if given is None:
                values.problem(charge.where(name), f"{name}-missing", f"a dollar amount without the {name}")
    if any(kind == "NDC" for kind, _ in charge.codes) and (charge.drug_unit is None or not charge.drug_type):  # 10
        values.problem(charge.where("drug"), "drug-information-missing", "an NDC without unit and type of measurement")
    elif (charge.drug_unit is None) != (not charge.drug_type):  # 12
        values.problem(charge.where("drug"), "drug-information-missing", "unit and type of measurement go together")


def _payer(charge: Charge, payer: PayerCharge, values: Values, layout: Layout) -> None:
    # The JSON schema wants a payer's note with the payer, where the CSV dictionary accepts a generic one too.
    notes = payer.notes or ("" if layout == "json" else charge.notes)
    if payer.is_charged:  # 1
        for name in ("payer", "plan", "methodology"):
            if not getattr(payer, name):
                values.problem(payer.where(name), f"{name}-missing", f"a payer's charge without its {name}")
    elif values.version >= 3 and layout != "csv-wide":  # a wide file names every payer in every row
        says = "a payer is named, and neither dollar, percentage nor algorithm is"
        values.problem(payer.where("dollar"), "payer-charge-missing", says)
    if payer.methodology == "other" and not notes:  # 4
        values.problem(payer.where("notes"), "notes-missing", "methodology 'other' without a note that explains it")
    if payer.percent is not None or payer.algorithm:
        _allowed_amounts(payer, values)
    if payer.count == "0" and not notes:  # 9
        values.problem(payer.where("notes"), "notes-missing", "a count of 0 without a note that explains it")
    if payer.estimated is not None and values.version >= 3:
        says = "estimated amounts ended with version 2"
        values.problem(payer.where("estimated"), "estimate-outdated", says, "alert")


def _allowed_amounts(payer: PayerCharge, values: Values) -> None:
    """7 and 8; in version 2 an estimate, when there is no dollar amount."""
    if values.version < 3:
        if payer.dollar is None and payer.estimated is None:
            says = "a percentage or algorithm without an estimated allowed amount"
            values.problem(payer.where("estimated"), "estimate-missing", says)
        return
    if not payer.count:
        says = "a percentage or algorithm without a count of allowed amounts"
        values.problem(payer.where("count"), "count-missing", says)
    if payer.count != "0":
        for name in ("median", "p10", "p90"):
            if getattr(payer, name) is None:
                says = "a percentage or algorithm without median, 10th and 90th percentile of allowed amounts"
                values.problem(payer.where(name), f"{name}-missing", says)
