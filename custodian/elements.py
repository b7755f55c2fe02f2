"""What a data element is: its class, level, mask and lawful use. The catalogue itself lives in `records`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LEVELS = range(1, 6)


class ElementClass(StrEnum):
    IDENTITY = "identity"
    FINANCIAL = "financial"
    POLICY = "policy"


class Harm(StrEnum):
    """What giving it away does, by the three kinds that 法释〔2017〕10号, art. 5, counts apart."""

    PROPERTY = "property"  # track, content of communication, credit, property
    HEALTH = "health"  # lodging, calls, health, transactions
    OTHER = "other"


class Storage(StrEnum):
    CLEAR = "clear"
    SEALED = "sealed"


class Search(StrEnum):
    NONE = "none"
    EXACT = "exact"  # one value, one blind index
    COMBINED = "combined"  # only together with another element


@dataclass(frozen=True)
class Part:
    """A run of a masked value: visible text, or a number of hidden characters."""

    text: str = ""
    hidden: int = 0


@dataclass(frozen=True)
class Masked:
    """A value as it may be listed; `str()` writes every hidden character as an asterisk."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "".join(part.text or "*" * part.hidden for part in self.parts)

    @property
    def hidden(self) -> int:
        return sum(part.hidden for part in self.parts)


def shown(text: str) -> Part:
    return Part(text=text)


def hidden(count: int) -> Part:
    return Part(hidden=count)


Mask = Callable[[str], Masked]


@dataclass(frozen=True, kw_only=True)
class Element:
    """One kind of information held about a customer.

    `code` is `<holding>.<name>`; `label` and `owner` are lazy translations; `basis` names the lawful
    basis (PIPL art. 13); `purposes` are the purposes it may be used for unless a rule says less.
    """

    code: str
    label: Any
    cls: ElementClass
    level: int
    mask: Mask
    sensitive: bool = False
    harm: Harm = Harm.OTHER
    never_shown: bool = False
    storage: Storage = Storage.SEALED
    normalise: Callable[[str], str] = str.strip
    search: Search = Search.NONE
    purposes: frozenset[str] = field(default_factory=frozenset)
    basis: str = "contract"
    owner: str = ""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level of {self.code} is not 1 to 5")


_catalogue: dict[str, Element] = {}


def register(element: Element) -> Element:
    if element.code in _catalogue:
        raise ValueError(f"element {element.code} is declared twice")
    _catalogue[element.code] = element
    return element


def get(code: str) -> Element:
    return _catalogue[code]


def known(code: str) -> bool:
    return code in _catalogue


def catalogue() -> Iterator[Element]:
    return iter(_catalogue.values())
