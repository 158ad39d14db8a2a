"""A property computed when first asked for, and kept."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self, TypeVar, overload

Value = TypeVar("Value", covariant=True)


class once(cached_property[Value]):  # noqa: N801 - a decorator
    """``cached_property`` without its lock, which Python 3.11 takes whenever a value is first asked for.

    A batch has more than a hundred such properties and belongs to one thread. Threads that share an object may compute
    a value twice; the last one stays.
    """

    def __set_name__(self, owner: type[Any], name: str) -> None:
        super().__set_name__(owner, name)
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Value: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Self | Value:
        """The value, from now on an attribute of the instance itself."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self.func(instance)
        return value
