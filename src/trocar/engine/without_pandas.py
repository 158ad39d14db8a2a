"""Arrow is told that there is no pandas, which Trocar has no use for.

Arrow imports pandas, where it is installed, at the first array it makes: 0.2 s and some 50 MiB for nothing. It looks
once. Whoever then asks Arrow for a data frame still gets one (Spark's driver), for that imports pandas where needed.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec


class _NoPandas:
    """A finder under which ``import pandas`` fails as if it were not installed."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not looked for here", name=name)
        return None


def leave_pandas_out() -> None:
    """Let Arrow look for pandas, once and in vain; nothing is done where pandas is loaded already."""
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _NoPandas)
    try:
        import pyarrow as pa

        pa.array([])
    finally:
        sys.meta_path.remove(_NoPandas)
