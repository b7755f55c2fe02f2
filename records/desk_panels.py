"""What apps to the right add beside a customer at the desk: a heading, a line and a way on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from access.actors import Actor


@dataclass(frozen=True)
class Beside:
    title: Any
    text: Any
    url: str
    button: Any


Builder = Callable[[Any, Actor], Beside | None]  # of the customer, where there is anything to say
_builders: dict[str, Builder] = {}


def register(name: str, builder: Builder) -> None:
    """Apps call it in `ready()`."""
    _builders[name] = builder


def beside(customer: Any, actor: Actor) -> Iterator[Beside]:
    for builder in _builders.values():
        if found := builder(customer, actor):
            yield found
