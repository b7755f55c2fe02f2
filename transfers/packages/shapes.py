"""Dataclasses from another installation's JSON: exactly their fields, of exactly their types."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")

LONGEST_TEXT: Final = 20_000
LONGEST_LIST: Final = 10_000


class Misshapen(ValueError):
    """The content does not have the shape; the message names the place and never a value."""


def build(shape: type[Shape], said: Any, *, at: str = "") -> Shape:
    """An instance of a dataclass from parsed JSON. Raises `Misshapen`."""
    known = _fields(shape)  # type: ignore[arg-type]  # a class is hashable
    if not isinstance(said, dict) or said.keys() != known.keys():
        raise Misshapen(at or shape.__name__)
    values = {name: _of(kind, said[name], f"{at}.{name}") for name, kind in known.items()}
    try:
        return shape(**values)
    except ValueError:
        raise Misshapen(at or shape.__name__) from None


@lru_cache
def _fields(shape: Any) -> dict[str, Any]:
    hints = get_type_hints(shape)
    return {each.name: hints[each.name] for each in fields(shape)}


def _of(kind: Any, said: Any, at: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in get_args(kind) if each is not types.NoneType)
        return None if said is None else _of(inner, said, at)
    if origin is list:
        return _list(get_args(kind)[0], said, at)
    if origin is dict:
        return _dict(get_args(kind)[1], said, at)
    if is_dataclass(kind) and isinstance(kind, type):
        return build(kind, said, at=at)
    if type(said) is not kind or (kind is str and len(said) > LONGEST_TEXT):
        raise Misshapen(at)
    return said


def _list(kind: Any, said: Any, at: str) -> list[Any]:
    if not isinstance(said, list) or len(said) > LONGEST_LIST:
        raise Misshapen(at)
    return [_of(kind, each, at) for each in said]


def _dict(kind: Any, said: Any, at: str) -> dict[str, Any]:
    if not isinstance(said, dict) or len(said) > LONGEST_LIST:
        raise Misshapen(at)
    if not all(isinstance(name, str) and len(name) <= LONGEST_TEXT for name in said):
        raise Misshapen(at)
    return {name: _of(kind, each, at) for name, each in said.items()}


def dump(value: Any) -> Any:
    """Back to what JSON can say."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: dump(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list):
        return [dump(each) for each in value]
    if isinstance(value, Mapping):
        return {name: dump(each) for name, each in value.items()}
    return value
