"""Which claim lines must be checked together: everything of a patient, and every line of a claim.

The key of a line is its patient, or its claim where no patient is given, as in ``trocar.book.keys``. A claim whose
lines carry different keys ties those keys: all lines of all of them go to one partition, so that neither the claim nor
any of its patients' days is cut. Whatever holds a key whole gives the same findings; partitions are only a matter of
speed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trocar.core.errors import ClaimInputError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# About a second or two of work, and what one Python worker holds at once (docs/scale.md).
LINES_PER_PARTITION = 50_000
# Beyond this the kernel's arrays and findings of one partition outgrow a small executor.
MOST_LINES_PER_PARTITION = 500_000
# Tied keys are joined up on the driver; so many are some hundred MiB there.
MOST_TIED_KEYS = 1_000_000
# Names that no column of the claim table has.
KEY, TOGETHER = "_together_key", "_together"


def partitioned(lines: DataFrame, lines_per_partition: int = LINES_PER_PARTITION) -> DataFrame:
    """The same lines, dealt out by key to as many partitions as it takes; runs a job that counts keys and lines.

    Raises ``UsageError`` for a size that is no size, ``ClaimInputError`` when too many claims name several patients.
    """
    from pyspark.sql import functions as f

    if not 1 <= lines_per_partition <= MOST_LINES_PER_PARTITION:
        raise UsageError(
            f"{lines_per_partition:,} lines can't be a partition",
            where="lines_per_partition",
            remedy=f"Give 1 to {MOST_LINES_PER_PARTITION:,}; the default is {LINES_PER_PARTITION:,}.",
        )
    # A prefix of their own keeps a patient "7" and a claim "7" apart.
    patient, claim = (f.concat(f.lit(kind), name) for kind, name in (("p", "patient_id"), ("c", "claim_id")))
    keyed = lines.withColumn(KEY, f.coalesce(patient, claim))
    keys_of_claims = keyed.groupBy("claim_id", KEY).agg(f.count("*").alias("lines"))
    claims = keys_of_claims.groupBy("claim_id").agg(f.count("*").alias("keys"), f.sum("lines").alias("lines"))
    counts = claims.agg(f.sum("lines"), f.sum(f.when(f.col("keys") > 1, f.col("keys")))).collect()[0]
    total, tied_keys = int(counts[0] or 0), int(counts[1] or 0)
    if tied_keys:
        keyed = _tied(keyed, claims, keys_of_claims, tied_keys)
    partitions = max(1, -(-total // lines_per_partition))
    return keyed.repartition(partitions, KEY).drop(KEY)


def _tied(keyed: DataFrame, claims: DataFrame, keys_of_claims: DataFrame, count: int) -> DataFrame:
    """The lines with each tied key replaced by the one that stands for all it is tied to."""
    from pyspark.sql import functions as f

    if count > MOST_TIED_KEYS:
        raise ClaimInputError(
            f"claims with several patients, or with a patient on some lines only, have {count:,} keys between them",
            where="patient_id",
            remedy="Give all lines of a claim its patient_id, or none; such claims can be joined up only while few.",
        )
    several = claims.where(f.col("keys") > 1).select("claim_id")
    pairs = keys_of_claims.join(several, "claim_id", "left_semi").select("claim_id", KEY).collect()
    together = joined_up((row[0], row[1]) for row in pairs)
    named = keyed.sparkSession.createDataFrame(list(together.items()), f"{KEY} string, {TOGETHER} string")
    # The hint holds whatever autoBroadcastJoinThreshold says: this side is small by the check above.
    joined = keyed.join(f.broadcast(named), KEY, "left")
    return joined.withColumn(KEY, f.coalesce(TOGETHER, KEY)).drop(TOGETHER)


def joined_up(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each key of some (claim, key) pairs, the smallest key it is tied to through any chain of claims."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    first_of_claim: dict[str, str] = {}
    for claim, key in pairs:
        parent.setdefault(key, key)
        low, high = sorted((root(first_of_claim.setdefault(claim, key)), root(key)))
        parent[high] = low
    return {key: root(key) for key in parent}
