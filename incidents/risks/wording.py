"""Words that stand in the piece's own files in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import get_language


class FileRefused(Exception):
    """A file of the piece lacks something, names what is not there, or says it twice."""


@dataclass(frozen=True)
class Words:
    zh: str
    en: str

    @classmethod
    def read(cls, row: Mapping[str, Any], key: str = "") -> Self:
        """`zh` and `en` of the row, or `key` and `key_en`. Raises `FileRefused`."""
        zh, en = (row.get(key or "zh"), row.get(f"{key}_en" if key else "en"))
        if not (isinstance(zh, str) and isinstance(en, str) and zh.strip() and en.strip()):
            raise FileRefused(key or "words", dict(row))
        return cls(zh, en)

    def __str__(self) -> str:
        return self.en if get_language() == "en" else self.zh


def once(codes: list[str]) -> None:
    """Raises `FileRefused` with what stands there twice."""
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise FileRefused("twice", twice)
