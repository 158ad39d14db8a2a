"""Whether a text is an NPI whose check digit holds."""

from __future__ import annotations

from functools import lru_cache

from trocar.claims.model import NOBODY
from trocar.core.codes import Npi
from trocar.core.errors import InvalidCodeError


# The practitioners of a book come back in every batch of it.
@lru_cache(maxsize=1 << 16)
def npi_fails(text: str) -> bool:
    """A given NPI is not ten digits, or fails its check digit; none at all, or NONE for nobody, does not fail."""
    if text in ("", NOBODY):
        return False
    try:
        return not Npi.parse(text).check_digit_holds
    except InvalidCodeError:
        return True
