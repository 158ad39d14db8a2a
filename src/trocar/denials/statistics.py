"""How sure counts are: the chance of a run of denials by accident, and which of many patterns to believe."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma

# Shares and chances are floats: no money is near them.
_NEGLIGIBLE = 1e-17


def enrichment_chance(hits: int, drawn: int, all_hits: int, total: int) -> float:
    """The chance that ``drawn`` lines of ``total``, of which ``all_hits`` are denied, hold ``hits`` denied or more.

    The upper tail of the hypergeometric distribution (Fisher's exact test, one-sided).
    """
    least, most = max(0, drawn - (total - all_hits)), min(drawn, all_hits)
    if not least <= hits <= most:
        raise ValueError(f"{hits} of {drawn} can't be denied when {all_hits} of {total} are")
    mean = drawn * all_hits / total
    if hits > mean:
        return min(1.0, _summed(hits, most, drawn, all_hits, total))
    return max(0.0, 1.0 - _summed(hits - 1, least, drawn, all_hits, total)) if hits > least else 1.0


def _summed(first: int, last: int, drawn: int, all_hits: int, total: int) -> float:
    """The chances of ``first`` to ``last`` hits, away from the mean: each term is smaller than the one before."""
    misses = total - all_hits
    term = exp(_log_choose(all_hits, first) + _log_choose(misses, drawn - first) - _log_choose(total, drawn))
    answer, hits = term, first
    while hits != last and term > answer * _NEGLIGIBLE:
        if last > first:
            term *= (all_hits - hits) * (drawn - hits) / ((hits + 1) * (misses - drawn + hits + 1))
            hits += 1
        else:
            term *= hits * (misses - drawn + hits) / ((all_hits - hits + 1) * (drawn - hits + 1))
            hits -= 1
        answer += term
    return answer


def _log_choose(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def false_discovery(chances: Sequence[float]) -> list[float]:
    """The smallest false discovery rate at which each of several tests would be believed, in their order.

    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57
    (1995) 289-300.
    """
    answer = [1.0] * len(chances)
    least = 1.0
    for rank, at in reversed(list(enumerate(sorted(range(len(chances)), key=chances.__getitem__), 1))):
        least = min(least, chances[at] * len(chances) / rank)
        answer[at] = least
    return answer
