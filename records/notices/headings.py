"""What each kind of text must say, as data: the parts with their headings and the clauses that want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from custodian import data_files

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Heading:
    """A part of a text. `clauses` has the code of the clause that wants it, by regime."""

    key: str
    titles: Mapping[str, str]
    asks: Mapping[str, str]
    clauses: Mapping[str, str]

    @property
    def clause(self) -> str:
        """In the regime in force; empty where the part is the company's own wish."""
        return self.clauses.get(settings.CUSTODIAN_REGIME, "")


def of(kind: str) -> tuple[Heading, ...]:
    return _all()[kind]


@cache
def _all() -> Mapping[str, tuple[Heading, ...]]:
    said = data_files.parse((HERE / "headings.yaml").read_text(encoding="utf-8"))
    return {kind: tuple(map(_heading, parts)) for kind, parts in said.items()}


def _heading(said: Mapping[str, Any]) -> Heading:
    return Heading(
        key=said["key"],
        titles={"zh": said["zh"], "en": said["en"]},
        asks={"zh": said["asks_zh"], "en": said["asks_en"]},
        clauses=said.get("clause", {}),
    )
