"""A property that is computed when first asked for."""

from __future__ import annotations

from functools import cached_property

from trocar.core.once import once


class Counter:
    """Counts how often its property is computed."""

    def __init__(self) -> None:
        self.computed = 0

    @once
    def value(self) -> int:
        """How often it was computed."""
        self.computed += 1
        return self.computed


def test_a_value_is_computed_when_first_asked_for_and_kept() -> None:
    """The second time the value of the first is given; another instance has its own."""
    counter = Counter()
    assert counter.computed == 0
    assert (counter.value, counter.value, counter.computed) == (1, 1, 1)
    assert Counter().value == 1


def test_it_is_told_by_its_class_with_its_words() -> None:
    """What reads properties off a class (the pages of the subjects) finds its function and its docstring."""
    assert isinstance(Counter.value, cached_property)
    assert Counter.value.func.__doc__ == "How often it was computed."
