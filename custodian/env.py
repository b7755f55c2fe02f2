"""Typed readers of the environment; `NAME_FILE` names a file that holds the value of `NAME`."""

from __future__ import annotations

import os
from pathlib import Path

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class BadSetting(Exception):
    """An environment variable is missing or cannot be read as what it should be."""


def text(name: str, *, default: str | None = None) -> str:
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(f"{name} must be yes or no")


def number(name: str, *, default: int) -> int:
    value = os.environ.get(name)
    try:
        return default if value is None else int(value)
    except ValueError as error:
        raise BadSetting(f"{name} must be a whole number") from error


def words(name: str, *, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default=default).split(",") if word.strip()]
