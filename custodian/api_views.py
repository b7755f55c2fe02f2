"""The base of every address of the API: its shape is declared once, checked, and described from the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from custodian.api import (
    LARGEST_BODY,
    JsonOnly,
    NoParameters,
    StrictJson,
    TooLarge,
    UnknownParameter,
)
from custodian.api_schema import ShapedSchema


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What one method of an address takes and answers; the schema is made from the same."""

    name: str
    answer: Any
    query: type[serializers.Serializer[Any]] = NoParameters
    body: type[serializers.Serializer[Any]] | None = None
    headers: tuple[Any, ...] = ()
    status: int = 200
    problems: tuple[str, ...] = ()
    examples: tuple[Any, ...] = ()
    about: str = ""


class StrictView(APIView):
    """An address of the API: who asks, then how, then what; only then is anything read."""

    # A HEAD would open and log values that nobody sees; OPTIONS would describe what the schema does.
    http_method_names = ["get", "post", "put", "patch", "delete"]
    content_negotiation_class = JsonOnly
    parser_classes = [StrictJson]
    schema = ShapedSchema()
    tag: ClassVar[str] = "api"
    shapes: ClassVar[Mapping[str, Shape]] = {}
    asked: Mapping[str, Any]
    said: Mapping[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if getattr(request, "actor", None) is None:
            raise exceptions.NotAuthenticated
        shape = self.shapes.get(request.method or "")
        if shape is None:
            raise exceptions.MethodNotAllowed(request.method or "")
        if shape.body is not None:
            self._require_json(request)
        super().initial(request, *args, **kwargs)
        self.asked = _query(request, shape.query)
        self.said = _body(request, shape.body) if shape.body else {}

    def _require_json(self, request: Request) -> None:
        """Before a session's cross-site check can read a form."""
        if JsonOnly().select_parser(request, self.get_parsers()) is None:
            raise exceptions.UnsupportedMediaType("")
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise TooLarge

    def answer(self, members: Mapping[str, Any], *, status: int = 200) -> Response:
        """Through the declared shape, so that nothing leaves that the schema does not name."""
        shape = self.shapes[self.request.method or ""]
        return Response(shape.answer(members).data, status=status)

    @property
    def allowed_methods(self) -> list[str]:
        return sorted(self.shapes)


def _query(request: Request, kind: type[serializers.Serializer[Any]]) -> Mapping[str, Any]:
    given = request.query_params
    if repeated := [name for name, values in given.lists() if len(values) != 1]:
        raise UnknownParameter(repeated)
    return _checked(kind, given.dict())


def _body(request: Request, kind: type[serializers.Serializer[Any]]) -> Mapping[str, Any]:
    if not isinstance(request.data, dict):
        raise exceptions.ParseError
    return _checked(kind, request.data)


def _checked(kind: type[serializers.Serializer[Any]], given: Any) -> Mapping[str, Any]:
    serializer = kind(data=given)
    serializer.is_valid(raise_exception=True)
    checked: Mapping[str, Any] = serializer.validated_data
    return checked
