"""Knowledge of codes: what each is, how it is done, documented and billed; every statement cited or editorial."""

from trocar.knowledge.load import all_knowledge, known_codes
from trocar.knowledge.load import knowledge_of as knowledge
from trocar.knowledge.model import Knowledge

__all__ = ["Knowledge", "all_knowledge", "knowledge", "known_codes"]
