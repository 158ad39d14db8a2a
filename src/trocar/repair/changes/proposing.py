"""What a module of changes declares: which rules it answers, and the function that proposes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trocar.core.finding import Finding
from trocar.repair.change import Proposal
from trocar.repair.judge import Judged

# The claim as it stands now, the claim as it came, and the finding to clear.
Propose = Callable[[Judged, Judged, Finding], Proposal]


@dataclass(frozen=True, slots=True)
class Proposer:
    """``rules`` are ids of rules whose findings ``propose`` answers."""

    rules: tuple[str, ...]
    propose: Propose
