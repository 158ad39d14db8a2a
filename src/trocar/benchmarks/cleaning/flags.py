"""The flags of the cleaning: what each says of a rate, how it is found, whether it keeps the rate apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: a stable code, its words, the condition on a rate or on its kind, the reason in figures (or NULL).

    ``of_kind``: the condition is on the columns of ``kinds``. ``blocks``: a rate so flagged is shown and counted, and
    stays out of percentiles.
    """

    code: str
    words: str
    condition: str
    detail: str = "NULL"
    blocks: bool = True
    of_kind: bool = False


# In the order of the funnel: what can't be a price comes first, then what is no price of this service for these
# people on this day, then what is improbable, then what is there twice.
FLAGS = (
    Flag("no_amount", "an algorithm, or a number that can't be read: no dollar amount", "rate IS NULL"),
    Flag("percentage", "a percentage whose base is not published", "amount_kind = 'percent'", of_kind=True),
    Flag("sentinel_amount", "nine 9s or the like: stands for unknown", "rate >= $sentinel"),
    Flag("placeholder_amount", "zero or a cent: stands for none", "rate <= $placeholder"),
    Flag("per_diem", "paid by the day, not by the service",
         "amount_kind = 'per_diem' OR negotiated_type = 'per diem'", of_kind=True),
    Flag("capitation", "paid by the member and month", "arrangement = 'capitation'", of_kind=True),
    Flag("bundle", "one rate for several services", "arrangement = 'bundle'", of_kind=True),
    Flag("expired", "its last day is past", "expiration_date < $day", "'expired ' || expiration_date"),
    Flag("code_not_in_force", "the code is not in the fee schedule in force on the day", "NOT $in_force", of_kind=True),
    Flag("other_modifier", "a modifier other than 26 and TC changes what is paid",
         "component = 'other'", "'modifiers ' || array_to_string(modifiers, ' ')", of_kind=True),
    Flag("modifier_missing", "a code of two components at facilities alone, without 26 or TC: which part is unsaid",
         "$is_split AND component = 'global' AND class = 'professional' AND place = 'facility'", of_kind=True),
    Flag("unresolved_provider", "whose rate it is can't be told: its provider group is not in the file",
         "NOT is_resolved"),
    Flag("ghost_taxonomy", "no provider of the group, as far as known, does this service", "is_ghost"),
    Flag("copied_over_codes", "the same rate over many different codes of the file, for the same providers",
         "copied_codes >= $copied_codes AND copied_codes >= $copied_share * copied_of",
         "'over ' || copied_codes || ' of ' || copied_of || ' codes'"),
    Flag("medicare_ratio", "far from Medicare's amount for the same component, setting and day",
         "rate < floor OR rate > ceiling",
         "rate || ' beside ' || low || CASE WHEN high > low THEN ' to ' || high ELSE '' END"),
    Flag("far_from_peers", "far from the other prices of this kind (Medicare has no amount to hold it against)",
         "rate < peers_low OR rate > peers_high",
         "rate || ' beside ' || peers_low || ' to ' || peers_high"),
    Flag("duplicate", "the same rate of the same payer for the same providers stands in an earlier row or file",
         "is_repeated"),
    Flag("ambiguous_multi_rate", "another amount stands beside it, every field alike: which applies is unsaid",
         "is_ambiguous", blocks=False),
    Flag("base_fee_schedule", "the rate that most provider groups of the file have for this code",
         "base_of > 1 AND base_rates > $base_share * base_of", "base_rates || ' of ' || base_of", blocks=False),
    Flag("cash_above_gross", "the cash price is above the hospital's own gross charge",
         "rate > gross", "rate || ' above ' || gross", blocks=False),
    Flag("setting_unknown", "no place of service (professional) or setting (hospital) is published",
         "place = 'unknown'", blocks=False, of_kind=True),
)  # fmt: skip
BY_CODE: Mapping[str, Flag] = {flag.code: flag for flag in FLAGS}
BLOCKING = sum(1 << place for place, flag in enumerate(FLAGS) if flag.blocks)


def marks(*, of_kind: bool) -> str:
    """All flags of a rate, or of its kind, as one number: the bit of a flag is its place in the order."""
    return " | ".join(
        f"CASE WHEN {flag.condition} THEN {1 << place}::BIGINT ELSE 0 END"
        for place, flag in enumerate(FLAGS)
        if flag.of_kind == of_kind
    )


# One row for each flag that a rate carries, with the reason.
FLAGS_VIEW = "CREATE OR REPLACE VIEW flags AS " + " UNION ALL ".join(
    f"SELECT id, '{flag.code}' AS flag, {flag.detail} AS detail, {flag.blocks} AS blocks, {place} AS place "
    f"FROM reasons {'JOIN (SELECT id, modifiers FROM published) USING (id)' if 'modifiers' in flag.detail else ''} "
    f"WHERE flags & {1 << place} <> 0"
    for place, flag in enumerate(FLAGS)
)


def flags_in(marks: int) -> tuple[Flag, ...]:
    """The flags of a row by its number, in their order."""
    return tuple(flag for place, flag in enumerate(FLAGS) if marks >> place & 1)
