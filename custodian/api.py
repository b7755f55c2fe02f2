"""What every API answer shares: strict JSON and fields, problem details, throttling by actor."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any, Final

from django.core.cache import cache
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from custodian import problems
from custodian.errors import CustodianError, Unavailable

LARGEST_BODY: Final = 1024 * 1024
_WINDOWS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_JSON: Final = frozenset({"*/*", "application/*", "application/json", problems.MEDIA_TYPE})
_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = ""


class UnknownParameter(exceptions.APIException):
    """A query or body name that the address does not know: nothing was read for such a request."""

    status_code = 400
    default_detail = ""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        # A name is told back only if it can be nothing but a name.
        self.names = sorted({each for each in names if set(each) <= _NAME and len(each) <= 40})


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses what it does not know, on every level."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - {name for name, f in self.fields.items() if not f.read_only}
            if unknown:
                raise UnknownParameter(unknown)
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Text and nothing that could be turned into text, without control characters."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or any(ord(each) < 32 or ord(each) == 127 for each in data):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Choice(serializers.ChoiceField):
    """A choice that does not repeat what was sent."""

    default_error_messages = {"invalid_choice": _("不在可选之列")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class NoParameters(StrictSerializer):
    pass


class StrictJson(BaseParser):
    """JSON and nothing else: no repeated key, no NaN, no lone surrogate, one megabyte at most."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise TooLarge
        try:
            said = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_refuse)
            json.dumps(said, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise exceptions.ParseError from None
        return said


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("a name is repeated")
    return said


def _refuse(_constant: str) -> Any:
    raise ValueError("not JSON")


class JsonOnly(BaseContentNegotiation):
    """One renderer and one parser; `?format=` and suffixes are nothing to it."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next(iter(parsers)) if kind == "application/json" else None

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        accepted = request.META.get("HTTP_ACCEPT", "*/*").split(",")
        if not any(each.partition(";")[0].strip().lower() in _JSON for each in accepted):
            raise exceptions.NotAcceptable
        return next(iter(renderers)), "application/json"


class ActorThrottle(BaseThrottle):
    """So many requests of one actor, or one token, in a window. No count, no answer."""

    rate: Any = api_settings.DEFAULT_THROTTLE_RATES["actor"]

    def allow_request(self, request: Request, view: Any) -> bool:
        actor = getattr(request, "actor", None)
        if actor is None or self.rate is None:
            return actor is None
        allowed, _slash, unit = self.rate.partition("/")
        seconds = _WINDOWS[unit[0]]
        now = time.time()
        self._left = seconds - now % seconds
        who = f"token-{actor.token.token_id}" if actor.token else str(actor.ref)
        return _count(f"throttle:{who}:{int(now // seconds)}", seconds) <= int(allowed)

    def wait(self) -> float | None:
        return self._left


def _count(key: str, seconds: int) -> int:
    try:
        try:
            return cache.incr(key)
        except ValueError:
            return 1 if cache.add(key, 1, timeout=seconds + 1) else cache.incr(key)
    except (RedisError, OSError):
        raise Unavailable from None


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The one exception handler; what it does not know goes on to Django."""
    members = _members(error)
    if members is None:
        return None
    told = problems.headers(members["status"])
    if isinstance(error, exceptions.Throttled):
        told["Retry-After"] = str(int(getattr(error, "wait", None) or 0) + 1)
    elif seconds := members.get("retry_after"):
        told["Retry-After"] = str(seconds)
    return Response(
        members, status=members["status"], headers=told, content_type=problems.MEDIA_TYPE
    )


def _members(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, CustodianError):
        return problems.of_error(error)
    if isinstance(error, UnknownParameter):
        return problems.body("unknown-parameter", 400, members={"parameters": error.names})
    if isinstance(error, exceptions.ValidationError):
        return problems.body("invalid", 400, members={"errors": dict(_sentences(error.detail))})
    if isinstance(error, exceptions.APIException):
        return problems.of_status(error.status_code)
    if isinstance(error, Http404):
        return problems.of_status(404)
    return problems.of_status(403) if isinstance(error, DjangoPermissionDenied) else None


def _sentences(detail: Any, place: str = "") -> Iterable[tuple[str, list[str]]]:
    """Field by field, `accounts.0.bank_account` for what lies deeper."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _sentences(inner, f"{place}.{name}" if place else str(name))
    elif any(isinstance(each, (Mapping, list)) for each in detail):
        for number, inner in enumerate(detail):
            yield from _sentences(inner, f"{place}.{number}")
    elif detail:
        yield place or "", [str(sentence) for sentence in detail]
