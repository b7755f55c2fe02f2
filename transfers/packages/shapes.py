"""Dataclasses from another installation's JSON: exactly their fields, of exactly their types."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
Reader = Callable[[Any], Any]

LONGEST_TEXT: Final = 20_000
LONGEST_LIST: Final = 10_000


class Misshapen(ValueError):
    """The content does not have the shape; the message names the place and never a value."""


def build(shape: type[Shape], said: Any) -> Shape:
    """An instance of a dataclass from parsed JSON. Raises `Misshapen`."""
    try:
        found: Shape = _reader(shape)(said)  # type: ignore[arg-type]  # a class is hashable
    except Misshapen as error:
        raise Misshapen(str(error) or shape.__name__) from None
    return found


@cache
def _reader(kind: Any) -> Reader:
    """What reads values of a type; every place below adds its own name to what is misshapen there."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in get_args(kind) if each is not types.NoneType)
        return _optional(_reader(inner))
    if origin is list:
        return _list(_reader(get_args(kind)[0]))
    if origin is dict:
        return _dict(_reader(get_args(kind)[1]))
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    return _text if kind is str else _plain(kind)


def _text(said: Any) -> str:
    if type(said) is not str or len(said) > LONGEST_TEXT:
        raise Misshapen
    return said


def _plain(kind: type) -> Reader:
    def read(said: Any) -> Any:
        if type(said) is not kind:
            raise Misshapen
        return said

    return read


def _optional(inner: Reader) -> Reader:
    return lambda said: None if said is None else inner(said)


def _list(inner: Reader) -> Reader:
    def read(said: Any) -> list[Any]:
        if not isinstance(said, list) or len(said) > LONGEST_LIST:
            raise Misshapen
        return [inner(each) for each in said]

    return read


def _dict(inner: Reader) -> Reader:
    def read(said: Any) -> dict[str, Any]:
        if not isinstance(said, dict) or len(said) > LONGEST_LIST:
            raise Misshapen
        if not all(isinstance(name, str) and len(name) <= LONGEST_TEXT for name in said):
            raise Misshapen
        return {name: inner(each) for name, each in said.items()}

    return read


def _dataclass(shape: Any) -> Reader:
    hints = get_type_hints(shape)
    readers = {each.name: _reader(hints[each.name]) for each in fields(shape)}

    def read(said: Any) -> Any:
        if not isinstance(said, dict) or said.keys() != readers.keys():
            raise Misshapen
        values, name = {}, ""
        try:
            for name, each in readers.items():
                values[name] = each(said[name])
        except Misshapen as error:
            raise Misshapen(f".{name}{error}") from None
        try:
            return shape(**values)
        except ValueError:
            raise Misshapen from None

    return read


def dump(value: Any) -> Any:
    """Back to what JSON can say."""
    if type(value) is str:
        return value
    if names := _names(type(value)):  # type: ignore[arg-type]  # so is this one
        return {name: dump(getattr(value, name)) for name in names}
    if isinstance(value, list):
        return [dump(each) for each in value]
    if isinstance(value, Mapping):
        return {name: dump(each) for name, each in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
