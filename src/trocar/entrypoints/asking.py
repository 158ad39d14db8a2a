"""The options by which a command is told the day, the place and the store it answers for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from trocar.entrypoints.options import (
    LocalityOption,
    NationalOption,
    OnOption,
    Opened,
    PinOption,
    StoreOption,
    ZipOption,
    open_store,
    place_of,
    service_day,
)

if TYPE_CHECKING:
    from trocar.lookup.asked import Asked


@dataclass(frozen=True)
class Asking:
    """What ``--on``, ``--zip``, ``--locality``, ``--national``, ``--store``, ``--pin`` said: a field for each."""

    on: OnOption = None
    zip_code: ZipOption = None
    locality: LocalityOption = None
    national: NationalOption = False
    store: StoreOption = None
    pin: PinOption = None

    @property
    def place(self) -> dict[str, str]:
        """The place as columns of a claim line, empty when none was given; raises ``UsageError`` for several."""
        return place_of(self.zip_code, self.locality, self.national)

    def day(self) -> date:
        """The date of service; without one, today, and standard error says so."""
        return service_day(self.on)

    def opened(self) -> Opened:
        """The store with its pack; raises ``StoreError`` or ``UsageError``."""
        return open_store(self.store, self.pin)

    def asked(self) -> Asked:
        """The store on the day."""
        from trocar.lookup.asked import Asked

        held = self.opened()
        return Asked(held.pack, held.store, self.day())


NOT_ASKED = Asking()


def with_asking(command: Callable[..., None]) -> Callable[..., None]:
    """A command with these options in the place of its parameter ``asking``."""
    options = get_type_hints(Asking, {**globals(), "Path": Path}, include_extras=True)
    given = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=options[field.name]
        )
        for field in fields(Asking)
    ]
    own = inspect.signature(command, eval_str=True).parameters

    @wraps(command)
    def run(**values: Any) -> None:
        asking = Asking(**{option.name: values.pop(option.name) for option in given})
        command(**values, asking=asking)

    parameters = []
    for name, parameter in own.items():
        parameters += given if name == "asking" else [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
