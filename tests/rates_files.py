"""The shape of the fixture that writes files of published rates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

WriteFile = Callable[..., Path]
